"""`./run fuzz [TARGET] [--minutes N]`: tries inputs that nobody thought of; what breaks something is kept in corpus/."""
from __future__ import annotations

import argparse
import os
import subprocess
import sys

from tests.fuzz.machine import hunt
from tests.fuzz.targets import TARGETS
from tests.test_layers import ROOT

MINUTE_SECONDS = 60
DEEP_EXAMPLES_A_MINUTE = 80  # of the stateful tests, which need whole servers


def main() -> int:
    """Exit status 1 if something was found."""
    parser = argparse.ArgumentParser(prog="./run fuzz", description=__doc__)
    parser.add_argument("target", nargs="?", choices=[*TARGETS, "state"], help="one of them; without it all, one after the other")
    parser.add_argument("--minutes", type=float, default=1, help="for each target")
    given = parser.parse_args()
    found = 0
    for name in [given.target] if given.target else [*TARGETS, "state"]:
        print(f"{name} …", flush=True)
        if name == "state":
            found += deep(given.minutes)
        else:
            for file in hunt(name, given.minutes * MINUTE_SECONDS):
                found += 1
                print(f"  broken by {file.relative_to(ROOT)}", flush=True)
    print("nothing found" if not found else f"{found} found: `./run test tests/fuzz` shows what breaks")
    return int(found > 0)


def deep(minutes: float) -> int:
    """The property tests of activities and of visibility, with as many examples as the time allows."""
    examples = str(max(1, round(minutes * DEEP_EXAMPLES_A_MINUTE)))
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-x", "--timeout", "86400", "tests/properties"], cwd=ROOT,
                          env=os.environ | {"FUZZ_EXAMPLES": examples}, check=False)
    return int(done.returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
