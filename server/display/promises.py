"""Charters in words: what a community promises, line by line, and where a new version promises less."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel import Locale

from models.community import Minors
from moderation.charters import Part, Terms
from server.actions.charter import Owner
from server.views import Fact
from server.words.language import Words, day


@dataclass(frozen=True, slots=True)
class Change:
    """One promise that is not the same any more."""

    term: str
    before: str
    now: str
    is_weaker: bool


def lines(terms: Terms, _: Words) -> tuple[Fact, ...]:
    """Every promise of a charter."""
    return tuple(Fact(term=part_name(part, _), text=_said(part, terms, _)) for part in Part)


def changes(old: Terms, new: Terms, parts: Sequence[Part], weaker: Sequence[Part], _: Words) -> tuple[Change, ...]:
    """These promises before and now."""
    return tuple(Change(part_name(part, _), _said(part, old, _), _said(part, new, _), part in weaker) for part in parts)


def new_owner(owner: Owner, _: Words) -> str:
    """What members read about a partner that has another owner."""
    if owner.agreed_at is None:
        return _("Run by %(now)s now, before by %(before)s. Nothing goes there until our host has decided.",
                 now=owner.now, before=owner.before)
    return _("Run by %(now)s since %(when)s, before by %(before)s.", now=owner.now, before=owner.before,
             when=day(owner.agreed_at, _.language))


def part_name(part: Part, _: Words) -> str:
    """What a promise is about."""
    return {
        Part.OWNER: _("Who runs it"),
        Part.COUNTRY: _("Country"),
        Part.CONTACT: _("To write to the team"),
        Part.FUNDING: _("Who pays"),
        Part.RETENTION: _("Copies from partners are kept"),
        Part.AGE: _("Age for an account of one’s own"),
        Part.MINORS: _("Children and young people"),
        Part.WITHDRAWAL: _("What is asked back is erased"),
        Part.OUTSIDE: _("Numbers told outside"),
        Part.INSIDE: _("Numbers told to members"),
    }[part]


def minors_name(rule: Minors, _: Words) -> str:
    """The rule for people under age."""
    return {
        Minors.NONE: _("Adults only"),
        Minors.GUARDIANS: _("Only through somebody who acts for them"),
        Minors.ALONE: _("May join alone from that age on"),
    }[rule]


def _said(part: Part, terms: Terms, _: Words) -> str:
    return {
        Part.OWNER: terms.owner or _("Not said"),
        Part.COUNTRY: str(Locale.parse(_.language).territories.get(terms.country, terms.country)),
        Part.CONTACT: terms.contact or _("Not said"),
        Part.FUNDING: ", ".join(terms.funding) or _("Nobody but itself"),
        Part.RETENTION: _kept(terms.retention_days, _),
        Part.AGE: _.ngettext("From %(num)d year on", "From %(num)d years on", terms.minimum_age),
        Part.MINORS: minors_name(terms.minors, _),
        Part.WITHDRAWAL: _.ngettext("Within %(num)d day", "Within %(num)d days", terms.withdrawal_days),
        Part.OUTSIDE: _("None about fewer than %(count)s people", count=terms.least_outside),
        Part.INSIDE: _("None about fewer than %(count)s people", count=terms.least_inside),
    }[part]


def _kept(days: int | None, _: Words) -> str:
    if days is None:
        return _("Until they are asked back")
    return _.ngettext("For %(num)d day at most", "For %(num)d days at most", days)
