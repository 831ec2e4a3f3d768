"""Charters between communities: what one promises, which of two promises more, and what follows from a change.

A charter that promises as much or more is taken quietly. One that promises less narrows what goes there, and one under
another owner stops it, until our host agrees (health.md §3.2, Versioning).
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from models import Charter
from models.community import Community, Minors
from models.host import Standing

#: Of a partner without a charter, and the longest silence to a withdrawal that we bear from anybody.
WITHDRAWAL_DAYS = 14
#: The European Economic Area, where moving the data changes no right of the people in it (GDPR 44-49).
EEA = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split())
_MINORS = tuple(Minors)  # from the strictest on


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a charter promises. Days and years are whole numbers; `retention_days` None: until their origin asks."""

    owner: str
    country: str  # ISO 3166-1 alpha-2
    contact: str  # of the moderation
    funding: tuple[str, ...] = ()
    retention_days: int | None = None
    minimum_age: int = 16
    minors: Minors = Minors.GUARDIANS
    withdrawal_days: int = 7
    least_outside: int = 11
    least_inside: int = 5
    network: str = ""  # the roster of the network that it says it is in


class Part(StrEnum):
    """One promise of a charter."""

    OWNER = "owner"
    COUNTRY = "country"
    CONTACT = "contact"
    FUNDING = "funding"
    RETENTION = "retention"
    AGE = "age"
    MINORS = "minors"
    WITHDRAWAL = "withdrawal"
    OUTSIDE = "outside"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Judgement:
    """How we stand with a partner under a new charter, and which promises became weaker."""

    standing: Standing
    weaker: tuple[Part, ...] = ()


def judge(agreed: Terms | None, new: Terms) -> Judgement:
    """What a partner's new charter means beside the one that we agreed to; None: there was none, and any is better."""
    if agreed is None:
        return Judgement(Standing.PARTNER)
    less = weaker(agreed, new)
    if Part.OWNER in less:
        return Judgement(Standing.PAUSED, less)
    return Judgement(Standing.NARROWED if less else Standing.PARTNER, less)


def weaker(old: Terms, new: Terms) -> tuple[Part, ...]:
    """Where `new` promises less than `old`. Another owner always counts as less, and so does a new one who pays."""
    found = {
        Part.OWNER: not _same(old.owner, new.owner),
        Part.COUNTRY: old.country != new.country and new.country not in EEA,
        Part.CONTACT: bool(old.contact) and not new.contact,
        Part.FUNDING: not {_plain(one) for one in new.funding} <= {_plain(one) for one in old.funding},
        Part.RETENTION: _days(new.retention_days) > _days(old.retention_days),
        Part.AGE: new.minimum_age < old.minimum_age,
        Part.MINORS: _MINORS.index(new.minors) > _MINORS.index(old.minors),
        Part.WITHDRAWAL: new.withdrawal_days > old.withdrawal_days,
        Part.OUTSIDE: new.least_outside < old.least_outside,
        Part.INSIDE: new.least_inside < old.least_inside}
    return tuple(part for part, is_less in found.items() if is_less)


def below(ours: Terms, theirs: Terms) -> tuple[Part, ...]:
    """What another community promises less than we do, of what can be compared between two."""
    return tuple(part for part in weaker(ours, theirs) if part not in (Part.OWNER, Part.FUNDING))


def differs(old: Terms, new: Terms) -> tuple[Part, ...]:
    """Every promise that is not the same, better or worse."""
    names = {Part.OWNER: "owner", Part.COUNTRY: "country", Part.CONTACT: "contact", Part.FUNDING: "funding",
             Part.RETENTION: "retention_days", Part.AGE: "minimum_age", Part.MINORS: "minors",
             Part.WITHDRAWAL: "withdrawal_days", Part.OUTSIDE: "least_outside", Part.INSIDE: "least_inside"}
    return tuple(part for part, name in names.items() if getattr(old, name) != getattr(new, name))


def is_material(old: Terms, new: Terms) -> bool:
    """Whether a change of our own charter stops what members agreed to until they say yes again: another owner does."""
    return not _same(old.owner, new.owner)


def of_community(community: Community) -> Terms:
    """What our own community promises, as its row stands."""
    return Terms(
        owner=community.association, country=community.country, contact=community.contact,
        funding=tuple(community.funding or ()), retention_days=community.retention_days, minimum_age=community.minimum_age,
        minors=community.minors, withdrawal_days=community.withdrawal_days,
        least_outside=community.least_outside, least_inside=community.least_inside, network=community.network)


def of_row(row: Charter) -> Terms:
    """What a kept charter promises; its document was checked when it came."""
    given: dict[str, Any] = row.document
    return Terms(
        owner=given["legalOwner"], country=given["country"], contact=given["moderationContact"],
        funding=tuple(given["fundedBy"]), retention_days=given["retentionDays"], minimum_age=given["minimumAge"],
        minors=Minors(given["minors"]), withdrawal_days=given["withdrawalDays"],
        least_outside=given["leastOutside"], least_inside=given["leastInside"], network=given.get("network", ""))


async def silence_limit(host: str) -> timedelta:
    """After how much silence to a withdrawal serving to this partner stops: what it promised itself, 14 days at most."""
    row = await Charter.agreed(host)
    days = of_row(row).withdrawal_days if row else WITHDRAWAL_DAYS
    return timedelta(days=min(days, WITHDRAWAL_DAYS))


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    """A name without what only its spelling changes."""
    return " ".join(name.casefold().split())


def _days(days: int | None) -> float:
    return float("inf") if days is None else days
