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
        bytes31 stored = bytes31(keccak256(abi.encode(r)));
        r.price += 1;
        return abi.encodeWithSelector(IBroker.ReservationDiffers.selector, stored, bytes31(keccak256(abi.encode(r))));
    }
}

contract AcknowledgeTest is RequestFixture {
    function test_RevertWhen_ReservationDiffers() public {
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
        bytes31 stored = bytes31(keccak256(abi.encode(r)));
        r.seller = STRANGER;
        vm.expectRevert(
            abi.encodeWithSelector(IBroker.ReservationDiffers.selector, stored, bytes31(keccak256(abi.encode(r))))
        );
        vm.prank(STRANGER);
        broker.acknowledge(r, ACCESS);
    }

    function test_RevertWhen_TheDeadlineHasCome() public {
        vm.warp(r.acknowledgeBy);
        vm.expectRevert(abi.encodeWithSelector(IBroker.TooLate.selector, r.acknowledgeBy));
        vm.prank(SELLER);
        broker.acknowledge(r, ACCESS);
    }

    function test_InTheLastSecondStartsTheLease() public {
        vm.warp(r.acknowledgeBy - 1);
        IBroker.Reservation memory expected = active(r.acknowledgeBy - 1);

        vm.expectEmit(address(broker));
        emit IBroker.Acknowledged(reservationId(), expected, ACCESS);
        vm.prank(SELLER);
        broker.acknowledge(r, ACCESS);

        assertReservation(expected, IBroker.State.Active);
        assertReserved(WANTED);
        assertMoney(0, 0, ESCROW);
    }

    function test_KeepsTheTermsOfTheReservation() public {
        IBroker.Terms memory dearer = terms();
        dearer.price = PRICE * 2;
        vm.prank(SELLER);
        broker.publish(dearer, UNITS, DESCRIPTION);

        IBroker.Reservation memory running = acknowledge(r);
        vm.warp(running.end);
        broker.settle(running);

        assertMoney(ESCROW, 0, 0);
    }
}

contract DeclineTest is RequestFixture {
    function test_RevertWhen_ReservationDiffers() public {
        vm.expectRevert(forge());
        vm.prank(SELLER);
        broker.decline(r);
    }

    function test_RevertWhen_CallerIsNotTheSeller() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.NotTheSeller.selector, BUYER, SELLER));
        vm.prank(BUYER);
        broker.decline(r);
    }

    function test_GivesUnitsAndEscrowBack() public {
        vm.expectEmit(address(broker));
        emit IBroker.Declined(reservationId());
        vm.prank(SELLER);
        broker.decline(r);

        assertRefunded(IBroker.State.Declined);
    }

    function test_AlsoAfterTheDeadline() public {
        vm.warp(r.acknowledgeBy + 1);

        vm.prank(SELLER);
        broker.decline(r);

        assertRefunded(IBroker.State.Declined);
    }
}

contract CancelTest is RequestFixture {
    function test_RevertWhen_ReservationDiffers() public {
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

    function test_BuyerAtOnce() public {
        vm.expectEmit(address(broker));
        emit IBroker.Cancelled(reservationId());
        vm.prank(BUYER);
        broker.cancel(r);

        assertRefunded(IBroker.State.Cancelled);
    }

    function test_AnyoneFromTheDeadlineOn() public {
        vm.warp(r.acknowledgeBy);

        vm.prank(STRANGER);
        broker.cancel(r);

        assertRefunded(IBroker.State.Cancelled);
        vm.assertEq(broker.owed(STRANGER), 0);
    }
}
