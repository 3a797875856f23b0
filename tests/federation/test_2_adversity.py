"""SEOUL-KETI is sold again, and this time things go wrong."""

import re
import subprocess
import sys
from dataclasses import replace
from typing import get_args

import pytest

from demo import application, storyboard
from demo.ledger import reservations
from demo.paths import ROOT, STATE
from demo.steps import StepFailedError, run
from tests.federation import bed
from tests.federation.conftest import Story
from tests.federation.interruption import kill_when, transaction_is_pending
from tests.testbed.podman import Kind, carrying_label

pytestmark = [pytest.mark.hosts, pytest.mark.federation]

_PUBLISH, _RESERVE, _ACKNOWLEDGE = storyboard.MARKET
_PROVISION, _DEPLOY = storyboard.KOREA
_RELEASE = storyboard.PARTING[0]


def _state(name: str) -> str:
    return next(reservation.state.value for reservation in reservations() if reservation.name == name)


class TestSoldAgain:
    """In order: each test goes on from where the one before left the machine."""

    def test_reserving_that_was_killed_after_sending_finds_its_own_work(self, korea: Story) -> None:
        korea.play(_PUBLISH)
        kill_when(_RESERVE, transaction_is_pending("buyer"))
        run(_RESERVE.step())
        assert [reservation.name for reservation in reservations()] == ["korea-1", "korea-2"]
        assert _state("korea-2") == "requested"

    def test_a_seller_that_never_acknowledges_is_told_apart_and_nothing_changes(self, korea: Story) -> None:
        impatient = replace(_PROVISION, variables=["brokerage_acknowledgement_timeout=2"])
        with pytest.raises(StepFailedError) as failure:
            run(impatient.step())
        assert "The seller has not acknowledged korea-2: run this playbook again later" in failure.value.output
        assert _state("korea-2") == "requested"

    def test_a_machine_that_shows_another_host_key_is_not_used(self, korea: Story) -> None:
        run(_ACKNOWLEDGE.step())
        bed.replace_host_key("seoul-keti")
        try:
            with pytest.raises(StepFailedError) as failure:
                run(replace(_PROVISION, variables=["brokerage_login_timeout=10"]).step())
        finally:
            bed.restore_host_key("seoul-keti")
        assert "does not show the SSH host key that its seller acknowledged" in failure.value.output
        assert {node["metadata"]["name"] for node in bed.kubectl("get", "nodes")["items"]} == {"cloud", "povo"}

    def test_an_expired_token_is_told_apart_and_the_machine_stays_out(self, korea: Story) -> None:
        expired = replace(_PROVISION, variables=[f"kubeadm_join_token={bed.expired_token()}"])
        with pytest.raises(StepFailedError) as failure:
            run(expired.step())
        assert "the cluster refused the bootstrap token, which has expired" in failure.value.output
        assert {node["metadata"]["name"] for node in bed.kubectl("get", "nodes")["items"]} == {"cloud", "povo"}

    def test_joining_that_was_killed_in_the_middle_finishes_when_run_again(self, korea: Story) -> None:
        kill_when(_PROVISION, lambda: bed.on("seoul-keti", "pgrep -f 'kubeadm join'").returncode == 0)
        run(_PROVISION.step())
        node = bed.kubectl("get", "node", "korea-2")
        assert {"type": "Ready", "status": "True"}.items() <= node["status"]["conditions"][-1].items()

    def test_the_camera_is_read_again(self, korea: Story) -> None:
        now = application.now()
        run(_DEPLOY.step())
        assert application.wait_for_text("camkor1", since=now).region == "SEOUL-KETI"

    def test_the_end_says_who_was_paid_and_leaves_nothing(self, korea: Story) -> None:
        down = subprocess.run(
            [sys.executable, "-m", "demo", "down"], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
        )
        assert down.returncode == 0, down.stdout + down.stderr
        paid = re.findall(r"(korea-\d): the seller 0x\w{40} was paid (\d+) wei for (\d+) of \d+ s", down.stdout)
        assert [name for name, _, _ in paid] == ["korea-1", "korea-2"]
        assert all(int(wei) == int(seconds) * 1_000_000_000 > 0 for _, wei, seconds in paid)
        assert not any(carrying_label(kind) for kind in get_args(Kind))
        assert not STATE.exists()
