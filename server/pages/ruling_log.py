"""The log of what was decided: whole for the team, and for everybody without names.

In a community of forty people a day, a name or a message would say who it was about. So the log for everybody holds no message,
no person and no day: acts about messages by month, once the month is over, in no order of time; acts about people as numbers of a
year, which are not told below the threshold of all numbers about people (`moderation.counts`).
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from aiohttp import web

from models import Actor, Q, Ruling, Statement, clock
from models.case import Matter
from models.errors import NotHere
from models.ruling import Act
from moderation import counts
from server import render
from server.actions import looks, rulings, standing
from server.doors import see
from server.forms import whole_number
from server.keys import FORM, LANGUAGE, MEMBER
from server.language import Words, gettext_for, month
from server.ruling_words import act_name
from server.views import Pager
from server.wording import matter_name

PAGE = 50
WORDS_LIMIT = 2000  # characters
READ_LIMIT = 5000  # rulings of a year; a volunteer team does not decide more
ABOUT_MESSAGES = (Act.NOTE, Act.LABEL, Act.HIDE, Act.HOLD, Act.RESOLVE, Act.DELETE)
ABOUT_PEOPLE = (Act.WARN, *standing.STANDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """A ruling as the team reads it."""

    number: int
    title: str
    matter: str
    rule: int
    whom: str
    url: str
    by: str
    second: str
    when: datetime
    until: datetime | None
    facts: str  # as the person reads them; "" where nobody was told
    is_undone: bool
    may_undo: bool
    may_agree: bool


@dataclass(frozen=True, slots=True)
class MonthView:
    """What was decided about messages in a month: (act, matter, rule, how often)."""

    title: str
    rows: Sequence[tuple[str, str, int, int]]


async def show_team(request: web.Request) -> web.Response:
    """GET /admin/log: newest first; what waits for a second person stands above."""
    before, me = whole_number(request.query.get("before", "")), request[MEMBER].actor
    found = Ruling.filter(id__lt=before) if before else Ruling.all()
    rows = await found.order_by("-id").limit(PAGE + 1)
    waiting = [] if before else await _waiting()
    views = await _views(request, [*rows[:PAGE], *waiting])
    await looks.note(me, (row.subject_id for row in rows[:PAGE]), "ruling.read")
    pager = Pager(older_url=f"/admin/log?before={rows[PAGE - 1].id}" if len(rows) > PAGE else "")
    return render.page(request, "admin_log.html", here="log", entries=views[:len(rows[:PAGE])],
                       waiting=[view for view in views[len(rows[:PAGE]):] if view.may_agree], pager=pager)


async def decide(request: web.Request) -> web.Response:
    """POST /admin/log/{number}/{back|agree}: take a ruling back, or agree that somebody is kept out for good."""
    ruling = await Ruling.get_or_none(id=whole_number(request.match_info["number"]))
    if ruling is None:
        raise NotHere("no such ruling")
    by = request[MEMBER].actor
    if request.match_info["verb"] == "agree":
        await rulings.agree(ruling, by)
    else:
        await rulings.take_back(ruling, by, request[FORM].text(f"facts-{ruling.id}", WORDS_LIMIT))
    return see("/admin/log")


async def show(request: web.Request) -> web.Response:
    """GET /moderation: for everybody, without names."""
    _, now = gettext_for(request[LANGUAGE]), clock.now()
    this_month = datetime(now.year, now.month, 1, tzinfo=UTC)
    recent = Ruling.filter(created_at__gte=datetime(now.year - 1, now.month, 1, tzinfo=UTC), undoes_id__isnull=True)
    about_messages = recent.filter(act__in=ABOUT_MESSAGES, created_at__lt=this_month).order_by("id").limit(READ_LIMIT)
    years = {year: await _of_year(year, _) for year in (now.year - 1, now.year)}
    return render.page(request, "moderation_log.html", here="about", months=_months(await about_messages, _), years=years,
                       least=(await counts.thresholds()).outside)


async def _waiting() -> list[Ruling]:
    """Bans that one person has proposed."""
    bans = await Ruling.filter(standing.stands((Act.BAN,))).order_by("id").limit(PAGE)
    agreed = {row.subject_id for row in bans if row.second_id}
    return [row for row in bans if row.subject_id not in agreed]


async def _views(request: web.Request, rows: Sequence[Ruling]) -> list[EntryView]:
    _, me = gettext_for(request[LANGUAGE]), request[MEMBER].actor
    ids = {id_ for row in rows for id_ in (row.subject_id, row.by_id, row.second_id) if id_}
    known = {actor.id: actor for actor in await Actor.filter(id__in=ids or {0})}
    undone = {row.undoes_id for row in await Ruling.filter(undoes_id__in=[row.id for row in rows] or [0])}
    agreed = {row.subject_id for row in await Ruling.filter(standing.stands((Act.BAN,)), Q(second_id__isnull=False),
                                                            subject_id__in=ids or {0})}
    told = {row.ruling_id: row for row in await Statement.filter(ruling_id__in=[row.id for row in rows] or [0])}
    views = [_view(row, known, row.id in undone, row.subject_id in agreed, me, _) for row in rows]
    return [replace(view, facts=told[view.number].facts) if view.number in told else view for view in views]


def _view(row: Ruling, known: dict[int, Actor], is_undone: bool, is_agreed: bool, me: Actor, _: Words) -> EntryView:
    subject = known.get(row.subject_id)
    stands = not is_undone and row.undoes_id is None and row.subject_id != me.id and subject is not None
    title = act_name(row.act, _)
    return EntryView(
        number=row.id, title=_("Taken back: %(what)s", what=title) if row.undoes_id else title, matter=matter_name(row.matter, _),
        rule=row.rule, whom=_name(known.get(row.subject_id), _), url=f"/{subject.address}" if subject else "",
        by=_name(known.get(row.by_id or 0), _) if row.by_id else _("the server"),
        second=_name(known.get(row.second_id), _) if row.second_id else "", when=row.created_at, until=row.until, facts="",
        is_undone=is_undone, may_undo=stands and row.act not in (Act.NOTHING, Act.DELETE),
        may_agree=stands and row.act is Act.BAN and not row.second_id and not is_agreed and row.by_id != me.id)


def _name(actor: Actor | None, _: Words) -> str:
    return actor.address if actor and actor.deleted_at is None else _("somebody who has left")


def _months(rows: Sequence[Ruling], _: Words) -> list[MonthView]:
    counted: dict[date, Counter[tuple[Act, Matter, int]]] = {}
    for row in rows:
        counted.setdefault(row.created_at.date().replace(day=1), Counter())[row.act, row.matter, row.rule] += 1
    return [MonthView(month(first, _.language), sorted((act_name(act, _), matter_name(matter, _), rule, number)
                                    for (act, matter, rule), number in counter.items()))
            for first, counter in sorted(counted.items(), reverse=True)]


async def _of_year(year: int, _: Words) -> list[tuple[str, int | None]]:
    """How many people each act about people concerned in a year, as far as it may be told."""
    begins, ends = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    rows = Ruling.filter(act__in=ABOUT_PEOPLE, undoes_id__isnull=True, created_at__gte=begins, created_at__lt=ends)
    concerned = {(row.act, row.subject_id) for row in await rows.limit(READ_LIMIT)}
    least = (await counts.thresholds()).outside
    numbers = Counter(act for act, __ in concerned)
    return [(act_name(act, _), counts.told(numbers[act], least)) for act in ABOUT_PEOPLE]
