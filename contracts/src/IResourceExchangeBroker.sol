// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The market on which infrastructure providers rent machines from each other
/// @notice A seller publishes offers; a buyer reserves units of one and locks the whole price; the seller acknowledges
/// and the lease runs; its end divides the money between the two.
///
///     None ──reserve──▶ Requested ──acknowledge──▶ Active ──release, revoke──▶ Ended ──settle──▶ Settled
///                           │                         └────────expiry, settle───────────────────────▲
///                           ├──decline──▶ Declined
///                           └──cancel───▶ Cancelled
///
/// @dev Storage holds one word for an offer and one for a reservation: a hash that commits to the whole struct, and what
/// changes. Callers bring the struct back as calldata; events carry it whole, so that logs alone rebuild all state.
///
/// Promises:
/// - The balance is always the sum of what is owed and of the escrow of every reservation that is Requested, Active or
///   Ended (a forced transfer, by SELFDESTRUCT, can only add to it; nobody can take that surplus out).
/// - Nobody is ever owed the money of a reservation but its buyer and its seller.
/// - Each state that is not final can be left by either side alone, at the latest once its deadline has passed.
/// - A final state (Settled, Declined, Cancelled) stays for ever: the name of a reservation can't be used twice.
///
/// Assumptions:
/// - `block.timestamp` never goes down and stays below 2^40. A validator can shift it by seconds, and payment with it.
/// - An interval is half open: a lease runs at `start` and no longer at `end`; at `acknowledgeBy` it is too late.
/// - 192 bits of hash suffice for terms: a buyer brings the terms that are to bind them, so two terms of one hash win a
///   seller nothing, and a buyer would need a second preimage.
/// - 248 bits of hash suffice for a reservation: a collision costs 2^124 hashes.
interface IResourceExchangeBroker {
    /* TYPES */

    /// @dev `Active` is also what an expired lease is stored as: expiry needs no transaction.
    enum State {
        None,
        Requested,
        Active,
        Ended,
        Settled,
        Declined,
        Cancelled
    }

    /// @notice What a seller binds itself to when somebody reserves.
    /// @param seller The account that publishes, acknowledges and is paid.
    /// @param name The seller's own name for the offer: UTF-8, 1 to 32 bytes, padded with zeros.
    /// @param price In wei for one unit for one second. Zero is a gift: anyone can take every unit for the gas alone.
    /// @param minDuration The shortest lease in seconds, at least 1.
    /// @param maxDuration The longest lease in seconds, at least `minDuration`.
    /// @param acknowledgeWithin Seconds from the reservation in which the seller has to acknowledge, at least 1.
    /// @param description Hash of what one unit is; the text is in `OfferPublished`.
    struct Terms {
        address seller;
        bytes32 name;
        uint96 price;
        uint32 minDuration;
        uint32 maxDuration;
        uint32 acknowledgeWithin;
        bytes32 description;
    }

    /// @notice The agreement. It carries the terms it was made on: publishing the offer again doesn't change it.
    /// @param buyer The account that reserved, and to which the unused escrow returns.
    /// @param name The buyer's own name for the reservation: UTF-8, 1 to 32 bytes, padded with zeros; used once.
    /// @param seller The account that acknowledges and is paid.
    /// @param offer Id of the offer that the units came from.
    /// @param price In wei for one unit for one second.
    /// @param units How many units are rented.
    /// @param duration How long, in seconds. The escrow is price * units * duration.
    /// @param acknowledgeBy Timestamp from which the seller can't acknowledge any more.
    /// @param start Timestamp of the acknowledgement; zero before.
    /// @param end Timestamp at which the lease stops: zero before the acknowledgement, start + duration from then on, and
    /// earlier once released or revoked.
    struct Reservation {
        address buyer;
        bytes32 name;
        address seller;
        bytes32 offer;
        uint96 price;
        uint32 units;
        uint32 duration;
        uint40 acknowledgeBy;
        uint40 start;
        uint40 end;
    }

    /* ERRORS */

    /// @notice A name can't be empty.
    error NameEmpty();
    /// @notice The buyer has used this name before: choose another.
    error NameTaken(bytes32 id);
    /// @notice An offer or a reservation of no units at all.
    error NoUnits();
    /// @notice Durations have to satisfy 1 <= min <= max.
    error DurationsInvalid(uint32 min, uint32 max);
    /// @notice A seller needs at least one second to acknowledge.
    error NoTimeToAcknowledge();
    /// @notice The description isn't the one that the terms name.
    error DescriptionDiffers(bytes32 wanted, bytes32 given);
    /// @notice More units are rented out than the offer would have.
    error UnitsReserved(uint32 units, uint32 reserved);
    /// @notice Nothing is on offer under this id: never published, or retracted.
    error UnknownOffer(bytes32 id);
    /// @notice The offer's terms aren't, or are no longer, the ones given: read the offer again.
    error TermsDiffer(bytes24 published, bytes24 given);
    /// @notice Fewer units are free than wanted.
    error NotEnoughUnits(uint32 wanted, uint32 available);
    /// @notice The offer rents for `min` to `max` seconds.
    error DurationOutOfBounds(uint32 duration, uint32 min, uint32 max);
    /// @notice The escrow has to be sent to the wei.
    error WrongPayment(uint256 sent, uint256 due);
    /// @notice No such reservation.
    error UnknownReservation(bytes32 id);
    /// @notice The reservation isn't, or is no longer, the one given: read it again.
    error ReservationDiffers(bytes31 stored, bytes31 given);
    /// @notice The call isn't possible from the state that the reservation is in.
    error WrongState(bytes32 id, State state);
    /// @notice Only the seller may do this.
    error NotTheSeller(address caller, address seller);
    /// @notice Only the buyer may do this.
    error NotTheBuyer(address caller, address buyer);
    /// @notice Possible from this timestamp on.
    error TooEarly(uint40 from);
    /// @notice Possible only before this timestamp.
    error TooLate(uint40 deadline);
    /// @notice There is nothing to withdraw.
    error NothingOwed(address account);
    /// @notice The account refused the money, which stays owed to it.
    error WithdrawalRefused(address account, uint256 amount);

    /* EVENTS */

    /// @notice An offer is new, or new terms or units replace the old ones.
    event OfferPublished(bytes32 indexed id, address indexed seller, Terms terms, uint32 units, bytes description);
    /// @notice An offer is no longer to be had. Reservations of it go on.
    event OfferRetracted(bytes32 indexed id, address indexed seller);
    /// @notice Units are held and the escrow is locked. `request` is sealed to the seller.
    event Reserved(
        bytes32 indexed id, bytes32 indexed offer, address indexed seller, Reservation reservation, bytes request
    );
    /// @notice The lease runs. `access` is sealed to the buyer.
    event Acknowledged(bytes32 indexed id, Reservation reservation, bytes access);
    /// @notice The seller refused: the units are free and all the escrow is owed to the buyer.
    event Declined(bytes32 indexed id);
    /// @notice The request is void: the units are free and all the escrow is owed to the buyer.
    event Cancelled(bytes32 indexed id);
    /// @notice The buyer ended the lease early: the units are free.
    event Released(bytes32 indexed id, Reservation reservation);
    /// @notice The seller ended the lease early: the units are free.
    event Revoked(bytes32 indexed id, Reservation reservation);
    /// @notice The escrow is divided: `paid` wei are owed to the seller, `refunded` wei to the buyer.
    event Settled(bytes32 indexed id, Reservation reservation, uint256 paid, uint256 refunded);
    /// @notice Money left the contract.
    event Withdrawn(address indexed account, uint256 amount);

    /* OFFERS */

    /// @notice Puts units up for rent, or replaces the terms and units of the caller's offer of that name.
    /// @dev Live reservations keep the terms that they were made on and the units that they hold, also through a
    /// retraction: `units` counts those too and can't be fewer.
    /// @param terms `terms.seller` has to be the caller.
    /// @param units How many there are in all, rented out or free; at least 1.
    /// @param description What `terms.description` is the hash of.
    /// @return offerId keccak256(abi.encode(seller, name)).
    function publish(Terms calldata terms, uint32 units, bytes calldata description) external returns (bytes32 offerId);

    /// @notice Takes the caller's offer off the market. Reservations of it go on, requested ones included.
    function retract(bytes32 name) external;

    /* RESERVATIONS */

    /// @notice Holds units of an offer and locks the price of the whole duration: exactly price * units * duration wei.
    /// @param name The caller's name for the reservation, never used by the caller before.
    /// @param terms The terms that the caller agrees to: refused if the offer's differ.
    /// @param units At least 1.
    /// @param duration In seconds, within the bounds of the terms.
    /// @param request What the seller needs to know, sealed to it.
    /// @return reservationId keccak256(abi.encode(buyer, name)).
    function reserve(bytes32 name, Terms calldata terms, uint32 units, uint32 duration, bytes calldata request)
        external
        payable
        returns (bytes32 reservationId);

    /// @notice The seller hands the machine over: the lease runs from now. Before `acknowledgeBy` only.
    /// @param access What the buyer needs to know, sealed to it.
    function acknowledge(Reservation calldata r, bytes calldata access) external;

    /// @notice The seller refuses a request, at any time while it is one.
    function decline(Reservation calldata r) external;

    /// @notice The buyer takes a request back, at any time while it is one; anyone may from `acknowledgeBy` on.
    function cancel(Reservation calldata r) external;

    /// @notice The buyer ends the lease now, before its end.
    function release(Reservation calldata r) external;

    /// @notice The seller ends the lease now, before its end.
    function revoke(Reservation calldata r) external;

    /// @notice Divides the escrow of a lease that was ended or has expired. Anyone may.
    /// @dev The seller gets price * units * (end - start), which is a whole number: nothing is rounded. The buyer gets
    /// the rest. The units of an expired lease come free here, those of another did when it ended.
    function settle(Reservation calldata r) external;

    /// @notice Sends the caller all that is owed to it.
    function withdraw() external;

    /* STATE */

    /// @notice The word stored for an offer.
    /// @return terms Hash of the terms, cut to its first 24 bytes; zero if nothing is on offer.
    /// @return units How many there are in all; zero if nothing is on offer.
    /// @return reserved How many of them are held by reservations; counted on after a retraction.
    function offers(bytes32 id) external view returns (bytes24 terms, uint32 units, uint32 reserved);

    /// @notice The word stored for a reservation.
    /// @return commitment Hash of the reservation as it stands, cut to its first 31 bytes; zero if there is none.
    /// @return state Where in its life it is.
    function reservations(bytes32 id) external view returns (bytes31 commitment, State state);

    /// @notice Wei that the account can withdraw.
    function owed(address account) external view returns (uint256);
}
