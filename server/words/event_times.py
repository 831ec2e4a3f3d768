"""When an event is, told by the clock of its place and by that of the reader: few people know how far they are from UTC."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from unicodedata import normalize
from zoneinfo import ZoneInfo

from babel.core import get_global
from babel.dates import get_timezone_location

from server.words.language import Words, locale_of, on_the_wall, time_of_day

_AWAY = re.compile(r"([+-])(\d\d):(\d\d)")


def zone_of(name: str) -> tzinfo | None:
    """The zone that a Post or a member names: "Europe/Paris" or "+02:00"; None for what is no zone."""
    away = _AWAY.fullmatch(name)
    try:
        if away:
            return timezone(timedelta(hours=int(away[2]), minutes=int(away[3])) * (-1 if away[1] == "-" else 1))
        return ZoneInfo(name) if name else None
    except (ValueError, KeyError, OSError):  # a day away or more, or of a computer that knows more zones than this one
        return None


def times(start: datetime | None, end: datetime | None, zone: str, own: str, _: Words) -> tuple[str, str]:
    """When it is by the clock of the place, and by that of the reader ("" where it is the same, or nobody knows theirs). `zone`:
    of the event, `own`: of the reader. At least one of `start` and `end`.
    """
    there, here = zone_of(zone), zone_of(own)
    whens = [when for when in (start, end) if when]
    if there is None:
        return (_("%(when)s (your time)", when=_span(whens, here, _)), "") if here else (
            _("%(when)s (universal time, UTC)", when=_span(whens, UTC, _)), "")
    same = here is not None and all(when.astimezone(there).utcoffset() == when.astimezone(here).utcoffset() for when in whens)
    told = _span(whens, there, _)
    if same:
        return _("%(when)s (your time)", when=told), ""
    place = _("%(when)s (local time: %(place)s)", when=told, place=city(zone, _.language)) if isinstance(there, ZoneInfo) else (
        _("%(when)s (local time, UTC%(away)s)", when=told, away=zone))
    return place, _span(whens, here, _) if here else ""


def _span(whens: Sequence[datetime], zone: tzinfo, _: Words) -> str:
    """From when to when, with the day said once where it is one: "12 March 2026, 18:00 – 20:00"."""
    local = [when.astimezone(zone) for when in whens]
    if len(local) > 1 and local[0].date() == local[1].date():
        return f"{on_the_wall(local[0], _.language)} – {time_of_day(local[1], _.language)}"
    return " – ".join(on_the_wall(when, _.language) for when in local)


def city(zone: str, lang: str) -> str:
    """What people call a zone, in a language: "Europe/London" is "Londres" in French."""
    return get_timezone_location(ZoneInfo(zone), locale=locale_of(lang), return_city=True).rpartition("/")[2]


@lru_cache(maxsize=8)
def choices(lang: str) -> tuple[tuple[str, str], ...]:
    """Every zone that people live in, with its country and city in a language, sorted by that: ("Europe/Paris", "France")."""
    known = get_global("zone_territories").items()
    lands = {name: land for name, land in known if "/" in name and land != "ZZ" and zone_of(name)}
    zones, locale = Counter(lands.values()), locale_of(lang)
    names = {name: f"{locale.territories.get(land, land)}{f' ({city(name, lang)})' if zones[land] > 1 else ''}"
             for name, land in lands.items()}
    return tuple(sorted(names.items(), key=lambda one: normalize("NFKD", one[1])))
