"""`python -m tests.wire FOLDER [--json] [--only WORD]`: what became of every document of other software."""
from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from models.migration import migrate
from server.background import logs
from server.commands.output import table
from tests.live import LiveServer
from tests.wire.replay import Outcome, replay


async def run(folder: Path, only: str) -> list[Outcome]:
    """Replay the folder against a server made for it."""
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite://{place}/documents.sqlite3"
        await migrate(url)
        async with LiveServer(url, Path(place)) as server:
            logs.configure(server.settings)
            return await replay(server, folder, only)


def main() -> None:
    """Print the table, and how often each thing happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", help="a list of objects instead of a table")
    parser.add_argument("--only", default="", metavar="WORD", help="files with this word in their path")
    given = parser.parse_args()
    outcomes = asyncio.run(run(given.folder, given.only))
    if given.json:
        print(json.dumps([asdict(outcome) for outcome in outcomes], indent=1))
        return
    print("\n".join(table(("file", "kind", "status", "ms", "became"), [outcome.row() for outcome in outcomes])))
    counts = Counter(outcome.became.split(":")[0] for outcome in outcomes)
    print(f"\n{len(outcomes)} documents: " + ", ".join(f"{number} {word}" for word, number in counts.most_common()))
    print(f"slowest answer {max(outcome.ms for outcome in outcomes):.0f} ms")


if __name__ == "__main__":
    main()
