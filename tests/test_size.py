"""The size, complexity, typing and documentation of the source stay within their limits."""
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GAUGE = ROOT.parent / "shared" / "tools" / "measure.py"


def test_the_source_stays_small_and_documented() -> None:
    if not GAUGE.exists():
        pytest.skip("the gauge ../shared/tools/measure.py is not here")
    measured = subprocess.run(
        [sys.executable, GAUGE, ROOT, "--only", "federation", "server", "models", "moderation", "--check", "--json"],
        capture_output=True, text=True, check=False)
    assert measured.returncode == 0, f"{measured.stderr}\n{json.loads(measured.stdout)[0]['worst']}"
