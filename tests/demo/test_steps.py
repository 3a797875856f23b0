"""A step shows what a person needs: what the playbook says, and where it failed."""

from pathlib import Path

import pytest

from demo import steps

_PLAYBOOK = """\
TASK [role : Say which it is] ***
ok: [localhost] =>
    msg: 'The mirror''s images serve,
        as do its packages.'

TASK [Say who is paid] ***
ok: [localhost] => (item=0x12) =>
    msg: 12 wei to 0x12
ok: [localhost] => (item=0x34) =>
    msg: 34 wei to 0x34

TASK [role : Copy a file] ***
ok: [localhost] =>
    msg: silence

PLAY RECAP ***
localhost                  : ok=2    changed=3    unreachable=0    failed=0
"""


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "LOGS", tmp_path)


def test_a_failure_names_step_log_and_repetition() -> None:
    step = steps.Step("Break", ["sh", "-c", "echo crack; exit 3"], repeat="make whole")
    with pytest.raises(steps.StepFailedError) as failure:
        steps.run(step)
    for part in ("crack", "“Break” failed (exit code 3)", str(step.log), "make whole"):
        assert part in str(failure.value)


def test_what_a_playbook_says_is_shown_and_the_rest_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = steps.run(steps.Step("Play", ["printf", "%s", _PLAYBOOK]))
    shown = capsys.readouterr().out
    assert "  The mirror's images serve, as do its packages.\n" in shown
    assert "  12 wei to 0x12\n            34 wei to 0x34\n" in shown
    assert "silence" not in shown
    assert outcome.changed == 3
    assert [title for title, _ in outcome.headings] == [
        "role : Say which it is",
        "Say who is paid",
        "role : Copy a file",
    ]
