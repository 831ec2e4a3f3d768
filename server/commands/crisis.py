"""`dazzle crisis …`: how well words of distress are told from ordinary talk about illness and grief."""
from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from moderation import distress
from server.commands.output import Output
from server.settings import Settings

FILE = Path(distress.__file__).with_name("distress.csv")


@dataclass(frozen=True, slots=True)
class Figures:
    """Of how many sentences of distress how many were found, and of how many others how many were taken for one."""

    distress: int
    found: int
    ordinary: int
    false: int

    @property
    def recall(self) -> float:
        """The share of distress that is found."""
        return self.found / self.distress

    @property
    def false_share(self) -> float:
        """The share of ordinary sentences that are taken for distress."""
        return self.false / self.ordinary


async def check(_settings: Settings, out: Output,
                show: Annotated[bool, typer.Option(help="Print the sentences that are told wrongly.")] = False) -> int:
    """Measure the words of distress on the sentences of moderation/distress.csv, in French and English.

    Some of them were never looked at while the phrases were made: what comes of those is nearer to what members write. JSON:
    {"all": {"distress", "found", "recall", "ordinary", "false", "false_share"}, "unseen": the same, "wrong": [texts]}.
    """
    rows = sentences()
    all_, unseen = figures(rows), figures([row for row in rows if row["seen"] == "no"])
    wrong = [row["text"] for row in rows if distress.speaks_of_danger([row["text"]]) is not (row["is_distress"] == "yes")]
    lines = [f"All:    {_words(all_)}", f"Unseen: {_words(unseen)}", *(wrong if show else ())]
    out.show({"all": _json(all_), "unseen": _json(unseen), "wrong": wrong}, "\n".join(lines))
    return 0


def sentences() -> list[dict[str, str]]:
    """The sentences: is_distress, language, seen, text."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def figures(rows: list[dict[str, str]]) -> Figures:
    """How well these are told apart."""
    found = [distress.speaks_of_danger([row["text"]]) for row in rows]
    meant = [row["is_distress"] == "yes" for row in rows]
    pairs = list(zip(meant, found, strict=True))
    return Figures(sum(meant), pairs.count((True, True)), len(meant) - sum(meant), pairs.count((False, True)))


def _words(found: Figures) -> str:
    return (f"{found.found} of {found.distress} sentences of distress found (recall {found.recall:.2f}), "
            f"{found.false} of {found.ordinary} others taken for distress ({found.false_share:.3f})")


def _json(found: Figures) -> dict[str, float]:
    return {"distress": found.distress, "found": found.found, "recall": round(found.recall, 4),
            "ordinary": found.ordinary, "false": found.false, "false_share": round(found.false_share, 4)}
