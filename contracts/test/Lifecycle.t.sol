// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture, IBroker, Numbers, bound, pack, vm} from "./Fixture.sol";

/// @dev Any price, number of units, duration, moment and level.
contract LifecycleTest is Fixture {
    struct Deal {
        uint96 price;
        uint32 units;
        uint32 duration;
        uint32 delay;
        uint16 availability;
        uint8 multiple;
    }

    Numbers private level;

    function testFuzz_AnExpiredLeaseIsDividedByTheReceipt(Deal memory deal, uint32 delivered, uint32 late) public {
        IBroker.Reservation memory r = rent(deal);
        delivered = uint32(bound(delivered, 0, r.duration));

        vm.warp(uint256(r.end) + late);
        settle(SELLER, r, delivered);

        assertDivided(r, delivered);
    }

    function testFuzz_AReleasedLeaseIsDividedByTheReceipt(Deal memory deal, uint32 elapsed, uint32 delivered) public {
        IBroker.Reservation memory r = rent(deal);
        elapsed = uint32(bound(elapsed, 0, r.duration - 1));
        delivered = uint32(bound(delivered, 0, elapsed));

        vm.warp(r.start + elapsed);
        vm.prank(BUYER);
        broker.release(r);
        r.end = r.start + elapsed;
        settle(SELLER, r, delivered);

        assertDivided(r, delivered);
    }

    function testFuzz_ARevokedLeaseIsDividedByTheReceipt(Deal memory deal, uint32 elapsed, uint32 delivered) public {
        IBroker.Reservation memory r = rent(deal);
        vm.assume(r.duration > NOTICE);
        elapsed = uint32(bound(elapsed, 0, r.duration - NOTICE - 1));
        delivered = uint32(bound(delivered, 0, elapsed + NOTICE));

        vm.warp(r.start + elapsed);
        vm.prank(SELLER);
        broker.revoke(r, IBroker.Reason.Maintenance);
        r.end = r.start + elapsed + NOTICE;
        vm.warp(r.end);
        settle(SELLER, r, delivered);

        assertDivided(r, delivered);
    }

    function testFuzz_ALeaseWithoutReceiptIsReturned(Deal memory deal, uint32 late, bool bySeller) public {
        IBroker.Reservation memory r = rent(deal);

        vm.warp(uint256(r.end) + (bySeller ? 0 : CLAIM_WINDOW) + late);
        vm.prank(bySeller ? SELLER : STRANGER);
        broker.settleWithoutReceipt(r);

        assertReserved(0);
        assertMoney(0, escrowOf(r), 0);
    }

    function testFuzz_AnExtendedLeaseIsDividedByTheReceipt(Deal memory deal, uint32 more, uint32 delivered) public {
        IBroker.Reservation memory r = rent(deal);
        vm.assume(r.duration < type(uint32).max);
        more = uint32(bound(more, 1, type(uint32).max - r.duration));
        uint256 due = uint256(r.offer.price) * r.units * more;
        vm.deal(BUYER, due);

        vm.prank(BUYER);
        broker.extend{value: due}(r, more);
        r.duration += more;
        r.end += more;
        vm.warp(r.end);
        delivered = uint32(bound(delivered, 0, r.duration));
        settle(SELLER, r, delivered);

        assertDivided(r, delivered);
    }

    function testFuzz_ThePaymentIsExact(Deal memory deal, uint256 payment) public {
        IBroker.Reservation memory r = wanted(deal);
        vm.assume(payment != escrowOf(r));
        vm.deal(BUYER, payment);

        vm.expectRevert(abi.encodeWithSelector(IBroker.WrongPayment.selector, payment, escrowOf(r)));
        vm.prank(BUYER);
        broker.reserve{value: payment}(r.terms, r.offer, r.name, r.units, r.duration, REQUEST);
    }

    /// @dev Without the exact reservation, nobody gets anywhere.
    function testFuzz_RevertWhen_AnyFieldDiffers(uint8 field, uint256 mask) public {
        publish();
        IBroker.Reservation memory r = acknowledge(reserve());
        bytes memory encoded = abi.encode(r);
        uint256 word = bound(field, 0, encoded.length / 32 - 1);
        // The id comes of buyer and name: with these another reservation is meant, which the table tests.
        vm.assume(word != 7 && word != 8);
        // As wide as the narrowest field, so that the struct can still be decoded.
        encoded[word * 32 + 31] ^= bytes1(uint8(bound(mask, 1, 255)));
        vm.warp(uint256(r.end) + CLAIM_WINDOW + 256);

        vm.expectRevert(
            abi.encodeWithSelector(IBroker.ReservationDiffers.selector, commitmentOf(r), bytes31(keccak256(encoded)))
        );
        broker.settleWithoutReceipt(abi.decode(encoded, (IBroker.Reservation)));
    }

    /// @dev Bits beyond a field's width can't make one reservation into two.
    function testFuzz_RevertWhen_BitsBeyondAFieldAreSet(uint8 field) public {
        publish();
        IBroker.Reservation memory r = acknowledge(reserve());
        bytes memory encoded = abi.encodeCall(IBroker.settleWithoutReceipt, (r));
        uint8[10] memory narrow = [0, 1, 2, 5, 7, 9, 10, 11, 12, 13];
        encoded[4 + uint256(narrow[field % narrow.length]) * 32] = 0x01;
        vm.warp(uint256(r.end) + CLAIM_WINDOW);

        (bool accepted,) = address(broker).call(encoded);

        vm.assertTrue(!accepted, "took a reservation that isn't canonical");
    }

    function assertDivided(IBroker.Reservation memory r, uint32 delivered) private view {
        Numbers memory n = level;
        uint256 paid = uint256(r.offer.price) * r.units
            * broker.paidSeconds(uint32(r.end - r.start), delivered, n.availability, n.shortfallMultiple);
        assertReservation(r, IBroker.State.Settled);
        assertReserved(0);
        assertMoney(paid, escrowOf(r) - paid, 0);
    }

    function escrowOf(IBroker.Reservation memory r) private pure returns (uint256) {
        return uint256(r.offer.price) * r.units * r.duration;
    }

    /// @dev The reservation that the deal asks for, of an offer published for it.
    function wanted(Deal memory deal) private returns (IBroker.Reservation memory r) {
        level = numbers();
        (level.minDuration, level.maxDuration, level.acknowledgeWithin) = (1, type(uint32).max, type(uint32).max);
        level.availability = uint16(bound(deal.availability, 0, 10_000));
        level.shortfallMultiple = uint8(bound(deal.multiple, 1, 10));
        r = requested();
        r.terms.conditions = pack(level);
        r.offer.price = deal.price;
        r.units = uint32(bound(deal.units, 1, type(uint32).max));
        r.duration = uint32(bound(deal.duration, 1, type(uint32).max));
        r.acknowledgeBy = NOW + level.acknowledgeWithin;
        IBroker.Listing memory l = listing();
        (l.price, l.units) = (deal.price, type(uint32).max);
        vm.prank(SELLER);
        broker.publish(r.terms, one(l));
    }

    function rent(Deal memory deal) private returns (IBroker.Reservation memory r) {
        r = wanted(deal);
        vm.deal(BUYER, escrowOf(r));
        vm.prank(BUYER);
        broker.reserve{value: escrowOf(r)}(r.terms, r.offer, r.name, r.units, r.duration, REQUEST);
        vm.warp(NOW + bound(deal.delay, 0, type(uint32).max - 1));
        return acknowledge(r);
    }
}
