// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IResourceExchangeBroker as IBroker} from "../src/IResourceExchangeBroker.sol";
import {bound, vm} from "./Vm.sol";

/// @dev A seller with three machines on offer, a buyer who rents two of them, and somebody else.
abstract contract Fixture {
    address internal constant SELLER = address(0x5E11E4);
    address internal constant BUYER = address(0xB0E4);
    address internal constant STRANGER = address(0x574A);

    uint40 internal constant NOW = 1_800_000_000;
    bytes32 internal constant OFFER_NAME = "seoul-keti";
    bytes32 internal constant NAME = "simple-ocr";
    bytes internal constant DESCRIPTION = '{"region": {"name": "SEOUL-KETI"}}';
    bytes internal constant REQUEST = "sealed request";
    bytes internal constant ACCESS = "sealed access";
    uint96 internal constant PRICE = 3 gwei;
    uint32 internal constant UNITS = 3;
    uint32 internal constant WANTED = 2;
    uint32 internal constant DURATION = 600;
    uint256 internal constant ESCROW = uint256(PRICE) * WANTED * DURATION;

    IBroker internal broker;

    function setUp() public virtual {
        vm.warp(NOW);
        broker = IBroker(vm.deployCode("ResourceExchangeBroker.sol"));
        vm.deal(SELLER, 10 ether);
        vm.deal(BUYER, 10 ether);
        vm.deal(STRANGER, 10 ether);
    }

    /* VALUES */

    function terms() internal pure returns (IBroker.Terms memory) {
        return IBroker.Terms({
            seller: SELLER,
            name: OFFER_NAME,
            price: PRICE,
            minDuration: 60,
            maxDuration: 3600,
            acknowledgeWithin: 120,
            description: keccak256(DESCRIPTION)
        });
    }

    /// @dev What `reserve()` makes at NOW.
    function requested() internal pure returns (IBroker.Reservation memory) {
        return IBroker.Reservation({
            buyer: BUYER,
            name: NAME,
            seller: SELLER,
            offer: offerId(),
            price: PRICE,
            units: WANTED,
            duration: DURATION,
            acknowledgeBy: NOW + 120,
            start: 0,
            end: 0
        });
    }

    /// @dev What it is once acknowledged at that time.
    function active(uint40 start) internal pure returns (IBroker.Reservation memory r) {
        r = requested();
        r.start = start;
        r.end = start + DURATION;
    }

    function offerId() internal pure returns (bytes32) {
        return keccak256(abi.encode(SELLER, OFFER_NAME));
    }

    function reservationId() internal pure returns (bytes32) {
        return keccak256(abi.encode(BUYER, NAME));
    }

    /* STEPS */

    function publish() internal {
        vm.prank(SELLER);
        broker.publish(terms(), UNITS, DESCRIPTION);
    }

    function reserve() internal returns (IBroker.Reservation memory) {
        vm.prank(BUYER);
        broker.reserve{value: ESCROW}(NAME, terms(), WANTED, DURATION, REQUEST);
        return requested();
    }

    function acknowledge(IBroker.Reservation memory r) internal returns (IBroker.Reservation memory) {
        vm.prank(SELLER);
        broker.acknowledge(r, ACCESS);
        return active(uint40(block.timestamp));
    }

    /* ASSERTIONS */

    function assertOffer(IBroker.Terms memory expected, uint32 units, uint32 reserved) internal view {
        assertOffer(bytes24(keccak256(abi.encode(expected))), units, reserved);
    }

    function assertOffer(bytes24 commitment, uint32 units, uint32 reserved) internal view {
        (bytes24 storedTerms, uint32 storedUnits, uint32 storedReserved) = broker.offers(offerId());
        vm.assertEq(storedTerms, commitment, "terms");
        vm.assertEq(storedUnits, units, "units");
        vm.assertEq(storedReserved, reserved, "reserved");
    }

    function assertReserved(uint32 expected) internal view {
        (,, uint32 reserved) = broker.offers(offerId());
        vm.assertEq(reserved, expected, "reserved");
    }

    function assertReservation(IBroker.Reservation memory expected, IBroker.State state) internal view {
        (bytes31 commitment, IBroker.State stored) = broker.reservations(reservationId());
        vm.assertEq(uint256(stored), uint256(state), "state");
        vm.assertEq(commitment, bytes31(keccak256(abi.encode(expected))), "commitment");
    }

    /// @dev What is owed to the two, and that the contract holds that and `escrow`.
    function assertMoney(uint256 toSeller, uint256 toBuyer, uint256 escrow) internal view {
        vm.assertEq(broker.owed(SELLER), toSeller, "owed to the seller");
        vm.assertEq(broker.owed(BUYER), toBuyer, "owed to the buyer");
        vm.assertEq(address(broker).balance, toSeller + toBuyer + escrow, "held");
    }
}
