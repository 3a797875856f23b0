// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {IResourceExchangeBroker as IBroker} from "../src/IResourceExchangeBroker.sol";
import {Payment} from "../src/Payment.sol";
import {ResourceExchangeBroker} from "../src/ResourceExchangeBroker.sol";
import {Conditions} from "../src/Conditions.sol";

interface Vm {
    function warp(uint256 timestamp) external;
    function deal(address account, uint256 balance) external;
    function prank(address sender) external;
    function assume(bool condition) external pure;
}

/// @dev Signs whatever it is asked to.
contract Signer is IERC1271 {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }
}

/// @dev What halmos proves for every value of the arguments, not for samples. `contracts/prove.py` runs it.
contract Proofs {
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address private constant SELLER = address(0x5E11E4);
    uint40 private constant NOW = 1_800_000_000;
    uint96 private constant PRICE = 3 gwei;
    uint32 private constant UNITS = 2;
    uint32 private constant DURATION = 600;
    uint32 private constant CLAIM_WINDOW = 300;
    uint256 private constant RATE = uint256(PRICE) * UNITS;
    uint256 private constant ESCROW = RATE * DURATION;

    IBroker private broker;
    address private buyer;
    IBroker.Reservation private r;

    /// @dev A request at NOW.
    function setUp() public {
        VM.warp(NOW);
        broker = new ResourceExchangeBroker();
        buyer = address(new Signer());
        VM.deal(buyer, ESCROW);
        // From a minute to an hour, two minutes to acknowledge, a minute's notice; 90 %, and twice its share.
        uint256 numbers = uint256(60) << 184 | uint256(3600) << 152 | uint256(120) << 120 | uint256(60) << 88;
        numbers |= uint256(CLAIM_WINDOW) << 56 | uint256(60) << 24 | uint256(9_000) << 8 | 2;
        r.terms = IBroker.Terms(SELLER, address(0), address(0), Conditions.wrap(numbers));
        r.offer = IBroker.Offer("machines", PRICE, keccak256(""));
        (r.buyer, r.name, r.units, r.acknowledgeBy, r.duration) = (buyer, "lease", UNITS, NOW + 120, DURATION);
        IBroker.Listing[] memory listings = new IBroker.Listing[](1);
        listings[0] = IBroker.Listing("machines", PRICE, 3, "");
        VM.prank(SELLER);
        broker.publish(r.terms, listings);
        VM.prank(buyer);
        broker.reserve{value: ESCROW}(r.terms, r.offer, r.name, r.units, r.duration, "");
    }

    /* THE PAY */

    function check_NeverMoreIsPaidThanDelivered(
        uint32 elapsed,
        uint32 delivered,
        uint16 availability,
        uint8 shortfallMultiple
    ) public pure {
        VM.assume(delivered <= elapsed && availability <= 10_000 && 1 <= shortfallMultiple && shortfallMultiple <= 10);
        assert(Payment.paidSeconds(elapsed, delivered, availability, shortfallMultiple) <= delivered);
    }

    /// @dev For this lease's length and promise, and the mildest, a middling and the hardest penalty: with all of them
    /// open at once the solver doesn't come to an end, and fuzzing has to do.
    function check_NeverLessIsPaidForMore(uint32 delivered, uint32 less) public pure {
        VM.assume(less <= delivered && delivered <= DURATION);
        assert(paid(less, 1) <= paid(delivered, 1));
        assert(paid(less, 2) <= paid(delivered, 2));
        assert(paid(less, 10) <= paid(delivered, 10));
    }

    function paid(uint32 delivered, uint256 shortfallMultiple) private pure returns (uint256) {
        return Payment.paidSeconds(DURATION, delivered, 9_000, shortfallMultiple);
    }

    /* ONE SETTLEMENT */

    /// @dev Whatever receipt is taken, all of the escrow is owed to the two, and to the seller no more than its part.
    function check_ASettlementOwesTheEscrowAndNoMore(address caller, uint40 time, uint40 until, uint32 delivered)
        public
    {
        acknowledge();
        VM.assume(time >= NOW && caller != address(this));
        VM.warp(time);

        VM.prank(caller);
        (bool done,) = address(broker)
            .call(abi.encodeCall(IBroker.settle, (r, IBroker.Receipt(until, delivered, 0), new bytes(65))));

        uint256 toSeller = broker.owed(address(0), SELLER);
        uint256 toBuyer = broker.owed(address(0), buyer);
        if (!done) {
            assert(toSeller == 0 && toBuyer == 0);
            return;
        }
        assert(time >= r.end && until <= r.end && delivered <= DURATION);
        assert(toSeller + toBuyer == ESCROW);
        assert(toSeller <= RATE * delivered);
        assert(caller == SELLER || delivered == DURATION || time >= r.end + CLAIM_WINDOW);
    }

    /* ACCESS */

    function check_OnlyTheSellerAcknowledges(address caller, uint40 time) public {
        VM.assume(time >= NOW);
        VM.warp(time);
        if (succeeds(caller, abi.encodeCall(IBroker.acknowledge, (r, "")))) {
            assert(caller == SELLER && time < r.acknowledgeBy);
        }
    }

    function check_OnlyTheSellerDeclines(address caller) public {
        if (succeeds(caller, abi.encodeCall(IBroker.decline, (r, IBroker.Reason.Abuse)))) assert(caller == SELLER);
    }

    function check_OnlyTheBuyerCancelsInTime(address caller, uint40 time) public {
        VM.assume(time >= NOW);
        VM.warp(time);
        if (succeeds(caller, abi.encodeCall(IBroker.cancel, (r)))) {
            assert(caller == buyer || time >= r.acknowledgeBy);
        }
    }

    function check_OnlyTheBuyerReleases(address caller, uint40 time) public {
        acknowledge();
        VM.assume(time >= NOW);
        VM.warp(time);
        if (succeeds(caller, abi.encodeCall(IBroker.release, (r)))) assert(caller == buyer && time < r.end);
    }

    function check_OnlyTheSellerRevokes(address caller, uint40 time) public {
        acknowledge();
        VM.assume(time >= NOW);
        VM.warp(time);
        if (succeeds(caller, abi.encodeCall(IBroker.revoke, (r, IBroker.Reason.Abuse)))) {
            assert(caller == SELLER && time + 60 < r.end);
        }
    }

    function check_OnlyTheSellerGivesUpItsPayEarly(address caller, uint40 time) public {
        acknowledge();
        VM.assume(time >= NOW);
        VM.warp(time);
        if (succeeds(caller, abi.encodeCall(IBroker.settleWithoutReceipt, (r)))) {
            assert(time >= r.end && (caller == SELLER || time >= r.end + CLAIM_WINDOW));
            assert(broker.owed(address(0), buyer) == ESCROW && broker.owed(address(0), SELLER) == 0);
        }
    }

    function check_NobodyWithdrawsFromTheEscrow(address caller) public {
        assert(!succeeds(caller, abi.encodeCall(IBroker.withdraw, (address(0)))));
    }

    function succeeds(address caller, bytes memory data) private returns (bool done) {
        VM.prank(caller);
        (done,) = address(broker).call(data);
    }

    function acknowledge() private {
        VM.prank(SELLER);
        broker.acknowledge(r, "");
        (r.start, r.end) = (NOW, NOW + DURATION);
    }
}
