"""Prove what can be proved of the contract, and explain what a static analyser asks about it.

    python contracts/prove.py           installs halmos and slither from their locks, runs both
    python contracts/prove.py slither   runs that one

halmos proves the properties in proofs/, for every value of their arguments. slither's findings have to be those
explained below, all of them and no other. Works on a copy.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = ROOT / "contracts"
FORGE = ROOT / "node_modules" / "@foundry-rs" / "forge-linux-amd64" / "bin"

_TIME = "Deadlines are the business of the contract. A validator can shift them by seconds, as the interface says."
_STATE = "The state is compared, which only the contract sets; no balance and no time."
EXPLAINED = {
    ("incorrect-equality", "_checkReservation"): _STATE,
    ("incorrect-equality", "_checkSettleable"): _STATE,
    ("incorrect-equality", "_settle"): _STATE,
    ("timestamp", "acknowledge"): _TIME,
    ("timestamp", "cancel"): _TIME,
    ("timestamp", "revoke"): _TIME,
    ("timestamp", "_checkRunning"): _TIME,
    ("timestamp", "_checkSettleable"): _TIME,
    ("timestamp", "_checkReservation"): _STATE,
    ("timestamp", "_settle"): _STATE,
    ("unused-return", "isByEither"): "Whatever went wrong, the signer is then zero, which is refused.",
    (
        "low-level-calls",
        "withdraw",
    ): "The way to send ETH to any account; its answer is checked, its effects came before.",
    ("unused-state", "RESERVATION_END"): "It is used, as the end of a slice of the calldata, which slither overlooks.",
}
"""Why each finding is no fault, by detector and by what it is found in."""


def main() -> int:
    """Run what is asked for; return the number of tools with an objection."""
    tools = {"halmos": _halmos, "slither": _slither}
    parser = argparse.ArgumentParser(description="Prove what can be proved of the contract.")
    parser.add_argument("tools", nargs="*", metavar="TOOL", help=f"one of {', '.join(tools)}; all by default")
    chosen = parser.parse_args().tools or list(tools)
    if unknown := set(chosen) - set(tools):
        parser.error(f"there is no {', '.join(unknown)}: name one of {', '.join(tools)}.")

    objections = 0
    for name in chosen:
        program = _installed(name)
        with tempfile.TemporaryDirectory() as folder:
            contracts = Path(shutil.copytree(CONTRACTS, Path(folder) / "contracts", ignore=_built))
            # Inside the folder, where the tools look for what is imported.
            (contracts / "node_modules").symlink_to(ROOT / "node_modules")
            objections += not tools[name](program, contracts)
    return objections


def unexplained(findings: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """Return slither's findings that EXPLAINED lacks, and those in EXPLAINED that slither doesn't have."""
    found = {(finding["check"], finding["elements"][0]["name"]) for finding in findings}
    return (
        sorted(f"{check} in {name}" for check, name in found - EXPLAINED.keys()),
        sorted(f"{check} in {name}" for check, name in EXPLAINED.keys() - found),
    )


def _halmos(program: Path, contracts: Path) -> bool:
    # The proofs create the contract, and so are compiled as it is, not as the tests are.
    done = _run(program, "--contract", "Proofs", "--solver-timeout-assertion", "120000", folder=contracts)
    print(done.stdout)
    return done.returncode == 0


def _slither(program: Path, contracts: Path) -> bool:
    report = contracts / "slither.json"
    done = _run(program, ".", "--filter-paths", "node_modules|proofs", "--json", str(report), folder=contracts)
    if not report.is_file():
        print(done.stdout)
        return False
    new, gone = unexplained(json.loads(report.read_text(encoding="utf-8"))["results"].get("detectors", []))
    for finding in new:
        print(f"slither finds {finding}: mend it, or explain it in {Path(__file__).name}.")
    for finding in gone:
        print(f"slither no longer finds {finding}: remove its explanation from {Path(__file__).name}.")
    if not new and not gone:
        print(f"slither: {len(EXPLAINED)} findings, all explained.")
    return not new and not gone


def _run(program: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "FOUNDRY_DENY": "never",
        "FOUNDRY_REMAPPINGS": "@openzeppelin/=node_modules/@openzeppelin/",
        "FOUNDRY_TEST": "proofs",
        "HOME": str(folder),
        "PATH": f"{FORGE}:{program.parent}:{os.environ['PATH']}",
    }
    return subprocess.run(
        [program, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _installed(name: str) -> Path:
    """Return the program, out of an environment of its own that has what the lock says."""
    lock, environment = ROOT / "requirements" / f"{name}.txt", ROOT / ".venv" / name
    stamp, digest = environment / "installed", hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != digest:
        uv = ROOT / ".venv" / "bin" / "uv"
        python = environment / "bin" / "python"
        subprocess.run([uv, "venv", "--quiet", "--clear", environment], check=True)
        subprocess.run([uv, "pip", "sync", "--quiet", "--python", python, "--require-hashes", lock], check=True)
        stamp.write_text(digest)
    return environment / "bin" / name


def _built(folder: str, names: list[str]) -> set[str]:
    return {"out", "cache", "test", "node_modules"} & set(names) if Path(folder) == CONTRACTS else set()


if __name__ == "__main__":
    sys.exit(main())
