"""Mentors: what a newcomer sees of theirs, what a mentor sees of those whom they welcome, and whom the team asks."""
from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from models import Member, Mentoring
from models.member import MemberState
from server.actions import mentors
from server.actions.names import normal
from server.appearance import render
from server.display import cards
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import FORM, LANGUAGE, LIMITS, MEMBER
from server.views import FieldError, Option, PersonView
from server.words.language import gettext_for

SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewcomerView:
    """How it stands with a member's own mentor. `place`: in the list of those who wait, from 1."""

    may_have: bool
    mentor: PersonView | None = None
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorView:
    """How it stands with a member as a mentor."""

    is_asked: bool
    is_one: bool
    newcomers: tuple[PersonView, ...]
    limits: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    """A mentor, or somebody who was asked, in the team's list."""

    person: PersonView
    is_one: bool
    has: int
    limit: int


async def of_newcomer(member: Member) -> NewcomerView:
    """What the first page and /mentor say of a member's own mentor."""
    mentoring = await mentors.of_newcomer(member.actor)
    if mentoring is None:
        return NewcomerView(may_have=mentors.may_have_mentor(member))
    if mentoring.mentor is None:
        return NewcomerView(may_have=True, place=await mentors.place_of(mentoring))
    return NewcomerView(may_have=True, mentor=(await cards.people([mentoring.mentor]))[0])


async def show(request: web.Request) -> web.Response:
    """GET /mentor: my mentor, or my place in the list; and those whom I welcome."""
    member = request[MEMBER]
    found = await mentors.of_mentor(member.actor)
    limits = tuple(Option(value=str(number), title=str(number), checked=number == member.newcomers_limit)
                   for number in range(1, mentors.NEWCOMERS_MOST + 1))
    mine = MentorView(is_asked=member.mentor_asked_at is not None, is_one=member.mentor_since is not None, limits=limits,
                      newcomers=tuple(await cards.people([one.newcomer for one in found])))
    return render.page(request, "mentor.html", here="people", own=await of_newcomer(member), mine=mine)


async def act(request: web.Request) -> web.Response:
    """POST /mentor: `do` says what: seek, end; agree, decline; part, with the name of a newcomer."""
    member, form = request[MEMBER], request[FORM]
    request.app[LIMITS].take("act", member.actor.key)
    match form.text("do"):
        case "seek":
            await mentors.seek(member)
        case "end":
            if mentoring := await mentors.of_newcomer(member.actor):
                await mentors.end(mentoring, member.actor)
        case "agree":
            await mentors.agree(member, whole_number(form.get("newcomers"), 1))
        case "decline":
            await mentors.step_down(member)
        case "part":
            for mentoring in await mentors.of_mentor(member.actor):
                if mentoring.newcomer.name == form.text("newcomer", 100):
                    await mentors.end(mentoring, member.actor)
    return see("/mentor")


async def show_team(request: web.Request) -> web.Response:
    """GET /admin/mentors: who welcomes, how many wait, and a field to ask somebody."""
    return await _team_page(request)


async def decide(request: web.Request) -> web.Response:
    """POST /admin/mentors: ask a member to be a mentor; or, with `end`, they are one no longer."""
    form, _ = request[FORM], gettext_for(request[LANGUAGE])
    name = normal(form.text("name", 100).lstrip("@"))
    member = await Member.get_or_none(actor__name=name, actor__host="", state=MemberState.ACTIVE).select_related("actor")
    if member is None:
        return await _team_page(request, name, (FieldError("name", _("There is no such member here.")),))
    try:
        if form.has("end"):
            await mentors.step_down(member, request[MEMBER].actor)
        else:
            await mentors.ask(member, request[MEMBER].actor)
    except mentors.NotToBeAsked as error:
        return await _team_page(request, name, (FieldError("name", _(error.safe)),))
    return see("/admin/mentors")


async def _team_page(request: web.Request, typed: str = "", errors: tuple[FieldError, ...] = ()) -> web.Response:
    agreed = await Member.filter(mentor_since__isnull=False).select_related("actor").order_by("mentor_since").limit(SHOWN)
    asked = await Member.filter(mentor_asked_at__isnull=False, mentor_since__isnull=True).select_related("actor").limit(SHOWN)
    rows = [*agreed, *asked]
    people = await cards.people([row.actor for row in rows])
    has: dict[int, int] = {}
    for id_ in await Mentoring.filter(mentor_id__in=[row.actor_id for row in agreed] or [0], ended_at__isnull=True
                                      ).values_list("mentor_id", flat=True):
        has[int(str(id_))] = has.get(int(str(id_)), 0) + 1
    waiting = await Mentoring.filter(mentor_id__isnull=True, ended_at__isnull=True).count()
    return render.page(
        request, "admin_mentors.html", status=422 if errors else 200, here="members", errors=errors, typed=typed, waiting=waiting,
        rows=[TeamRow(person=person, is_one=row.mentor_since is not None, has=has.get(row.actor_id, 0), limit=row.newcomers_limit)
              for row, person in zip(rows, people, strict=True)])
