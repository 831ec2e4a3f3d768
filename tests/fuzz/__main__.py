"""`./run fuzz [TARGET] [--minutes N]`: tries inputs that nobody thought of; what breaks something is kept in corpus/."""
from __future__ import annotations

import argparse
import os
import subprocess
import sys

from tests.fuzz import native
from tests.fuzz.machine import hunt
from tests.fuzz.targets import TARGETS
from tests.test_layers import ROOT

MINUTE_SECONDS = 60
DEEP_EXAMPLES_A_MINUTE = 80  # of the stateful tests, which need whole servers


def main() -> int:
    """Exit status 1 if something was found."""
    parser = argparse.ArgumentParser(prog="./run fuzz", description=__doc__)
    parser.add_argument("target", nargs="?", choices=[*TARGETS, *WHOLE], help="one of them; without it all, one after the other")
    parser.add_argument("--minutes", type=float, default=1, help="for each target")
    parser.add_argument("--atheris", action="store_true", help="under libFuzzer, which is installed for it")
    given = parser.parse_args()
    found = 0
    for name in [given.target] if given.target else [*TARGETS, *WHOLE]:
        print(f"{name} …", flush=True)
        if name in WHOLE and given.atheris:
            print("  needs whole servers: not under libFuzzer", flush=True)
        elif name in WHOLE:
            found += WHOLE[name](given.minutes)
        elif given.atheris:
            found += native.hunt(name, given.minutes)
        else:
            for file in hunt(name, given.minutes * MINUTE_SECONDS):
                found += 1
                print(f"  broken by {file.relative_to(ROOT)}", flush=True)
    print("nothing found" if not found else f"{found} found: `./run test tests/fuzz` shows what breaks")
    return int(found > 0)


def deep(minutes: float) -> int:
    """The property tests of activities and of visibility, with as many examples as the time allows."""
    return _tests("tests/properties", FUZZ_EXAMPLES=str(max(1, round(minutes * DEEP_EXAMPLES_A_MINUTE))))


def api(minutes: float) -> int:
    """Requests to the client API, made out of its own description."""
    return _tests("tests/fuzz/test_api.py", FUZZ_API_SECONDS=str(minutes * MINUTE_SECONDS))


def _tests(path: str, **variables: str) -> int:
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-x", "--timeout", "86400", path], cwd=ROOT,
                          env=os.environ | variables, check=False)
    return int(done.returncode != 0)


#: What needs whole servers, beside TARGETS.
WHOLE = {"state": deep, "api": api}


if __name__ == "__main__":
    sys.exit(main())
