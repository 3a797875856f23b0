"""What could be wrong with the contract: one mistake each in every line that money, units or access depend on.

Each is a file of src/, a piece of it that occurs there once, and what stands there instead.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """A mistake. `original` occurs once in src/`file`.sol."""

    file: str
    original: str
    mistake: str

    @property
    def summary(self) -> str:
        """The first line that differs, on both sides."""
        pairs = zip(self.original.splitlines(), [*self.mistake.splitlines(), *[""] * 9], strict=False)
        before, after = next((pair for pair in pairs if pair[0] != pair[1]), ("", self.mistake))
        return f"{self.file}: {before.strip()} ⟶ {after.strip() or 'nothing'}"


def _broker(*changes: tuple[str, str]) -> list[Mutant]:
    return [Mutant("ResourceExchangeBroker", *change) for change in changes]


_OFFERS = _broker(
    ("if (msg.sender != terms.seller) revert NotTheSeller(msg.sender, terms.seller);", ""),
    ("if (terms.verifier == terms.seller) revert VerifierIsSeller();", ""),
    ("_checkConditions(terms.conditions);", ""),
    ("stored.commitment = 0;", ""),
    ("stored.units = 0;", ""),
    ("if (conditions.unused() != 0)", "if (false)"),
    ("min == 0 || min > max", "min == 0"),
    ("min == 0 || min > max", "min > max"),
    ("conditions.acknowledgeWithin() == 0", "false"),
    ("availability > Payment.BASIS_POINTS || ", ""),
    ("multiple == 0 || ", ""),
    ("multiple > MAX_SHORTFALL_MULTIPLE || ", ""),
    ("window > MAX_CLAIM_WINDOW", "false"),
    ("if (units < stored.reserved) revert UnitsReserved(units, stored.reserved);", ""),
    ("if (units < stored.reserved)", "if (units <= stored.reserved)"),
    ("stored.units = units;", ""),
    ("abi.encode(listing.name, listing.price, keccak", "abi.encode(listing.name, listing.price + 1, keccak"),
)

_RESERVE = _broker(
    ("if (_reservations[reservationId] != 0) revert NameTaken(reservationId);", ""),
    ("if (units > available)", "if (units > available + 1)"),
    ("if (units > available)", "if (units >= available)"),
    ("_checkDuration(duration, conditions.minDuration(), conditions.maxDuration());", ""),
    ("stored.reserved = reserved + units;", "stored.reserved = reserved + 1;"),
    ("_collect(terms.token, _price(offer.price, units, duration));", ""),
    ("_collect(terms.token, _price(offer.price, units, duration));", "_collect(terms.token, 0);"),
    ("_now() + conditions.acknowledgeWithin()", "_now()"),
    ("if (published == 0) revert UnknownOffer(offerId);", ""),
    ("if (given != published) revert TermsDiffer(published, given);", ""),
    ("duration < min || duration > max", "duration < min"),
    ("duration < min || duration > max", "duration <= min || duration > max"),
)

_REQUEST = _broker(
    ("_checkSeller(r);\n        if (_now() >= r.acknowledgeBy)", "if (_now() >= r.acknowledgeBy)"),
    ("if (_now() >= r.acknowledgeBy)", "if (_now() > r.acknowledgeBy)"),
    ("_amended(r.duration, start, start + r.duration)", "_amended(r.duration, start, start + r.duration + 1)"),
    (
        "_checkSeller(r);\n\n        // Effect\n        _store(id, commitment, State.Declined);",
        "_store(id, commitment, State.Declined);",
    ),
    ("_store(id, commitment, State.Declined);\n        _refund(r);", "_store(id, commitment, State.Declined);"),
    ("_store(id, commitment, State.Declined);", ""),
    ("msg.sender != r.buyer && _now() < r.acknowledgeBy", "false"),
    ("msg.sender != r.buyer && _now() < r.acknowledgeBy", "msg.sender != r.buyer && _now() <= r.acknowledgeBy"),
    ("msg.sender != r.buyer && _now() < r.acknowledgeBy", "_now() < r.acknowledgeBy"),
    ("_store(id, commitment, State.Cancelled);\n        _refund(r);", "_store(id, commitment, State.Cancelled);"),
    ("_store(id, commitment, State.Cancelled);", ""),
)

_LEASE = _broker(
    ("_checkBuyer(r);\n        _checkRunning(r);\n        if (r.end !=", "_checkRunning(r);\n        if (r.end !="),
    ("_checkBuyer(r);\n        _checkRunning(r);\n        if (r.end !=", "_checkBuyer(r);\n        if (r.end !="),
    ("if (r.end != r.start + r.duration) revert LeaseRevoked(id);", ""),
    ("_checkOffer(_id(r.terms.seller, r.offer.name));", ""),
    ("_checkDuration(duration, uint256(r.duration) + 1, r.terms.conditions.maxDuration());", ""),
    ("_amended(uint32(duration), r.start, r.end + more)", "_amended(uint32(duration), r.start, r.end)"),
    ("_amended(uint32(duration), r.start, r.end + more)", "_amended(r.duration, r.start, r.end + more)"),
    ("_collect(r.terms.token, _price(r.offer.price, r.units, more));", ""),
    ("_checkBuyer(r);\n        _checkRunning(r);\n\n", "_checkRunning(r);\n\n"),
    ("_checkBuyer(r);\n        _checkRunning(r);\n\n", "_checkBuyer(r);\n\n"),
    ("_free(r);\n        emit Released", "emit Released"),
    ("_amended(r.duration, r.start, end), State.Ended);", "_amended(r.duration, r.start, end), State.Active);"),
    ("_checkSeller(r);\n        uint40 end", "uint40 end"),
    ("_now() + r.terms.conditions.notice()", "_now()"),
    ("if (end >= r.end) revert EndsAnyway(r.end);", ""),
    ("if (end >= r.end)", "if (end > r.end)"),
)

_SETTLE = _broker(
    ("receipt.until > r.end || ", ""),
    (" || r.start + delivered > receipt.until", ""),
    ("r.start + delivered > receipt.until", "r.start + delivered >= receipt.until"),
    ("if (!ReceiptSignature.isByEither(r.buyer, r.terms.verifier, digest, signature)) revert NotSigned(id);", ""),
    ("isByEither(r.buyer, r.terms.verifier,", "isByEither(r.terms.seller, r.terms.verifier,"),
    ("found != State.Active && found != State.Ended", "found == State.Settled"),
    ("        _checkCommitment(word);\n        uint40 end", "        uint40 end"),
    ("if (_now() < end) revert TooEarly(end);", ""),
    ("if (_now() < end)", "if (_now() <= end)"),
    ("delivered != end - r.start && ", ""),
    ("msg.sender != r.terms.seller && ", ""),
    ("msg.sender != r.terms.seller && ", "msg.sender != r.buyer && "),
    (" && _now() < open", ""),
    ("_now() < open", "_now() <= open"),
    ("_store(id, bytes31(word), State.Settled);", ""),
    ("if (_stateOf(word) == State.Active) _free(r);", ""),
    ("if (_stateOf(word) == State.Active) _free(r);", "_free(r);"),
    ("r.end - r.start, delivered, conditions", "r.duration, delivered, conditions"),
    ("_price(r.offer.price, r.units, secondsPaid);", "_price(r.offer.price, r.units, delivered);"),
    ("r.units, r.duration - secondsPaid);", "r.units, r.end - r.start - secondsPaid);"),
    ("_credit(r.terms.token, r.terms.seller, paid);", ""),
    ("_credit(r.terms.token, r.terms.seller, paid);", "_credit(r.terms.token, msg.sender, paid);"),
    ("_credit(r.terms.token, r.buyer, refunded);", ""),
    ("_credit(r.terms.token, r.buyer, refunded);", "_credit(r.terms.token, r.terms.seller, refunded);"),
)

_MONEY = _broker(
    ("if (amount == 0) revert NothingOwed(token, msg.sender);", ""),
    ("_ledger[token][msg.sender] = 1;", ""),
    ("_ledger[token][msg.sender] = 1;", "_ledger[token][msg.sender] = 2;"),
    ("if (token != ETH) return", "if (token == ETH) return"),
    ("msg.sender.call{value: amount}", "msg.sender.call{value: amount - 1}"),
    ("if (!accepted) revert WithdrawalRefused(msg.sender, amount);", ""),
    ("return entry == 0 ? 0 : entry - 1;", "return entry;"),
    ("_free(r);\n        _credit(r.terms.token, r.buyer, _price", "_credit(r.terms.token, r.buyer, _price"),
    ("_credit(r.terms.token, r.buyer, _price", "_credit(r.terms.token, r.terms.seller, _price"),
    ("_price(r.offer.price, r.units, r.duration));", "_price(r.offer.price, r.units, r.duration) + 1);"),
    (".reserved -= r.units;", ".reserved -= 1;"),
    ("(entry == 0 ? 1 : entry) + amount", "entry + amount"),
    ("(entry == 0 ? 1 : entry) + amount", "1 + amount"),
    ("if (msg.value != due)", "if (msg.value < due)"),
    ("if (msg.value != due)", "if (msg.value > due)"),
    ("if (msg.value != 0) revert WrongPayment(msg.value, 0);", ""),
    ("safeTransferFrom(msg.sender, address(this), due);", "safeTransferFrom(msg.sender, address(this), due / 2);"),
    ("if (received != due) revert TokenTakesFee(token, received, due);", ""),
    ("if (received != due)", "if (received < due)"),
    ("return uint256(price) * units * time;", "return uint256(price) * time;"),
)

_ACCESS = _broker(
    ("if (msg.sender != r.terms.seller) revert", "if (msg.sender != r.terms.seller && msg.sender != r.buyer) revert"),
    ("if (msg.sender != r.buyer) revert", "if (msg.sender != r.terms.seller && msg.sender != r.buyer) revert"),
    ("if (_now() >= r.end) revert", "if (_now() > r.end) revert"),
    ("if (found != state) revert WrongState(id, found);", ""),
    ("if (given != bytes31(word)) revert ReservationDiffers(bytes31(word), given);", ""),
    ("keccak256(msg.data[START:RESERVATION_END])", "keccak256(msg.data[START:AGREEMENT_END])"),
    ("OFFER_END = TERMS_END + 3 * 32", "OFFER_END = TERMS_END + 2 * 32"),
)

_PAYMENT = [
    Mutant("Payment", *change)
    for change in (
        (" + BASIS_POINTS - 1", ""),
        ("if (delivered >= promised) return delivered;", ""),
        ("(promised - delivered) * (shortfallMultiple - 1)", "(promised - delivered) * shortfallMultiple"),
        ("(promised - delivered) * (shortfallMultiple - 1)", "(shortfallMultiple - 1)"),
        ("delivered > penalty ? delivered - penalty : 0", "delivered - penalty"),
        ("delivered > penalty ? delivered - penalty : 0", "delivered > penalty ? delivered : 0"),
    )
]

_SIGNATURE = [
    Mutant("ReceiptSignature", *change)
    for change in (
        ("block.chainid", "uint256(1)"),
        ("address(this)", "address(1)"),
        ("RECEIPT_TYPE, reservation, receipt", "RECEIPT_TYPE, bytes32(0), receipt"),
        ("signer != address(0) && ", ""),
        ("signer == buyer || signer == verifier", "signer == buyer"),
        ("signer == buyer || signer == verifier", "signer == verifier"),
        ("SignatureChecker.isValidERC1271SignatureNowCalldata(buyer, hash, signature)", "false"),
        ("SignatureChecker.isValidERC1271SignatureNowCalldata(verifier, hash, signature)", "false"),
    )
]

_CONDITIONS = [
    Mutant("Conditions", f">> {shift})", f">> {shift + 8})") for shift in (216, 184, 152, 120, 88, 56, 24, 8)
]

MUTANTS = (
    *_OFFERS,
    *_RESERVE,
    *_REQUEST,
    *_LEASE,
    *_SETTLE,
    *_MONEY,
    *_ACCESS,
    *_PAYMENT,
    *_SIGNATURE,
    *_CONDITIONS,
)
