"""Show that the tests notice each mistake in mutants.py.

    python contracts/mutate.py            tries all of them: some ten seconds each
    python contracts/mutate.py Payment    tries those whose file or change has the word in it

Works on a copy, and exits with the number of mutants that survive. One that doesn't compile counts as a survivor.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from contracts.mutants import MUTANTS, Mutant

CONTRACTS = Path(__file__).resolve().parent
NODE_MODULES = CONTRACTS.parent / "node_modules"
FORGE = NODE_MODULES / "@foundry-rs" / "forge-linux-amd64" / "bin" / "forge"

# A mistake that shows only in one of many runs is one that a test of its own should show.
_SHORT = {"FOUNDRY_FUZZ_RUNS": "32", "FOUNDRY_INVARIANT_RUNS": "8"}


def apply(mutant: Mutant, source: str) -> str:
    """Return the source with the mistake. Raises ValueError if the source no longer has the original, just once."""
    if source.count(mutant.original) != 1:
        raise ValueError(f"{mutant.file}.sol doesn't have this once, mend mutants.py: {mutant.original}")
    return source.replace(mutant.original, mutant.mistake)


def killed(mutant: Mutant, contracts: Path) -> bool:
    """Return whether the tests in this copy of contracts/ fail because of the mistake."""
    path = contracts / "src" / f"{mutant.file}.sol"
    source = path.read_text(encoding="utf-8")
    path.write_text(apply(mutant, source), encoding="utf-8")
    try:
        return "Failing tests:" in _test(contracts)
    finally:
        path.write_text(source, encoding="utf-8")


def _test(contracts: Path) -> str:
    # Not as strict as usual: a mistake may well leave something unused.
    environment = {**os.environ, **_SHORT, "FOUNDRY_DENY": "never", "HOME": str(contracts)}
    command = [str(FORGE), "test", "--fail-fast"]
    return subprocess.run(command, cwd=contracts, env=environment, capture_output=True, text=True, check=False).stdout


def main() -> int:
    """Try the mutants that are asked for; return how many survive."""
    parser = argparse.ArgumentParser(description="Show that the tests notice each mistake.")
    parser.add_argument("words", nargs="*", help="try only those with one of these words")
    words = parser.parse_args().words
    chosen = [mutant for mutant in MUTANTS if not words or any(word in mutant.summary for word in words)]

    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        contracts = Path(shutil.copytree(CONTRACTS, Path(folder) / "contracts"))
        (Path(folder) / "node_modules").symlink_to(NODE_MODULES)
        if " 0 failed" not in _test(contracts):
            sys.exit("The tests fail without any mistake: mend that first.")
        for mutant in chosen:
            dead = killed(mutant, contracts)
            survivors += not dead
            print(f"{'killed  ' if dead else 'SURVIVES'} {mutant.summary}", flush=True)
    print(f"{len(chosen) - survivors} of {len(chosen)} killed.")
    return survivors


if __name__ == "__main__":
    sys.exit(main())
