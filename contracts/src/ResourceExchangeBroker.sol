// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IResourceExchangeBroker} from "./IResourceExchangeBroker.sol";

/// @title The market on which infrastructure providers rent machines from each other
/// @notice Rules, promises and assumptions are in the interface.
contract ResourceExchangeBroker is IResourceExchangeBroker {
    /// @dev One word. `terms` and `units` are zero when nothing is on offer; `reserved` counts on through a retraction.
    struct StoredOffer {
        bytes24 terms;
        uint32 units;
        uint32 reserved;
    }

    /// @dev One word.
    struct StoredReservation {
        bytes31 commitment;
        State state;
    }

    /// @inheritdoc IResourceExchangeBroker
    mapping(bytes32 id => StoredOffer) public offers;
    /// @inheritdoc IResourceExchangeBroker
    mapping(bytes32 id => StoredReservation) public reservations;
    /// @inheritdoc IResourceExchangeBroker
    mapping(address account => uint256) public owed;

    /* OFFERS */

    /// @inheritdoc IResourceExchangeBroker
    function publish(Terms calldata terms, uint32 units, bytes calldata description)
        external
        returns (bytes32 offerId)
    {
        // Check
        require(msg.sender == terms.seller, NotTheSeller(msg.sender, terms.seller));
        require(terms.name != 0, NameEmpty());
        require(units > 0, NoUnits());
        require(
            0 < terms.minDuration && terms.minDuration <= terms.maxDuration,
            DurationsInvalid(terms.minDuration, terms.maxDuration)
        );
        require(terms.acknowledgeWithin > 0, NoTimeToAcknowledge());
        bytes32 given = keccak256(description);
        require(given == terms.description, DescriptionDiffers(terms.description, given));
        offerId = _id(msg.sender, terms.name);
        uint32 reserved = offers[offerId].reserved;
        require(units >= reserved, UnitsReserved(units, reserved));

        // Effect
        offers[offerId] = StoredOffer({terms: _commit(terms), units: units, reserved: reserved});
        emit OfferPublished(offerId, msg.sender, terms, units, description);
    }

    /// @inheritdoc IResourceExchangeBroker
    function retract(bytes32 name) external {
        // Check
        bytes32 offerId = _id(msg.sender, name);
        StoredOffer memory offer = offers[offerId];
        require(offer.terms != 0, UnknownOffer(offerId));

        // Effect
        offers[offerId] = StoredOffer({terms: 0, units: 0, reserved: offer.reserved});
        emit OfferRetracted(offerId, msg.sender);
    }

    /* RESERVATIONS */

    /// @inheritdoc IResourceExchangeBroker
    function reserve(bytes32 name, Terms calldata terms, uint32 units, uint32 duration, bytes calldata request)
        external
        payable
        returns (bytes32 reservationId)
    {
        // Check
        require(name != 0, NameEmpty());
        require(units > 0, NoUnits());
        reservationId = _id(msg.sender, name);
        require(reservations[reservationId].state == State.None, NameTaken(reservationId));
        bytes32 offerId = _id(terms.seller, terms.name);
        _checkOffer(offerId, terms, units);
        require(
            terms.minDuration <= duration && duration <= terms.maxDuration,
            DurationOutOfBounds(duration, terms.minDuration, terms.maxDuration)
        );
        uint256 due = _price(terms.price, units, duration);
        require(msg.value == due, WrongPayment(msg.value, due));

        // Effect
        Reservation memory r = Reservation({
            buyer: msg.sender,
            name: name,
            seller: terms.seller,
            offer: offerId,
            price: terms.price,
            units: units,
            duration: duration,
            acknowledgeBy: _now() + terms.acknowledgeWithin,
            start: 0,
            end: 0
        });
        offers[offerId].reserved += units;
        _store(reservationId, r, State.Requested);
        emit Reserved(reservationId, offerId, terms.seller, r, request);
    }

    /// @inheritdoc IResourceExchangeBroker
    function acknowledge(Reservation calldata r, bytes calldata access) external {
        // Check
        bytes32 id = _id(r.buyer, r.name);
        _checkReservation(id, r, State.Requested);
        _checkSeller(r);
        require(_now() < r.acknowledgeBy, TooLate(r.acknowledgeBy));

        // Effect
        Reservation memory active = r;
        active.start = _now();
        active.end = active.start + r.duration;
        _store(id, active, State.Active);
        emit Acknowledged(id, active, access);
    }

    /// @inheritdoc IResourceExchangeBroker
    function decline(Reservation calldata r) external {
        // Check
        bytes32 id = _id(r.buyer, r.name);
        _checkReservation(id, r, State.Requested);
        _checkSeller(r);

        // Effect
        _refuse(id, r, State.Declined);
        emit Declined(id);
    }

    /// @inheritdoc IResourceExchangeBroker
    function cancel(Reservation calldata r) external {
        // Check
        bytes32 id = _id(r.buyer, r.name);
        _checkReservation(id, r, State.Requested);
        require(msg.sender == r.buyer || r.acknowledgeBy <= _now(), TooEarly(r.acknowledgeBy));

        // Effect
        _refuse(id, r, State.Cancelled);
        emit Cancelled(id);
    }

    /// @inheritdoc IResourceExchangeBroker
    function release(Reservation calldata r) external {
        // Check
        bytes32 id = _id(r.buyer, r.name);
        _checkReservation(id, r, State.Active);
        require(msg.sender == r.buyer, NotTheBuyer(msg.sender, r.buyer));

        Reservation memory ended = _end(id, r);
        emit Released(id, ended);
    }

    /// @inheritdoc IResourceExchangeBroker
    function revoke(Reservation calldata r) external {
        // Check
        bytes32 id = _id(r.buyer, r.name);
        _checkReservation(id, r, State.Active);
        _checkSeller(r);

        Reservation memory ended = _end(id, r);
        emit Revoked(id, ended);
    }

    /// @inheritdoc IResourceExchangeBroker
    function settle(Reservation calldata r) external {
        // Check
        bytes32 id = _id(r.buyer, r.name);
        bool expires = reservations[id].state == State.Active;
        _checkReservation(id, r, expires ? State.Active : State.Ended);
        require(!expires || r.end <= _now(), TooEarly(r.end));

        // Effect
        reservations[id].state = State.Settled;
        if (expires) offers[r.offer].reserved -= r.units;
        uint256 paid = _price(r.price, r.units, r.end - r.start);
        uint256 refunded = _price(r.price, r.units, r.duration) - paid;
        _credit(r.seller, paid);
        _credit(r.buyer, refunded);
        emit Settled(id, r, paid, refunded);
    }

    /// @inheritdoc IResourceExchangeBroker
    function withdraw() external {
        // Check
        uint256 amount = owed[msg.sender];
        require(amount > 0, NothingOwed(msg.sender));

        // Effect
        owed[msg.sender] = 0;
        emit Withdrawn(msg.sender, amount);

        // Interaction
        (bool accepted,) = msg.sender.call{value: amount}("");
        require(accepted, WithdrawalRefused(msg.sender, amount));
    }

    /* CHECKS */

    /// @dev The offer stands on exactly these terms and has as many units free.
    function _checkOffer(bytes32 offerId, Terms calldata terms, uint32 units) private view {
        StoredOffer memory offer = offers[offerId];
        require(offer.terms != 0, UnknownOffer(offerId));
        bytes24 given = _commit(terms);
        require(given == offer.terms, TermsDiffer(offer.terms, given));
        uint32 available = offer.units - offer.reserved;
        require(units <= available, NotEnoughUnits(units, available));
    }

    /// @dev The reservation is in this state, and `r` is all of it. Nothing in `r` can be trusted before.
    function _checkReservation(bytes32 id, Reservation calldata r, State state) private view {
        StoredReservation memory stored = reservations[id];
        require(stored.state != State.None, UnknownReservation(id));
        require(stored.state == state, WrongState(id, stored.state));
        bytes31 given = _commit(r);
        require(given == stored.commitment, ReservationDiffers(stored.commitment, given));
    }

    function _checkSeller(Reservation calldata r) private view {
        require(msg.sender == r.seller, NotTheSeller(msg.sender, r.seller));
    }

    /* EFFECTS */

    function _store(bytes32 id, Reservation memory r, State state) private {
        reservations[id] = StoredReservation({commitment: _commit(r), state: state});
    }

    /// @dev From Requested to a final state: units and escrow go back.
    function _refuse(bytes32 id, Reservation calldata r, State state) private {
        reservations[id].state = state;
        offers[r.offer].reserved -= r.units;
        _credit(r.buyer, _price(r.price, r.units, r.duration));
    }

    /// @dev From Active to Ended, while the lease runs: units go back; settlement divides the escrow.
    function _end(bytes32 id, Reservation calldata r) private returns (Reservation memory ended) {
        // Check
        require(_now() < r.end, TooLate(r.end));

        // Effect
        ended = r;
        ended.end = _now();
        _store(id, ended, State.Ended);
        offers[r.offer].reserved -= r.units;
    }

    /// @dev A credit of nothing would cost a read of a cold word.
    function _credit(address account, uint256 amount) private {
        if (amount > 0) owed[account] += amount;
    }

    /* PURE */

    function _id(address account, bytes32 name) private pure returns (bytes32) {
        return keccak256(abi.encode(account, name));
    }

    function _commit(Terms calldata terms) private pure returns (bytes24) {
        return bytes24(keccak256(abi.encode(terms)));
    }

    function _commit(Reservation memory r) private pure returns (bytes31) {
        return bytes31(keccak256(abi.encode(r)));
    }

    /// @dev In wei; 96 + 32 + 40 bits can't overflow.
    function _price(uint256 price, uint256 units, uint256 time) private pure returns (uint256) {
        return price * units * time;
    }

    function _now() private view returns (uint40) {
        return uint40(block.timestamp);
    }
}
