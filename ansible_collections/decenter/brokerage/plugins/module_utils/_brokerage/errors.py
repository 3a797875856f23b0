"""Everything that can go wrong on the market, each with its data and a sentence that says what to do.

BrokerageError
├── InvalidInput                what was given can't be right, whatever the chain says
│   ├── InvalidValue
│   ├── InvalidPrivateKey
│   ├── InvalidSealingKey
│   ├── KeystoreUnusable
│   ├── FileUnusable
│   └── EvidenceUnusable
├── ChainUnusable               no sensible answer from where the contract should be
│   ├── RpcUnreachable
│   ├── RpcRefused
│   ├── WrongChain
│   ├── ProxyRefused
│   ├── AnswerUnusable
│   └── ContractMissing
├── TransactionFailed           the chain answers, but the work isn't done (yet)
│   ├── NotEnoughFunds
│   ├── NotEnoughTokens
│   ├── NonceUsed
│   ├── TransactionPending
│   └── TransactionReverted
├── NotAllowed                  the rules of the market, found out by the client
│   ├── AccountNeeded
│   ├── CostTooHigh
│   ├── ReservationNameUsed
│   ├── ReservedOtherwise
│   ├── NotAcknowledged
│   ├── ReservationOver
│   ├── ReceiptNeeded
│   ├── ReceiptInvalid
│   ├── NotTheSigner
│   └── Unsealable
└── ContractRefused             the rules of the market, as the contract has them: one class an error in Solidity,
                                of the same name and with the same data in the same order
"""

from __future__ import annotations

# ruff: noqa: N818 (a name says what is wrong; that it is an error, the base says)
from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(eq=False)
class BrokerageError(Exception):
    """Base of all. `str()` gives the sentence."""

    sentence: ClassVar[str]

    def __str__(self) -> str:
        return self.sentence.format(**self.data)

    @property
    def data(self) -> dict[str, Any]:
        """What the sentence speaks of, by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


class InvalidInput(BrokerageError):
    """What was given can't be right, whatever the chain says."""


@dataclass(eq=False)
class InvalidValue(InvalidInput):
    """`what` has a value that breaks `rule`."""

    what: str
    rule: str
    sentence = "Correct {what}: it must be {rule}."


@dataclass(eq=False)
class InvalidPrivateKey(InvalidInput):
    """Not the private key of an account. The key itself is never part of an error."""

    sentence = "Give a private_key of 32 bytes as 64 hexadecimal digits: what was given is no key of an account."


@dataclass(eq=False)
class InvalidSealingKey(InvalidInput):
    """Not a private X25519 key."""

    sentence = "Give a sealing_private_key of 32 bytes in base64: what was given is no private X25519 key."


@dataclass(eq=False)
class KeystoreUnusable(InvalidInput):
    """A keystore that can't be read or opened."""

    path: str
    reason: str
    sentence = "Check keystore {path} and keystore_password: {reason}."


@dataclass(eq=False)
class FileUnusable(InvalidInput):
    """A file of receipts or samples that can't be read or written."""

    path: str
    reason: str
    sentence = "Make {path} a file that can be read and written: {reason}."


@dataclass(eq=False)
class EvidenceUnusable(InvalidInput):
    """A file of samples that isn't as it was written."""

    path: str
    line: int
    reason: str
    sentence = "Restore {path} from a copy, or move it away to measure anew: line {line} can't be used, {reason}."


class ChainUnusable(BrokerageError):
    """No sensible answer from where the contract should be."""


@dataclass(eq=False)
class RpcUnreachable(ChainUnusable):
    """No answer in time. `node` is without path and credentials, which often are a secret."""

    node: str
    reason: str
    sentence = "No Ethereum node answers at {node} ({reason}): start it, or correct rpc_url."


@dataclass(eq=False)
class RpcRefused(ChainUnusable):
    """The node answers with an error that says nothing of the market's rules."""

    node: str
    reason: str
    sentence = "The Ethereum node at {node} refuses the call: {reason}."


@dataclass(eq=False)
class WrongChain(ChainUnusable):
    """The node serves another chain."""

    wanted: int
    actual: int
    sentence = "The node serves chain {actual} and not {wanted}: correct rpc_url or chain_id."


@dataclass(eq=False)
class ProxyRefused(ChainUnusable):
    """The chain lacks the deterministic deployment proxy, and its keyless transaction doesn't get in."""

    node: str
    reason: str
    sentence = (
        "The chain behind {node} lacks the deterministic deployment proxy and refuses the transaction that brings it"
        " ({reason}): ask its operator to allow transactions without replay protection (EIP-155) once."
    )


@dataclass(eq=False)
class ContractMissing(ChainUnusable):
    """No code, or other code, at the address."""

    address: str
    found: str
    sentence = "There is {found} at {address} and no ResourceExchangeBroker of this release: correct contract_address."


@dataclass(eq=False)
class AnswerUnusable(ChainUnusable):
    """A token or a signer that is no contract of its kind."""

    account: str
    function: str
    sentence = "Choose another than {account}: it does not answer {function} as a contract of its kind has to."


class TransactionFailed(BrokerageError):
    """The chain answers, but the work isn't done (yet)."""


@dataclass(eq=False)
class NotEnoughFunds(TransactionFailed):
    """Amounts in wei; `needed` includes the most that gas can cost, where that is known."""

    account: str
    balance: int
    needed: int
    sentence = "Account {account} has {balance} wei and needs {needed}: fund it, or reserve less."


@dataclass(eq=False)
class NotEnoughTokens(TransactionFailed):
    """Amounts in the token's smallest unit."""

    account: str
    token: str
    balance: int
    needed: int
    sentence = "Account {account} has {balance} of token {token} and needs {needed}: fund it, or reserve less."


@dataclass(eq=False)
class NonceUsed(TransactionFailed):
    """Another transaction of the same account was faster."""

    account: str
    sentence = "Another transaction of account {account} came in between: run again when nothing else uses the account."


@dataclass(eq=False)
class TransactionPending(TransactionFailed):
    """Sent, and in no block (deep enough) yet: the next run finds it."""

    account: str
    seconds: float
    sentence = (
        "A transaction of account {account} is not confirmed after {seconds:g} s: run again, which finds it and sends"
        " nothing twice, or raise timeout."
    )


@dataclass(eq=False)
class TransactionReverted(TransactionFailed):
    """Reverted without one of the contract's own errors."""

    reason: str
    sentence = "The contract reverts without saying why ({reason}): check that gas and arguments are in bounds."


class NotAllowed(BrokerageError):
    """The rules of the market, found out by the client."""


@dataclass(eq=False)
class AccountNeeded(NotAllowed):
    """A call that needs to know who calls."""

    sentence = "Give private_key or keystore: without an account nothing can be sent and nothing is one's own."


@dataclass(eq=False)
class CostTooHigh(NotAllowed):
    """Amounts in wei, or in the smallest unit of the offer's token."""

    cost: int
    max_cost: int
    sentence = "The reservation costs {cost}, more than max_cost {max_cost}: raise it, or reserve less."


@dataclass(eq=False)
class ReservationNameUsed(NotAllowed):
    """A reservation of that name is over; a name is used once."""

    name: str
    state: str
    sentence = "Choose another name: the reservation {name} is {state}, and a name is used only once."


@dataclass(eq=False)
class ReservedOtherwise(NotAllowed):
    """A live reservation of that name differs from what is wanted."""

    name: str
    differs: str
    sentence = "Reservation {name} is live with another {differs}: release it and reserve under another name."


@dataclass(eq=False)
class NotAcknowledged(NotAllowed):
    """The seller didn't answer while the client waited, or at all in the time it gave itself."""

    name: str
    seller: str
    sentence = (
        "Seller {seller} has not acknowledged reservation {name} in time: wait longer, or take the escrow back with"
        " state=absent."
    )


@dataclass(eq=False)
class ReservationOver(NotAllowed):
    """The reservation ended while the client waited for its acknowledgement."""

    name: str
    state: str
    sentence = "Reservation {name} is {state}: withdraw what is owed to you, and reserve again under another name."


@dataclass(eq=False)
class ReceiptNeeded(NotAllowed):
    """Until its claim window is over, a lease is settled by its seller with a receipt, or by one for every second."""

    reservation: str
    since: int
    sentence = (
        "Bring a receipt for reservation {reservation} into receipts_dir, or wait until {since}: from then on it can be"
        " settled by anyone."
    )


@dataclass(eq=False)
class ReceiptInvalid(NotAllowed):
    """A receipt that the contract would refuse."""

    reservation: str
    reason: str
    sentence = "The receipt of reservation {reservation} is worth nothing ({reason}): ask its signer for another."


@dataclass(eq=False)
class NotTheSigner(NotAllowed):
    """Only the buyer and the verifier that the terms name sign receipts."""

    caller: str
    signers: str
    sentence = "Use the key of {signers}: account {caller} may not measure this lease."


@dataclass(eq=False)
class Unsealable(NotAllowed):
    """A sealed request or access that isn't for this key, or isn't what it should be."""

    reservation: str
    kind: str
    reason: str
    sentence = "The {kind} of reservation {reservation} can't be used ({reason}): check sealing_private_key."


class ContractRefused(BrokerageError):
    """The rules of the market, as the contract has them."""


@dataclass(eq=False)
class NameEmpty(ContractRefused):
    """A name can't be empty."""

    sentence = "Give a name of 1 to 32 bytes."


@dataclass(eq=False)
class NameTaken(ContractRefused):
    """The buyer has used this name before."""

    id: str
    sentence = "Choose another name: it is taken by reservation {id}."


@dataclass(eq=False)
class NoUnits(ContractRefused):
    """An offer or a reservation of no units."""

    sentence = "Give at least 1 unit."


@dataclass(eq=False)
class DurationsInvalid(ContractRefused):
    """Seconds."""

    min: int
    max: int
    sentence = "Choose durations so that 1 <= min_duration ({min}) <= max_duration ({max})."


@dataclass(eq=False)
class NoTimeToAcknowledge(ContractRefused):
    """A seller needs at least a second."""

    sentence = "Give acknowledge_within of at least 1 second."


@dataclass(eq=False)
class ServiceLevelInvalid(ContractRefused):
    """As in `types.ServiceLevel`."""

    availability: int
    shortfall_multiple: int
    receipt_interval: int
    claim_window: int
    sentence = (
        "Correct service_level: availability ({availability}) goes up to 10000 basis points, shortfall_multiple"
        " ({shortfall_multiple}) from 1 to 10, receipt_interval ({receipt_interval}) from 1 second on and claim_window"
        " ({claim_window}) from 1 to 2592000 seconds."
    )


@dataclass(eq=False)
class ConditionsInvalid(ContractRefused):
    """More bits than the numbers of the terms have."""

    conditions: int
    sentence = "Pack the terms as the contract does: {conditions:#x} has more bits than they."


@dataclass(eq=False)
class VerifierIsSeller(ContractRefused):
    """A seller can't verify itself."""

    sentence = "Name another verifier, or none: a seller can't verify itself."


@dataclass(eq=False)
class UnitsReserved(ContractRefused):
    """More units are rented out than the offer would have."""

    units: int
    reserved: int
    sentence = "Offer at least the {reserved} units that are reserved, instead of {units}, or wait for their end."


@dataclass(eq=False)
class UnknownOffer(ContractRefused):
    """Never published, or retracted."""

    id: str
    sentence = "Offer {id} is not on the market: choose one that offer_info lists."


@dataclass(eq=False)
class TermsDiffer(ContractRefused):
    """The offer was published anew in between. Hashes."""

    published: str
    given: str
    sentence = "The seller has just changed the offer's terms: look at the offer and run again."


@dataclass(eq=False)
class NotEnoughUnits(ContractRefused):
    """Fewer units are free than wanted."""

    wanted: int
    available: int
    sentence = "Reserve at most the {available} units that are free, instead of {wanted}, or choose another offer."


@dataclass(eq=False)
class DurationOutOfBounds(ContractRefused):
    """Seconds."""

    duration: int
    min: int
    max: int
    sentence = "Choose a duration from {min} to {max} seconds: the offer does not rent for {duration}."


@dataclass(eq=False)
class WrongPayment(ContractRefused):
    """Wei."""

    sent: int
    due: int
    sentence = "Send exactly the {due} wei that are due, not {sent}."


@dataclass(eq=False)
class TokenTakesFee(ContractRefused):
    """Amounts in the token's smallest unit."""

    token: str
    received: int
    due: int
    sentence = "Choose an offer in another token: of {due} that are due, {token} lets only {received} arrive."


@dataclass(eq=False)
class SafeERC20FailedOperation(ContractRefused):
    """OpenZeppelin's: the token answered with false, or is none."""

    token: str
    sentence = "Check that {token} is an ERC-20 token and that the account has enough of it: it refuses the transfer."


@dataclass(eq=False)
class UnknownReservation(ContractRefused):
    """No such reservation."""

    id: str
    sentence = "Reservation {id} does not exist: take its id from reservation_info."


@dataclass(eq=False)
class ReservationDiffers(ContractRefused):
    """It changed in between. Hashes."""

    stored: str
    given: str
    sentence = "The reservation has just changed: look at it and run again."


@dataclass(eq=False)
class WrongState(ContractRefused):
    """`state` as in `types.State`."""

    id: str
    state: str
    sentence = "Reservation {id} is {state}, which leaves nothing of the kind to do: look at it with reservation_info."


@dataclass(eq=False)
class NotTheSeller(ContractRefused):
    """Only the seller may."""

    caller: str
    seller: str
    sentence = "Use the key of the seller {seller}: account {caller} may not do this."


@dataclass(eq=False)
class NotTheBuyer(ContractRefused):
    """Only the buyer may."""

    caller: str
    buyer: str
    sentence = "Use the key of the buyer {buyer}: account {caller} may not do this."


@dataclass(eq=False)
class TooEarly(ContractRefused):
    """`since` is a timestamp of the chain."""

    since: int
    sentence = "Wait until the chain's time reaches {since}: this is not possible earlier."


@dataclass(eq=False)
class TooLate(ContractRefused):
    """`deadline` is a timestamp of the chain."""

    deadline: int
    sentence = "The deadline {deadline} has passed: look at the reservation and go on from its present state."


@dataclass(eq=False)
class EndsAnyway(ContractRefused):
    """`end` is a timestamp of the chain."""

    end: int
    sentence = "Let the lease end at {end}: a revocation would end it no sooner."


@dataclass(eq=False)
class LeaseRevoked(ContractRefused):
    """The seller has said when it ends."""

    id: str
    sentence = "Reserve elsewhere: the seller has revoked {id}, which can't be extended any more."


@dataclass(eq=False)
class ReceiptImpossible(ContractRefused):
    """Timestamps of the chain, and seconds."""

    start: int
    until: int
    delivered: int
    end: int
    sentence = "Settle with another receipt: {delivered} s until {until} do not fit into a lease from {start} to {end}."


@dataclass(eq=False)
class NotSigned(ContractRefused):
    """Neither the buyer nor the verifier signed the receipt."""

    id: str
    sentence = "Settle {id} with a receipt that its buyer or its verifier signed: this one is from neither."


@dataclass(eq=False)
class NothingOwed(ContractRefused):
    """There is nothing to withdraw. The zero address as token is ETH."""

    token: str
    account: str
    sentence = "Nothing of token {token} is owed to account {account}: settle its reservations first."


@dataclass(eq=False)
class WithdrawalRefused(ContractRefused):
    """Amount in wei, still owed."""

    account: str
    amount: int
    sentence = "Account {account} refuses the {amount} wei owed to it: let its code accept plain transfers."


CONTRACT_ERRORS: dict[str, type[ContractRefused]] = {
    error.__name__: error for error in ContractRefused.__subclasses__()
}
