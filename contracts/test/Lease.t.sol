// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture, IBroker, vm} from "./Fixture.sol";

/// @dev Ways out of Active and Ended. What is refused for the state alone is in Transitions.t.sol.
abstract contract LeaseFixture is Fixture {
    IBroker.Reservation internal r;

    function setUp() public override {
        super.setUp();
        publish();
        r = acknowledge(reserve());
    }

    /// @dev What the lease is when ended after so many seconds.
    function endedAfter(uint40 elapsed) internal pure returns (IBroker.Reservation memory ended) {
        ended = active(NOW);
        ended.end = NOW + elapsed;
    }

    function forge() internal returns (bytes memory reason) {
        bytes31 stored = bytes31(keccak256(abi.encode(r)));
        r.end -= 1;
        return abi.encodeWithSelector(IBroker.ReservationDiffers.selector, stored, bytes31(keccak256(abi.encode(r))));
    }
}

contract ReleaseTest is LeaseFixture {
    function test_RevertWhen_ReservationDiffers() public {
        vm.expectRevert(forge());
        vm.prank(BUYER);
        broker.release(r);
    }

    function test_RevertWhen_CallerIsNotTheBuyer() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.NotTheBuyer.selector, SELLER, BUYER));
        vm.prank(SELLER);
        broker.release(r);
    }

    function test_RevertWhen_TheLeaseHasExpired() public {
        vm.warp(r.end);
        vm.expectRevert(abi.encodeWithSelector(IBroker.TooLate.selector, r.end));
        vm.prank(BUYER);
        broker.release(r);
    }

    function test_EndsTheLeaseAndFreesTheUnits() public {
        vm.warp(NOW + 100);

        vm.expectEmit(address(broker));
        emit IBroker.Released(reservationId(), endedAfter(100));
        vm.prank(BUYER);
        broker.release(r);

        assertReservation(endedAfter(100), IBroker.State.Ended);
        assertReserved(0);
        assertMoney(0, 0, ESCROW);
    }
}

contract RevokeTest is LeaseFixture {
    function test_RevertWhen_ReservationDiffers() public {
        vm.expectRevert(forge());
        vm.prank(SELLER);
        broker.revoke(r);
    }

    function test_RevertWhen_CallerIsNotTheSeller() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.NotTheSeller.selector, BUYER, SELLER));
        vm.prank(BUYER);
        broker.revoke(r);
    }

    function test_RevertWhen_TheLeaseHasExpired() public {
        vm.warp(r.end);
        vm.expectRevert(abi.encodeWithSelector(IBroker.TooLate.selector, r.end));
        vm.prank(SELLER);
        broker.revoke(r);
    }

    function test_EndsTheLeaseAndFreesTheUnits() public {
        vm.warp(r.end - 1);

        vm.expectEmit(address(broker));
        emit IBroker.Revoked(reservationId(), endedAfter(DURATION - 1));
        vm.prank(SELLER);
        broker.revoke(r);

        assertReservation(endedAfter(DURATION - 1), IBroker.State.Ended);
        assertReserved(0);
        assertMoney(0, 0, ESCROW);
    }
}

contract SettleTest is LeaseFixture {
    function test_RevertWhen_ReservationDiffers() public {
        vm.warp(r.end);
        vm.expectRevert(forge());
        vm.prank(SELLER);
        broker.settle(r);
    }

    function test_RevertWhen_TheLeaseStillRuns() public {
        vm.warp(r.end - 1);
        vm.expectRevert(abi.encodeWithSelector(IBroker.TooEarly.selector, r.end));
        vm.prank(SELLER);
        broker.settle(r);
    }

    function test_ExpiredPaysTheSellerAll() public {
        vm.warp(r.end);

        vm.expectEmit(address(broker));
        emit IBroker.Settled(reservationId(), r, ESCROW, 0);
        vm.prank(STRANGER);
        broker.settle(r);

        assertReservation(r, IBroker.State.Settled);
        assertReserved(0);
        assertMoney(ESCROW, 0, 0);
        vm.assertEq(broker.owed(STRANGER), 0);
    }

    function test_LongAfterExpiryPaysNoMore() public {
        vm.warp(r.end + 365 days);

        broker.settle(r);

        assertMoney(ESCROW, 0, 0);
    }

    function test_ReleasedPaysForTheSecondsThatRan() public {
        vm.warp(NOW + 100);
        vm.prank(BUYER);
        broker.release(r);
        uint256 paid = uint256(PRICE) * WANTED * 100;

        vm.expectEmit(address(broker));
        emit IBroker.Settled(reservationId(), endedAfter(100), paid, ESCROW - paid);
        broker.settle(endedAfter(100));

        assertReservation(endedAfter(100), IBroker.State.Settled);
        assertReserved(0);
        assertMoney(paid, ESCROW - paid, 0);
    }

    function test_ReleasedInTheSecondItStartedPaysNothing() public {
        vm.prank(BUYER);
        broker.release(r);

        broker.settle(endedAfter(0));

        assertMoney(0, ESCROW, 0);
    }

    function test_DoesNotFreeUnitsTwice() public {
        vm.prank(BUYER);
        broker.release(r);
        vm.prank(STRANGER);
        broker.reserve{value: ESCROW}(NAME, terms(), WANTED, DURATION, REQUEST);

        broker.settle(endedAfter(0));

        assertReserved(WANTED);
        assertMoney(0, ESCROW, ESCROW);
    }
}
