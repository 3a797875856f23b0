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
    bytes4 private constant ANYWAY = IBroker.EndsAnyway.selector;
    bytes4 private constant REVOKED = IBroker.LeaseRevoked.selector;

    IBroker.Reservation private r;

    function setUp() public override {
        super.setUp();
        publish();
        r = requested();
    }

    // The last two are settle, with a receipt of all but a second, by the buyer; and settleWithoutReceipt, by anyone.
    //         reserve    acknowledge decline cancel     extend   release  revoke   settle   without

    function test_None() public {
        check([REQUESTED, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]);
    }

    function test_Requested() public {
        reserve();
        check([TAKEN, ACTIVE, DECLINED, CANCELLED, WRONG, WRONG, WRONG, WRONG, WRONG]);
    }

    function test_RequestedAndOverdue() public {
        reserve();
        vm.warp(r.acknowledgeBy);
        check([TAKEN, LATE, DECLINED, CANCELLED, WRONG, WRONG, WRONG, WRONG, WRONG]);
    }

    function test_Active() public {
        r = acknowledge(reserve());
        check([TAKEN, WRONG, WRONG, WRONG, ACTIVE, ENDED, ACTIVE, EARLY, EARLY]);
    }

    function test_ActiveForItsLastSecond() public {
        r = acknowledge(reserve());
        vm.warp(r.end - 1);
        check([TAKEN, WRONG, WRONG, WRONG, ACTIVE, ENDED, ANYWAY, EARLY, EARLY]);
    }

    function test_ActiveAndRevoked() public {
        r = acknowledge(reserve());
        vm.prank(SELLER);
        broker.revoke(r, IBroker.Reason.Hardware);
        r.end = NOW + NOTICE;
        check([TAKEN, WRONG, WRONG, WRONG, REVOKED, ENDED, ANYWAY, EARLY, EARLY]);
    }

    function test_ActiveAndExpired() public {
        r = acknowledge(reserve());
        vm.warp(r.end);
        check([TAKEN, WRONG, WRONG, WRONG, LATE, LATE, ANYWAY, EARLY, EARLY]);
    }

    function test_ActiveAndNoLongerClaimed() public {
        r = acknowledge(reserve());
        vm.warp(r.end + CLAIM_WINDOW);
        check([TAKEN, WRONG, WRONG, WRONG, LATE, LATE, ANYWAY, SETTLED, SETTLED]);
    }

    function test_Ended() public {
        end();
        check([TAKEN, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, EARLY, EARLY]);
    }

    function test_EndedAndNoLongerClaimed() public {
        end();
        vm.warp(r.end + CLAIM_WINDOW);
        check([TAKEN, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, SETTLED, SETTLED]);
    }

    function test_Settled() public {
        end();
        vm.prank(SELLER);
        broker.settleWithoutReceipt(r);
        check([TAKEN, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG]);
    }

    function test_Declined() public {
        reserve();
        vm.prank(SELLER);
        broker.decline(r, IBroker.Reason.Request);
        check([TAKEN, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG]);
    }

    function test_Cancelled() public {
        reserve();
        vm.prank(BUYER);
        broker.cancel(r);
        check([TAKEN, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, WRONG]);
    }

    function end() private {
        r = acknowledge(reserve());
        vm.warp(NOW + 10);
        vm.prank(BUYER);
        broker.release(r);
        r.end = NOW + 10;
    }

    function check(bytes4[9] memory expected) private {
        bytes memory again = abi.encodeCall(IBroker.reserve, (terms(), offer(), NAME, WANTED, DURATION, REQUEST));
        check("reserve", BUYER, ESCROW, again, expected[0]);
        check("acknowledge", SELLER, 0, abi.encodeCall(IBroker.acknowledge, (r, ACCESS)), expected[1]);
        check("decline", SELLER, 0, abi.encodeCall(IBroker.decline, (r, IBroker.Reason.Request)), expected[2]);
        check("cancel", BUYER, 0, abi.encodeCall(IBroker.cancel, (r)), expected[3]);
        check("extend", BUYER, RATE, abi.encodeCall(IBroker.extend, (r, 1)), expected[4]);
        check("release", BUYER, 0, abi.encodeCall(IBroker.release, (r)), expected[5]);
        check("revoke", SELLER, 0, abi.encodeCall(IBroker.revoke, (r, IBroker.Reason.Abuse)), expected[6]);
        check("settle", BUYER, 0, settlement(), expected[7]);
        check("settleWithoutReceipt", STRANGER, 0, abi.encodeCall(IBroker.settleWithoutReceipt, (r)), expected[8]);
    }

    function settlement() private view returns (bytes memory) {
        uint32 elapsed = uint32(r.end - r.start);
        IBroker.Receipt memory given = receipt(r.end, elapsed > 0 ? elapsed - 1 : 0);
        return abi.encodeCall(IBroker.settle, (r, given, sign(BUYER_KEY, reservationId(), given)));
    }

    function check(string memory name, address caller, uint256 value, bytes memory data, bytes4 expected) private {
        uint256 before = vm.snapshotState();
        (, IBroker.State state) = broker.reservations(reservationId());

        vm.prank(caller);
        (bool accepted, bytes memory answer) = address(broker).call{value: value}(data);

        if (accepted) (, state) = broker.reservations(reservationId());
        vm.assertEq(accepted ? bytes4(uint32(state)) : bytes4(answer), expected, name);
        vm.revertToState(before);
    }
}
