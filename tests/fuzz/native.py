"""`./run fuzz --atheris`: the same targets under libFuzzer, which sees each branch and tries a hundred times as many inputs.

`python -m tests.fuzz.native TARGET SECONDS` is one hunt: libFuzzer ends the process, so each has one of its own. What reaches
something new is kept in var/fuzz/ for the next hunt, beside what libFuzzer said; what breaks something in corpus/, once for
each place that breaks.
"""
from __future__ import annotations

import re
import subprocess
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.kept import CORPUS, keep
from tests.test_layers import ROOT

OURS = ["federation", "moderation", "models", "server"]
LONGEST_BYTES = 8000
MEMORY_MIB = 3000
HANG_SECONDS = 60
WORD_BYTES = 64  # libFuzzer's longest
FOLDER = ROOT / "var" / "fuzz"
COVERED = re.compile(r"^#(\d+)\s+\w+\s+cov: (\d+)", re.M)  # inputs so far, and branches of ours that they reached


def hunt(name: str, minutes: float) -> int:
    """Hunt in a process of its own; how much was found."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    said = FOLDER / f"{name}.log"
    with said.open("wb") as log:
        done = subprocess.run([sys.executable, "-m", "tests.fuzz.native", name, str(round(minutes * 60))], cwd=ROOT, check=False,
                              stdout=subprocess.PIPE, stderr=log, text=True)
    broken = [line for line in done.stdout.splitlines() if line.startswith("  broken by")]
    covered = COVERED.findall(said.read_text(errors="replace"))
    for line in broken:
        print(line, flush=True)
    if covered:
        inputs, reached = covered[-1]
        print(f"  {int(inputs):,} inputs; branches reached: {covered[0][1]} by the seeds, {reached} now", flush=True)
    if done.returncode and not broken:
        print(f"  ended with {done.returncode}, a hang, a crash, or too much memory: see {said.relative_to(ROOT)}", flush=True)
    return len(broken) or int(done.returncode != 0)


def main(name: str, seconds: str) -> None:
    """Hunt; ends the process."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=OURS):
        target = import_module("tests.fuzz.targets").TARGETS[name]
    (FOLDER / name).mkdir(parents=True, exist_ok=True)
    words = FOLDER / f"{name}.words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words if 0 < len(word) < WORD_BYTES))
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST_BYTES}", f"-timeout={HANG_SECONDS}",
               f"-rss_limit_mb={MEMORY_MIB}", f"-dict={words}", "-print_final_stats=1", f"-artifact_prefix={FOLDER}/"]
    atheris.Setup([name, *options, str(FOLDER / name), str(CORPUS / name)], watched(name, target.check))
    atheris.Fuzz()


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def watched(name: str, check: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """The target, which goes on after something broke, and keeps one input for each place."""
    seen: set[tuple[str, int]] = set()

    def one(data: bytes) -> None:
        try:
            check(data)
        except Exception as error:
            frame, line = list(traceback.walk_tb(error.__traceback__))[-1]
            if (place := _place(frame, line)) not in seen:
                seen.add(place)
                if file := keep(name, data):
                    print(f"  broken by {file.relative_to(ROOT)}", flush=True)
    return one


def _place(frame: FrameType, line: int) -> tuple[str, int]:
    return Path(frame.f_code.co_filename).name, line


if __name__ == "__main__":
    main(*sys.argv[1:])
