// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture, IBroker, vm} from "./Fixture.sol";

contract PublishTest is Fixture {
    function test_RevertWhen_CallerIsNotTheSeller() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.NotTheSeller.selector, STRANGER, SELLER));
        vm.prank(STRANGER);
        broker.publish(terms(), UNITS, DESCRIPTION);
    }

    function test_RevertWhen_NameIsEmpty() public {
        IBroker.Terms memory t = terms();
        t.name = "";
        refuses(t, UNITS, abi.encodeWithSelector(IBroker.NameEmpty.selector));
    }

    function test_RevertWhen_ThereAreNoUnits() public {
        refuses(terms(), 0, abi.encodeWithSelector(IBroker.NoUnits.selector));
    }

    function test_RevertWhen_ShortestDurationIsZero() public {
        IBroker.Terms memory t = terms();
        t.minDuration = 0;
        refuses(t, UNITS, abi.encodeWithSelector(IBroker.DurationsInvalid.selector, 0, 3600));
    }

    function test_RevertWhen_ShortestDurationExceedsLongest() public {
        IBroker.Terms memory t = terms();
        t.maxDuration = 59;
        refuses(t, UNITS, abi.encodeWithSelector(IBroker.DurationsInvalid.selector, 60, 59));
    }

    function test_RevertWhen_ThereIsNoTimeToAcknowledge() public {
        IBroker.Terms memory t = terms();
        t.acknowledgeWithin = 0;
        refuses(t, UNITS, abi.encodeWithSelector(IBroker.NoTimeToAcknowledge.selector));
    }

    function test_RevertWhen_DescriptionIsAnother() public {
        IBroker.Terms memory t = terms();
        t.description = keccak256("another");
        refuses(
            t,
            UNITS,
            abi.encodeWithSelector(IBroker.DescriptionDiffers.selector, keccak256("another"), keccak256(DESCRIPTION))
        );
    }

    function test_RevertWhen_FewerUnitsThanReserved() public {
        publish();
        reserve();
        refuses(terms(), WANTED - 1, abi.encodeWithSelector(IBroker.UnitsReserved.selector, WANTED - 1, WANTED));
    }

    function test_RevertWhen_FewerUnitsThanReservedAfterARetraction() public {
        publish();
        reserve();
        vm.prank(SELLER);
        broker.retract(OFFER_NAME);
        refuses(terms(), WANTED - 1, abi.encodeWithSelector(IBroker.UnitsReserved.selector, WANTED - 1, WANTED));
    }

    function test_CommitsToTheTermsAndTellsThem() public {
        vm.expectEmit(address(broker));
        emit IBroker.OfferPublished(offerId(), SELLER, terms(), UNITS, DESCRIPTION);
        vm.prank(SELLER);
        bytes32 id = broker.publish(terms(), UNITS, DESCRIPTION);

        vm.assertEq(id, offerId());
        assertOffer(terms(), UNITS, 0);
    }

    function test_AgainReplacesTermsAndUnitsButNotWhatIsReserved() public {
        publish();
        reserve();
        IBroker.Terms memory dearer = terms();
        dearer.price = PRICE * 2;

        vm.prank(SELLER);
        broker.publish(dearer, WANTED, DESCRIPTION);

        assertOffer(dearer, WANTED, WANTED);
        assertReservation(requested(), IBroker.State.Requested);
    }

    function test_AfterARetractionCountsWhatIsReserved() public {
        publish();
        reserve();
        vm.prank(SELLER);
        broker.retract(OFFER_NAME);

        publish();

        assertOffer(terms(), UNITS, WANTED);
    }

    function test_OneNameForEachSeller() public {
        publish();
        IBroker.Terms memory t = terms();
        t.seller = STRANGER;

        vm.prank(STRANGER);
        bytes32 id = broker.publish(t, 1, DESCRIPTION);

        vm.assertTrue(id != offerId(), "ids of two sellers differ");
        assertOffer(terms(), UNITS, 0);
    }

    function refuses(IBroker.Terms memory t, uint32 units, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(SELLER);
        broker.publish(t, units, DESCRIPTION);
    }
}

contract RetractTest is Fixture {
    function test_RevertWhen_NothingWasPublished() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.UnknownOffer.selector, offerId()));
        vm.prank(SELLER);
        broker.retract(OFFER_NAME);
    }

    function test_RevertWhen_RetractedAlready() public {
        publish();
        vm.prank(SELLER);
        broker.retract(OFFER_NAME);

        vm.expectRevert(abi.encodeWithSelector(IBroker.UnknownOffer.selector, offerId()));
        vm.prank(SELLER);
        broker.retract(OFFER_NAME);
    }

    function test_RevertWhen_TheOfferIsSomebodyElses() public {
        publish();

        bytes32 strangers = keccak256(abi.encode(STRANGER, OFFER_NAME));
        vm.expectRevert(abi.encodeWithSelector(IBroker.UnknownOffer.selector, strangers));
        vm.prank(STRANGER);
        broker.retract(OFFER_NAME);
    }

    function test_ClearsTheOffer() public {
        publish();

        vm.expectEmit(address(broker));
        emit IBroker.OfferRetracted(offerId(), SELLER);
        vm.prank(SELLER);
        broker.retract(OFFER_NAME);

        assertOffer(bytes24(0), 0, 0);
    }

    function test_ReservationsGoOnToTheirEnd() public {
        publish();
        IBroker.Reservation memory r = reserve();
        vm.prank(SELLER);
        broker.retract(OFFER_NAME);
        assertOffer(bytes24(0), 0, WANTED);

        r = acknowledge(r);
        vm.warp(r.end);
        broker.settle(r);

        assertOffer(bytes24(0), 0, 0);
        assertMoney(ESCROW, 0, 0);
    }
}
