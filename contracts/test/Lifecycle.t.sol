// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Fixture, IBroker, bound, vm} from "./Fixture.sol";

/// @dev Any price, number of units, duration and moment.
contract LifecycleTest is Fixture {
    function testFuzz_TheSellerIsPaidForTheSecondsThatRan(
        uint96 price,
        uint32 units,
        uint32 duration,
        uint32 delay,
        uint32 elapsed,
        bool byBuyer
    ) public {
        IBroker.Reservation memory r = rent(price, units, duration, delay);
        elapsed = uint32(bound(elapsed, 0, r.duration - 1));

        vm.warp(r.start + elapsed);
        vm.prank(byBuyer ? BUYER : SELLER);
        if (byBuyer) broker.release(r);
        else broker.revoke(r);
        r.end = r.start + elapsed;
        broker.settle(r);

        uint256 escrow = uint256(price) * r.units * r.duration;
        uint256 paid = uint256(price) * r.units * elapsed;
        assertReservation(r, IBroker.State.Settled);
        assertReserved(0);
        assertMoney(paid, escrow - paid, 0);
    }

    function testFuzz_AnExpiredLeaseIsPaidInFull(uint96 price, uint32 units, uint32 duration, uint32 delay, uint32 late)
        public
    {
        IBroker.Reservation memory r = rent(price, units, duration, delay);

        vm.warp(uint256(r.end) + late);
        broker.settle(r);

        assertReservation(r, IBroker.State.Settled);
        assertReserved(0);
        assertMoney(uint256(price) * r.units * r.duration, 0, 0);
    }

    function testFuzz_ThePaymentIsExact(uint96 price, uint32 units, uint32 duration, uint256 payment) public {
        IBroker.Terms memory t = offer(price);
        units = uint32(bound(units, 1, type(uint32).max));
        duration = uint32(bound(duration, 1, type(uint32).max));
        uint256 due = uint256(price) * units * duration;
        vm.assume(payment != due);
        vm.deal(BUYER, payment);

        vm.expectRevert(abi.encodeWithSelector(IBroker.WrongPayment.selector, payment, due));
        vm.prank(BUYER);
        broker.reserve{value: payment}(NAME, t, units, duration, REQUEST);
    }

    /// @dev Without the exact reservation, nobody gets anywhere.
    function testFuzz_RevertWhen_AnyFieldDiffers(uint8 field, uint256 mask) public {
        publish();
        IBroker.Reservation memory r = acknowledge(reserve());
        bytes memory encoded = abi.encode(r);
        // The id comes of buyer and name: with these another reservation is meant, which the table tests.
        uint256 word = bound(field, 2, 9);
        // As wide as the narrowest field, so that the struct can still be decoded.
        encoded[word * 32 + 31] ^= bytes1(uint8(bound(mask, 1, 255)));
        IBroker.Reservation memory forged = abi.decode(encoded, (IBroker.Reservation));
        vm.warp(r.end);

        vm.expectRevert(
            abi.encodeWithSelector(
                IBroker.ReservationDiffers.selector, bytes31(keccak256(abi.encode(r))), bytes31(keccak256(encoded))
            )
        );
        broker.settle(forged);
    }

    function offer(uint96 price) private returns (IBroker.Terms memory t) {
        t = terms();
        t.price = price;
        t.minDuration = 1;
        t.maxDuration = type(uint32).max;
        t.acknowledgeWithin = type(uint32).max;
        vm.prank(SELLER);
        broker.publish(t, type(uint32).max, DESCRIPTION);
    }

    function rent(uint96 price, uint32 units, uint32 duration, uint32 delay)
        private
        returns (IBroker.Reservation memory r)
    {
        IBroker.Terms memory t = offer(price);
        r = requested();
        r.price = price;
        r.units = uint32(bound(units, 1, type(uint32).max));
        r.duration = uint32(bound(duration, 1, type(uint32).max));
        r.acknowledgeBy = NOW + t.acknowledgeWithin;
        uint256 escrow = uint256(price) * r.units * r.duration;
        vm.deal(BUYER, escrow);
        vm.prank(BUYER);
        broker.reserve{value: escrow}(NAME, t, r.units, r.duration, REQUEST);

        r.start = NOW + uint40(bound(delay, 0, type(uint32).max - 1));
        vm.warp(r.start);
        uint40 start = r.start;
        r.start = 0;
        vm.prank(SELLER);
        broker.acknowledge(r, ACCESS);
        r.start = start;
        r.end = start + r.duration;
    }
}
