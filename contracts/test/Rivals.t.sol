// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture, IBroker, vm} from "./Fixture.sol";

/// @dev What markets of the same kind get wrong, each tried here.
contract RivalsTest is Fixture {
    function setUp() public override {
        super.setUp();
        publish();
    }

    /// @dev There a provider confirms its own deployment and is paid in full.
    function test_ASellerCannotPayItselfByAttestingItself() public {
        IBroker.Reservation memory r = acknowledge(reserve());
        vm.warp(r.end);
        IBroker.Receipt memory own = receipt(r.end, DURATION);
        bytes memory signature = sign(SELLER_KEY, idOf(r), own);

        vm.expectRevert(abi.encodeWithSelector(IBroker.NotSigned.selector, idOf(r)));
        vm.prank(SELLER);
        broker.settle(r, own, signature);

        vm.warp(r.end + CLAIM_WINDOW);
        broker.settleWithoutReceipt(r);
        assertMoney(0, ESCROW, 0);
    }

    /// @dev Nor by naming itself the verifier of its own offer.
    function test_ASellerCannotBeItsOwnVerifier() public {
        IBroker.Terms memory t = terms();
        t.verifier = SELLER;

        vm.expectRevert(abi.encodeWithSelector(IBroker.VerifierIsSeller.selector));
        vm.prank(SELLER);
        broker.publish(t, one(listing()));
    }

    /// @dev There whatever is sent beyond the price is kept.
    function test_AnOverpaymentIsNotKept() public {
        vm.expectRevert(abi.encodeWithSelector(IBroker.WrongPayment.selector, ESCROW + 1 ether, ESCROW));
        vm.prank(BUYER);
        broker.reserve{value: ESCROW + 1 ether}(terms(), offer(), NAME, WANTED, DURATION, REQUEST);

        vm.assertEq(BUYER.balance, 10 ether);
    }

    /// @dev There a cancelled service leaves its price in the contract for ever.
    function test_ACancelledReservationStrandsNoMoney() public {
        IBroker.Reservation memory r = reserve();
        vm.prank(BUYER);
        broker.cancel(r);

        vm.prank(BUYER);
        broker.withdraw(ETH);

        vm.assertEq(BUYER.balance, 10 ether);
        vm.assertEq(address(broker).balance, 0);
        assertReserved(0);
    }

    /// @dev There a rented node is billed by the hour whether it is up or not.
    function test_TimeInWhichTheNodeIsDownIsNotBilled() public {
        IBroker.Reservation memory r = acknowledge(reserve());
        vm.warp(r.end);

        // Three tenths of the time it was down: its seller gets less than seven tenths of the price.
        settle(SELLER, r, DURATION * 7 / 10);

        uint256 paid = broker.owed(ETH, SELLER);
        vm.assertTrue(paid < ESCROW * 7 / 10, "paid for time that the node was down");
        assertMoney(paid, ESCROW - paid, 0);
    }

    /// @dev There two buyers are promised the same machine.
    function test_TheLastUnitIsNotSoldTwice() public {
        reserve();
        vm.prank(STRANGER);
        broker.reserve{value: ESCROW / 2}(terms(), offer(), NAME, 1, DURATION, REQUEST);

        vm.expectRevert(abi.encodeWithSelector(IBroker.NotEnoughUnits.selector, 1, 0));
        vm.prank(BUYER);
        broker.reserve{value: ESCROW / 2}(terms(), offer(), "again", 1, DURATION, REQUEST);
    }

    /// @dev There whoever gives the address of a party in an argument is taken for it.
    function test_AnAddressInAnArgumentOpensNothing() public {
        IBroker.Reservation memory r = reserve();

        vm.expectRevert(abi.encodeWithSelector(IBroker.NotTheSeller.selector, STRANGER, SELLER));
        vm.prank(STRANGER);
        broker.acknowledge(r, ACCESS);
        r = acknowledge(r);
        vm.expectRevert(abi.encodeWithSelector(IBroker.NotTheBuyer.selector, STRANGER, BUYER));
        vm.prank(STRANGER);
        broker.release(r);
    }

    /// @dev There the other side has to agree, for ever, before anyone gets out.
    function test_ASilentCounterpartyStrandsNothing() public {
        IBroker.Reservation memory r = reserve();
        vm.warp(r.acknowledgeBy);
        uint256 before = vm.snapshotState();
        vm.prank(SELLER);
        broker.cancel(r);
        assertMoney(0, ESCROW, 0);

        vm.revertToState(before);
        vm.warp(NOW);
        r = acknowledge(r);
        vm.warp(r.end + CLAIM_WINDOW);
        vm.prank(BUYER);
        broker.settleWithoutReceipt(r);
        assertMoney(0, ESCROW, 0);
        assertReserved(0);
    }
}
