"""What an account keeps of its leases: a folder with the best receipt of each, and the samples that it took itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import evidence, receipts
from .errors import FileUnusable, InvalidValue, ReceiptInvalid
from .plan import Records
from .receipts import Domain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .client import Client
    from .ids import ReservationId
    from .receipts import SignedReceipt
    from .types import Reservation


@dataclass(frozen=True)
class Folder:
    """`<reservation>.json` is a receipt, `<reservation>.jsonl` the samples under it."""

    path: Path

    def read(self, reservation: ReservationId) -> Records:
        """Return what is on file. Raises EvidenceUnusable and FileUnusable."""
        return Records(evidence.read(self._samples(reservation)), self._read_receipt(reservation))

    def write(self, reservation: ReservationId, records: Records) -> None:
        """Have this on file. Raises FileUnusable."""
        # The samples first: a receipt without its evidence could not be defended.
        if records.samples:
            evidence.write(self._samples(reservation), records.samples)
        if records.receipt:
            receipts.write(self._receipt(reservation), records.receipt)

    def valid(self, client: Client, reservations: Iterable[Reservation]) -> dict[ReservationId, SignedReceipt]:
        """Return the receipts of these reservations, those left out that the contract would refuse."""
        known = [(each, self._read_receipt(each.id)) for each in reservations]
        return {each.id: signed for each, signed in known if signed and _passes(client, each, signed)}

    def _read_receipt(self, reservation: ReservationId) -> SignedReceipt | None:
        path = self._receipt(reservation)
        try:
            return receipts.read(path)
        except InvalidValue as error:
            raise FileUnusable(str(path), f"{error.what} has to be {error.rule}") from error

    def _receipt(self, reservation: ReservationId) -> Path:
        return self.path / f"{reservation}.json"

    def _samples(self, reservation: ReservationId) -> Path:
        return self.path / f"{reservation}.jsonl"


def verify(client: Client, reservation: Reservation, signed: SignedReceipt) -> None:
    """Check all that the contract checks of a receipt. Raises ReceiptInvalid."""
    receipts.check(signed, reservation)
    digest = Domain(client.node.chain_id, client.contract).digest(signed.receipt)
    if not client.has_signed(signed.signer, digest, signed.signature):
        raise ReceiptInvalid(reservation.id, "its signature is not its signer's")


def _passes(client: Client, reservation: Reservation, signed: SignedReceipt) -> bool:
    try:
        verify(client, reservation, signed)
    except ReceiptInvalid:
        return False
    return True
