// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture, IBroker, vm} from "./Fixture.sol";

contract ReserveTest is Fixture {
    function setUp() public override {
        super.setUp();
        publish();
    }

    function test_RevertWhen_NameIsEmpty() public {
        refuses("", terms(), WANTED, DURATION, ESCROW, abi.encodeWithSelector(IBroker.NameEmpty.selector));
    }

    function test_RevertWhen_NoUnitsAreWanted() public {
        refuses(NAME, terms(), 0, DURATION, 0, abi.encodeWithSelector(IBroker.NoUnits.selector));
    }

    function test_RevertWhen_NameIsTaken() public {
        reserve();
        bytes memory reason = abi.encodeWithSelector(IBroker.NameTaken.selector, reservationId());
        refuses(NAME, terms(), 1, DURATION, ESCROW / 2, reason);
    }

    function test_RevertWhen_OfferIsUnknown() public {
        IBroker.Terms memory t = terms();
        t.name = "atlantis";
        bytes32 id = keccak256(abi.encode(SELLER, t.name));
        refuses(NAME, t, WANTED, DURATION, ESCROW, abi.encodeWithSelector(IBroker.UnknownOffer.selector, id));
    }

    function test_RevertWhen_OfferIsRetracted() public {
        vm.prank(SELLER);
        broker.retract(OFFER_NAME);
        bytes memory reason = abi.encodeWithSelector(IBroker.UnknownOffer.selector, offerId());
        refuses(NAME, terms(), WANTED, DURATION, ESCROW, reason);
    }

    function test_RevertWhen_TermsHaveChanged() public {
        IBroker.Terms memory dearer = terms();
        dearer.price = PRICE * 2;
        vm.prank(SELLER);
        broker.publish(dearer, UNITS, DESCRIPTION);
        bytes memory reason = abi.encodeWithSelector(
            IBroker.TermsDiffer.selector,
            bytes24(keccak256(abi.encode(dearer))),
            bytes24(keccak256(abi.encode(terms())))
        );
        refuses(NAME, terms(), WANTED, DURATION, ESCROW, reason);
    }

    function test_RevertWhen_UnitsDoNotSuffice() public {
        reserve();
        bytes memory reason = abi.encodeWithSelector(IBroker.NotEnoughUnits.selector, 2, UNITS - WANTED);
        refuses("another", terms(), 2, DURATION, ESCROW, reason);
    }

    function test_RevertWhen_DurationIsTooShort() public {
        bytes memory reason = abi.encodeWithSelector(IBroker.DurationOutOfBounds.selector, 59, 60, 3600);
        refuses(NAME, terms(), WANTED, 59, uint256(PRICE) * WANTED * 59, reason);
    }

    function test_RevertWhen_DurationIsTooLong() public {
        bytes memory reason = abi.encodeWithSelector(IBroker.DurationOutOfBounds.selector, 3601, 60, 3600);
        refuses(NAME, terms(), WANTED, 3601, uint256(PRICE) * WANTED * 3601, reason);
    }

    function test_RevertWhen_PaymentIsShortOfAWei() public {
        bytes memory reason = abi.encodeWithSelector(IBroker.WrongPayment.selector, ESCROW - 1, ESCROW);
        refuses(NAME, terms(), WANTED, DURATION, ESCROW - 1, reason);
    }

    function test_RevertWhen_PaymentIsAWeiTooMuch() public {
        bytes memory reason = abi.encodeWithSelector(IBroker.WrongPayment.selector, ESCROW + 1, ESCROW);
        refuses(NAME, terms(), WANTED, DURATION, ESCROW + 1, reason);
    }

    function test_HoldsUnitsAndEscrow() public {
        vm.expectEmit(address(broker));
        emit IBroker.Reserved(reservationId(), offerId(), SELLER, requested(), REQUEST);
        vm.prank(BUYER);
        bytes32 id = broker.reserve{value: ESCROW}(NAME, terms(), WANTED, DURATION, REQUEST);

        vm.assertEq(id, reservationId());
        assertReservation(requested(), IBroker.State.Requested);
        assertOffer(terms(), UNITS, WANTED);
        assertMoney(0, 0, ESCROW);
    }

    function test_TakesTheLastUnit() public {
        reserve();

        vm.prank(STRANGER);
        broker.reserve{value: ESCROW / 2}(NAME, terms(), 1, DURATION, REQUEST);

        assertOffer(terms(), UNITS, UNITS);
        assertMoney(0, 0, ESCROW + ESCROW / 2);
    }

    function test_AGiftCostsNothing() public {
        IBroker.Terms memory gift = terms();
        gift.price = 0;
        vm.prank(SELLER);
        broker.publish(gift, UNITS, DESCRIPTION);
        IBroker.Reservation memory r = requested();
        r.price = 0;

        vm.prank(BUYER);
        broker.reserve(NAME, gift, WANTED, DURATION, REQUEST);
        vm.prank(BUYER);
        broker.cancel(r);

        assertReservation(r, IBroker.State.Cancelled);
        assertMoney(0, 0, 0);
    }

    function refuses(
        bytes32 name,
        IBroker.Terms memory t,
        uint32 units,
        uint32 duration,
        uint256 payment,
        bytes memory reason
    ) private {
        vm.expectRevert(reason);
        vm.prank(BUYER);
        broker.reserve{value: payment}(name, t, units, duration, REQUEST);
    }
}
