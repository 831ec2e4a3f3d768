"""What a command prints: sentences for people, or JSON for programs."""
from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.errors import CommunityError
from server.words.language import gettext_for


class Failed(CommunityError):
    """The command cannot do what was asked; the message is a sentence for the operator."""


class Misused(CommunityError):
    """The command was called in a way that makes no sense; the message says how to call it."""


@dataclass(frozen=True, slots=True)
class Output:
    """Standard output. With `is_json` each `show` is one line of JSON and nothing else is printed."""

    is_json: bool = False

    def show(self, data: object, *lines: str) -> None:
        """The result: `data` for programs, `lines` for people. Written out at once, also into a pipe."""
        if self.is_json:
            print(json.dumps(data, ensure_ascii=False), flush=True)
        elif lines:
            print("\n".join(lines), flush=True)

    def say(self, line: str) -> None:
        """What is being done, for people only."""
        if not self.is_json:
            print(line, flush=True)


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """Lines with aligned columns under their heads."""
    cells = [tuple(heads), *(tuple("" if cell is None else str(cell) for cell in row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    return tuple("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells)


def sentence(error: CommunityError) -> str:
    """An error in plain English: the words that pages use where they have some, else those meant for the operator."""
    if isinstance(error, (Failed, Misused)):
        return str(error)
    said = gettext_for("en")(error.safe)
    is_code = said == error.safe and " " not in said
    return str(error) if is_code or error.safe == CommunityError.safe else said


def complain(text: str) -> None:
    """Tell the operator what went wrong, on standard error."""
    print(text, file=sys.stderr, flush=True)
