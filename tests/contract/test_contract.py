"""The market contract: formatted, compiled without a warning, tested by forge, and the one that the client deploys."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak

import contracts.compile
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import artifact

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "contracts"
FORGE = ROOT / "node_modules" / "@foundry-rs" / "forge-linux-amd64" / "bin" / "forge"

# Standard JSON's output for a contract that does nothing.
COMPILED = {"abi": [], "evm": {"bytecode": {"object": "6000"}, "deployedBytecode": {"object": "00"}}}


def run(*command: str | Path) -> str:
    """Run the command in contracts/ and return what it prints; fail with all of that unless it exits with 0."""
    # forge makes a cache in the home directory: let that be one of its others.
    home = CONTRACTS / "cache" / "home"
    home.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        command,
        cwd=CONTRACTS,
        env={**os.environ, "HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))} exits with {done.returncode}:\n{done.stdout}"
    return done.stdout


def test_a_stale_artifact_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "artifact.py"
    stale.write_text("ABI = []", encoding="utf-8")
    monkeypatch.setattr(contracts.compile, "ARTIFACT", stale)
    monkeypatch.setattr(contracts.compile, "compile_contract", lambda: COMPILED)
    monkeypatch.setattr(sys, "argv", ["compile.py", "--check"])

    assert contracts.compile.main() == 1

    assert capsys.readouterr().err == "artifact.py isn't what contracts/src compiles to: run contracts/compile.py.\n"
    assert stale.read_text(encoding="utf-8") == "ABI = []"


def test_what_was_written_is_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contracts.compile, "ARTIFACT", tmp_path / "new" / "artifact.py")
    monkeypatch.setattr(contracts.compile, "compile_contract", lambda: COMPILED)

    monkeypatch.setattr(sys, "argv", ["compile.py"])
    assert contracts.compile.main() == 0
    monkeypatch.setattr(sys, "argv", ["compile.py", "--check"])
    assert contracts.compile.main() == 0


def test_sources_are_formatted() -> None:
    assert run(FORGE, "fmt", "--check") == ""


def test_compiles_without_a_warning_to_what_the_client_deploys() -> None:
    run(FORGE, "build")

    compiled: dict[str, Any] = json.loads(
        (CONTRACTS / "out" / "ResourceExchangeBroker.sol" / "ResourceExchangeBroker.json").read_text(encoding="utf-8")
    )
    assert compiled["bytecode"]["object"] == artifact.BYTECODE
    assert "0x" + keccak(hexstr=compiled["deployedBytecode"]["object"]).hex() == artifact.RUNTIME_CODE_HASH


def test_artifact_is_what_py_solc_x_compiles() -> None:
    assert run(sys.executable, CONTRACTS / "compile.py", "--check") == ""


def test_forge() -> None:
    suites: dict[str, Any] = json.loads(run(FORGE, "test", "--json"))

    passed = {name for suite in suites.values() for name in suite["test_results"]}
    assert "invariant_Promises()" in passed
    assert len(suites) == 19, "a suite is missing: what it guards goes untested"
