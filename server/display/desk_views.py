"""The queue and the team as the page shows them. No name of a person who is reported, and no word of theirs, stands in it."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models import Actor, Case, Member, case_lists, desk
from models.case import Urgency
from models.case_lists import Counts, Place, Tab
from server.views import Pager
from server.views import Tab as TabView
from server.words import case_words
from server.words.language import Words
from server.words.wording import matter_name

PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One line of the queue."""

    url: str
    title: str
    matter: str
    icon: str
    look: str
    is_urgent: bool
    since: datetime
    reports: int
    host: str  # of the person, where that is not ours
    holder: str  # who of the team has it
    is_mine: bool
    wants_second: bool
    is_unanswered: bool  # the question that the team asked
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleagueView:
    """Somebody of the team: how many cases they have open now, and until when they take a break."""

    actor_id: int
    name: str
    cases: int
    break_until: datetime | None
    is_me: bool


@dataclass(frozen=True, slots=True)
class QueueView:
    """One page of one list."""

    rows: Sequence[CaseRow]
    tabs: Sequence[TabView]
    counts: Counts
    pager: Pager
    team: Sequence[ColleagueView]


async def queue(tab: Tab, reader: Member, after: Place | None, _: Words) -> QueueView:
    """A page of the queue, in four questions however many cases there are."""
    counts = await case_lists.counts(reader.actor_id)
    found = await case_lists.page(tab, reader.actor_id, after, PAGE)
    last = found[PAGE - 1] if len(found) > PAGE else None
    pager = Pager(older_url=f"/admin/queue?list={tab}&after={last.urgency}-{last.id}" if last else "")
    return QueueView([row(case, case.claimed_by, reader, _) for case in found[:PAGE]], _tabs(tab, counts, _), counts, pager,
                     await colleagues(reader, await desk.team()))


def row(case: Case, holder: Actor | None, reader: Member, _: Words) -> CaseRow:
    """One case, with whom it is about. `holder`: who had it last, whose it still is or is not."""
    icon, look = case_words.LOOKS[case.matter]
    return CaseRow(
        url=f"/admin/cases/{case.id}", title=case_words.title(case, _), matter=matter_name(case.matter, _), icon=icon, look=look,
        is_urgent=case.is_open and case.urgency == Urgency.DANGER, since=case.created_at, reports=case.reports_count,
        host=case.about.host if case.about else "", holder=holder.shown_name if holder and case.holder_id else "",
        is_mine=case.holder_id == reader.actor_id, wants_second=case.second_asked_by_id not in (None, reader.actor_id),
        is_unanswered=case.is_unanswered, closed_at=case.closed_at)


async def colleagues(reader: Member, team: Sequence[Member]) -> list[ColleagueView]:
    """These people of the team, in the order in which they came: nobody is ranked."""
    loads = await case_lists.loads()
    ordered = sorted(team, key=lambda one: one.id)
    return [ColleagueView(actor_id=one.actor_id, name=one.actor.shown_name, cases=loads.get(one.actor_id, 0),
                          break_until=one.break_until if one.is_on_break else None, is_me=one.id == reader.id) for one in ordered]


def place(text: str) -> Place | None:
    """Where a page begins, as its address says it: "1-123"."""
    urgency, _, case_id = text.partition("-")
    if not (urgency.isascii() and case_id.isascii() and urgency.isdecimal() and case_id.isdecimal()):
        return None
    return Place(int(urgency), int(case_id)) if len(urgency) < 3 and len(case_id) < 19 else None


def _tabs(tab: Tab, counts: Counts, _: Words) -> list[TabView]:
    titles = {Tab.TODO: _("To do · %(num)s", num=counts.todo), Tab.MINE: _("Mine · %(num)s", num=counts.mine),
              Tab.WAITING: _("Waiting for a reply · %(num)s", num=counts.waiting), Tab.CLOSED: _("Closed")}
    return [TabView(title=title, url=f"/admin/queue?list={one}", is_current=one is tab) for one, title in titles.items()]
