// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {Conditions} from "./Conditions.sol";
import {IResourceExchangeBroker} from "./IResourceExchangeBroker.sol";
import {Payment} from "./Payment.sol";
import {ReceiptSignature} from "./ReceiptSignature.sol";

/// @title The market on which infrastructure providers rent machines from each other
/// @notice Rules, promises and assumptions are in the interface.
contract ResourceExchangeBroker is IResourceExchangeBroker {
    using SafeERC20 for IERC20;

    /// @dev One word. `commitment` and `units` are zero when nothing is on offer; `reserved` counts on through a
    /// retraction.
    struct StoredOffer {
        bytes24 commitment;
        uint32 units;
        uint32 reserved;
    }

    // Every call that takes terms, an offer and a reservation begins with them, in this order and without an offset: they
    // are always the same bytes of the calldata. Hashed as they came, they cost a tenth of what encoding them again does;
    // bytes that aren't the canonical ones hash to something else and are refused.
    uint256 private constant START = 4;
    uint256 private constant TERMS_END = START + 4 * 32;
    uint256 private constant OFFER_END = TERMS_END + 3 * 32;
    uint256 private constant AGREEMENT_END = OFFER_END + 4 * 32;
    uint256 private constant RESERVATION_END = AGREEMENT_END + 3 * 32;

    address private constant ETH = address(0);
    uint256 private constant MAX_SHORTFALL_MULTIPLE = 10;
    uint256 private constant MAX_CLAIM_WINDOW = 30 days;

    /// @inheritdoc IResourceExchangeBroker
    mapping(bytes32 id => StoredOffer) public offers;
    /// @dev In each word 31 bytes of commitment and one of state.
    mapping(bytes32 id => bytes32) private _reservations;
    /// @dev What is owed, and one more from the first time on: a word that doesn't go back to zero costs the next payment
    /// 5,000 gas and not 22,100.
    mapping(address token => mapping(address account => uint256)) private _ledger;

    /* OFFERS */

    /// @inheritdoc IResourceExchangeBroker
    function publish(Terms calldata terms, Listing[] calldata listings) external {
        // Check
        if (msg.sender != terms.seller) revert NotTheSeller(msg.sender, terms.seller);
        if (terms.verifier == terms.seller) revert VerifierIsSeller();
        _checkConditions(terms.conditions);

        // Check and effect, one by one
        for (uint256 i = 0; i < listings.length; i++) {
            _publish(listings[i]);
        }
        emit OffersPublished(msg.sender, terms, listings);
    }

    /// @inheritdoc IResourceExchangeBroker
    function retract(bytes32 name) external {
        // Check
        bytes32 offerId = _id(msg.sender, name);
        StoredOffer storage stored = offers[offerId];
        if (stored.commitment == 0) revert UnknownOffer(offerId);

        // Effect
        stored.commitment = 0;
        stored.units = 0;
        emit OfferRetracted(offerId);
    }

    /* RESERVATIONS */

    /// @inheritdoc IResourceExchangeBroker
    function reserve(
        Terms calldata terms,
        Offer calldata offer,
        bytes32 name,
        uint32 units,
        uint32 duration,
        bytes calldata request
    ) external payable returns (bytes32 reservationId) {
        // Check
        if (name == 0) revert NameEmpty();
        if (units == 0) revert NoUnits();
        reservationId = _id(msg.sender, name);
        if (_reservations[reservationId] != 0) revert NameTaken(reservationId);
        bytes32 offerId = _id(terms.seller, offer.name);
        StoredOffer storage stored = _checkOffer(offerId);
        uint32 reserved = stored.reserved;
        uint32 available = stored.units - reserved;
        if (units > available) revert NotEnoughUnits(units, available);
        Conditions conditions = terms.conditions;
        _checkDuration(duration, conditions.minDuration(), conditions.maxDuration());

        // Effect
        uint40 acknowledgeBy = _now() + conditions.acknowledgeWithin();
        stored.reserved = reserved + units;
        bytes memory added = abi.encode(msg.sender, name, units, acknowledgeBy, duration, uint40(0), uint40(0));
        _store(reservationId, _commitment(msg.data[START:OFFER_END], added), State.Requested);
        emit Reserved(reservationId, offerId, msg.sender, name, units, duration, acknowledgeBy, request);

        // Interaction
        _collect(terms.token, _price(offer.price, units, duration));
    }

    /// @inheritdoc IResourceExchangeBroker
    function acknowledge(Reservation calldata r, bytes calldata access) external {
        // Check
        (bytes32 id,) = _checkReservation(r, State.Requested);
        _checkSeller(r);
        if (_now() >= r.acknowledgeBy) revert TooLate(r.acknowledgeBy);

        // Effect
        uint40 start = _now();
        _store(id, _amended(r.duration, start, start + r.duration), State.Active);
        emit Acknowledged(id, start, access);
    }

    /// @inheritdoc IResourceExchangeBroker
    function decline(Reservation calldata r, Reason reason) external {
        // Check
        (bytes32 id, bytes31 commitment) = _checkReservation(r, State.Requested);
        _checkSeller(r);

        // Effect
        _store(id, commitment, State.Declined);
        _refund(r);
        emit Declined(id, reason);
    }

    /// @inheritdoc IResourceExchangeBroker
    function cancel(Reservation calldata r) external {
        // Check
        (bytes32 id, bytes31 commitment) = _checkReservation(r, State.Requested);
        if (msg.sender != r.buyer && _now() < r.acknowledgeBy) revert TooEarly(r.acknowledgeBy);

        // Effect
        _store(id, commitment, State.Cancelled);
        _refund(r);
        emit Cancelled(id);
    }

    /// @inheritdoc IResourceExchangeBroker
    function extend(Reservation calldata r, uint32 more) external payable {
        // Check
        (bytes32 id,) = _checkReservation(r, State.Active);
        _checkBuyer(r);
        _checkRunning(r);
        if (r.end != r.start + r.duration) revert LeaseRevoked(id);
        _checkOffer(_id(r.terms.seller, r.offer.name));
        uint256 duration = uint256(r.duration) + more;
        _checkDuration(duration, uint256(r.duration) + 1, r.terms.conditions.maxDuration());

        // Effect
        _store(id, _amended(uint32(duration), r.start, r.end + more), State.Active);
        emit Extended(id, uint32(duration));

        // Interaction
        _collect(r.terms.token, _price(r.offer.price, r.units, more));
    }

    /// @inheritdoc IResourceExchangeBroker
    function release(Reservation calldata r) external {
        // Check
        (bytes32 id,) = _checkReservation(r, State.Active);
        _checkBuyer(r);
        _checkRunning(r);

        // Effect
        uint40 end = _now();
        _store(id, _amended(r.duration, r.start, end), State.Ended);
        _free(r);
        emit Released(id, end);
    }

    /// @inheritdoc IResourceExchangeBroker
    function revoke(Reservation calldata r, Reason reason) external {
        // Check
        (bytes32 id,) = _checkReservation(r, State.Active);
        _checkSeller(r);
        uint40 end = _now() + r.terms.conditions.notice();
        if (end >= r.end) revert EndsAnyway(r.end);

        // Effect
        _store(id, _amended(r.duration, r.start, end), State.Active);
        emit Revoked(id, end, reason);
    }

    /// @inheritdoc IResourceExchangeBroker
    function settle(Reservation calldata r, Receipt calldata receipt, bytes calldata signature) external {
        // Check
        uint32 delivered = receipt.delivered;
        (bytes32 id, bytes32 word) = _checkSettleable(r, delivered);
        if (receipt.until > r.end || r.start + delivered > receipt.until) {
            revert ReceiptImpossible(r.start, receipt.until, delivered, r.end);
        }
        bytes32 digest = ReceiptSignature.digest(id, receipt);
        if (!ReceiptSignature.isByEither(r.buyer, r.terms.verifier, digest, signature)) revert NotSigned(id);

        // Effect
        _settle(id, word, r, delivered, receipt.evidence);
    }

    /// @inheritdoc IResourceExchangeBroker
    function settleWithoutReceipt(Reservation calldata r) external {
        // Check
        (bytes32 id, bytes32 word) = _checkSettleable(r, 0);

        // Effect
        _settle(id, word, r, 0, 0);
    }

    /// @inheritdoc IResourceExchangeBroker
    function withdraw(address token) external {
        // Check
        uint256 amount = owed(token, msg.sender);
        if (amount == 0) revert NothingOwed(token, msg.sender);

        // Effect
        _ledger[token][msg.sender] = 1;
        emit Withdrawn(msg.sender, token, amount);

        // Interaction
        if (token != ETH) return IERC20(token).safeTransfer(msg.sender, amount);
        (bool accepted,) = msg.sender.call{value: amount}("");
        if (!accepted) revert WithdrawalRefused(msg.sender, amount);
    }

    /* STATE */

    /// @inheritdoc IResourceExchangeBroker
    function reservations(bytes32 id) external view returns (bytes31 commitment, State state) {
        bytes32 word = _reservations[id];
        return (bytes31(word), _stateOf(word));
    }

    /// @inheritdoc IResourceExchangeBroker
    function owed(address token, address account) public view returns (uint256) {
        uint256 entry = _ledger[token][account];
        return entry == 0 ? 0 : entry - 1;
    }

    /// @inheritdoc IResourceExchangeBroker
    function receiptDigest(bytes32 reservation, Receipt calldata receipt) external view returns (bytes32) {
        return ReceiptSignature.digest(reservation, receipt);
    }

    /// @inheritdoc IResourceExchangeBroker
    function paidSeconds(uint32 elapsed, uint32 delivered, uint16 availability, uint8 shortfallMultiple)
        external
        pure
        returns (uint256)
    {
        return Payment.paidSeconds(elapsed, delivered, availability, shortfallMultiple);
    }

    /* CHECKS */

    function _checkConditions(Conditions conditions) private pure {
        if (conditions.unused() != 0) revert ConditionsInvalid(conditions);
        (uint32 min, uint32 max) = (conditions.minDuration(), conditions.maxDuration());
        if (min == 0 || min > max) revert DurationsInvalid(min, max);
        if (conditions.acknowledgeWithin() == 0) revert NoTimeToAcknowledge();
        (uint16 availability, uint8 multiple) = (conditions.availability(), conditions.shortfallMultiple());
        (uint32 interval, uint32 window) = (conditions.receiptInterval(), conditions.claimWindow());
        if (
            availability > Payment.BASIS_POINTS || multiple == 0 || multiple > MAX_SHORTFALL_MULTIPLE || interval == 0
                || window == 0 || window > MAX_CLAIM_WINDOW
        ) revert ServiceLevelInvalid(availability, multiple, interval, window);
    }

    function _checkDuration(uint256 duration, uint256 min, uint256 max) private pure {
        if (duration < min || duration > max) revert DurationOutOfBounds(duration, min, max);
    }

    /// @dev The offer stands on exactly the terms that the caller brings.
    function _checkOffer(bytes32 offerId) private view returns (StoredOffer storage stored) {
        stored = offers[offerId];
        bytes24 published = stored.commitment;
        if (published == 0) revert UnknownOffer(offerId);
        bytes24 given = bytes24(keccak256(msg.data[START:OFFER_END]));
        if (given != published) revert TermsDiffer(published, given);
    }

    /// @dev The reservation is in this state, and `r` is all of it. Nothing in `r` can be trusted before.
    function _checkReservation(Reservation calldata r, State state)
        private
        view
        returns (bytes32 id, bytes31 commitment)
    {
        id = _id(r.buyer, r.name);
        bytes32 word = _reservations[id];
        State found = _stateOf(word);
        if (found == State.None) revert UnknownReservation(id);
        if (found != state) revert WrongState(id, found);
        commitment = _checkCommitment(word);
    }

    function _checkCommitment(bytes32 word) private pure returns (bytes31 given) {
        given = bytes31(keccak256(msg.data[START:RESERVATION_END]));
        if (given != bytes31(word)) revert ReservationDiffers(bytes31(word), given);
    }

    function _checkSeller(Reservation calldata r) private view {
        if (msg.sender != r.terms.seller) revert NotTheSeller(msg.sender, r.terms.seller);
    }

    function _checkBuyer(Reservation calldata r) private view {
        if (msg.sender != r.buyer) revert NotTheBuyer(msg.sender, r.buyer);
    }

    function _checkRunning(Reservation calldata r) private view {
        if (_now() >= r.end) revert TooLate(r.end);
    }

    /// @dev The lease is over, and nobody loses the chance to bring a receipt of more than `delivered`: there can't be one,
    /// the time for it is up, or the seller, whom alone it would serve, does without.
    function _checkSettleable(Reservation calldata r, uint256 delivered)
        private
        view
        returns (bytes32 id, bytes32 word)
    {
        id = _id(r.buyer, r.name);
        word = _reservations[id];
        State found = _stateOf(word);
        if (found == State.None) revert UnknownReservation(id);
        if (found != State.Active && found != State.Ended) revert WrongState(id, found);
        _checkCommitment(word);
        uint40 end = r.end;
        if (_now() < end) revert TooEarly(end);
        uint40 open = end + r.terms.conditions.claimWindow();
        if (delivered != end - r.start && msg.sender != r.terms.seller && _now() < open) revert TooEarly(open);
    }

    /* EFFECTS */

    function _publish(Listing calldata listing) private {
        // Check
        if (listing.name == 0) revert NameEmpty();
        uint32 units = listing.units;
        if (units == 0) revert NoUnits();
        StoredOffer storage stored = offers[_id(msg.sender, listing.name)];
        if (units < stored.reserved) revert UnitsReserved(units, stored.reserved);

        // Effect
        bytes memory offer = abi.encode(listing.name, listing.price, keccak256(listing.description));
        stored.commitment = bytes24(_commitment(msg.data[START:TERMS_END], offer));
        stored.units = units;
    }

    function _store(bytes32 id, bytes31 commitment, State state) private {
        _reservations[id] = bytes32(commitment) | bytes32(uint256(state));
    }

    /// @dev From Requested to a final state: units and escrow go back.
    function _refund(Reservation calldata r) private {
        _free(r);
        _credit(r.terms.token, r.buyer, _price(r.offer.price, r.units, r.duration));
    }

    /// @dev To Settled, from Active, once over, or from Ended: the escrow is divided.
    function _settle(bytes32 id, bytes32 word, Reservation calldata r, uint32 delivered, bytes32 evidence) private {
        _store(id, bytes31(word), State.Settled);
        if (_stateOf(word) == State.Active) _free(r);
        Conditions conditions = r.terms.conditions;
        uint256 secondsPaid =
            Payment.paidSeconds(r.end - r.start, delivered, conditions.availability(), conditions.shortfallMultiple());
        uint256 paid = _price(r.offer.price, r.units, secondsPaid);
        uint256 refunded = _price(r.offer.price, r.units, r.duration - secondsPaid);
        _credit(r.terms.token, r.terms.seller, paid);
        _credit(r.terms.token, r.buyer, refunded);
        emit Settled(id, delivered, evidence, paid, refunded);
    }

    /// @dev The units can be reserved again.
    function _free(Reservation calldata r) private {
        offers[_id(r.terms.seller, r.offer.name)].reserved -= r.units;
    }

    /// @dev A credit of nothing would cost a read of a cold word.
    function _credit(address token, address account, uint256 amount) private {
        if (amount == 0) return;
        mapping(address account => uint256) storage entries = _ledger[token];
        uint256 entry = entries[account];
        entries[account] = (entry == 0 ? 1 : entry) + amount;
    }

    /* INTERACTIONS */

    /// @dev Takes exactly `due` from the caller. A token may call back from here: everything is stored already, and what
    /// it moves meanwhile is booked by the calls that move it, so that the difference has to be `due` in the end.
    function _collect(address token, uint256 due) private {
        if (token == ETH) {
            if (msg.value != due) revert WrongPayment(msg.value, due);
            return;
        }
        if (msg.value != 0) revert WrongPayment(msg.value, 0);
        uint256 held = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), due);
        uint256 received = IERC20(token).balanceOf(address(this)) - held;
        if (received != due) revert TokenTakesFee(token, received, due);
    }

    /* PURE */

    function _id(address account, bytes32 name) private pure returns (bytes32) {
        return keccak256(abi.encode(account, name));
    }

    function _commitment(bytes calldata head, bytes memory tail) private pure returns (bytes31) {
        return bytes31(keccak256(bytes.concat(head, tail)));
    }

    /// @dev Of the reservation that the caller brings, as it is from now on.
    function _amended(uint32 duration, uint40 start, uint40 end) private pure returns (bytes31) {
        return _commitment(msg.data[START:AGREEMENT_END], abi.encode(duration, start, end));
    }

    function _stateOf(bytes32 word) private pure returns (State) {
        return State(uint8(uint256(word)));
    }

    /// @dev `time` is at most a duration, so the product has 96 + 32 + 32 bits: it can't overflow.
    function _price(uint96 price, uint32 units, uint256 time) private pure returns (uint256) {
        unchecked {
            return uint256(price) * units * time;
        }
    }

    function _now() private view returns (uint40) {
        return uint40(block.timestamp);
    }
}
