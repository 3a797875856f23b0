"""What the modules' documentation says is what they do."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.decenter.brokerage.plugins import modules
from ansible_collections.decenter.brokerage.plugins.doc_fragments.chain import ModuleDocFragment as Chain
from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.views import offer_view, reservation_view
from tests.brokerage.test_ledger import OFFER, RESERVATION, RESERVED, ledger, published
from tests.brokerage.test_receipts import SIGNED

COLLECTION = Path(next(iter(modules.__path__))).parents[1]
NOUNS = sorted(path.stem for path in (COLLECTION / "plugins/module_utils/_tasks").glob("*.py"))
_BOOKS = ledger(published(), RESERVED)
VIEWS = {
    "offer": offer_view(_BOOKS.offer(OFFER)),
    "reservation": reservation_view(_BOOKS.reservation(RESERVATION)),
    "receipt": SIGNED.to_json(),
}
# Only where there is something to open.
SEALED = {"access", "access_error", "request", "request_error"}


def documentation(noun: str, part: str) -> dict[str, Any]:
    module = import_module(f"{modules.__name__}.{noun}")
    text: dict[str, Any] = yaml.safe_load(getattr(module, part))
    return text


def facts(options: dict[str, Any], nested: str) -> dict[str, Any]:
    """Reduce options to what a specification and its documentation both say; what is in them is under `nested`."""
    return {
        name: {
            key: sorted(option[key]) if key == "choices" else option[key]
            for key in ("type", "required", "default", "choices", "elements")
            if key in option and (key, option[key]) != ("required", False)
        }
        | ({"nested": facts(option[nested], nested)} if nested in option else {})
        for name, option in options.items()
    }


@pytest.mark.parametrize("noun", NOUNS)
def test_options(noun: str) -> None:
    task: _runner.Task = import_module(f"{_runner.__package__}._tasks.{noun}").TASK
    common = yaml.safe_load(Chain.DOCUMENTATION)["options"] | yaml.safe_load(Chain.CONTRACT)["options"]

    documented = {**common, **documentation(noun, "DOCUMENTATION").get("options", {})}

    assert facts(documented, "suboptions") == facts(task.specification["argument_spec"], "options")


@pytest.mark.parametrize("noun", NOUNS)
def test_results(noun: str) -> None:
    for name, result in documentation(noun, "RETURN").items():
        if (view := VIEWS.get(name.removesuffix("s"))) is not None:
            assert set(result["contains"]) - SEALED == set(view), name


def test_each_module_has_its_action_and_is_in_the_group() -> None:
    runtime = yaml.safe_load((COLLECTION / "meta/runtime.yml").read_text())

    assert runtime["action_groups"]["chain"] == NOUNS
    assert sorted(path.stem for path in (COLLECTION / "plugins/action").glob("*.py")) == NOUNS
