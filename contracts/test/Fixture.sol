// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Conditions} from "../src/Conditions.sol";
import {IResourceExchangeBroker as IBroker} from "../src/IResourceExchangeBroker.sol";
import {bound, vm} from "./Vm.sol";

/// @dev What a word of conditions is made of.
struct Numbers {
    uint32 minDuration;
    uint32 maxDuration;
    uint32 acknowledgeWithin;
    uint32 receiptInterval;
    uint32 claimWindow;
    uint32 notice;
    uint16 availability;
    uint8 shortfallMultiple;
}

function pack(Numbers memory n) pure returns (Conditions) {
    // Unlike the contract's own shifts, and so a second opinion on where the numbers are.
    bytes memory packed = abi.encodePacked(
        uint40(0), n.minDuration, n.maxDuration, n.acknowledgeWithin, n.receiptInterval, n.claimWindow, n.notice
    );
    return
        Conditions.wrap(uint256(bytes32(bytes.concat(packed, abi.encodePacked(n.availability, n.shortfallMultiple)))));
}

/// @dev A seller with three machines on offer, a buyer who rents two of them, and somebody else.
abstract contract Fixture {
    uint256 internal constant SELLER_KEY = 0x5E11E4;
    uint256 internal constant BUYER_KEY = 0xB0E4;
    uint256 internal constant VERIFIER_KEY = 0x7E51F1E4;
    uint256 internal constant STRANGER_KEY = 0x574A;
    address internal constant SELLER = 0xC3A4c5eF1696195f390D03e9fE370E6BAbD28251;
    address internal constant BUYER = 0x0469270E0cAAb0D64272D50e63F14317Fceb8BA6;
    address internal constant VERIFIER = 0xd6DaA99DF7E5015409A7136FacF351D30D6c8714;
    address internal constant STRANGER = 0x2Ba79C4218D797D58F01b2ced0791723C6a33efd;
    address internal constant ETH = address(0);

    uint40 internal constant NOW = 1_800_000_000;
    bytes32 internal constant OFFER_NAME = "seoul-keti";
    bytes32 internal constant NAME = "simple-ocr";
    bytes internal constant DESCRIPTION = '{"region": {"name": "SEOUL-KETI"}}';
    bytes internal constant REQUEST = "sealed request";
    bytes internal constant ACCESS = "sealed access";
    bytes32 internal constant EVIDENCE = keccak256("measurements");
    uint96 internal constant PRICE = 3 gwei;
    uint32 internal constant UNITS = 3;
    uint32 internal constant WANTED = 2;
    uint32 internal constant DURATION = 600;
    uint32 internal constant CLAIM_WINDOW = 300;
    uint32 internal constant NOTICE = 30;
    uint256 internal constant RATE = uint256(PRICE) * WANTED;
    uint256 internal constant ESCROW = RATE * DURATION;

    IBroker internal broker;

    function setUp() public virtual {
        vm.warp(NOW);
        broker = IBroker(vm.deployCode("ResourceExchangeBroker.sol"));
        vm.deal(SELLER, 10 ether);
        vm.deal(BUYER, 10 ether);
        vm.deal(STRANGER, 10 ether);
    }

    /* VALUES */

    function numbers() internal pure returns (Numbers memory) {
        return Numbers({
            minDuration: 60,
            maxDuration: 3600,
            acknowledgeWithin: 120,
            receiptInterval: 60,
            claimWindow: CLAIM_WINDOW,
            notice: NOTICE,
            availability: 9_000,
            shortfallMultiple: 2
        });
    }

    function terms() internal view virtual returns (IBroker.Terms memory) {
        return IBroker.Terms({seller: SELLER, token: ETH, verifier: VERIFIER, conditions: pack(numbers())});
    }

    function offer() internal pure returns (IBroker.Offer memory) {
        return IBroker.Offer({name: OFFER_NAME, price: PRICE, description: keccak256(DESCRIPTION)});
    }

    function listing() internal pure returns (IBroker.Listing memory) {
        return IBroker.Listing({name: OFFER_NAME, price: PRICE, units: UNITS, description: DESCRIPTION});
    }

    function one(IBroker.Listing memory only) internal pure returns (IBroker.Listing[] memory listings) {
        listings = new IBroker.Listing[](1);
        listings[0] = only;
    }

    /// @dev What `reserve()` makes at NOW.
    function requested() internal view returns (IBroker.Reservation memory) {
        return IBroker.Reservation({
            terms: terms(),
            offer: offer(),
            buyer: BUYER,
            name: NAME,
            units: WANTED,
            acknowledgeBy: NOW + 120,
            duration: DURATION,
            start: 0,
            end: 0
        });
    }

    /// @dev What it is once acknowledged at that time.
    function active(uint40 start) internal view returns (IBroker.Reservation memory r) {
        r = requested();
        r.start = start;
        r.end = start + DURATION;
    }

    function receipt(uint40 until, uint32 delivered) internal pure returns (IBroker.Receipt memory) {
        return IBroker.Receipt({until: until, delivered: delivered, evidence: EVIDENCE});
    }

    function offerId() internal pure returns (bytes32) {
        return keccak256(abi.encode(SELLER, OFFER_NAME));
    }

    function reservationId() internal pure returns (bytes32) {
        return keccak256(abi.encode(BUYER, NAME));
    }

    function idOf(IBroker.Reservation memory r) internal pure returns (bytes32) {
        return keccak256(abi.encode(r.buyer, r.name));
    }

    function commitmentOf(IBroker.Reservation memory r) internal pure returns (bytes31) {
        return bytes31(keccak256(abi.encode(r)));
    }

    /* STEPS */

    function publish() internal {
        vm.prank(SELLER);
        broker.publish(terms(), one(listing()));
    }

    function reserve() internal returns (IBroker.Reservation memory) {
        vm.prank(BUYER);
        broker.reserve{value: ESCROW}(terms(), offer(), NAME, WANTED, DURATION, REQUEST);
        return requested();
    }

    function acknowledge(IBroker.Reservation memory r) internal returns (IBroker.Reservation memory) {
        vm.prank(r.terms.seller);
        broker.acknowledge(r, ACCESS);
        r.start = uint40(block.timestamp);
        r.end = r.start + r.duration;
        return r;
    }

    function sign(uint256 key, bytes32 id, IBroker.Receipt memory signed) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, broker.receiptDigest(id, signed));
        return abi.encodePacked(r, s, v);
    }

    /// @dev By the buyer.
    function settle(address caller, IBroker.Reservation memory r, uint32 delivered) internal {
        IBroker.Receipt memory signed = receipt(r.end, delivered);
        bytes memory signature = sign(BUYER_KEY, idOf(r), signed);
        vm.prank(caller);
        broker.settle(r, signed, signature);
    }

    /* ASSERTIONS */

    function assertOffer(IBroker.Terms memory t, IBroker.Offer memory o, uint32 units, uint32 reserved) internal view {
        assertOffer(bytes24(keccak256(abi.encode(t, o))), units, reserved);
    }

    function assertOffer(bytes24 commitment, uint32 units, uint32 reserved) internal view {
        (bytes24 storedCommitment, uint32 storedUnits, uint32 storedReserved) = broker.offers(offerId());
        vm.assertEq(storedCommitment, commitment, "commitment");
        vm.assertEq(storedUnits, units, "units");
        vm.assertEq(storedReserved, reserved, "reserved");
    }

    function assertReserved(uint32 expected) internal view {
        (,, uint32 reserved) = broker.offers(offerId());
        vm.assertEq(reserved, expected, "reserved");
    }

    function assertReservation(IBroker.Reservation memory expected, IBroker.State state) internal view {
        (bytes31 commitment, IBroker.State stored) = broker.reservations(idOf(expected));
        vm.assertEq(uint256(stored), uint256(state), "state");
        vm.assertEq(commitment, commitmentOf(expected), "commitment");
    }

    /// @dev What is owed to the two, and that the contract holds that and `escrow`.
    function assertMoney(uint256 toSeller, uint256 toBuyer, uint256 escrow) internal view {
        vm.assertEq(broker.owed(ETH, SELLER), toSeller, "owed to the seller");
        vm.assertEq(broker.owed(ETH, BUYER), toBuyer, "owed to the buyer");
        vm.assertEq(address(broker).balance, toSeller + toBuyer + escrow, "held");
    }
}
