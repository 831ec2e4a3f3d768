"""Listings on the wire: what one partner may know of one of our members, and reading what partners tell of theirs.

A listing names nobody. Its id and its stamp are other ones for each partner (FEP-7aa9's shape, without the actor), and it is
over after fourteen days unless its server says it anew.
"""
from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from federation import values
from federation.addresses import name_in, origin_of, same_origin
from federation.contexts import AS, own_terms
from federation.directories import view_of
from federation.errors import Malformed
from federation.render import instant
from models import Actor, OfferedListing, clock
from models.listings import Told, spoken

TYPE: Final = "Listing"
LIFETIME: Final = timedelta(days=14)
LANGUAGES_LIMIT = 3
ROLES: Final = frozenset({"living", "carer", "relative", "looking", "bereaved", "professional", "researcher"})
AGES: Final = frozenset({"18-29", "30-39", "40-49", "50-59", "60-69", "70-79", "80+"})
_CONDITION = re.compile(r"ORPHA:[0-9]{1,7}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
Document = dict[str, Any]


#: The words of FEP-7aa9 and of GoToSocial beside our own.
_TERMS: Final[dict[str, Any]] = {
    "gts": "https://gotosocial.org/ns#",
    "FeatureAuthorization": "https://w3id.org/fep/7aa9#FeatureAuthorization",
    "featureAuthorization": {"@id": "https://w3id.org/fep/7aa9#featureAuthorization", "@type": "@id"},
    "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
    "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"}}
_WORDS = ("Listing", "listings", "condition", "role", "country", "ageBand", "spokenLanguages", "introduction",
          "WaitingList", "waiting", "epoch", "entries", "blinded", "answers", "answer")


def terms(origin: str) -> dict[str, Any]:
    """The words of the directory, as `{origin}/ns` explains them."""
    return _TERMS | own_terms(origin) | {word: f"dazzle:{word}" for word in _WORDS}


def context(origin: str) -> list[Any]:
    """The `@context` of a listing, a stamp, a page of them, or what one directory says to another."""
    return [AS, terms(origin)]


def uri_of(us: Actor, key: str) -> str:
    """The id of a listing of ours."""
    return f"{view_of(us.uri)}/{key}"


def stamp_uri_of(us: Actor, key: str) -> str:
    """Where the member's permission for one listing stands."""
    return f"{us.uri}/stamps/{key}"


def key_in(uri: str | None, us: Actor) -> str:
    """The key in the id of a listing of ours; "" if it is none."""
    return name_in(uri, uri_of(us, ""))


def ends_at() -> datetime:
    """Until when what is said now holds."""
    return (clock.now() + LIFETIME).replace(microsecond=0)


def document(row: OfferedListing, us: Actor) -> Document:
    """What a partner is told, without its `@context`."""
    told = {name: row.facets[facet] for facet, name in (("condition", "condition"), ("role", "role"), ("country", "country"),
                                                        ("age", "ageBand")) if row.facets.get(facet)}
    if languages := row.facets.get("language", "").split():
        told["spokenLanguages"] = languages  # type: ignore[assignment]
    return {"id": uri_of(us, row.key), "type": TYPE, "attributedTo": us.uri,
            "featureAuthorization": stamp_uri_of(us, row.stamp_key), **told, "updated": instant(row.updated_at),
            "endTime": instant(ends_at())}


def stamp(row: OfferedListing, us: Actor, them: Actor) -> Document:
    """The permission to list somebody: for this directory, this listing, and until then."""
    return {"@context": context(origin_of(us.uri)), "id": stamp_uri_of(us, row.stamp_key), "type": "FeatureAuthorization",
            "attributedTo": us.uri, "interactingObject": them.uri, "interactionTarget": uri_of(us, row.key),
            "endTime": instant(ends_at())}


def digest(versions: Iterable[tuple[str, datetime]]) -> str:
    """What two servers compare to know that they mean the same list: the SHA-256 of each id and when it was changed, joined by
    exclusive or, as in FEP-8fcf. Zeros for none.
    """
    joined = 0
    for uri, updated in versions:
        joined ^= int.from_bytes(hashlib.sha256(f"{uri}\n{instant(updated)}".encode()).digest())
    return joined.to_bytes(32).hex()


def parse(given: object, directory: Actor) -> Told:
    """A listing of a partner. Malformed unless it is one of that very directory, on its own server, with its times.

    A facet that makes no sense counts as untold.
    """
    if not isinstance(given, dict) or given.get("type") != TYPE or values.link(given.get("attributedTo")) != directory.uri:
        raise Malformed("not a listing of this directory", host=directory.host)
    uri, stamp_uri = values.own_id(given), values.required_link(given, "featureAuthorization")
    updated, until = values.instant(given.get("updated"), timedelta()), values.instant(given.get("endTime"), LIFETIME)
    if not same_origin(uri, directory.uri) or not same_origin(stamp_uri, directory.uri) or uri == directory.uri:
        raise Malformed("a listing of another server", host=directory.host)
    if updated is None or until is None or until <= clock.now():
        raise Malformed("a listing without its times, or whose time is over", host=directory.host)
    return Told(uri, directory.host, _facets(given), updated.replace(microsecond=0), until, stamp_uri)


def _facets(given: Mapping[str, Any]) -> tuple[str, ...]:
    """In the order of `models.directory.FACETS`."""
    languages = [one for one in values.many(given.get("spokenLanguages"), LANGUAGES_LIMIT)
                 if isinstance(one, str) and _LANGUAGE.fullmatch(one)]
    role, age = given.get("role"), given.get("ageBand")
    return (_like(given.get("condition"), _CONDITION), role if isinstance(role, str) and role in ROLES else "",
            _like(given.get("country"), _COUNTRY), spoken(languages), age if isinstance(age, str) and age in AGES else "")


def _like(value: object, shape: re.Pattern[str]) -> str:
    return value if isinstance(value, str) and shape.fullmatch(value) else ""
