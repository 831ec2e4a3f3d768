"""Reading single JSON values as the fediverse writes them: one or a list, a string or an object, right or odd.

Required values raise Malformed; optional ones that make no sense count as absent, so that one odd property of one
kind of software does not lose a whole post. Everything is bounded.
"""
from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from federation.addresses import host_of
from federation.contexts import PUBLIC, is_public
from federation.errors import Malformed
from models.clock import now

MAX_ID_CHARS = 500
MAX_NAME_CHARS = 200
MAX_TYPES = 10
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSEEN = re.compile(r"[\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]")
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE = re.compile(f"({_MARK}{{3}}){_MARK}+")
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FUTURE = timedelta(days=1)


def many(value: Any, limit: int) -> list[Any]:
    """The first `limit` items of what may be a list, a single item or nothing."""
    if value is None:
        return []
    return value[:limit] if isinstance(value, list) else [value]


def text(value: Any, limit: int = MAX_NAME_CHARS) -> str | None:
    """A string, cut to `limit` characters; None if it is something else."""
    return value[:limit] if isinstance(value, str) else None


def line(text: str) -> str:
    """A name as one line that people see and that changes nothing around it: without controls, turns of direction, signs that
    nobody can see, and marks piled upon marks (Unicode Technical Report 36). What joins letters and emoji stays.
    """
    return " ".join(_PILE.sub(r"\1", _UNSEEN.sub("", _BREAKS.sub(" ", text))).split())


def link(value: Any) -> str | None:
    """An http(s) URL of at most 500 characters, from a string, an object with an id, a Link, or the first of a list."""
    for item in many(value, MAX_TYPES):
        if isinstance(item, dict):
            item = item.get("id") or item.get("href") or item.get("url")
        if isinstance(item, str) and is_id(item):
            return item
    return None


def on_host_of(url: str | None, id_: str) -> str:
    """A page, if it is on the server of what it shows: a link that says so leads to no other. Else ""."""
    return url if url and host_of(url) == host_of(id_) else ""


def is_id(value: str) -> bool:
    """Whether this can be an id: an absolute http(s) URL, not too long."""
    if len(value) > MAX_ID_CHARS:
        return False
    try:
        host_of(value)
    except Malformed:
        return False
    return True


def required_link(document: dict[str, Any], name: str) -> str:
    """The same for a property that must be there; Malformed if there is none."""
    if (uri := link(document.get(name))) is None:
        raise Malformed(f"{name} must be an http URL")
    return uri


def own_id(document: dict[str, Any]) -> str:
    """The id of the document itself, which is a string and nothing else; Malformed otherwise."""
    uri = document.get("id")
    if not isinstance(uri, str) or not is_id(uri):
        raise Malformed("id must be an http URL")
    return uri


def links(value: Any, limit: int) -> tuple[str, ...]:
    """At most `limit` distinct URLs in order; what is no URL is skipped."""
    return tuple(dict.fromkeys(uri for item in many(value, limit) if (uri := link(item)) is not None))


def audience(value: Any, limit: int) -> tuple[str, ...]:
    """Addressees: like `links`, and the public collection in its one full spelling."""
    found: list[str] = []
    for item in many(value, limit):
        if isinstance(item, str) and is_public(item):
            found.append(PUBLIC)
        elif (uri := link(item)) is not None:
            found.append(PUBLIC if is_public(uri) else uri)
    return tuple(dict.fromkeys(found))


def type_of(document: dict[str, Any], known: Iterable[str]) -> str:
    """The type: of several the first that is known, else the first. Malformed if there is none."""
    types = [item for item in many(document.get("type"), MAX_TYPES) if isinstance(item, str) and 0 < len(item) <= 100]
    if not types:
        raise Malformed("type must be a name")
    known = frozenset(known)
    return next((item for item in types if item in known), types[0])


def instant(value: Any, ahead: timedelta = FUTURE) -> datetime | None:
    """An aware time in UTC, kept between 1990 and `ahead` of now, which is tomorrow; without an offset it is taken as UTC."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        read = datetime.fromisoformat(value)
        read = read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return min(max(read, EARLIEST), now() + ahead)


def flag(value: Any) -> bool:
    """True only for true: what is missing or odd means no."""
    return value is True


def size(value: Any) -> int | None:
    """A length in pixels that an image can have."""
    return value if type(value) is int and 0 < value <= 100_000 else None


def objects(value: Any, limit: int) -> list[dict[str, Any]]:
    """The objects among at most `limit` items; strings, numbers and null are skipped."""
    return [item for item in many(value, limit) if isinstance(item, dict)]
