// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Conditions, Fixture, IBroker, Numbers, pack, vm} from "./Fixture.sol";

contract PublishTest is Fixture {
    function test_RevertWhen_CallerIsNotTheSeller() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.NotTheSeller.selector, STRANGER, SELLER));
        vm.prank(STRANGER);
        broker.publish(terms(), one(listing()));
    }

    function test_RevertWhen_TheSellerVerifiesItself() public {
        IBroker.Terms memory t = terms();
        t.verifier = SELLER;
        refuses(t, listing(), abi.encodeWithSelector(IBroker.VerifierIsSeller.selector));
    }

    function test_RevertWhen_TheConditionsHaveUnusedBits() public {
        IBroker.Terms memory t = terms();
        t.conditions = Conditions.wrap(Conditions.unwrap(t.conditions) | 1 << 216);
        refuses(t, listing(), abi.encodeWithSelector(IBroker.ConditionsInvalid.selector, t.conditions));
    }

    function test_RevertWhen_TheShortestDurationIsZero() public {
        Numbers memory n = numbers();
        n.minDuration = 0;
        refuses(n, abi.encodeWithSelector(IBroker.DurationsInvalid.selector, 0, 3600));
    }

    function test_RevertWhen_TheShortestDurationExceedsTheLongest() public {
        Numbers memory n = numbers();
        n.maxDuration = 59;
        refuses(n, abi.encodeWithSelector(IBroker.DurationsInvalid.selector, 60, 59));
    }

    function test_RevertWhen_ThereIsNoTimeToAcknowledge() public {
        Numbers memory n = numbers();
        n.acknowledgeWithin = 0;
        refuses(n, abi.encodeWithSelector(IBroker.NoTimeToAcknowledge.selector));
    }

    function test_RevertWhen_MoreThanAllIsPromised() public {
        Numbers memory n = numbers();
        n.availability = 10_001;
        refusesLevel(n);
    }

    function test_RevertWhen_AShortfallCostsNothing() public {
        Numbers memory n = numbers();
        n.shortfallMultiple = 0;
        refusesLevel(n);
    }

    function test_RevertWhen_AShortfallCostsMoreThanTenTimesItsShare() public {
        Numbers memory n = numbers();
        n.shortfallMultiple = 11;
        refusesLevel(n);
    }

    function test_RevertWhen_ThereIsNoReceiptInterval() public {
        Numbers memory n = numbers();
        n.receiptInterval = 0;
        refusesLevel(n);
    }

    function test_RevertWhen_ThereIsNoClaimWindow() public {
        Numbers memory n = numbers();
        n.claimWindow = 0;
        refusesLevel(n);
    }

    function test_RevertWhen_TheClaimWindowExceedsThirtyDays() public {
        Numbers memory n = numbers();
        n.claimWindow = 30 days + 1;
        refusesLevel(n);
    }

    function test_RevertWhen_ANameIsEmpty() public {
        IBroker.Listing memory l = listing();
        l.name = "";
        refuses(terms(), l, abi.encodeWithSelector(IBroker.NameEmpty.selector));
    }

    function test_RevertWhen_ThereAreNoUnits() public {
        IBroker.Listing memory l = listing();
        l.units = 0;
        refuses(terms(), l, abi.encodeWithSelector(IBroker.NoUnits.selector));
    }

    function test_RevertGiven_MoreUnitsAreReserved() public {
        publish();
        reserve();
        IBroker.Listing memory l = listing();
        l.units = WANTED - 1;
        refuses(terms(), l, abi.encodeWithSelector(IBroker.UnitsReserved.selector, WANTED - 1, WANTED));
    }

    function test_RevertGiven_MoreUnitsAreReservedOfARetractedOffer() public {
        publish();
        reserve();
        vm.prank(SELLER);
        broker.retract(OFFER_NAME);
        IBroker.Listing memory l = listing();
        l.units = WANTED - 1;
        refuses(terms(), l, abi.encodeWithSelector(IBroker.UnitsReserved.selector, WANTED - 1, WANTED));
    }

    function test_GivenNoOfferOfThatName() public {
        vm.expectEmit(address(broker));
        emit IBroker.OffersPublished(SELLER, terms(), one(listing()));
        publish();

        assertOffer(terms(), offer(), UNITS, 0);
    }

    function test_GivenTheOfferIsPublished() public {
        publish();
        reserve();
        IBroker.Listing memory l =
            IBroker.Listing({name: OFFER_NAME, price: PRICE * 2, units: WANTED, description: "{}"});
        Numbers memory n = numbers();
        n.notice = 0;
        IBroker.Terms memory t = terms();
        t.conditions = pack(n);

        vm.prank(SELLER);
        broker.publish(t, one(l));

        IBroker.Offer memory o = IBroker.Offer({name: OFFER_NAME, price: PRICE * 2, description: keccak256("{}")});
        assertOffer(t, o, WANTED, WANTED);
        assertReservation(requested(), IBroker.State.Requested);
    }

    function test_GivenTheOfferWasRetracted() public {
        publish();
        reserve();
        vm.prank(SELLER);
        broker.retract(OFFER_NAME);

        publish();

        assertOffer(terms(), offer(), UNITS, WANTED);
    }

    function test_GivenAnotherSellerUsesTheName() public {
        publish();
        IBroker.Terms memory t = terms();
        t.seller = STRANGER;

        vm.prank(STRANGER);
        broker.publish(t, one(listing()));

        assertOffer(terms(), offer(), UNITS, 0);
        (bytes24 theirs,,) = broker.offers(keccak256(abi.encode(STRANGER, OFFER_NAME)));
        vm.assertEq(theirs, bytes24(keccak256(abi.encode(t, offer()))));
    }

    function test_WhenThereAreManyListings() public {
        IBroker.Listing[] memory listings = many();

        vm.expectEmit(address(broker));
        emit IBroker.OffersPublished(SELLER, terms(), listings);
        vm.prank(SELLER);
        broker.publish(terms(), listings);

        for (uint256 i = 0; i < listings.length; i++) {
            IBroker.Listing memory l = listings[i];
            IBroker.Offer memory o = IBroker.Offer(l.name, l.price, keccak256(l.description));
            (bytes24 stored, uint32 units, uint32 reserved) = broker.offers(keccak256(abi.encode(SELLER, l.name)));
            vm.assertEq(stored, bytes24(keccak256(abi.encode(terms(), o))), "commitment");
            vm.assertEq(units, i + 1, "units");
            vm.assertEq(reserved, 0, "reserved");
        }
    }

    function test_RevertWhen_OneOfManyListingsIsInvalid() public {
        IBroker.Listing[] memory listings = many();
        listings[2].units = 0;
        vm.expectRevert(abi.encodeWithSelector(IBroker.NoUnits.selector));
        vm.prank(SELLER);
        broker.publish(terms(), listings);
    }

    function many() private pure returns (IBroker.Listing[] memory listings) {
        listings = new IBroker.Listing[](4);
        for (uint32 i = 0; i < listings.length; i++) {
            listings[i] = IBroker.Listing({
                name: bytes32(uint256(i + 1)), price: PRICE + i, units: i + 1, description: abi.encodePacked(i)
            });
        }
    }

    function refusesLevel(Numbers memory n) private {
        refuses(
            n,
            abi.encodeWithSelector(
                IBroker.ServiceLevelInvalid.selector,
                n.availability,
                n.shortfallMultiple,
                n.receiptInterval,
                n.claimWindow
            )
        );
    }

    function refuses(Numbers memory n, bytes memory reason) private {
        IBroker.Terms memory t = terms();
        t.conditions = pack(n);
        refuses(t, listing(), reason);
    }

    function refuses(IBroker.Terms memory t, IBroker.Listing memory l, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(SELLER);
        broker.publish(t, one(l));
    }
}

contract RetractTest is Fixture {
    function test_RevertGiven_NothingWasPublished() public {
        refuses(SELLER);
    }

    function test_RevertGiven_ItIsRetractedAlready() public {
        publish();
        vm.prank(SELLER);
        broker.retract(OFFER_NAME);
        refuses(SELLER);
    }

    function test_RevertGiven_TheOfferIsSomebodyElses() public {
        publish();
        refuses(STRANGER);
    }

    function test_GivenNoUnitIsReserved() public {
        publish();

        vm.expectEmit(address(broker));
        emit IBroker.OfferRetracted(offerId());
        vm.prank(SELLER);
        broker.retract(OFFER_NAME);

        assertOffer(bytes24(0), 0, 0);
    }

    function test_GivenUnitsAreReserved() public {
        publish();
        IBroker.Reservation memory r = reserve();

        vm.prank(SELLER);
        broker.retract(OFFER_NAME);

        assertOffer(bytes24(0), 0, WANTED);
        r = acknowledge(r);
        vm.warp(r.end);
        settle(SELLER, r, DURATION);
        assertOffer(bytes24(0), 0, 0);
        assertMoney(ESCROW, 0, 0);
    }

    function refuses(address caller) private {
        bytes32 id = keccak256(abi.encode(caller, OFFER_NAME));
        vm.expectRevert(abi.encodeWithSelector(IBroker.UnknownOffer.selector, id));
        vm.prank(caller);
        broker.retract(OFFER_NAME);
    }
}
