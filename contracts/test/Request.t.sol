// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture, IBroker, vm} from "./Fixture.sol";

/// @dev Ways out of Requested. What is refused for the state alone is in Transitions.t.sol.
abstract contract RequestFixture is Fixture {
    IBroker.Reservation internal r;

    function setUp() public override {
        super.setUp();
        publish();
        r = reserve();
    }

    function assertRefunded(IBroker.State state) internal view {
        assertReservation(requested(), state);
        assertReserved(0);
        assertMoney(0, ESCROW, 0);
    }

    /// @dev What a seller that forges its own price, or a buyer that forges its own units, would bring.
    function forge() internal returns (bytes memory reason) {
        bytes31 stored = commitmentOf(r);
        r.offer.price += 1;
        return abi.encodeWithSelector(IBroker.ReservationDiffers.selector, stored, commitmentOf(r));
    }
}

contract AcknowledgeTest is RequestFixture {
    function test_RevertGiven_TheReservationIsAnother() public {
        vm.expectRevert(forge());
        vm.prank(SELLER);
        broker.acknowledge(r, ACCESS);
    }

    function test_RevertWhen_CallerIsNotTheSeller() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.NotTheSeller.selector, BUYER, SELLER));
        vm.prank(BUYER);
        broker.acknowledge(r, ACCESS);
    }

    function test_RevertWhen_CallerClaimsToBeTheSeller() public {
        bytes31 stored = commitmentOf(r);
        r.terms.seller = STRANGER;
        vm.expectRevert(abi.encodeWithSelector(IBroker.ReservationDiffers.selector, stored, commitmentOf(r)));
        vm.prank(STRANGER);
        broker.acknowledge(r, ACCESS);
    }

    function test_RevertGiven_TheDeadlineHasCome() public {
        vm.warp(r.acknowledgeBy);
        vm.expectRevert(abi.encodeWithSelector(IBroker.TooLate.selector, r.acknowledgeBy));
        vm.prank(SELLER);
        broker.acknowledge(r, ACCESS);
    }

    function test_GivenItIsTheLastSecond() public {
        vm.warp(r.acknowledgeBy - 1);

        vm.expectEmit(address(broker));
        emit IBroker.Acknowledged(reservationId(), r.acknowledgeBy - 1, ACCESS);
        vm.prank(SELLER);
        broker.acknowledge(r, ACCESS);

        assertReservation(active(r.acknowledgeBy - 1), IBroker.State.Active);
        assertReserved(WANTED);
        assertMoney(0, 0, ESCROW);
    }

    function test_GivenTheOfferHasChanged() public {
        IBroker.Listing memory dearer = listing();
        dearer.price = PRICE * 2;
        vm.prank(SELLER);
        broker.publish(terms(), one(dearer));

        r = acknowledge(r);

        vm.warp(r.end);
        settle(SELLER, r, DURATION);
        assertMoney(ESCROW, 0, 0);
    }
}

contract DeclineTest is RequestFixture {
    function test_RevertGiven_TheReservationIsAnother() public {
        vm.expectRevert(forge());
        decline(SELLER);
    }

    function test_RevertWhen_CallerIsNotTheSeller() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.NotTheSeller.selector, BUYER, SELLER));
        decline(BUYER);
    }

    function test_GivenTheDeadlineIsToCome() public {
        vm.expectEmit(address(broker));
        emit IBroker.Declined(reservationId(), IBroker.Reason.Capacity);
        decline(SELLER);

        assertRefunded(IBroker.State.Declined);
    }

    function test_GivenTheDeadlineHasPassed() public {
        vm.warp(r.acknowledgeBy + 1);

        decline(SELLER);

        assertRefunded(IBroker.State.Declined);
    }

    function decline(address caller) private {
        vm.prank(caller);
        broker.decline(r, IBroker.Reason.Capacity);
    }
}

contract CancelTest is RequestFixture {
    function test_RevertGiven_TheReservationIsAnother() public {
        vm.expectRevert(forge());
        vm.prank(BUYER);
        broker.cancel(r);
    }

    function test_RevertWhen_SomebodyElseIsBeforeTheDeadline() public {
        vm.warp(r.acknowledgeBy - 1);
        vm.expectRevert(abi.encodeWithSelector(IBroker.TooEarly.selector, r.acknowledgeBy));
        vm.prank(STRANGER);
        broker.cancel(r);
    }

    function test_WhenCallerIsTheBuyer() public {
        vm.expectEmit(address(broker));
        emit IBroker.Cancelled(reservationId());
        vm.prank(BUYER);
        broker.cancel(r);

        assertRefunded(IBroker.State.Cancelled);
    }

    function test_GivenTheDeadlineHasCome() public {
        vm.warp(r.acknowledgeBy);

        vm.prank(STRANGER);
        broker.cancel(r);

        assertRefunded(IBroker.State.Cancelled);
        vm.assertEq(broker.owed(ETH, STRANGER), 0);
    }
}
