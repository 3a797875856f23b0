"""From what is and what is wanted to the calls that make it so. Pure: `changed`, diff, check mode come from a Plan."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from . import evidence, payment, receipts
from .errors import (
    CostTooHigh,
    InvalidValue,
    NotEnoughTokens,
    NotTheSigner,
    ReceiptInvalid,
    ReceiptNeeded,
    ReservationNameUsed,
    ReservedOtherwise,
    WrongState,
)
from .ids import NOBODY, Address, OfferId, encode_name, offer_id, reservation_id
from .types import Call, Offer, Purse, Reason, Reservation, ServiceLevel, State, Terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from .evidence import Sample
    from .ids import ReservationId
    from .ledger import Ledger
    from .receipts import Receipt, SignedReceipt

Thing = TypeVar("Thing")

# Of offers as long as they get, so many fit into the transaction that nodes pass on (128 KiB).
_LISTINGS_A_CALL = 100


@dataclass(frozen=True)
class Plan(Generic[Thing]):
    """A thing before and after the calls. Without a difference there are no calls."""

    before: Thing
    after: Thing
    calls: tuple[Call, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether there is anything to do."""
        return self.before != self.after


def unchanged(thing: Thing) -> Plan[Thing]:
    """Plan nothing: the thing is as wanted."""
    return Plan(thing, thing)


@dataclass(frozen=True)
class WantedOffer:
    """An offer as its seller wants it. `description` is the encoded document; NOBODY as token is ETH."""

    name: str
    price: int
    units: int
    min_duration: int
    max_duration: int
    acknowledge_within: int
    description: bytes
    level: ServiceLevel
    token: Address = NOBODY
    verifier: Address = NOBODY

    def __post_init__(self) -> None:
        _check_bits("price", self.price, 96)
        _check_bits("units", self.units, 32)
        _check_bits("min_duration", self.min_duration, 32)
        _check_bits("max_duration", self.max_duration, 32)
        _check_bits("acknowledge_within", self.acknowledge_within, 32)
        narrow = {"availability": 16, "shortfall_multiple": 8}
        for field, value in asdict(self.level).items():
            _check_bits(f"service_level.{field}", value, narrow.get(field, 32))

    def by(self, seller: Address, reserved: int) -> Offer:
        """Return the offer as the market will have it."""
        terms = Terms(
            seller=seller,
            token=self.token,
            verifier=self.verifier,
            min_duration=self.min_duration,
            max_duration=self.max_duration,
            acknowledge_within=self.acknowledge_within,
            level=self.level,
        )
        key, name = offer_id(seller, self.name), encode_name(self.name)
        return Offer(key, name, terms, self.price, self.units, reserved, self.description)


def _check_bits(what: str, value: int, bits: int) -> None:
    if not 0 <= value < 2**bits:
        raise InvalidValue(what, f"a whole number from 0 to {2**bits - 1}")


Offers = tuple[Offer | None, ...]


def publish(ledger: Ledger, seller: Address, wanted: Sequence[WantedOffer]) -> Plan[Offers]:
    """Have these offers on the market with exactly these terms, units and descriptions, in as few calls as can be."""
    if len({each.name for each in wanted}) < len(wanted):
        raise InvalidValue("offers", "a list that has each name once")
    before = tuple(ledger.offers.get(offer_id(seller, each.name)) for each in wanted)
    after = tuple(each.by(seller, is_.reserved if is_ else 0) for each, is_ in zip(wanted, before, strict=True))
    listed: dict[Terms, list[Offer]] = {}
    for is_, becomes in zip(before, after, strict=True):
        if is_ != becomes:
            listed.setdefault(becomes.terms, []).append(becomes)
    return Plan(before, after, tuple(call for terms, offers in listed.items() for call in _publications(terms, offers)))


def _publications(terms: Terms, offers: list[Offer]) -> Iterable[Call]:
    for first in range(0, len(offers), _LISTINGS_A_CALL):
        listings = [offer.to_listing() for offer in offers[first : first + _LISTINGS_A_CALL]]
        yield Call("publish", (terms.to_abi(), listings))


def retract(ledger: Ledger, seller: Address, name: str) -> Plan[Offers]:
    """Have no such offer on the market."""
    before = ledger.offers.get(offer_id(seller, name))
    return Plan((before,), (None,), (Call("retract", (before.padded_name,)),) if before else ())


@dataclass(frozen=True)
class WantedReservation:
    """A reservation as its buyer wants it; `max_cost` in wei, or in the smallest unit of the offer's token."""

    name: str
    offer: OfferId
    units: int
    duration: int
    max_cost: int | None

    def __post_init__(self) -> None:
        _check_bits("units", self.units, 32)
        _check_bits("duration", self.duration, 32)

    def check_cost(self, reservation: Reservation) -> None:
        """Raise CostTooHigh for what would cost more."""
        if self.max_cost is not None and reservation.escrow > self.max_cost:
            raise CostTooHigh(reservation.escrow, self.max_cost)


@dataclass(frozen=True)
class Buyer:
    """Who pays: the account, the contract that takes the money, and what the account has of a token."""

    account: Address
    contract: Address
    purse: Callable[[Address], Purse]

    def pay(self, token: Address, amount: int, call: Call) -> tuple[Call, ...]:
        """Return the call with the amount sent along, or with the calls that let the contract take exactly that much.

        Raises NotEnoughTokens.
        """
        if token == NOBODY:
            return (replace(call, value=amount),)
        purse = self.purse(token)
        if purse.balance < amount:
            raise NotEnoughTokens(self.account, token, purse.balance, amount)
        if purse.allowance == amount:
            return (call,)
        # Some tokens change an allowance only from or to nothing.
        allowances = (0, amount) if purse.allowance else (amount,)
        approvals = (Call("approve", (self.contract, allowed), to=token) for allowed in allowances)
        return (*approvals, replace(call, follows=True))


def reserve(
    ledger: Ledger, buyer: Buyer, wanted: WantedReservation, seal: Callable[[Offer], bytes]
) -> Plan[Reservation | None]:
    """Have these units reserved under this name for so long; `seal` makes the sealed request, only if one is sent.

    A lease that runs for less than wanted is extended.

    Raises:
        UnknownOffer: the offer isn't on the market, and nothing is reserved yet.
        ReservationNameUsed: the reservation of that name is over.
        ReservedOtherwise: it lives, and is another.
        CostTooHigh: it would cost more than wanted.
        NotEnoughTokens: more than the buyer has.

    """
    before = ledger.reservations.get(reservation_id(buyer.account, wanted.name))
    if before is not None:
        _check_same(before, wanted)
        return _extend(buyer, before, wanted)
    offer = ledger.offer(wanted.offer)
    after = Reservation(
        id=reservation_id(buyer.account, wanted.name),
        buyer=buyer.account,
        padded_name=encode_name(wanted.name),
        offer=offer,
        units=wanted.units,
        duration=wanted.duration,
        acknowledge_by=ledger.now + offer.terms.acknowledge_within,
        start=0,
        end=0,
        state=State.REQUESTED,
        request=seal(offer),
    )
    wanted.check_cost(after)
    arguments = (after.terms.to_abi(), offer.to_abi(), after.padded_name, after.units, after.duration, after.request)
    return Plan(None, after, buyer.pay(after.terms.token, after.escrow, Call("reserve", arguments)))


def _extend(buyer: Buyer, before: Reservation, wanted: WantedReservation) -> Plan[Reservation | None]:
    more = wanted.duration - before.duration
    if not more:
        return unchanged(before)
    after = replace(before, duration=wanted.duration, end=before.start + wanted.duration)
    wanted.check_cost(after)
    return Plan(before, after, buyer.pay(after.terms.token, after.rate * more, _call("extend", before, more)))


def _check_same(known: Reservation, wanted: WantedReservation) -> None:
    if not known.state.live:
        raise ReservationNameUsed(known.name, known.state.value)
    longer = known.state is State.ACTIVE and wanted.duration >= known.duration
    differing = [
        what
        for what, is_, wants in (
            ("offer", known.offer.id, wanted.offer),
            ("number of units", known.units, wanted.units),
            ("duration", known.duration, known.duration if longer else wanted.duration),
        )
        if is_ != wants
    ]
    if differing:
        raise ReservedOtherwise(known.name, " and ".join(differing))


def give_back(ledger: Ledger, buyer: Address, name: str) -> Plan[Reservation | None]:
    """Have no live reservation of that name: a request is cancelled, a lease released."""
    before = ledger.reservations.get(reservation_id(buyer, name))
    if before is None or not before.state.live:
        return unchanged(before)
    if before.state is State.REQUESTED:
        return Plan(before, replace(before, state=State.CANCELLED), (_call("cancel", before),))
    return Plan(before, replace(before, state=State.ENDED, end=ledger.now), (_call("release", before),))


def acknowledge(ledger: Ledger, reservation: Reservation, seal: Callable[[Reservation], bytes]) -> Plan[Reservation]:
    """Have the lease running; `seal` makes the sealed access, only when there is one to send.

    Raises WrongState for a reservation that is over.
    """
    if reservation.state is State.ACTIVE:
        return unchanged(reservation)
    if reservation.state is not State.REQUESTED:
        raise WrongState(reservation.id, reservation.state.value)
    access = seal(reservation)
    after = replace(
        reservation, state=State.ACTIVE, access=access, start=ledger.now, end=ledger.now + reservation.duration
    )
    return Plan(reservation, after, (_call("acknowledge", reservation, access),))


def decline(reservation: Reservation, reason: Reason) -> Plan[Reservation]:
    """Have the request refused. Raises WrongState for a lease that runs or ran."""
    if reservation.state in (State.DECLINED, State.CANCELLED):
        return unchanged(reservation)
    if reservation.state is not State.REQUESTED:
        raise WrongState(reservation.id, reservation.state.value)
    after = replace(reservation, state=State.DECLINED, reason=reason)
    return Plan(reservation, after, (_call("decline", reservation, _number(reason)),))


def revoke(ledger: Ledger, reservation: Reservation, reason: Reason) -> Plan[Reservation]:
    """Have the lease end as soon as the terms let the seller end it: it goes on for the notice.

    Raises WrongState for a request, which can be declined.
    """
    if reservation.state is State.REQUESTED:
        raise WrongState(reservation.id, reservation.state.value)
    end = ledger.now + reservation.terms.level.notice
    if reservation.state is not State.ACTIVE or reservation.end <= end:
        return unchanged(reservation)
    after = replace(reservation, end=end, reason=reason, state=State.ENDED if end == ledger.now else State.ACTIVE)
    return Plan(reservation, after, (_call("revoke", reservation, _number(reason)),))


def settle(
    ledger: Ledger,
    caller: Address,
    reservations: Iterable[Reservation],
    best: Mapping[ReservationId, SignedReceipt],
) -> Plan[tuple[Reservation, ...]]:
    """Have the escrow of each divided by its best receipt; those that the caller can't settle yet stay as they are.

    Raises WrongState for what has not ended.
    """
    before = tuple(reservations)
    after, calls = [], []
    for reservation in before:
        if reservation.state not in (State.ENDED, State.SETTLED):
            raise WrongState(reservation.id, reservation.state.value)
        signed = best.get(reservation.id)
        settleable = reservation.state is State.ENDED and _settleable(ledger, caller, reservation, signed)
        after.append(_settled(reservation, signed) if settleable else reservation)
        if settleable:
            calls.append(_settlement(reservation, signed))
    return Plan(before, tuple(after), tuple(calls))


def insist(settlement: Plan[tuple[Reservation, ...]]) -> Plan[tuple[Reservation, ...]]:
    """Return the plan if it settles everything. Raises ReceiptNeeded for what can't be settled yet."""
    for reservation in settlement.after:
        if reservation.state is not State.SETTLED:
            raise ReceiptNeeded(reservation.id, reservation.claim_by)
    return settlement


def _settleable(ledger: Ledger, caller: Address, reservation: Reservation, signed: SignedReceipt | None) -> bool:
    delivered = signed.receipt.delivered if signed else 0
    # The seller could do without a receipt at once, and would get nothing: nobody wants that by mistake.
    chooses = signed is not None and caller == reservation.seller
    return chooses or delivered == reservation.elapsed or reservation.claim_by <= ledger.now


def _settled(reservation: Reservation, signed: SignedReceipt | None) -> Reservation:
    delivered = signed.receipt.delivered if signed else 0
    parts = payment.divide(
        reservation.escrow, reservation.rate, reservation.terms.level, reservation.elapsed, delivered
    )
    return replace(reservation, state=State.SETTLED, delivered=delivered, paid=parts.paid, refunded=parts.refunded)


def _settlement(reservation: Reservation, signed: SignedReceipt | None) -> Call:
    if signed is None:
        return _call("settleWithoutReceipt", reservation)
    return _call("settle", reservation, signed.receipt.to_abi(), signed.signature)


def withdraw(ledger: Ledger, account: Address, token: Address | None) -> Plan[dict[Address, int]]:
    """Have nothing owed to the account of this token, or of any: before and after by token."""
    owed = ledger.owed_to(account)
    before = {each: amount for each, amount in owed.items() if token in (None, each)}
    return Plan(before, {}, tuple(Call("withdraw", (each,)) for each in before))


@dataclass(frozen=True)
class Records:
    """What an account has on file of a lease: the samples that it took, and the best receipt that it knows."""

    samples: tuple[Sample, ...]
    receipt: SignedReceipt | None


def attest(
    reservation: Reservation,
    account: Address,
    records: Records,
    sample: Sample | None,
    sign: Callable[[Receipt], SignedReceipt],
) -> Plan[Records]:
    """Have a receipt on file for all that the samples, and this one, vouch for. What is settled needs none.

    Raises WrongState before the lease, and NotTheSigner.
    """
    if account not in reservation.signers:
        raise NotTheSigner(account, " or ".join(reservation.signers))
    if not reservation.start:
        raise WrongState(reservation.id, reservation.state.value)
    if reservation.state is State.SETTLED:
        return unchanged(records)
    samples = records.samples
    if reservation.state is State.ENDED:
        samples = evidence.closed(samples, reservation.end)
    elif sample:
        samples = evidence.taken(samples, sample)
    if not samples:
        return unchanged(records)
    receipt = receipts.vouched(reservation, samples)
    if records.receipt and records.receipt.receipt == receipt:
        return Plan(records, replace(records, samples=samples))
    return Plan(records, keep(reservation, Records(samples, records.receipt), sign(receipt)).after)


def collect(ledger: Ledger, reservation: Reservation, records: Records, candidate: SignedReceipt) -> Plan[Records]:
    """Have a stranger's receipt on file if it is better. Raises ReceiptInvalid.

    One that counts up to a moment still to come is refused: its buyer could void it by a release, and the good one
    whose place it took would be gone.
    """
    if candidate.receipt.until > ledger.now:
        raise ReceiptInvalid(reservation.id, "it counts up to a moment that is still to come")
    return keep(reservation, records, candidate)


def keep(reservation: Reservation, records: Records, candidate: SignedReceipt) -> Plan[Records]:
    """Have the better one on file. Raises ReceiptInvalid for a candidate that the contract would refuse."""
    receipts.check(candidate, reservation)
    known = records.receipt
    # What was signed for a lease that has been cut short since is worth nothing any more.
    if known and not receipts.fault(known, reservation) and known.worth >= candidate.worth:
        return unchanged(records)
    return Plan(records, replace(records, receipt=candidate))


def _call(function: str, reservation: Reservation, *more: object) -> Call:
    return Call(function, (reservation.to_abi(), *more))


def _number(reason: Reason) -> int:
    return tuple(Reason).index(reason)
