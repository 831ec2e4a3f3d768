"""The one guard for numbers about people (product.md, Counts; health.md §3.4, R1 to R9).

Every number that a page, a collection or the API says about people comes from here. Below the threshold nothing is said;
above it a number is rounded down to a step, and it is that of the first question of the day. The rows of a table are told
only as far as no row that is not told can be found by subtraction, also by somebody who knows these rules.
"""
from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from models import Community, DailyNumber

LEAST_INSIDE = 5
LEAST_OUTSIDE = 11
STEP = 5
ATTRIBUTES_LIMIT = 2  # R3: no number by more attributes of people than these
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Numbers about fewer people than these are not told: to members, and to anybody else. A host can only raise them."""

    inside: int = LEAST_INSIDE
    outside: int = LEAST_OUTSIDE

    @classmethod
    def of(cls, community: Community) -> Thresholds:
        """What the host chose, never below the rule."""
        return cls(max(community.least_inside, LEAST_INSIDE), max(community.least_outside, LEAST_OUTSIDE))


@dataclass(frozen=True, slots=True)
class Table(Generic[K]):
    """What may be told of a table. None: not told."""

    rows: Mapping[K, int | None]
    total: int | None


class Band(StrEnum):
    """How many people there are, as far as another community is told (R8). The text is what is told."""

    FEW = "<11"
    TENS = "11–25"
    DOZENS = "26–100"
    HUNDREDS = "101–500"
    MANY = ">500"


_BANDS = ((Band.FEW, 0), (Band.TENS, 11), (Band.DOZENS, 26), (Band.HUNDREDS, 101), (Band.MANY, 501))


class TooManyAttributes(ValueError):
    """A number by so many attributes points at somebody."""


def inside(count: int, least: int = LEAST_INSIDE) -> int | None:
    """What members may read of a count: None below the threshold, else rounded down to a step."""
    return told(count, least)


def outside(count: int, least: int = LEAST_OUTSIDE) -> int | None:
    """What anybody else may read of it."""
    return told(count, least)


def told(count: int, least: int) -> int | None:
    """A count as it is told: None for fewer than `least`, none included; else rounded down to a step of five."""
    return None if count < least else count - count % STEP


def table(rows: Mapping[K, int], least: int, attributes: Sequence[str] = ()) -> Table[K]:
    """The rows of a table that count different people, and their total, as far as they may be told.

    Raises TooManyAttributes for numbers by more than two attributes.
    """
    if len(attributes) > ATTRIBUTES_LIMIT:
        raise TooManyAttributes(", ".join(attributes))
    total = told(sum(rows.values()), least)
    known = None if total is None else max(total, least)
    shown = {name: number for name, number in rows.items() if number >= least}
    largest = least - 1  # what a hidden row can be at most, as far as anybody knows
    while not _keeps_silent(list(shown.values()), len(rows) - len(shown), largest, known):
        if not shown:
            total = None if largest < least else total
            break
        smallest = min(shown.values())
        shown = {name: number for name, number in shown.items() if number > smallest}  # by its number, never by its place
        largest = max(least, smallest - smallest % STEP)
    return Table({name: told(shown[name], least) if name in shown else None for name in rows}, total)


def among(part: int, whole: int, least: int) -> int | None:
    """How many of a group that is counted elsewhere: told only if those who are not among them are safe too."""
    return table({True: part, False: whole - part}, least).rows[True]


def answers(options: Mapping[K, int | None], voters: int | None, is_multiple: bool, least: int) -> Table[K]:
    """How many chose each answer of a question, and how many chose at all, as far as it may be told. Numbers that nobody said
    stay unsaid.
    """
    if any(number is None for number in options.values()):
        return Table({name: None if number is None else told(number, least) for name, number in options.items()},
                     None if voters is None else told(voters, least))
    known = {name: number or 0 for name, number in options.items()}
    if not is_multiple:
        return table(known, least)
    whole = max([voters or 0, *known.values()])
    return Table({name: among(number, whole, least) for name, number in known.items()}, told(whole, least))


def _keeps_silent(shown: Sequence[int], hidden: int, largest: int, total: int | None) -> bool:
    """Whether every row that is not told may be empty, as far as subtraction can tell: what is left of the total at least, once
    every told row is as large as it can be, fits into the other hidden rows.
    """
    if not hidden or total is None:
        return True
    left = total - sum(number - number % STEP + STEP - 1 for number in shown)
    return left <= 0 or left <= (hidden - 1) * largest


def band(count: int) -> Band:
    """The band of a count."""
    return [name for name, least in _BANDS if count >= least][-1]


def veiled(count: int, least: int, secret: str, name: str) -> Band:
    """The band of a count that others may watch for many days, of people who come and go: it begins up to four people later than
    it says, where exactly is a secret of `name` that never changes. When a band appears or goes, it tells nobody that there are
    ten or eleven people now, not even somebody who knows who came. FEW: nothing may be told, below `least` in any case.
    """
    late = int.from_bytes(hmac.new(secret.encode(), name.encode(), hashlib.sha256).digest()) % STEP
    return Band.FEW if count - late < least else band(count - late)


def lower(one: Band, other: Band) -> Band:
    """The lower of two bands."""
    order = [name for name, _ in _BANDS]
    return min(one, other, key=order.index)


def sum_of_bands(bands: Sequence[Band]) -> Band:
    """A band for several communities together, of what their bands say at least (R9): never of a number of one of them."""
    least = dict(_BANDS)
    return band(sum(least[one] for one in bands))


async def thresholds() -> Thresholds:
    """Those of this community."""
    return Thresholds.of(await Community.current())


async def of_today(name: str, count: Callable[[], Awaitable[int]]) -> int:
    """The true number of today's first question, to be told through this module; `name` says of what, without personal data."""
    return await DailyNumber.of(name, count)
