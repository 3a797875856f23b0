// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

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

    /// @dev One word.
    struct StoredReservation {
        bytes31 commitment;
        State state;
    }

    // Every call that takes terms, an offer and a reservation begins with them, in this order, without an offset: so they
    // are always the same bytes of the calldata. Hashed as they came, they cost a tenth of what encoding them again does;
    // bytes that aren't the canonical ones hash to something else, and are refused.
    uint256 private constant START = 4;
    uint256 private constant TERMS_END = START + 11 * 32;
    uint256 private constant OFFER_END = TERMS_END + 3 * 32;
    uint256 private constant AGREEMENT_END = OFFER_END + 4 * 32;

    address private constant ETH = address(0);
    uint256 private constant MAX_SHORTFALL_MULTIPLE = 10;
    uint256 private constant MAX_CLAIM_WINDOW = 30 days;

    /// @inheritdoc IResourceExchangeBroker
    mapping(bytes32 id => StoredOffer) public offers;
    /// @inheritdoc IResourceExchangeBroker
    mapping(bytes32 id => StoredReservation) public reservations;
    /// @dev What is owed, plus one once the account has been owed anything: a word that doesn't go back to zero costs the
    /// next payment 5,000 gas and not 22,100.
    mapping(address token => mapping(address account => uint256)) private _ledger;

    /* OFFERS */

    /// @inheritdoc IResourceExchangeBroker
    function publish(Terms calldata terms, Listing[] calldata listings) external {
        // Check
        require(msg.sender == terms.seller, NotTheSeller(msg.sender, terms.seller));
        _checkTerms(terms);

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
        StoredOffer memory stored = offers[offerId];
        require(stored.commitment != 0, UnknownOffer(offerId));

        // Effect
        offers[offerId] = StoredOffer({commitment: 0, units: 0, reserved: stored.reserved});
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
        require(name != 0, NameEmpty());
        require(units > 0, NoUnits());
        reservationId = _id(msg.sender, name);
        require(reservations[reservationId].state == State.None, NameTaken(reservationId));
        bytes32 offerId = _id(terms.seller, offer.name);
        StoredOffer memory stored = _checkOffer(offerId);
        uint32 available = stored.units - stored.reserved;
        require(units <= available, NotEnoughUnits(units, available));
        require(
            terms.minDuration <= duration && duration <= terms.maxDuration,
            DurationOutOfBounds(duration, terms.minDuration, terms.maxDuration)
        );

        // Effect
        uint40 acknowledgeBy = _now() + terms.acknowledgeWithin;
        bytes32 agreement =
            keccak256(bytes.concat(msg.data[START:OFFER_END], abi.encode(msg.sender, name, units, acknowledgeBy)));
        offers[offerId].reserved = stored.reserved + units;
        reservations[reservationId] =
            StoredReservation({commitment: _commit(agreement, duration, 0, 0), state: State.Requested});
        emit Reserved(reservationId, offerId, msg.sender, name, units, duration, acknowledgeBy, request);

        // Interaction
        _collect(terms.token, _price(offer.price, units, duration));
    }

    /// @inheritdoc IResourceExchangeBroker
    function acknowledge(Reservation calldata r, bytes calldata access) external {
        // Check
        (bytes32 id, bytes32 agreement) = _checkReservation(r, State.Requested);
        _checkSeller(r);
        require(_now() < r.acknowledgeBy, TooLate(r.acknowledgeBy));

        // Effect
        uint40 start = _now();
        _store(id, State.Active, agreement, r.duration, start, start + r.duration);
        emit Acknowledged(id, start, access);
    }

    /// @inheritdoc IResourceExchangeBroker
    function decline(Reservation calldata r, Reason reason) external {
        // Check
        (bytes32 id,) = _checkReservation(r, State.Requested);
        _checkSeller(r);

        // Effect
        _refuse(id, r, State.Declined);
        emit Declined(id, reason);
    }

    /// @inheritdoc IResourceExchangeBroker
    function cancel(Reservation calldata r) external {
        // Check
        (bytes32 id,) = _checkReservation(r, State.Requested);
        require(msg.sender == r.buyer || r.acknowledgeBy <= _now(), TooEarly(r.acknowledgeBy));

        // Effect
        _refuse(id, r, State.Cancelled);
        emit Cancelled(id);
    }

    /// @inheritdoc IResourceExchangeBroker
    function extend(Reservation calldata r, uint32 more) external payable {
        // Check
        (bytes32 id, bytes32 agreement) = _checkReservation(r, State.Active);
        _checkBuyer(r);
        _checkRunning(r);
        require(r.end == r.start + r.duration, LeaseRevoked(id));
        _checkOffer(_id(r.terms.seller, r.offer.name));
        uint256 duration = uint256(r.duration) + more;
        require(
            more > 0 && duration <= r.terms.maxDuration,
            DurationOutOfBounds(duration, r.terms.minDuration, r.terms.maxDuration)
        );

        // Effect
        _store(id, State.Active, agreement, uint32(duration), r.start, r.end + more);
        emit Extended(id, uint32(duration));

        // Interaction
        _collect(r.terms.token, _price(r.offer.price, r.units, more));
    }

    /// @inheritdoc IResourceExchangeBroker
    function release(Reservation calldata r) external {
        // Check
        (bytes32 id, bytes32 agreement) = _checkReservation(r, State.Active);
        _checkBuyer(r);
        _checkRunning(r);

        // Effect
        uint40 end = _now();
        _store(id, State.Ended, agreement, r.duration, r.start, end);
        _free(r);
        emit Released(id, end);
    }

    /// @inheritdoc IResourceExchangeBroker
    function revoke(Reservation calldata r, Reason reason) external {
        // Check
        (bytes32 id, bytes32 agreement) = _checkReservation(r, State.Active);
        _checkSeller(r);
        uint40 end = _now() + r.terms.level.notice;
        require(end < r.end, EndsAnyway(r.end));

        // Effect
        _store(id, State.Active, agreement, r.duration, r.start, end);
        emit Revoked(id, end, reason);
    }

    /// @inheritdoc IResourceExchangeBroker
    function settle(Reservation calldata r, Receipt calldata receipt, bytes calldata signature) external {
        // Check
        bytes32 id = _id(r.buyer, r.name);
        require(
            receipt.until <= r.end && uint256(r.start) + receipt.delivered <= receipt.until,
            ReceiptImpossible(r.start, receipt.until, receipt.delivered, r.end)
        );
        bytes32 digest = ReceiptSignature.digest(id, receipt);
        require(ReceiptSignature.isSignedByEither(r.buyer, r.terms.verifier, digest, signature), NotSigned(id));

        _settle(id, r, receipt.delivered, receipt.evidence);
    }

    /// @inheritdoc IResourceExchangeBroker
    function settleWithoutReceipt(Reservation calldata r) external {
        _settle(_id(r.buyer, r.name), r, 0, 0);
    }

    /// @inheritdoc IResourceExchangeBroker
    function withdraw(address token) external {
        // Check
        uint256 amount = owed(token, msg.sender);
        require(amount > 0, NothingOwed(token, msg.sender));

        // Effect
        _ledger[token][msg.sender] = 1;
        emit Withdrawn(token, msg.sender, amount);

        // Interaction
        if (token == ETH) {
            (bool accepted,) = msg.sender.call{value: amount}("");
            require(accepted, WithdrawalRefused(msg.sender, amount));
        } else {
            IERC20(token).safeTransfer(msg.sender, amount);
        }
    }

    /* STATE */

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

    function _checkTerms(Terms calldata terms) private pure {
        require(
            0 < terms.minDuration && terms.minDuration <= terms.maxDuration,
            DurationsInvalid(terms.minDuration, terms.maxDuration)
        );
        require(terms.acknowledgeWithin > 0, NoTimeToAcknowledge());
        require(terms.verifier != terms.seller, VerifierIsSeller());
        ServiceLevel calldata level = terms.level;
        require(
            level.availability <= Payment.BASIS_POINTS && 0 < level.shortfallMultiple
                && level.shortfallMultiple <= MAX_SHORTFALL_MULTIPLE && 0 < level.receiptInterval
                && 0 < level.claimWindow && level.claimWindow <= MAX_CLAIM_WINDOW,
            ServiceLevelInvalid(level)
        );
    }

    /// @dev The offer stands on exactly the terms that the caller brings.
    function _checkOffer(bytes32 offerId) private view returns (StoredOffer memory stored) {
        stored = offers[offerId];
        require(stored.commitment != 0, UnknownOffer(offerId));
        bytes24 given = bytes24(keccak256(msg.data[START:OFFER_END]));
        require(given == stored.commitment, TermsDiffer(stored.commitment, given));
    }

    /// @dev The reservation is in this state, and `r` is all of it. Nothing in `r` can be trusted before.
    function _checkReservation(Reservation calldata r, State state)
        private
        view
        returns (bytes32 id, bytes32 agreement)
    {
        id = _id(r.buyer, r.name);
        StoredReservation memory stored = reservations[id];
        require(stored.state != State.None, UnknownReservation(id));
        require(stored.state == state, WrongState(id, stored.state));
        agreement = keccak256(msg.data[START:AGREEMENT_END]);
        bytes31 given = _commit(agreement, r.duration, r.start, r.end);
        require(given == stored.commitment, ReservationDiffers(stored.commitment, given));
    }

    function _checkSeller(Reservation calldata r) private view {
        require(msg.sender == r.terms.seller, NotTheSeller(msg.sender, r.terms.seller));
    }

    function _checkBuyer(Reservation calldata r) private view {
        require(msg.sender == r.buyer, NotTheBuyer(msg.sender, r.buyer));
    }

    function _checkRunning(Reservation calldata r) private view {
        require(_now() < r.end, TooLate(r.end));
    }

    /* EFFECTS */

    function _publish(Listing calldata listing) private {
        // Check
        require(listing.name != 0, NameEmpty());
        require(listing.units > 0, NoUnits());
        bytes32 offerId = _id(msg.sender, listing.name);
        uint32 reserved = offers[offerId].reserved;
        require(listing.units >= reserved, UnitsReserved(listing.units, reserved));

        // Effect
        Offer memory offer =
            Offer({name: listing.name, price: listing.price, description: keccak256(listing.description)});
        bytes24 commitment = bytes24(keccak256(bytes.concat(msg.data[START:TERMS_END], abi.encode(offer))));
        offers[offerId] = StoredOffer({commitment: commitment, units: listing.units, reserved: reserved});
    }

    /// @dev What can change in the life of a reservation; the rest stays as agreed.
    function _store(bytes32 id, State state, bytes32 agreement, uint32 duration, uint40 start, uint40 end) private {
        reservations[id] = StoredReservation({commitment: _commit(agreement, duration, start, end), state: state});
    }

    /// @dev From Requested to a final state: units and escrow go back.
    function _refuse(bytes32 id, Reservation calldata r, State state) private {
        reservations[id].state = state;
        _free(r);
        _credit(r.terms.token, r.buyer, _price(r.offer.price, r.units, r.duration));
    }

    /// @dev From Active, once over, or Ended to Settled: the escrow is divided.
    function _settle(bytes32 id, Reservation calldata r, uint32 delivered, bytes32 evidence) private {
        // Check
        bool holdsUnits = reservations[id].state == State.Active;
        _checkReservation(r, holdsUnits ? State.Active : State.Ended);
        require(r.end <= _now(), TooEarly(r.end));
        uint40 elapsed = r.end - r.start;
        // Before the window closes a better receipt may come up: only the seller can do without it.
        uint40 open = r.end + r.terms.level.claimWindow;
        require(delivered == elapsed || msg.sender == r.terms.seller || open <= _now(), TooEarly(open));

        // Effect
        reservations[id].state = State.Settled;
        if (holdsUnits) _free(r);
        uint256 payable_ =
            Payment.paidSeconds(elapsed, delivered, r.terms.level.availability, r.terms.level.shortfallMultiple);
        uint256 paid = _price(r.offer.price, r.units, payable_);
        uint256 refunded = _price(r.offer.price, r.units, r.duration) - paid;
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
        _ledger[token][account] = owed(token, account) + amount + 1;
    }

    /* INTERACTIONS */

    /// @dev Takes exactly `due` from the caller. Whatever a token does meanwhile has its own books: what it lets in or out
    /// of the contract is counted there, so that only the exact difference passes here.
    function _collect(address token, uint256 due) private {
        if (token == ETH) {
            require(msg.value == due, WrongPayment(msg.value, due));
            return;
        }
        require(msg.value == 0, WrongPayment(msg.value, 0));
        uint256 held = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), due);
        uint256 received = IERC20(token).balanceOf(address(this)) - held;
        require(received == due, TokenTakesFee(token, received, due));
    }

    /* PURE */

    function _id(address account, bytes32 name) private pure returns (bytes32) {
        return keccak256(abi.encode(account, name));
    }

    function _commit(bytes32 agreement, uint32 duration, uint40 start, uint40 end) private pure returns (bytes31) {
        return bytes31(keccak256(abi.encode(agreement, duration, start, end)));
    }

    /// @dev 96 + 32 + 40 bits can't overflow.
    function _price(uint256 price, uint256 units, uint256 time) private pure returns (uint256) {
        return price * units * time;
    }

    function _now() private view returns (uint40) {
        return uint40(block.timestamp);
    }
}
