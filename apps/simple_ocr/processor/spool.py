"""What was read and is not yet in the Repository, in a file that outlives the process."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple

from simple_ocr.observations import Observation
from simple_ocr.processor.errors import SpoolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# `shown` is what the tracker goes on from; `waiting` what is to be sent, in the order of first sight.
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS shown (identity TEXT PRIMARY KEY, document TEXT NOT NULL, last_seen INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (
    place INTEGER PRIMARY KEY AUTOINCREMENT, identity TEXT NOT NULL UNIQUE, document TEXT NOT NULL, picture BLOB
);
"""
_BATCH = 200


class Parcel(NamedTuple):
    """An observation that waits, and the picture of it if there is one (JPEG)."""

    observation: Observation
    picture: bytes | None


class Spool:
    """A queue in SQLite, for several threads. One that was grown while it waits keeps its place.

    A write is whole or did not happen, also when the process is killed. `most` bounds how many wait: the oldest go.
    """

    def __init__(self, file: Path, most: int = 100_000) -> None:
        """Open or make the file; SpoolError when that fails."""
        self._most = most
        self._lock = threading.Lock()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
            self._database.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise SpoolError(
                f"cannot keep what is read in {file}: {error}; mount a folder that can be written"
            ) from error

    def put(self, parcels: Iterable[Parcel]) -> None:
        """Keep observations, each in place of its own earlier state."""
        rows = [(parcel.observation, _document(parcel.observation), parcel.picture) for parcel in parcels]
        with self._changing() as database:
            database.executemany(
                "INSERT INTO waiting (identity, document, picture) VALUES (?, ?, ?) ON CONFLICT (identity) "
                "DO UPDATE SET document = excluded.document, picture = coalesce(excluded.picture, picture)",
                [(observation.identity, document, picture) for observation, document, picture in rows],
            )
            database.executemany(
                "INSERT OR REPLACE INTO shown VALUES (?, ?, ?)",
                [(observation.identity, document, observation.last_seen) for observation, document, _ in rows],
            )
            database.execute("DELETE FROM shown WHERE last_seen < (SELECT max(last_seen) FROM shown) - 60000")
            database.execute(
                "DELETE FROM waiting WHERE place <= (SELECT max(place) FROM waiting) - ? "
                "AND (SELECT count(*) FROM waiting) > ?",
                (self._most, self._most),
            )

    def shown(self) -> list[Observation]:
        """Return what the camera showed in the last minute that is known."""
        with self._changing() as database:
            return [Observation(**json.loads(row[0])) for row in database.execute("SELECT document FROM shown")]

    def oldest(self) -> list[Parcel]:
        """Return the observations that have waited longest, in order."""
        with self._changing() as database:
            rows = database.execute("SELECT document, picture FROM waiting ORDER BY place LIMIT ?", (_BATCH,))
            return [Parcel(Observation(**json.loads(document)), picture) for document, picture in rows]

    def delivered(self, parcels: Iterable[Parcel]) -> None:
        """Strike out what has arrived, unless it has grown since."""
        rows = [(parcel.observation.identity, _document(parcel.observation)) for parcel in parcels]
        with self._changing() as database:
            database.executemany("DELETE FROM waiting WHERE identity = ? AND document = ?", rows)

    def __len__(self) -> int:
        """How many wait."""
        with self._changing() as database:
            (count,) = database.execute("SELECT count(*) FROM waiting").fetchone()
            return int(count)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """Hold the database in one transaction; SpoolError when the disk fails."""
        with self._lock:
            try:
                self._database.execute("BEGIN IMMEDIATE")
                yield self._database
                self._database.execute("COMMIT")
            except sqlite3.OperationalError as error:
                raise SpoolError(
                    f"the disk of the spool takes nothing more ({error}): free some space; texts are kept in memory"
                ) from error
            finally:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")


def _document(observation: Observation) -> str:
    return json.dumps(asdict(observation), ensure_ascii=False)
