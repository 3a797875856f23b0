// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Conditions} from "./Conditions.sol";

/// @title The market on which infrastructure providers rent machines from each other
/// @notice A seller publishes offers; a buyer reserves units of one and locks the whole price; the seller acknowledges
/// and the lease runs; a receipt for the seconds delivered, signed by the buyer or by the verifier that the terms name,
/// divides the money between the two.
///
///     None ──reserve──▶ Requested ──acknowledge──▶ Active ──release──▶ Ended ──settle──▶ Settled
///                           │                         └──────expiry, settle──────────────▲
///                           ├──decline──▶ Declined
///                           └──cancel───▶ Cancelled
///
/// @dev Storage holds one word for an offer and one for a reservation: a hash that commits to the whole struct, and what
/// changes. Callers bring the struct back as calldata. Events say what earlier ones didn't: together they rebuild all
/// state.
///
/// Promises, for each token on its own:
/// - What the contract holds is what is owed and the escrow of every reservation that is Requested, Active or Ended (a
///   transfer that pays for nothing can only add to it; nobody can take that surplus out).
/// - Nobody is ever owed the money of a reservation but its buyer and its seller, and the seller never more than a
///   receipt says, which it can't sign itself.
/// - Each state that is not final can be left by either side alone, at the latest once its deadline has passed.
/// - A final state (Settled, Declined, Cancelled) stays for ever: the name of a reservation can't be used twice.
///
/// Assumptions:
/// - `block.timestamp` never goes down and stays below 2^40. A validator can shift it by seconds.
/// - An interval is half open: a lease runs at `start` and no longer at `end`; at `acknowledgeBy` it is too late.
/// - 192 bits of hash suffice for terms: a buyer brings the terms that are to bind them, so two terms of one hash win a
///   seller nothing, and a buyer would need a second preimage.
/// - 248 bits of hash suffice for a reservation: a collision costs 2^124 hashes.
/// - A token moves exactly what it is told to, and balances change by transfers alone. A fee on a transfer to the
///   contract is refused. A token that rebases, or that its issuer can seize, can come to hold less than is owed: that
///   loss stays with those who chose the token.
/// - A key's signature stays valid; that of a contract (ERC-1271) may be withdrawn. A seller that rents to a contract
///   names a verifier, or trusts it for the whole lease.
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

    /// @notice Why a seller declines or revokes. `Request`: it can't be read or served.
    enum Reason {
        Unspecified,
        Capacity,
        Maintenance,
        Hardware,
        Request,
        ReceiptsStopped,
        Abuse
    }

    /// @notice What a seller binds itself to when somebody reserves. Many offers can share it.
    /// @param seller The account that publishes, acknowledges and is paid.
    /// @param token The ERC-20 in which prices are; zero is ETH.
    /// @param verifier The account whose receipts count like the buyer's; zero is nobody.
    /// @param conditions Durations, deadlines and the service level, in one word.
    struct Terms {
        address seller;
        address token;
        address verifier;
        Conditions conditions;
    }

    /// @notice What is rented, and for how much.
    /// @param name The seller's own name for the offer: UTF-8, 1 to 32 bytes, padded with zeros.
    /// @param price For one unit for one second, in wei or in the token's smallest unit. Zero is a gift: anyone can take
    /// every unit for the gas alone.
    /// @param description Hash of what one unit is; the text is in `OffersPublished`.
    struct Offer {
        bytes32 name;
        uint96 price;
        bytes32 description;
    }

    /// @notice An offer as it is published.
    /// @param units How many there are in all, rented out or free; at least 1.
    /// @param description The text itself.
    struct Listing {
        bytes32 name;
        uint96 price;
        uint32 units;
        bytes description;
    }

    /// @notice The agreement. It carries what it was made on: publishing the offer again doesn't change it.
    /// @param buyer The account that reserved, and to which the unused escrow returns.
    /// @param name The buyer's own name for the reservation: UTF-8, 1 to 32 bytes, padded with zeros; used once.
    /// @param units How many units are rented.
    /// @param acknowledgeBy Timestamp from which the seller can't acknowledge any more.
    /// @param duration How long, in seconds. The escrow is price * units * duration.
    /// @param start Timestamp of the acknowledgement; zero before.
    /// @param end Timestamp at which the lease stops: zero before the acknowledgement, start + duration from then on, and
    /// earlier once released or revoked.
    struct Reservation {
        Terms terms;
        Offer offer;
        address buyer;
        bytes32 name;
        uint32 units;
        uint40 acknowledgeBy;
        uint32 duration;
        uint40 start;
        uint40 end;
    }

    /// @notice A statement of what was delivered. Signed with the reservation's id, as EIP-712's
    /// Receipt(bytes32 reservation,uint40 until,uint32 delivered,bytes32 evidence)
    /// in the domain ("ResourceExchangeBroker", "1", chain id, this contract).
    /// @param until Timestamp up to which it counts; at most the lease's end.
    /// @param delivered Seconds from the lease's start to `until` in which the units were there. Whoever signs never lets
    /// them go down: the best receipt is the one with most of them.
    /// @param evidence Root of the measurements.
    struct Receipt {
        uint40 until;
        uint32 delivered;
        bytes32 evidence;
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
    /// @notice Out of the bounds that `Conditions` gives.
    error ServiceLevelInvalid(uint16 availability, uint8 shortfallMultiple, uint32 receiptInterval, uint32 claimWindow);
    /// @notice The highest 40 bits of the conditions have to be zero.
    error ConditionsInvalid(Conditions conditions);
    /// @notice A seller can't verify itself.
    error VerifierIsSeller();
    /// @notice More units are rented out than the offer would have.
    error UnitsReserved(uint32 units, uint32 reserved);
    /// @notice Nothing is on offer under this id: never published, or retracted.
    error UnknownOffer(bytes32 id);
    /// @notice The offer or its terms aren't, or are no longer, the ones given: read the offer again.
    error TermsDiffer(bytes24 published, bytes24 given);
    /// @notice Fewer units are free than wanted.
    error NotEnoughUnits(uint32 wanted, uint32 available);
    /// @notice The offer rents for `min` to `max` seconds.
    error DurationOutOfBounds(uint256 duration, uint256 min, uint256 max);
    /// @notice The escrow has to be sent to the wei; with a token no ETH at all.
    error WrongPayment(uint256 sent, uint256 due);
    /// @notice The token kept part of the payment for itself: tokens with a fee on transfers aren't taken.
    error TokenTakesFee(address token, uint256 received, uint256 due);
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
    /// @notice The lease ends no later than after the notice anyway.
    error EndsAnyway(uint40 end);
    /// @notice A revoked lease can't be extended.
    error LeaseRevoked(bytes32 id);
    /// @notice More seconds than passed from the start, or beyond the end.
    error ReceiptImpossible(uint40 start, uint40 until, uint32 delivered, uint40 end);
    /// @notice Neither the buyer nor the verifier signed this receipt for this reservation.
    error NotSigned(bytes32 id);
    /// @notice There is nothing to withdraw.
    error NothingOwed(address token, address account);
    /// @notice The account refused the money, which stays owed to it.
    error WithdrawalRefused(address account, uint256 amount);

    /* EVENTS */

    /// @notice Offers are new, or new terms, prices, units and descriptions replace the old ones.
    event OffersPublished(address indexed seller, Terms terms, Listing[] listings);
    /// @notice An offer is no longer to be had. Reservations of it go on.
    event OfferRetracted(bytes32 indexed id);
    /// @notice Units are held and the escrow is locked, on what was last published. `request` is sealed to the seller.
    event Reserved(
        bytes32 indexed id,
        bytes32 indexed offer,
        address indexed buyer,
        bytes32 name,
        uint32 units,
        uint32 duration,
        uint40 acknowledgeBy,
        bytes request
    );
    /// @notice The lease runs from `start` for its duration. `access` is sealed to the buyer.
    event Acknowledged(bytes32 indexed id, uint40 start, bytes access);
    /// @notice The seller refused: the units are free and all the escrow is owed to the buyer.
    event Declined(bytes32 indexed id, Reason reason);
    /// @notice The request is void: the units are free and all the escrow is owed to the buyer.
    event Cancelled(bytes32 indexed id);
    /// @notice The lease now lasts `duration` in all, and the escrow has grown with it.
    event Extended(bytes32 indexed id, uint32 duration);
    /// @notice The buyer ended the lease early, at `end`: the units are free.
    event Released(bytes32 indexed id, uint40 end);
    /// @notice The seller ends the lease early, at `end`: it goes on until then.
    event Revoked(bytes32 indexed id, uint40 end, Reason reason);
    /// @notice The escrow is divided: `paid` is owed to the seller, `refunded` to the buyer. Without a receipt `delivered`
    /// and `evidence` are zero.
    event Settled(bytes32 indexed id, uint32 delivered, bytes32 evidence, uint256 paid, uint256 refunded);
    /// @notice Money left the contract.
    event Withdrawn(address indexed account, address token, uint256 amount);

    /* OFFERS */

    /// @notice Puts units up for rent, or replaces the terms, price, units and description of the caller's offers of
    /// those names. One or many in a transaction.
    /// @dev Live reservations keep what they were made on and the units that they hold, also through a retraction:
    /// `units` counts those too and can't be fewer. The id of an offer is keccak256(abi.encode(seller, name)).
    /// @param terms `terms.seller` has to be the caller.
    function publish(Terms calldata terms, Listing[] calldata listings) external;

    /// @notice Takes the caller's offer off the market. Reservations of it go on, requested ones included.
    function retract(bytes32 name) external;

    /* RESERVATIONS */

    /// @notice Holds units of an offer and locks the price of the whole duration: exactly price * units * duration, sent
    /// along in wei, or drawn from the caller's allowance of the token.
    /// @param terms The terms that the caller agrees to: refused if the offer's differ.
    /// @param offer What the caller agrees to rent: refused if it differs.
    /// @param name The caller's name for the reservation, never used by the caller before.
    /// @param units At least 1.
    /// @param duration In seconds, within the bounds of the terms.
    /// @param request What the seller needs to know, sealed to it.
    /// @return reservationId keccak256(abi.encode(buyer, name)).
    function reserve(
        Terms calldata terms,
        Offer calldata offer,
        bytes32 name,
        uint32 units,
        uint32 duration,
        bytes calldata request
    ) external payable returns (bytes32 reservationId);

    /// @notice The seller hands the machine over: the lease runs from now. Before `acknowledgeBy` only.
    /// @param access What the buyer needs to know, sealed to it.
    function acknowledge(Reservation calldata r, bytes calldata access) external;

    /// @notice The seller refuses a request, at any time while it is one.
    function decline(Reservation calldata r, Reason reason) external;

    /// @notice The buyer takes a request back, at any time while it is one; anyone may from `acknowledgeBy` on.
    function cancel(Reservation calldata r) external;

    /// @notice The buyer rents for `more` seconds and pays for them as in `reserve`. While the lease runs, isn't revoked,
    /// and the offer stands on the very same terms.
    function extend(Reservation calldata r, uint32 more) external payable;

    /// @notice The buyer ends the lease now, before its end. The units are free at once.
    function release(Reservation calldata r) external;

    /// @notice The seller ends the lease early: `notice` seconds from now. Once, as it can't come sooner a second time.
    function revoke(Reservation calldata r, Reason reason) external;

    /// @notice Divides the escrow of a lease that is over, by a receipt. Anyone may from the end of the claim window on,
    /// or when every second was delivered; the seller at once, whom alone a receipt can harm that isn't the best.
    /// @dev The seller gets price * units * the seconds that `paidSeconds` says, a whole number; the buyer the rest. The
    /// units of an expired lease come free here, those of a released one did when it ended.
    /// @param signature By the buyer or the verifier: 65 bytes of a key, or whatever a contract takes by ERC-1271.
    function settle(Reservation calldata r, Receipt calldata receipt, bytes calldata signature) external;

    /// @notice Returns the whole escrow of a lease that is over to the buyer. Anyone may from the end of the claim window
    /// on, or when the lease ended in the second it started; the seller at once.
    function settleWithoutReceipt(Reservation calldata r) external;

    /// @notice Sends the caller all that is owed to it in that token; zero is ETH.
    function withdraw(address token) external;

    /* STATE */

    /// @notice The word stored for an offer.
    /// @return commitment Hash of terms and offer, cut to its first 24 bytes; zero if nothing is on offer.
    /// @return units How many there are in all; zero if nothing is on offer.
    /// @return reserved How many of them are held by reservations; counted on after a retraction.
    function offers(bytes32 id) external view returns (bytes24 commitment, uint32 units, uint32 reserved);

    /// @notice The word stored for a reservation.
    /// @return commitment Hash of the reservation as it stands, cut to its first 31 bytes; zero if there is none.
    /// @return state Where in its life it is.
    function reservations(bytes32 id) external view returns (bytes31 commitment, State state);

    /// @notice What the account can withdraw of the token; zero is ETH.
    function owed(address token, address account) external view returns (uint256);

    /// @notice What is signed under a receipt.
    function receiptDigest(bytes32 reservation, Receipt calldata receipt) external view returns (bytes32);

    /// @notice Seconds that are paid for when `delivered` of `elapsed` were delivered, `delivered` being at most `elapsed`.
    function paidSeconds(uint32 elapsed, uint32 delivered, uint16 availability, uint8 shortfallMultiple)
        external
        pure
        returns (uint256);
}
