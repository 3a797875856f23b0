"""The modules as a user has them: in a playbook, with the chain's options set once, and keys that show up nowhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.brokerage.chain import ROOT, Market
from tests.brokerage.samples import ACCESS, DESCRIPTION, REQUEST, TERMS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.chain


def play(playbook: Path | str, *arguments: str | Path, inventory: Path | str = "localhost,") -> str:
    """Run the playbook and return all it prints, its failures included."""
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", "-i", inventory, playbook, *arguments],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_NOCOLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return " ".join(done.stdout.split())


def write(path: Path, market: Market, *tasks: dict[str, Any]) -> Path:
    """Write a play whose tasks share the chain's options."""
    chain = {key: value for key, value in market.options.items() if key != "timeout"}
    defaults = {"group/decenter.brokerage.chain": {**chain, "private_key": "{{ buyer_key }}"}}
    header = {"hosts": "localhost", "gather_facts": False, "module_defaults": defaults, "tasks": list(tasks)}
    path.write_text(yaml.safe_dump([header], sort_keys=False))
    return path


def test_keys_show_up_nowhere(market: Market, tmp_path: Path) -> None:
    secrets = {
        "buyer_key": market.buyer.private_key,
        "seller_key": market.seller.private_key,
        "buyer_seal": market.buyer.sealing_key.to_base64(),
        "seller_seal": market.seller.sealing_key.to_base64(),
    }
    (tmp_path / "secrets.yml").write_text(yaml.safe_dump({**secrets, "access": ACCESS}))
    as_seller = {"private_key": "{{ seller_key }}", "sealing_private_key": "{{ seller_seal }}"}
    reserve = {
        "name": "korea-1",
        "offer": "{{ market.offers[0].id }}",
        "duration": 600,
        "request": REQUEST,
        "sealing_private_key": "{{ buyer_seal }}",
    }
    path = write(
        tmp_path / "play.yml",
        market,
        {"decenter.brokerage.offer": {**TERMS, "description": DESCRIPTION, **as_seller}},
        {"decenter.brokerage.offer_info": {"requirements": {"device": "camkor1"}}, "register": "market"},
        {"decenter.brokerage.reservation": reserve, "register": "rented"},
        {
            "decenter.brokerage.acknowledgement": {
                "reservation": "{{ rented.reservation.id }}",
                "access": "{{ access }}",
                **as_seller,
            }
        },
        {"decenter.brokerage.settlement": {}},
        {"decenter.brokerage.withdrawal": {}},
        {"ansible.builtin.debug": {"var": "rented.reservation.state"}},
        {"decenter.brokerage.withdrawal": {"private_key": "{{ seller_seal }}"}, "ignore_errors": True},
        {"decenter.brokerage.withdrawal": {"key": "{{ seller_key }}", "units": "x"}, "ignore_errors": True},
    )
    arguments = ("-vvv", "--diff", "--extra-vars", f"@{tmp_path}/secrets.yml")

    first = play(path, *arguments)
    second = play(path, *arguments)

    assert "ok=9 changed=3 unreachable=0 failed=0 skipped=0 rescued=0 ignored=2" in first
    assert "ok=9 changed=0 unreachable=0 failed=0 skipped=0 rescued=0 ignored=2" in second
    assert "rented.reservation.state: requested" in first
    assert "rented.reservation.state: active" in second
    for name, secret in secrets.items():
        assert secret.removeprefix("0x") not in first + second, name
    # The second run returns the access, which is what it is for: whoever opens it adds no_log.
    assert "rosebud" not in first


def test_an_error_is_one_sentence_and_its_data(market: Market, tmp_path: Path) -> None:
    path = write(
        tmp_path / "play.yml",
        market,
        {"decenter.brokerage.withdrawal": {"chain_id": 1}, "ignore_errors": True, "register": "failed"},
        {"ansible.builtin.debug": {"msg": "{{ failed.msg }} {{ failed.error.kind }} {{ failed.error.actual }}"}},
    )

    printed = play(path, "--extra-vars", f"buyer_key={market.buyer.private_key}")

    chain = market.chain.id
    sentence = f"The node serves chain {chain} and not 1: correct rpc_url or chain_id. WrongChain {chain}"
    assert sentence in printed


def test_a_module_does_what_its_action_plugin_does(market: Market, offer: dict[str, Any]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.brokerage.module", "offer_info"],
        cwd=ROOT,
        input=json.dumps(market.options),
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )

    result = json.loads(done.stdout)
    assert result["offers"] == [offer]
    assert not result["changed"]


def test_a_provider_publishes_and_settles(market: Market, active: dict[str, Any], tmp_path: Path) -> None:
    receipts = tmp_path / "receipts"
    options = {"reservation": active["id"], "receipts_dir": str(receipts)}
    market.run("receipt", market.buyer, **options, up=True, at=active["start"] + 30)
    market.chain.pass_time(60)
    ended = market.run("reservation", market.buyer, name="korea-1", state="absent")["reservation"]
    offer = {"machines": ["seoul-keti"], **{key: value for key, value in TERMS.items() if key != "units"}}
    inventory = tmp_path / "inventory.yml"
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "brokerage_chain": {**market.options, "private_key": market.buyer.private_key},
        "brokerage_sealing_private_key": market.buyer.sealing_key.to_base64(),
        "brokerage_receipts_dir": str(receipts),
        "brokerage_offers": [
            {**offer, "description": DESCRIPTION},
            {**offer, "name": "busan", "description": DESCRIPTION},
        ],
    }
    inventory.write_text(yaml.safe_dump({"all": {"hosts": {"localhost": variables}}}))

    both = tmp_path / "both.yml"
    both.write_text(
        yaml.safe_dump([{"import_playbook": f"decenter.brokerage.{verb}"} for verb in ("publish", "settle")])
    )

    first, second = (play(both, inventory=inventory) for _ in range(2))

    assert f"{1_000 * ended['end'] - 1_000 * ended['start']} wei to {market.seller.account}" in first
    # The offers, the last receipt, the settlement and the withdrawal.
    assert "changed=4 unreachable=0 failed=0" in first
    assert "changed=0 unreachable=0 failed=0" in second
    assert [each["units"] for each in market.run("offer_info", None, seller=market.buyer.account)["offers"]] == [1, 1]
    assert market.ledger().owed_to(market.buyer.account) == {}
