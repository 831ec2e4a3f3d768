"""What the team has decided about me, why, and how to ask for another look: signed in, or by the link of a mail."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from models import Member, Post, Ruling, Statement
from models.errors import NotHere
from models.ruling import AppealState
from server.actions import appeals, statements
from server.appearance import render
from server.community.house import rules_of
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import COMMUNITY, FORM, LANGUAGE, MEMBER
from server.views import FieldError, Pager
from server.words.language import Words, gettext_for
from server.words.ruling_words import act_name
from server.words.wording import excerpt, matter_name


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingView:
    """A ruling in the list."""

    title: str
    matter: str
    when: datetime
    url: str
    is_new: bool
    is_undone: bool
    state: str  # an AppealState


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """A statement of reasons as its person reads it."""

    title: str
    matter: str
    when: datetime
    paragraphs: Sequence[str]
    facts: str
    rule: str  # its words; "" if it is none of the rules
    is_law: bool
    automated: bool
    about: str  # the first words of the message, where it is about one
    until: datetime | None
    ends: bool  # by itself, `until`; else it can be undone until then
    is_undoing: bool
    state: str  # an AppealState
    appeal: str
    asked_at: datetime | None
    answer: str
    answered_at: datetime | None
    may_ask: bool
    is_alone: bool
    url: str


async def show(request: web.Request) -> web.Response:
    """GET /rulings: mine, newest first."""
    return await _list(request, request[MEMBER], "/rulings")


async def show_one(request: web.Request) -> web.Response:
    """GET /rulings/{id}."""
    return await _one(request, request[MEMBER], "/rulings")


async def appeal(request: web.Request) -> web.Response:
    """POST /rulings/{id}: ask for another look."""
    return await _ask(request, request[MEMBER], "/rulings")


async def show_linked(request: web.Request) -> web.Response:
    """GET /statements/{token}: the same for somebody who cannot sign in any more."""
    return await _list(request, *await _behind(request))


async def show_linked_one(request: web.Request) -> web.Response:
    """GET /statements/{token}/{id}."""
    return await _one(request, *await _behind(request))


async def appeal_linked(request: web.Request) -> web.Response:
    """POST /statements/{token}/{id}."""
    return await _ask(request, *await _behind(request))


async def _behind(request: web.Request) -> tuple[Member, str]:
    token = request.match_info["token"]
    return await statements.behind(token), f"/statements/{token}"


async def _list(request: web.Request, member: Member, base: str) -> web.Response:
    _ = gettext_for(request[LANGUAGE])
    rows = await statements.of(member.actor, whole_number(request.query.get("before", "")))
    page = rows[:statements.ON_A_PAGE]
    undone = {row.undoes_id for row in await Ruling.filter(undoes_id__in=[ruling.id for __, ruling in page] or [0])}
    views = [RulingView(title=_title(ruling, _), matter=matter_name(ruling.matter, _), when=ruling.created_at,
                        url=f"{base}/{row.id}", is_new=row.read_at is None, is_undone=ruling.id in undone, state=row.state.value)
             for row, ruling in page]
    pager = Pager(older_url=f"{base}?before={page[-1][0].id}" if len(rows) > len(page) else "")
    return render.page(request, "rulings.html", here="data", rulings=views, pager=pager, linked=base != "/rulings")


async def _one(request: web.Request, member: Member, base: str, errors: Sequence[FieldError] = ()) -> web.Response:
    row, ruling = await _found(request, member)
    view = await _view(request, row, ruling, base)
    return render.page(request, "ruling.html", status=422 if errors else 200, here="data", statement=view, base=base,
                       errors=errors, limit=appeals.TEXT_LIMIT, linked=base != "/rulings")


async def _ask(request: web.Request, member: Member, base: str) -> web.Response:
    row, ruling = await _found(request, member)
    text = request[FORM].get("text").strip()
    if not text:
        _ = gettext_for(request[LANGUAGE])
        return await _one(request, member, base, (FieldError("text", _("Write why you see it differently.")),))
    await appeals.ask(row, ruling, text)
    return see(f"{base}/{row.id}")


async def _found(request: web.Request, member: Member) -> tuple[Statement, Ruling]:
    id_ = whole_number(request.match_info["id"])
    if not id_:
        raise NotHere("no number")
    return await statements.one(member.actor, id_)


async def _view(request: web.Request, row: Statement, ruling: Ruling, base: str) -> StatementView:
    _ = gettext_for(request[LANGUAGE])
    rules = rules_of(request.app[COMMUNITY].row, request[LANGUAGE])
    post = await Post.get_or_none(uri=ruling.object_uri, deleted_at__isnull=True) if ruling.object_uri else None
    may_ask = await appeals.may_ask(row, ruling)
    return StatementView(
        title=_title(ruling, _), matter=matter_name(ruling.matter, _), when=ruling.created_at,
        paragraphs=[part for part in row.text.split("\n") if part.strip()], facts=row.facts,
        rule=rules[ruling.rule - 1] if 0 < ruling.rule <= len(rules) else "", is_law=ruling.matter.value == "law",
        automated=ruling.automated, about=excerpt(post) if post else "", until=ruling.until,
        ends=ruling.act.value in ("limit", "freeze"), is_undoing=ruling.undoes_id is not None, state=row.state.value,
        appeal=row.appeal, asked_at=row.asked_at, answer=row.answer, answered_at=row.answered_at, may_ask=may_ask,
        is_alone=may_ask and await appeals.is_alone(ruling) or row.state is AppealState.ASKED and await appeals.is_alone(ruling),
        url=f"{base}/{row.id}")


def _title(ruling: Ruling, _: Words) -> str:
    return _("Taken back: %(what)s", what=act_name(ruling.act, _)) if ruling.undoes_id else act_name(ruling.act, _)
