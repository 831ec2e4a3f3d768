"""The log of what was decided: whole for the team, and for everybody without names.

In a community of forty people a day, a name or a message would say who it was about. So the log for everybody holds no message,
no person and no day: acts about messages by month, once the month is over, in no order of time; acts about people as numbers of a
year, which are not told below the threshold of all numbers about people (`moderation.counts`).
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from aiohttp import web

from models import Actor, Ruling, Statement, clock
from models.case import Matter
from models.errors import NotHere
from models.ruling import Act
from moderation import counts
from server.actions import looks, rulings, standing
from server.appearance import render
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import FORM, LANGUAGE, MEMBER
from server.views import Pager
from server.words.language import Words, gettext_for, month
from server.words.ruling_words import act_name
from server.words.wording import matter_name

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What a page of rulings needs besides them. `undone`, `facts`: by the number of a ruling; `agreed`: who is banned by two."""

    me: int
    people: dict[int, Actor]
    undone: set[int | None]
    agreed: set[int]
    facts: dict[int, str]

    def stands(self, row: Ruling) -> bool:
        """Whether it is in force, and about somebody else than the reader."""
        return row.id not in self.undone and row.undoes_id is None and row.subject_id != self.me

    def may_undo(self, row: Ruling) -> bool:
        """Whether there is something to take back: what is erased cannot come back."""
        return self.stands(row) and row.act not in (Act.NOTHING, Act.DELETE)

    def may_agree(self, row: Ruling) -> bool:
        """Whether it is a ban that waits for a second person, which the reader can be."""
        is_proposal = row.act is Act.BAN and row.second_id is None and row.subject_id not in self.agreed
        return is_proposal and self.stands(row) and row.by_id != self.me


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
                       waiting=[view for view in views[len(rows[:PAGE]):] if view.may_agree], pager=pager,
                       done=request.query.get("done", ""))


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
    return see(f"/admin/log?done={request.match_info['verb']}")


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
    _, around = gettext_for(request[LANGUAGE]), await _around(rows, request[MEMBER].actor)
    return [_view(row, around, _) for row in rows]


async def _around(rows: Sequence[Ruling], me: Actor) -> _Around:
    numbers = [row.id for row in rows] or [0]
    people = {id_ for row in rows for id_ in (row.subject_id, row.by_id, row.second_id)} - {None} or {0}
    agreed = Ruling.filter(standing.stands((Act.BAN,)), subject_id__in=people, second_id__isnull=False)
    return _Around(
        me=me.id, people={actor.id: actor for actor in await Actor.filter(id__in=people)},
        undone={row.undoes_id for row in await Ruling.filter(undoes_id__in=numbers)},
        agreed={row.subject_id for row in await agreed},
        facts={row.ruling_id: row.facts for row in await Statement.filter(ruling_id__in=numbers)})


def _view(row: Ruling, around: _Around, _: Words) -> EntryView:
    subject, title = around.people.get(row.subject_id), act_name(row.act, _)
    return EntryView(
        number=row.id, title=_("Taken back: %(what)s", what=title) if row.undoes_id else title, matter=matter_name(row.matter, _),
        rule=row.rule, whom=_name(subject, _), url=f"/{subject.address}" if subject else "",
        by=_name(around.people.get(row.by_id), _) if row.by_id else _("the server"),
        second=_name(around.people.get(row.second_id), _) if row.second_id else "", when=row.created_at, until=row.until,
        facts=around.facts.get(row.id, ""), is_undone=row.id in around.undone, may_undo=around.may_undo(row),
        may_agree=around.may_agree(row))


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
