"""Whom to call, by country: what the release brings (`crisis_lines.csv`), and what the host of this community wrote instead."""
from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from models import CrisisLine
from models.crisis import LineKind
from server import views
from server.words.language import Words, gettext_for

FILE = Path(__file__).with_name("crisis_lines.csv")
OLD_AFTER_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One number of a country, where it can be checked, and when somebody did."""

    kind: LineKind
    number: str
    source: str  # an address
    checked_on: date | None = None

    def is_old(self, today: date) -> bool:
        """Whether it wants another look."""
        return self.checked_on is None or (today - self.checked_on).days > OLD_AFTER_DAYS


#: Where nothing better is known: answered in all of Europe, and forwarded by mobile telephones in most other countries.
ANYWHERE = (Line(kind=LineKind.EMERGENCY, number="112", source="https://eur-lex.europa.eu/eli/dir/2018/1972/oj"),)


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, tuple[Line, ...]]:
    """The lines of the release, by country."""
    with FILE.open(encoding="utf-8") as file:
        return _by_country((row["country"], Line(
            kind=LineKind(row["kind"]), number=row["number"], source=row["source"],
            checked_on=date.fromisoformat(row["checked_on"]))) for row in csv.DictReader(
                text for text in file if not text.startswith("#")))


async def written() -> Mapping[str, tuple[Line, ...]]:
    """Those that the host wrote, by country."""
    return _by_country([(row.country, _line(row)) for row in await CrisisLine.all().order_by("country", "id").limit(2000)])


async def of_country(country: str) -> tuple[Line, ...]:
    """Whom to call in a country (ISO 3166-1 alpha-2), the emergency first; 112 where nothing better is known."""
    rows = await CrisisLine.filter(country=country).order_by("id") if country else []
    return tuple(_line(row) for row in rows) or shipped().get(country, ANYWHERE)


async def countries() -> list[str]:
    """The countries of which something is known, by code."""
    return sorted({*shipped(), *await written()})


def shown(lines: Sequence[Line], language: str) -> tuple[views.CrisisLine, ...]:
    """The lines as pages show them."""
    _ = gettext_for(language)
    return tuple(views.CrisisLine(label=kind_name(line.kind, _), number=line.number, by_text=line.kind.is_by_text,
                                  source=line.source, checked_on=line.checked_on) for line in lines)


def kind_name(kind: LineKind, _: Words) -> str:
    """What a line is for, in words."""
    return {
        LineKind.EMERGENCY: _("An emergency"),
        LineKind.EUROPE: _("An emergency, anywhere in Europe"),
        LineKind.EMERGENCY_TEXT: _("By text message, if hearing or speaking is hard"),
        LineKind.DARK_THOUGHTS: _("Dark thoughts"),
        LineKind.DARK_TEXT: _("Dark thoughts, by text message"),
    }[kind]


def _line(row: CrisisLine) -> Line:
    return Line(kind=row.kind, number=row.number, source=row.source, checked_on=row.checked_on)


def _by_country(pairs: Iterable[tuple[str, Line]]) -> dict[str, tuple[Line, ...]]:
    found: dict[str, tuple[Line, ...]] = {}
    for country, line in pairs:
        found[country] = (*found.get(country, ()), line)
    return found
