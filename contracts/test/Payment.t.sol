// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture, bound, vm} from "./Fixture.sol";

/// @dev The rule in examples, and what holds of it whatever the numbers.
contract PaymentTest is Fixture {
    function test_Examples() public view {
        //     elapsed delivered availability multiple  paid
        check(600, 600, 10_000, 10, 600); // All there.
        check(600, 0, 10_000, 1, 0); // Nothing there.
        check(600, 599, 9_900, 10, 599); // Within the promise: only what is missing isn't paid.
        check(600, 594, 9_900, 10, 594); // Just kept.
        check(600, 593, 9_900, 10, 584); // One second short of it costs ten.
        check(600, 593, 9_900, 1, 593); // Unless it costs its share alone.
        check(600, 300, 9_000, 2, 60);
        check(600, 270, 9_000, 2, 0);
        check(600, 269, 9_000, 2, 0); // Never less than nothing.
        check(600, 1, 0, 10, 1); // No promise, no penalty.
        check(1, 0, 1, 10, 0);
        check(101, 100, 9_901, 2, 99); // 100.0001 s are promised: rounded up to 101 ...
        check(101, 100, 9_900, 2, 100); // ... and 99.99 s to 100.
        check(0, 0, 10_000, 10, 0);
        check(type(uint32).max, type(uint32).max, 10_000, 10, type(uint32).max);
    }

    function testFuzz_NeverMoreThanDelivered(uint32 elapsed, uint32 delivered, uint16 availability, uint8 multiple)
        public
        view
    {
        delivered = uint32(bound(delivered, 0, elapsed));
        vm.assertTrue(paid(elapsed, delivered, availability, multiple) <= delivered, "paid for what wasn't delivered");
    }

    function testFuzz_NeverLessForMore(
        uint32 elapsed,
        uint32 delivered,
        uint32 less,
        uint16 availability,
        uint8 multiple
    ) public view {
        delivered = uint32(bound(delivered, 0, elapsed));
        less = uint32(bound(less, 0, delivered));
        uint256 forMore = paid(elapsed, delivered, availability, multiple);
        vm.assertTrue(paid(elapsed, less, availability, multiple) <= forMore, "less paid for more");
    }

    function testFuzz_AllForAll(uint32 elapsed, uint16 availability, uint8 multiple) public view {
        vm.assertEq(paid(elapsed, elapsed, availability, multiple), elapsed);
    }

    function testFuzz_TheShareAloneAtAMultipleOfOne(uint32 elapsed, uint32 delivered, uint16 availability) public view {
        delivered = uint32(bound(delivered, 0, elapsed));
        vm.assertEq(broker.paidSeconds(elapsed, delivered, uint16(bound(availability, 0, 10_000)), 1), delivered);
    }

    function paid(uint32 elapsed, uint32 delivered, uint16 availability, uint8 multiple)
        private
        view
        returns (uint256)
    {
        return broker.paidSeconds(
            elapsed, delivered, uint16(bound(availability, 0, 10_000)), uint8(bound(multiple, 1, 10))
        );
    }

    function check(uint32 elapsed, uint32 delivered, uint16 availability, uint8 multiple, uint256 expected)
        private
        view
    {
        vm.assertEq(broker.paidSeconds(elapsed, delivered, availability, multiple), expected);
    }
}
