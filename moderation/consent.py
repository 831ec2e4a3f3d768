"""What a member can say yes to, and whether the yes is in force: every exit of this server asks here.

Only *given* permits, and only until it runs out or new words with another meaning are asked (health.md §3.2). The newest
row for a member, purpose and scope decides; no row means no.
"""
from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from models import ConsentRecord, Q
from models.consent import ConsentState, LastWord, Purpose
from models.reach import Reach
from moderation.wordings import WORDINGS, Wording


@dataclass(frozen=True, slots=True)
class Question:
    """One purpose: its words by version, and what the record says about it.

    `is_offered`: Dazzle has what it is about; else nobody is asked, as a switch without effect would be a lie.
    `categories`, `audience`, `recipients`, `retention`: of the record, in the words of health.md §3.2.
    """

    wordings: tuple[Wording, ...]
    categories: str
    audience: str
    recipients: str = ""
    months: int | None = None  # how long a yes counts; None: until it is taken back
    is_offered: bool = False

    @property
    def version(self) -> str:
        """The version that is asked now."""
        return self.wordings[-1].version

    @property
    def still_good(self) -> frozenset[str]:
        """The versions to which a yes still counts: back to the last one that changed the meaning."""
        good: list[str] = []
        for wording in reversed(self.wordings):
            good.append(wording.version)
            if wording.material:
                break
        return frozenset(good)

    def wording(self, version: str) -> Wording | None:
        """What was asked under this version."""
        return next((one for one in self.wordings if one.version == version), None)

    def in_words(self, language: str, *, community: str, condition: str) -> str:
        """The exact words that are asked now."""
        return self.wordings[-1].in_words(language, community=community, condition=condition)


def _asks(purpose: Purpose, categories: str, audience: str, recipients: str = "", *, months: int | None = None,
          offered: bool = False) -> Question:
    return Question(WORDINGS[purpose], categories, audience, recipients, months, offered)


HERE, PARTNERS, WEB, TEAM = Reach.COMMUNITY.value, Reach.PARTNERS.value, Reach.WEB.value, "team"
PROFILE = "pseudonymous_profile"
PURPOSES: dict[Purpose, Question] = {
    Purpose.MEMBERSHIP: _asks(Purpose.MEMBERSHIP, f"contact {PROFILE} free_text messages", HERE, offered=True),
    Purpose.HEALTH_PROFILE: _asks(Purpose.HEALTH_PROFILE, "diagnosis signs treatments", Reach.ME.value, offered=True),
    Purpose.FIELD: _asks(Purpose.FIELD, PROFILE, HERE, offered=True),
    Purpose.FOUND_HERE: _asks(Purpose.FOUND_HERE, PROFILE, HERE, offered=True),
    Purpose.FOUND_BY_PARTNERS: _asks(Purpose.FOUND_BY_PARTNERS, PROFILE, PARTNERS, PARTNERS, months=12,
                                     offered=True),
    Purpose.SHARED_OUT: _asks(Purpose.SHARED_OUT, f"{PROFILE} free_text images messages", PARTNERS, PARTNERS, offered=True),
    Purpose.MAP: _asks(Purpose.MAP, "location", WEB, months=12, offered=True),
    Purpose.MENTOR: _asks(Purpose.MENTOR, PROFILE, HERE),
    Purpose.RESEARCH_CONTACT: _asks(Purpose.RESEARCH_CONTACT, "contact", TEAM, months=24),
    Purpose.STATISTICS: _asks(Purpose.STATISTICS, PROFILE, WEB, offered=True),
    Purpose.RESEARCH_RECORDS: _asks(Purpose.RESEARCH_RECORDS, "diagnosis signs treatments", "researchers", months=24),
    Purpose.INDUSTRY: _asks(Purpose.INDUSTRY, "contact", TEAM, months=24),
    Purpose.IMAGES: _asks(Purpose.IMAGES, "images", HERE),
    Purpose.GENETICS: _asks(Purpose.GENETICS, "genetic family_links", Reach.ME.value, offered=True),
    Purpose.SEARCH_ENGINES: _asks(Purpose.SEARCH_ENGINES, f"{PROFILE} free_text images", WEB, "search_engines", months=12,
                                  offered=True),
    Purpose.CONTENT_IN_MAIL: _asks(Purpose.CONTENT_IN_MAIL, "contact free_text", Reach.ME.value, "mail_provider push_service",
                                   offered=True),
    Purpose.DIRECTORY: _asks(Purpose.DIRECTORY, f"contact {PROFILE}", HERE, offered=True),
    Purpose.MEMORIAL: _asks(Purpose.MEMORIAL, f"{PROFILE} free_text", HERE, offered=True),
}
#: Without it nobody is a member: it is no switch, one leaves.
REQUIRED = frozenset({Purpose.MEMBERSHIP})


def offered() -> list[Purpose]:
    """The purposes that members are asked about, in order."""
    return [purpose for purpose, question in PURPOSES.items() if question.is_offered]


def switches() -> list[Purpose]:
    """Those of them that are one yes or no: not membership, and not the lines of the profile."""
    return [purpose for purpose in offered() if purpose not in REQUIRED and purpose is not Purpose.FIELD]


def digest_of(words: str) -> str:
    """SHA-256 of the words that were shown, in hex."""
    return hashlib.sha256(words.encode()).hexdigest()


_ASKED: ContextVar[dict[tuple[int, Purpose, str], LastWord] | None] = ContextVar("what one act has asked", default=None)


@contextmanager
def asked_once() -> Iterator[None]:
    """An act that says yes or no to nothing itself asks the ledger each question once, for the milliseconds that it lasts.

    Whatever it writes down to be sent is asked about anew before it leaves (`federation.disclosure`).
    """
    token = _ASKED.set({})
    try:
        yield
    finally:
        _ASKED.reset(token)


async def permits(actor_id: int, purpose: Purpose, scope: str = "") -> LastWord | None:
    """The record under which this may be done with the member's data, or None: it may not."""
    asked = _ASKED.get()
    newest = asked.get((actor_id, purpose, scope)) if asked else None
    if newest is None:
        newest = await ConsentRecord.last_word(actor_id, purpose, scope)
        if asked is not None and newest is not None:
            asked[actor_id, purpose, scope] = newest
    if newest is None or not newest.is_given or newest.wording not in PURPOSES[purpose].still_good:
        return None
    return newest


async def in_force(actor_id: int, purpose: Purpose) -> LastWord | None:
    """The same, for a purpose that has no scopes."""
    return await permits(actor_id, purpose)


async def may_leave(actor_id: int) -> LastWord | None:
    """The record that lets anything of this member of ours be copied to another server."""
    return await permits(actor_id, Purpose.SHARED_OUT)


def is_in_force(record: ConsentRecord) -> bool:
    """Whether this newest word permits: given, not run out, and to words that mean what is asked today."""
    return record.is_given and record.wording in PURPOSES[record.purpose].still_good


def is_frozen(record: ConsentRecord) -> bool:
    """Whether it was a yes, and waits for a yes to what changed since."""
    return record.is_given and not is_in_force(record) or record.event == "frozen"


def authors_who_allow(purpose: Purpose, at: datetime | None = None) -> Q:
    """The posts whose author, of ours, allows this now (or `at` an instant): for conditions on Post."""
    return Q(author_id=ConsentRecord.of_whom_given('"post"."author_id"', purpose, PURPOSES[purpose].still_good, at))


def those_who_allow(purpose: Purpose) -> Q:
    """The members of ours who allow this now: for conditions on Actor."""
    return Q(id=ConsentRecord.of_whom_given('"actor"."id"', purpose, PURPOSES[purpose].still_good))


def ends_at(purpose: Purpose, given_at: datetime) -> datetime | None:
    """When a yes of that moment runs out, counted in calendar months, at the latest on the 28th; None for never."""
    months = PURPOSES[purpose].months
    if months is None:
        return None
    year, month = divmod(given_at.month - 1 + months, 12)
    return given_at.replace(year=given_at.year + year, month=month + 1, day=min(given_at.day, 28))


def state_of(record: ConsentRecord | None) -> ConsentState:
    """What to tell the member: REQUESTED where there is no word yet, EXPIRED as soon as the time is over."""
    if record is None:
        return ConsentState.REQUESTED
    if record.granted and not record.is_given:
        return ConsentState.EXPIRED
    if is_frozen(record):
        return ConsentState.SUPERSEDED
    return record.state or (ConsentState.GIVEN if record.granted else ConsentState.WITHDRAWN)
