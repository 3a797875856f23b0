// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture, IBroker, vm} from "./Fixture.sol";

/// @dev Every call on a reservation, by the party that may make it, at every stage of a reservation's life.
contract TransitionsTest is Fixture {
    // What the call leads to ...
    bytes4 private constant REQUESTED = bytes4(uint32(IBroker.State.Requested));
    bytes4 private constant ACTIVE = bytes4(uint32(IBroker.State.Active));
    bytes4 private constant ENDED = bytes4(uint32(IBroker.State.Ended));
    bytes4 private constant SETTLED = bytes4(uint32(IBroker.State.Settled));
    bytes4 private constant DECLINED = bytes4(uint32(IBroker.State.Declined));
    bytes4 private constant CANCELLED = bytes4(uint32(IBroker.State.Cancelled));
    // ... or why it is refused.
    bytes4 private constant TAKEN = IBroker.NameTaken.selector;
    bytes4 private constant UNKNOWN = IBroker.UnknownReservation.selector;
    bytes4 private constant WRONG = IBroker.WrongState.selector;
    bytes4 private constant LATE = IBroker.TooLate.selector;
    bytes4 private constant EARLY = IBroker.TooEarly.selector;

    IBroker.Reservation private r;

    function setUp() public override {
        super.setUp();
        publish();
        r = requested();
    }

    //                           reserve    acknowledge decline cancel   release  revoke   settle

    function test_None() public {
        check([REQUESTED, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]);
    }

    function test_Requested() public {
        reserve();
        check([TAKEN, ACTIVE, DECLINED, CANCELLED, WRONG, WRONG, WRONG]);
    }

    function test_RequestedAndOverdue() public {
        reserve();
        vm.warp(r.acknowledgeBy);
        check([TAKEN, LATE, DECLINED, CANCELLED, WRONG, WRONG, WRONG]);
    }

    function test_Active() public {
        r = acknowledge(reserve());
        vm.warp(r.end - 1);
        check([TAKEN, WRONG, WRONG, WRONG, ENDED, ENDED, EARLY]);
    }

    function test_ActiveAndExpired() public {
        r = acknowledge(reserve());
        vm.warp(r.end);
        check([TAKEN, WRONG, WRONG, WRONG, LATE, LATE, SETTLED]);
    }

    function test_Ended() public {
        end();
        check([TAKEN, WRONG, WRONG, WRONG, WRONG, WRONG, SETTLED]);
    }

    function test_Settled() public {
        end();
        broker.settle(r);
        check([TAKEN, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG]);
    }

    function test_Declined() public {
        reserve();
        vm.prank(SELLER);
        broker.decline(r);
        check([TAKEN, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG]);
    }

    function test_Cancelled() public {
        reserve();
        vm.prank(BUYER);
        broker.cancel(r);
        check([TAKEN, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG]);
    }

    function end() private {
        r = acknowledge(reserve());
        vm.prank(BUYER);
        broker.release(r);
        r.end = NOW;
    }

    function check(bytes4[7] memory expected) private {
        bytes memory again = abi.encodeCall(IBroker.reserve, (NAME, terms(), WANTED, DURATION, REQUEST));
        check("reserve", BUYER, ESCROW, again, expected[0]);
        check("acknowledge", SELLER, 0, abi.encodeCall(IBroker.acknowledge, (r, ACCESS)), expected[1]);
        check("decline", SELLER, 0, abi.encodeCall(IBroker.decline, (r)), expected[2]);
        check("cancel", BUYER, 0, abi.encodeCall(IBroker.cancel, (r)), expected[3]);
        check("release", BUYER, 0, abi.encodeCall(IBroker.release, (r)), expected[4]);
        check("revoke", SELLER, 0, abi.encodeCall(IBroker.revoke, (r)), expected[5]);
        check("settle", STRANGER, 0, abi.encodeCall(IBroker.settle, (r)), expected[6]);
    }

    function check(string memory name, address caller, uint256 value, bytes memory data, bytes4 expected) private {
        uint256 before = vm.snapshotState();
        (, IBroker.State state) = broker.reservations(reservationId());

        vm.prank(caller);
        (bool accepted, bytes memory answer) = address(broker).call{value: value}(data);

        if (accepted) {
            (, state) = broker.reservations(reservationId());
            vm.assertEq(bytes4(uint32(state)), expected, name);
        } else {
            vm.assertEq(answer, refusal(expected, state), name);
        }
        vm.revertToState(before);
    }

    function refusal(bytes4 reason, IBroker.State state) private view returns (bytes memory) {
        if (reason == WRONG) return abi.encodeWithSelector(WRONG, reservationId(), state);
        if (reason == EARLY) return abi.encodeWithSelector(EARLY, r.end);
        if (reason == LATE) return abi.encodeWithSelector(LATE, r.end == 0 ? r.acknowledgeBy : r.end);
        return abi.encodeWithSelector(reason, reservationId());
    }
}
