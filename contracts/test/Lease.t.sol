// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture, IBroker, Numbers, pack, vm} from "./Fixture.sol";

/// @dev What can happen while a lease runs. What is refused for the state alone is in Transitions.t.sol.
abstract contract LeaseFixture is Fixture {
    IBroker.Reservation internal r;

    function setUp() public override {
        super.setUp();
        publish();
        r = acknowledge(reserve());
    }

    /// @dev What the lease is when ended after so many seconds.
    function endedAfter(uint40 elapsed) internal view returns (IBroker.Reservation memory ended) {
        ended = active(NOW);
        ended.end = NOW + elapsed;
    }

    function forge() internal returns (bytes memory reason) {
        bytes31 stored = commitmentOf(r);
        r.end -= 1;
        return abi.encodeWithSelector(IBroker.ReservationDiffers.selector, stored, commitmentOf(r));
    }

    function revoke() internal {
        vm.prank(SELLER);
        broker.revoke(r, IBroker.Reason.Maintenance);
        r.end = uint40(block.timestamp) + NOTICE;
    }
}

contract ExtendTest is LeaseFixture {
    uint32 private constant MORE = 100;

    function test_RevertGiven_TheReservationIsAnother() public {
        refuses(MORE, forge());
    }

    function test_RevertWhen_CallerIsNotTheBuyer() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.NotTheBuyer.selector, SELLER, BUYER));
        vm.prank(SELLER);
        broker.extend{value: RATE * MORE}(r, MORE);
    }

    function test_RevertGiven_TheLeaseHasExpired() public {
        vm.warp(r.end);
        refuses(MORE, abi.encodeWithSelector(IBroker.TooLate.selector, r.end));
    }

    function test_RevertGiven_TheLeaseIsRevoked() public {
        revoke();
        refuses(MORE, abi.encodeWithSelector(IBroker.LeaseRevoked.selector, reservationId()));
    }

    function test_RevertGiven_TheOfferIsRetracted() public {
        vm.prank(SELLER);
        broker.retract(OFFER_NAME);
        refuses(MORE, abi.encodeWithSelector(IBroker.UnknownOffer.selector, offerId()));
    }

    function test_RevertGiven_TheOfferHasChanged() public {
        IBroker.Listing memory l = listing();
        l.price += 1;
        IBroker.Offer memory o = offer();
        o.price += 1;
        vm.prank(SELLER);
        broker.publish(terms(), one(l));
        bytes24 published = bytes24(keccak256(abi.encode(terms(), o)));
        bytes24 given = bytes24(keccak256(abi.encode(terms(), offer())));
        refuses(MORE, abi.encodeWithSelector(IBroker.TermsDiffer.selector, published, given));
    }

    function test_RevertWhen_NoTimeIsAdded() public {
        bytes memory reason = abi.encodeWithSelector(IBroker.DurationOutOfBounds.selector, DURATION, DURATION + 1, 3600);
        refuses(0, reason);
    }

    function test_RevertWhen_TheWholeWouldBeTooLong() public {
        refuses(3001, abi.encodeWithSelector(IBroker.DurationOutOfBounds.selector, 3601, DURATION + 1, 3600));
    }

    function test_RevertWhen_ThePaymentIsNotExact() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.WrongPayment.selector, RATE * MORE - 1, RATE * MORE));
        vm.prank(BUYER);
        broker.extend{value: RATE * MORE - 1}(r, MORE);
    }

    function test_GivenItIsTheLastSecond() public {
        vm.warp(r.end - 1);

        vm.expectEmit(address(broker));
        emit IBroker.Extended(reservationId(), DURATION + MORE);
        extend();

        assertReservation(r, IBroker.State.Active);
        assertReserved(WANTED);
        assertMoney(0, 0, ESCROW + RATE * MORE);
    }

    function test_GivenNoUnitIsFree() public {
        vm.prank(STRANGER);
        broker.reserve{value: ESCROW / 2}(terms(), offer(), NAME, 1, DURATION, REQUEST);

        extend();

        assertReservation(r, IBroker.State.Active);
        assertReserved(UNITS);
    }

    function extend() private {
        vm.prank(BUYER);
        broker.extend{value: RATE * MORE}(r, MORE);
        r.duration += MORE;
        r.end += MORE;
    }

    function refuses(uint32 more, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(BUYER);
        broker.extend{value: RATE * more}(r, more);
    }
}

contract ReleaseTest is LeaseFixture {
    function test_RevertGiven_TheReservationIsAnother() public {
        vm.expectRevert(forge());
        vm.prank(BUYER);
        broker.release(r);
    }

    function test_RevertWhen_CallerIsNotTheBuyer() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.NotTheBuyer.selector, SELLER, BUYER));
        vm.prank(SELLER);
        broker.release(r);
    }

    function test_RevertGiven_TheLeaseHasExpired() public {
        vm.warp(r.end);
        vm.expectRevert(abi.encodeWithSelector(IBroker.TooLate.selector, r.end));
        vm.prank(BUYER);
        broker.release(r);
    }

    function test_GivenTheLeaseRuns() public {
        vm.warp(NOW + 100);

        vm.expectEmit(address(broker));
        emit IBroker.Released(reservationId(), NOW + 100);
        vm.prank(BUYER);
        broker.release(r);

        assertReservation(endedAfter(100), IBroker.State.Ended);
        assertReserved(0);
        assertMoney(0, 0, ESCROW);
    }

    function test_GivenTheLeaseIsRevoked() public {
        revoke();
        vm.warp(NOW + NOTICE - 1);

        vm.prank(BUYER);
        broker.release(r);

        assertReservation(endedAfter(NOTICE - 1), IBroker.State.Ended);
        assertReserved(0);
    }
}

contract RevokeTest is LeaseFixture {
    function test_RevertGiven_TheReservationIsAnother() public {
        vm.expectRevert(forge());
        vm.prank(SELLER);
        broker.revoke(r, IBroker.Reason.Hardware);
    }

    function test_RevertWhen_CallerIsNotTheSeller() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.NotTheSeller.selector, BUYER, SELLER));
        vm.prank(BUYER);
        broker.revoke(r, IBroker.Reason.Hardware);
    }

    function test_RevertGiven_TheNoticeWouldBeLongerThanTheRest() public {
        vm.warp(r.end - NOTICE);
        vm.expectRevert(abi.encodeWithSelector(IBroker.EndsAnyway.selector, r.end));
        vm.prank(SELLER);
        broker.revoke(r, IBroker.Reason.Hardware);
    }

    function test_RevertGiven_TheLeaseIsRevoked() public {
        revoke();
        vm.expectRevert(abi.encodeWithSelector(IBroker.EndsAnyway.selector, r.end));
        vm.prank(SELLER);
        broker.revoke(r, IBroker.Reason.Hardware);
    }

    function test_GivenTheLeaseRunsLongerThanTheNotice() public {
        vm.warp(r.end - NOTICE - 1);

        vm.expectEmit(address(broker));
        emit IBroker.Revoked(reservationId(), r.end - 1, IBroker.Reason.Maintenance);
        revoke();

        assertReservation(endedAfter(DURATION - 1), IBroker.State.Active);
        assertReserved(WANTED);
        assertMoney(0, 0, ESCROW);
    }

    function test_GivenThereIsNoNotice() public {
        Numbers memory n = numbers();
        n.notice = 0;
        r.terms.conditions = pack(n);
        vm.prank(SELLER);
        broker.publish(r.terms, one(listing()));
        vm.prank(STRANGER);
        broker.reserve{value: ESCROW / 2}(r.terms, r.offer, NAME, 1, DURATION, REQUEST);
        (r.buyer, r.units, r.start, r.end) = (STRANGER, 1, 0, 0);
        r = acknowledge(r);
        vm.warp(NOW + 10);

        vm.prank(SELLER);
        broker.revoke(r, IBroker.Reason.Abuse);

        r.end = NOW + 10;
        assertReservation(r, IBroker.State.Active);
        vm.prank(SELLER);
        broker.settleWithoutReceipt(r);
        assertReservation(r, IBroker.State.Settled);
    }
}
