"""The list of people who can be found, in SQL: a million rows, and no statement that walks them all while somebody waits."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from models import clock
from models.database import rows, tuples, write_rows
from models.directory import FACETS, Listing
from models.ids import new_id, new_key
from models.queues import marks

CHUNK = 500
AT_ONCE = 20  # places of a page
WALK_ROWS = 1_500  # that one search looks at
END = 2**62
SHOWN = tuple(f"shown_{facet}" for facet in FACETS)
HIDDEN = ", ".join(f"{column} = ''" for column in SHOWN)
#: By which of these an index leads to the rows, the most telling first; the others are looked at on the way.
LEADS = ("shown_condition", "shown_country", "shown_role", "shown_age")
Facets = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One listing as it came, or as one of our members wants it. The facets in the order of FACETS."""

    uri: str
    host: str
    facets: Facets
    updated_at: datetime
    ends_at: datetime | None = None
    stamp_uri: str = ""
    actor_id: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for, as codes; "" for anything."""

    condition: str = ""
    role: str = ""
    country: str = ""
    language: str = ""
    age: str = ""


class Kind(NamedTuple):
    """People who tell the same, and of whom the same is shown now; whether that is worked out, and how many they are."""

    facets: Facets
    shown: Facets
    is_placed: bool
    people: int


@dataclass(frozen=True, slots=True)
class Found:
    """Keys of listings, and where the next ones begin: None at the end."""

    places: tuple[int, ...]
    next: int | None


def place_of(uri: str) -> int:
    """Where somebody stands in the list: at random, and always there."""
    return int.from_bytes(sha256(uri.encode()).digest()[:8]) >> 2


def spoken(languages: Sequence[str]) -> str:
    """Languages as the column holds them: " en fr "; "" for none."""
    return f" {' '.join(sorted(set(languages)))} " if languages else ""


async def put(told: Sequence[Told], least: int) -> None:
    """Take these in, or bring them up to date; what is older than what is known changes nothing. What of them may be shown is
    worked out later, and a class that somebody left is hidden if it is too small now. Inside a transaction.
    """
    left = await _classes([one.uri for one in told])
    columns = ("id", "created_at", "uri", "key", "host", "actor_id", "stamp_uri", *FACETS, "place", "updated_at", "ends_at")
    changed = " OR ".join(f"listing.{facet} <> excluded.{facet}" for facet in FACETS)
    renewed = ", ".join(f"{column} = CASE WHEN {changed} THEN '' ELSE listing.{column} END" for column in SHOWN)
    placed = f"is_placed = (listing.is_placed AND NOT ({changed}))"
    taken = ", ".join(f"{name} = excluded.{name}" for name in ("stamp_uri", *FACETS, "updated_at", "ends_at"))
    values = [(new_id(), clock.now(), one.uri, new_key(), one.host, one.actor_id, one.stamp_uri, *one.facets, place_of(one.uri),
               one.updated_at, one.ends_at) for one in told]
    await write_rows(
        f"INSERT INTO listing ({', '.join(columns)}) VALUES ({marks(len(columns))})"  # noqa: S608
        f" ON CONFLICT (uri) DO UPDATE SET {renewed}, {placed}, {taken}"
        " WHERE listing.updated_at <= excluded.updated_at AND listing.host = excluded.host", values)
    for one in left:
        await _hide_if_small(one, least)


async def _classes(uris: Sequence[str]) -> set[Facets]:
    """As what these are shown now."""
    found: set[Facets] = set()
    for at in range(0, len(uris), CHUNK):
        part = list(uris[at:at + CHUNK])
        found |= {tuple(row) for row in await tuples(
            f"SELECT DISTINCT {', '.join(SHOWN)} FROM listing WHERE uri IN ({marks(len(part))})", part)}  # noqa: S608
    return found


async def take_away(uris: Sequence[str], host: str, least: int) -> int:
    """These are no longer there; how many there were. A class that is too small then is told nothing of. In a transaction."""
    gone = 0
    for at in range(0, len(uris), CHUNK):
        part = list(uris[at:at + CHUNK])
        gone += await _gone(f"uri IN ({marks(len(part))}) AND host = ?", [*part, host], least)
    return gone


async def take_all_away(host: str, least: int) -> int:
    """All that a server told us. Inside a transaction."""
    return await _gone("host = ?", [host], least)


async def end(now: datetime, least: int) -> int:
    """What nobody has said anew in time goes. Inside a transaction."""
    return await _gone("ends_at < ?", [now], least)


async def _gone(where: str, values: Sequence[object], least: int) -> int:
    gone = await rows(f"DELETE FROM listing WHERE {where} RETURNING {', '.join(SHOWN)}", values)  # noqa: S608
    for one in {tuple(row[column] for column in SHOWN) for row in gone}:
        await _hide_if_small(one, least)
    return len(gone)


async def _hide_if_small(shown: Facets, least: int) -> None:
    if not any(shown):
        return
    told = {facet: value for facet, value in zip(FACETS, shown, strict=True) if value}  # an index leads there
    alike, values = " AND ".join(f"{column} = ?" for column in (*SHOWN, *told)), [*shown, *told.values()]
    left = await tuples(f"SELECT 1 FROM listing WHERE {alike} LIMIT {least}", values)  # noqa: S608
    if 0 < len(left) < least:
        await rows(f"UPDATE listing SET {HIDDEN}, is_placed = ? WHERE {alike}", [False, *values])  # noqa: S608


async def renew(host: str, ends_at: datetime) -> None:
    """A server has said that all that it told us still holds."""
    await Listing.filter(host=host).update(ends_at=ends_at)


async def versions(host: str) -> dict[str, datetime]:
    """What we know of a server's list: id -> when it was changed."""
    known = await Listing.filter(host=host).values_list("uri", "updated_at")
    return {str(uri): updated for uri, updated in known}


async def search(wanted: Wanted, start: int, until: int, size: int) -> Found:
    """The next people in the list from `start` on, below `until`, whose shown facets are those. At most WALK_ROWS are looked at:
    where few are among them, fewer than `size` are found, and it goes on from `next`.
    """
    asked = {f"shown_{facet}": value for facet, value in zip(FACETS, astuple(wanted), strict=True) if value}
    lead = next((column for column in LEADS if column in asked), "")
    bounds = [*([asked.pop(lead)] if lead else []), start, until]
    walk = f"FROM listing WHERE {f'{lead} = ? AND ' if lead else ''}place >= ? AND place < ? ORDER BY place"
    found, further = await _walked(walk, bounds, asked, size + 1)
    return Found(tuple(found[:size]), found[size]) if len(found) > size else Found(tuple(found), further)


async def _walked(walk: str, bounds: Sequence[object], asked: Mapping[str, str], size: int) -> tuple[list[int], int | None]:
    """The first places on a walk at which all that is asked is shown, and the place at which the next walk begins. One
    statement for both: where the machine is busy, its way there and back takes longer than the walk.
    """
    others = [f"{column} LIKE ?" if column == "shown_language" else f"{column} = ?" for column in asked]
    values = [f"% {value} %" if column == "shown_language" else value for column, value in asked.items()]
    where = f" WHERE {' AND '.join(others)}" if others else ""
    found = await tuples(
        f"SELECT place, 0 FROM (SELECT place FROM (SELECT place, {', '.join(SHOWN)} {walk} LIMIT {WALK_ROWS}) AS walked{where}"  # noqa: S608
        f" ORDER BY place LIMIT {size}) AS fitting"
        f" UNION ALL SELECT place, 1 FROM (SELECT place {walk} LIMIT 1 OFFSET {WALK_ROWS}) AS beyond",
        [*bounds, *values, *bounds])
    further = [int(place) for place, is_further in found if is_further]
    return sorted(int(place) for place, is_further in found if not is_further), further[0] if further else None


async def unplaced() -> bool:
    """Whether there is somebody of whom it is not worked out yet what may be shown."""
    return bool(await tuples("SELECT 1 FROM listing WHERE is_placed = ? LIMIT 1", [False]))


class Known(NamedTuple):
    """People with one condition: how many they are, of how many it is shown, and of how many it was decided that it is not."""

    people: int
    shown: int
    hidden: int


async def conditions() -> dict[str, Known]:
    """What there is, by condition. Read from an index alone."""
    sql = ("SELECT condition, shown_condition = '', is_placed, COUNT(*) FROM listing"
           " GROUP BY condition, shown_condition = '', is_placed")
    found = defaultdict[str, list[int]](lambda: [0, 0, 0])
    for condition, is_hidden, is_placed, count in await tuples(sql):
        known = found[str(condition)]
        known[0] += count
        known[1] += 0 if is_hidden else count
        known[2] += count if is_hidden and is_placed else 0
    return {condition: Known(*known) for condition, known in found.items()}


async def with_news() -> set[str]:
    """The conditions of those of whom it is not worked out yet."""
    return {str(row[0]) for row in await tuples("SELECT DISTINCT condition FROM listing WHERE is_placed = ?", [False])}


async def kinds(conditions: Sequence[str]) -> list[Kind]:
    """People with these conditions by all that they tell and by what is shown of it now. Read from an index alone."""
    found: list[Kind] = []
    columns = ", ".join((*FACETS, *SHOWN, "is_placed"))
    for at in range(0, len(conditions), CHUNK):
        part = list(conditions[at:at + CHUNK])
        sql = (f"SELECT {columns}, COUNT(*) FROM listing WHERE condition IN ({marks(len(part))})"  # noqa: S608
               f" GROUP BY {columns}")
        found += [Kind(tuple(row[:5]), tuple(row[5:10]), bool(row[10]), int(row[11])) for row in await tuples(sql, part)]
    return found


async def show(shown: Sequence[tuple[Kind, Facets]], least: int) -> None:
    """Show this of all of a kind, and touch nobody else. A class that somebody left since it was counted is hidden if it is too
    small now. Inside a transaction.
    """
    alike = " AND ".join(f"{column} = ?" for column in (*FACETS, *SHOWN, "is_placed"))
    new = ", ".join(f"{column} = ?" for column in SHOWN)
    await write_rows(f"UPDATE listing SET {new}, is_placed = ? WHERE {alike}",  # noqa: S608
                     [(*told, True, *kind.facets, *kind.shown, kind.is_placed) for kind, told in shown])
    for one in {told for _, told in shown}:
        await _hide_if_small(one, least)


async def at(places: Sequence[int]) -> list[Any]:
    """The listings at these places, in order. Asked in one length, as PostgreSQL prepares each statement that it has not met."""
    even = [*places, *[-1] * (-len(places) % AT_ONCE or (0 if places else AT_ONCE))]
    return await Listing.filter(place__in=even).order_by("place").select_related("actor")
