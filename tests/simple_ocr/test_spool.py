from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from simple_ocr.observations import Observation
from simple_ocr.processor.errors import SpoolError
from simple_ocr.processor.spool import Parcel, Spool

EXIT = Observation("cam1", "POVO", "EXIT", first_seen=1000, last_seen=1000, count=1)
SIGNS = [Parcel(replace(EXIT, text=f"SIGN {number}"), None) for number in range(5)]


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool.sqlite", most=3)


def test_a_folder_that_can_not_be_written_is_named() -> None:
    with pytest.raises(SpoolError, match=r"cannot keep what is read in /proc/none/spool.sqlite"):
        Spool(Path("/proc/none/spool.sqlite"))


def test_a_full_disk_is_said_and_loses_nothing_written(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.sqlite")
    spool.put(SIGNS[:1])
    (pages,) = spool._database.execute("PRAGMA page_count").fetchone()
    spool._database.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(SpoolError, match="free some space"):
        spool.put([Parcel(replace(EXIT, text="x" * 100_000), None)])
    assert spool.oldest() == SIGNS[:1]
    spool._database.execute("PRAGMA max_page_count = 100000")
    spool.put(SIGNS[1:2])
    assert spool.oldest() == SIGNS[:2]


def test_what_waits_comes_in_order_and_grows_in_place(spool: Spool) -> None:
    spool.put(SIGNS[:3])
    grown = Parcel(replace(SIGNS[0].observation, last_seen=1500, count=6), None)
    spool.put([grown])
    assert spool.oldest() == [grown, *SIGNS[1:3]]
    assert len(spool) == 3


def test_what_grew_while_it_was_sent_waits_again(spool: Spool) -> None:
    spool.put(SIGNS[:2])
    sent = spool.oldest()
    grown = Parcel(replace(SIGNS[0].observation, last_seen=1500, count=6), None)
    spool.put([grown])
    spool.delivered(sent)
    assert spool.oldest() == [grown]


def test_a_picture_stays_while_its_text_grows(spool: Spool) -> None:
    spool.put([Parcel(EXIT, b"jpeg")])
    spool.put([Parcel(replace(EXIT, count=2), None)])
    assert spool.oldest() == [Parcel(replace(EXIT, count=2), b"jpeg")]


def test_the_oldest_make_room(spool: Spool) -> None:
    for parcel in SIGNS:
        spool.put([parcel])
    assert spool.oldest() == SIGNS[2:]


def test_a_process_that_was_killed_leaves_all_it_wrote(tmp_path: Path) -> None:
    file = tmp_path / "spool.sqlite"
    program = (
        "import sys, pathlib\n"
        "from tests.simple_ocr.test_spool import SIGNS\n"
        "from simple_ocr.processor.spool import Spool\n"
        "Spool(pathlib.Path(sys.argv[1])).put(SIGNS)\n"
        "print('written', flush=True)\n"
        "sys.stdin.read()\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(("apps", "."))}
    command = [sys.executable, "-c", program, str(file)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=root) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
    after = Spool(file)
    assert after.oldest() == SIGNS
    assert {shown.text for shown in after.shown()} == {parcel.observation.text for parcel in SIGNS}
