// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture, IBroker, Numbers, pack, vm} from "./Fixture.sol";

contract ReserveTest is Fixture {
    function setUp() public override {
        super.setUp();
        publish();
    }

    function test_RevertWhen_TheNameIsEmpty() public {
        refuses("", WANTED, DURATION, ESCROW, abi.encodeWithSelector(IBroker.NameEmpty.selector));
    }

    function test_RevertWhen_NoUnitsAreWanted() public {
        refuses(NAME, 0, DURATION, 0, abi.encodeWithSelector(IBroker.NoUnits.selector));
    }

    function test_RevertGiven_TheNameIsTaken() public {
        reserve();
        bytes memory reason = abi.encodeWithSelector(IBroker.NameTaken.selector, reservationId());
        refuses(NAME, 1, DURATION, ESCROW / 2, reason);
    }

    function test_RevertGiven_TheOfferIsUnknown() public {
        IBroker.Offer memory o = offer();
        o.name = "atlantis";
        bytes32 id = keccak256(abi.encode(SELLER, o.name));
        refuses(terms(), o, abi.encodeWithSelector(IBroker.UnknownOffer.selector, id));
    }

    function test_RevertGiven_TheOfferIsRetracted() public {
        vm.prank(SELLER);
        broker.retract(OFFER_NAME);
        refuses(terms(), offer(), abi.encodeWithSelector(IBroker.UnknownOffer.selector, offerId()));
    }

    function test_RevertGiven_TheTermsHaveChanged() public {
        Numbers memory n = numbers();
        n.availability = 0;
        IBroker.Terms memory t = terms();
        t.conditions = pack(n);
        refusesAfter(t, listing(), offer());
    }

    function test_RevertGiven_ThePriceHasChanged() public {
        IBroker.Listing memory l = listing();
        l.price = PRICE * 2;
        IBroker.Offer memory o = offer();
        o.price = PRICE * 2;
        refusesAfter(terms(), l, o);
    }

    function test_RevertGiven_TheDescriptionHasChanged() public {
        IBroker.Listing memory l = listing();
        l.description = "{}";
        IBroker.Offer memory o = offer();
        o.description = keccak256("{}");
        refusesAfter(terms(), l, o);
    }

    function test_RevertGiven_TheUnitsDoNotSuffice() public {
        reserve();
        bytes memory reason = abi.encodeWithSelector(IBroker.NotEnoughUnits.selector, 2, UNITS - WANTED);
        refuses("another", 2, DURATION, ESCROW, reason);
    }

    function test_RevertWhen_TheDurationIsTooShort() public {
        bytes memory reason = abi.encodeWithSelector(IBroker.DurationOutOfBounds.selector, 59, 60, 3600);
        refuses(NAME, WANTED, 59, RATE * 59, reason);
    }

    function test_RevertWhen_TheDurationIsTooLong() public {
        bytes memory reason = abi.encodeWithSelector(IBroker.DurationOutOfBounds.selector, 3601, 60, 3600);
        refuses(NAME, WANTED, 3601, RATE * 3601, reason);
    }

    function test_RevertWhen_ThePaymentIsShortOfAWei() public {
        bytes memory reason = abi.encodeWithSelector(IBroker.WrongPayment.selector, ESCROW - 1, ESCROW);
        refuses(NAME, WANTED, DURATION, ESCROW - 1, reason);
    }

    function test_RevertWhen_ThePaymentIsAWeiTooMuch() public {
        bytes memory reason = abi.encodeWithSelector(IBroker.WrongPayment.selector, ESCROW + 1, ESCROW);
        refuses(NAME, WANTED, DURATION, ESCROW + 1, reason);
    }

    function test_WhenAllIsWell() public {
        vm.expectEmit(address(broker));
        emit IBroker.Reserved(reservationId(), offerId(), BUYER, NAME, WANTED, DURATION, NOW + 120, REQUEST);
        vm.prank(BUYER);
        bytes32 id = broker.reserve{value: ESCROW}(terms(), offer(), NAME, WANTED, DURATION, REQUEST);

        vm.assertEq(id, reservationId());
        assertReservation(requested(), IBroker.State.Requested);
        assertOffer(terms(), offer(), UNITS, WANTED);
        assertMoney(0, 0, ESCROW);
    }

    function test_WhenItTakesTheLastUnit() public {
        reserve();

        vm.prank(STRANGER);
        broker.reserve{value: ESCROW / 2}(terms(), offer(), NAME, 1, DURATION, REQUEST);

        assertOffer(terms(), offer(), UNITS, UNITS);
        assertMoney(0, 0, ESCROW + ESCROW / 2);
    }

    function test_WhenThePriceIsZero() public {
        IBroker.Listing memory gift = listing();
        gift.price = 0;
        vm.prank(SELLER);
        broker.publish(terms(), one(gift));
        IBroker.Reservation memory r = requested();
        r.offer.price = 0;

        vm.prank(BUYER);
        broker.reserve(terms(), r.offer, NAME, WANTED, DURATION, REQUEST);
        vm.prank(BUYER);
        broker.cancel(r);

        assertReservation(r, IBroker.State.Cancelled);
        assertMoney(0, 0, 0);
    }

    /// @dev The seller publishes something else in the block before: the buyer's call fails instead of binding it to that.
    function refusesAfter(IBroker.Terms memory t, IBroker.Listing memory l, IBroker.Offer memory o) private {
        vm.prank(SELLER);
        broker.publish(t, one(l));
        bytes24 published = bytes24(keccak256(abi.encode(t, o)));
        bytes24 given = bytes24(keccak256(abi.encode(terms(), offer())));
        refuses(terms(), offer(), abi.encodeWithSelector(IBroker.TermsDiffer.selector, published, given));
    }

    function refuses(IBroker.Terms memory t, IBroker.Offer memory o, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(BUYER);
        broker.reserve{value: ESCROW}(t, o, NAME, WANTED, DURATION, REQUEST);
    }

    function refuses(bytes32 name, uint32 units, uint32 duration, uint256 payment, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(BUYER);
        broker.reserve{value: payment}(terms(), offer(), name, units, duration, REQUEST);
    }
}
