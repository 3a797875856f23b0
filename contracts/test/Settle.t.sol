// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBroker, vm} from "./Fixture.sol";
import {LeaseFixture} from "./Lease.t.sol";

contract SettleTest is LeaseFixture {
    function test_RevertGiven_TheReservationIsAnother() public {
        vm.warp(r.end);
        refuses(SELLER, BUYER_KEY, DURATION - 1, forge());
    }

    function test_RevertGiven_TheLeaseStillRuns() public {
        vm.warp(r.end - 1);
        refuses(SELLER, BUYER_KEY, DURATION, abi.encodeWithSelector(IBroker.TooEarly.selector, r.end));
    }

    function test_RevertWhen_TheReceiptReachesBeyondTheEnd() public {
        vm.warp(r.end);
        impossible(receipt(r.end + 1, DURATION));
    }

    function test_RevertWhen_MoreIsDeliveredThanHasPassed() public {
        vm.warp(r.end);
        impossible(receipt(NOW + 100, 101));
    }

    function test_RevertWhen_NobodySigned() public {
        vm.warp(r.end);
        notSigned(r, receipt(r.end, DURATION), "");
    }

    function test_RevertWhen_TheSellerSigned() public {
        vm.warp(r.end);
        refuses(SELLER, SELLER_KEY, DURATION, abi.encodeWithSelector(IBroker.NotSigned.selector, reservationId()));
    }

    function test_RevertWhen_AStrangerSigned() public {
        vm.warp(r.end);
        refuses(SELLER, STRANGER_KEY, DURATION, abi.encodeWithSelector(IBroker.NotSigned.selector, reservationId()));
    }

    function test_RevertWhen_TheSignatureIsForAnotherReservation() public {
        vm.warp(r.end);
        IBroker.Receipt memory signed = receipt(r.end, DURATION);
        notSigned(r, signed, sign(BUYER_KEY, keccak256(abi.encode(BUYER, bytes32("another"))), signed));
    }

    function test_RevertWhen_TheSignatureIsForAnotherReceipt() public {
        vm.warp(r.end);
        bytes memory signature = sign(BUYER_KEY, reservationId(), receipt(r.end, DURATION - 1));
        notSigned(r, receipt(r.end, DURATION), signature);
        IBroker.Receipt memory signed = receipt(r.end, DURATION - 1);
        signed.evidence = 0;
        notSigned(r, signed, signature);
        notSigned(r, receipt(r.end - 1, DURATION - 1), signature);
    }

    function test_RevertWhen_TheSignatureIsForAnotherChain() public {
        vm.warp(r.end);
        IBroker.Receipt memory signed = receipt(r.end, DURATION);
        bytes memory signature = sign(BUYER_KEY, reservationId(), signed);
        vm.chainId(block.chainid + 1);
        notSigned(r, signed, signature);
    }

    function test_RevertWhen_TheSignatureIsForAnotherContract() public {
        vm.warp(r.end);
        IBroker.Receipt memory signed = receipt(r.end, DURATION);
        IBroker here = broker;
        broker = IBroker(vm.deployCode("ResourceExchangeBroker.sol"));
        bytes memory signature = sign(BUYER_KEY, reservationId(), signed);
        broker = here;
        notSigned(r, signed, signature);
    }

    function test_RevertWhen_ABuyerBringsLessThanAll() public {
        vm.warp(r.end + CLAIM_WINDOW - 1);
        bytes memory reason = abi.encodeWithSelector(IBroker.TooEarly.selector, r.end + CLAIM_WINDOW);
        refuses(BUYER, BUYER_KEY, DURATION - 1, reason);
    }

    function test_WhenTheSellerBringsLessThanAll() public {
        vm.warp(r.end);

        vm.expectEmit(address(broker));
        emit IBroker.Settled(reservationId(), 550, EVIDENCE, RATE * 550, RATE * 50);
        settle(SELLER, r, 550);

        assertSettled(550);
        assertReserved(0);
    }

    function test_WhenAnyoneBringsAll() public {
        vm.warp(r.end);

        settle(STRANGER, r, DURATION);

        assertSettled(DURATION);
        vm.assertEq(broker.owed(ETH, STRANGER), 0);
    }

    function test_GivenTheClaimWindowHasClosed() public {
        vm.warp(r.end + CLAIM_WINDOW);

        settle(BUYER, r, 590);

        assertSettled(590);
    }

    function test_WhenTheVerifierSigned() public {
        vm.warp(r.end);
        IBroker.Receipt memory signed = receipt(r.end - 10, 590);
        bytes memory signature = sign(VERIFIER_KEY, reservationId(), signed);

        vm.prank(SELLER);
        broker.settle(r, signed, signature);

        assertSettled(590);
    }

    function test_GivenTheLeaseWasReleased() public {
        vm.warp(NOW + 100);
        vm.prank(BUYER);
        broker.release(r);
        vm.prank(STRANGER);
        broker.reserve{value: ESCROW}(terms(), offer(), NAME, WANTED, DURATION, REQUEST);

        settle(SELLER, endedAfter(100), 95);

        assertReservation(endedAfter(100), IBroker.State.Settled);
        assertReserved(WANTED);
        assertMoney(RATE * 95, ESCROW - RATE * 95, ESCROW);
    }

    function test_GivenTheLeaseWasRevoked() public {
        vm.warp(NOW + 70);
        revoke();
        vm.warp(r.end);

        settle(STRANGER, r, 100);

        assertSettled(100);
        assertReserved(0);
    }

    function test_GivenTheLeaseWasExtended() public {
        vm.prank(BUYER);
        broker.extend{value: RATE * 100}(r, 100);
        r.duration += 100;
        r.end += 100;
        vm.warp(r.end);

        settle(SELLER, r, 690);

        assertReservation(r, IBroker.State.Settled);
        assertMoney(RATE * 690, RATE * 10, 0);
    }

    function test_GivenLessWasDeliveredThanPromised() public {
        vm.warp(r.end);

        settle(SELLER, r, 500);

        // 540 s were promised; each of the 40 missing ones costs another one.
        assertReservation(r, IBroker.State.Settled);
        assertMoney(RATE * 460, RATE * 140, 0);
    }

    function assertSettled(uint32 paid) private view {
        assertReservation(r, IBroker.State.Settled);
        assertMoney(RATE * paid, ESCROW - RATE * paid, 0);
    }

    function impossible(IBroker.Receipt memory signed) private {
        bytes memory signature = sign(BUYER_KEY, reservationId(), signed);
        vm.expectRevert(
            abi.encodeWithSelector(IBroker.ReceiptImpossible.selector, NOW, signed.until, signed.delivered, r.end)
        );
        vm.prank(SELLER);
        broker.settle(r, signed, signature);
    }

    function notSigned(IBroker.Reservation memory lease, IBroker.Receipt memory given, bytes memory signature) private {
        vm.expectRevert(abi.encodeWithSelector(IBroker.NotSigned.selector, reservationId()));
        vm.prank(SELLER);
        broker.settle(lease, given, signature);
    }

    function refuses(address caller, uint256 key, uint32 delivered, bytes memory reason) private {
        IBroker.Receipt memory signed = receipt(r.end, delivered);
        bytes memory signature = sign(key, reservationId(), signed);
        vm.expectRevert(reason);
        vm.prank(caller);
        broker.settle(r, signed, signature);
    }
}

contract SettleWithoutReceiptTest is LeaseFixture {
    function test_RevertGiven_TheReservationIsAnother() public {
        vm.warp(r.end);
        refuses(SELLER, forge());
    }

    function test_RevertGiven_TheLeaseStillRuns() public {
        vm.warp(r.end - 1);
        refuses(SELLER, abi.encodeWithSelector(IBroker.TooEarly.selector, r.end));
    }

    function test_RevertWhen_CallerIsNotTheSeller() public {
        vm.warp(r.end + CLAIM_WINDOW - 1);
        refuses(BUYER, abi.encodeWithSelector(IBroker.TooEarly.selector, r.end + CLAIM_WINDOW));
    }

    function test_WhenCallerIsTheSeller() public {
        vm.warp(r.end);

        vm.prank(SELLER);
        broker.settleWithoutReceipt(r);

        assertReturned(r);
    }

    function test_GivenTheClaimWindowHasClosed() public {
        vm.warp(r.end + CLAIM_WINDOW);

        vm.expectEmit(address(broker));
        emit IBroker.Settled(reservationId(), 0, 0, 0, ESCROW);
        vm.prank(STRANGER);
        broker.settleWithoutReceipt(r);

        assertReturned(r);
    }

    function test_GivenTheLeaseEndedInTheSecondItStarted() public {
        vm.prank(BUYER);
        broker.release(r);

        vm.prank(BUYER);
        broker.settleWithoutReceipt(endedAfter(0));

        assertReturned(endedAfter(0));
    }

    function assertReturned(IBroker.Reservation memory settled) private view {
        assertReservation(settled, IBroker.State.Settled);
        assertReserved(0);
        assertMoney(0, ESCROW, 0);
    }

    function refuses(address caller, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(caller);
        broker.settleWithoutReceipt(r);
    }
}
