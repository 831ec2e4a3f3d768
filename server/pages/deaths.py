"""When somebody has died: telling it, the team's check, and what a member wants to happen then."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from models import Actor, DeathReport, Member
from models.consent import Purpose
from models.errors import NotHere
from moderation import consent, deaths
from moderation.deaths import Told
from server.actions import deaths as acts
from server.actions import looks
from server.actions.departures import Kind
from server.appearance import render
from server.doors import see
from server.keys import FORM, LANGUAGE, LIMITS, MEMBER
from server.pages import lookups
from server.pages.leaving import kind_title
from server.pages.members import named
from server.views import FieldError, Option
from server.words.language import gettext_for

WORDS_LIMIT = 500  # characters
AT_ONCE = 100  # reports on the team's page


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathView:
    """A member who is said to have died, and by whom."""

    name: str
    display_name: str
    coat: str
    told: tuple[tuple[str, str, bool], ...]  # who, in what words, and whether they settle the affairs
    is_ripe: bool
    may_confirm: bool  # the one who reads


async def ask(request: web.Request) -> web.Response:
    """GET /@{address}/death: telling the team, in calm words."""
    return render.page(request, "death.html", here="people", **_whom(await _ours(request)))


async def tell(request: web.Request) -> web.Response:
    """POST /@{address}/death."""
    actor, form = await _ours(request), request[FORM]
    request.app[LIMITS].take("act", request[MEMBER].actor.key)
    await acts.report(actor, request[MEMBER], form.has("executor"), form.text("words", WORDS_LIMIT))
    return render.page(request, "death_told.html", here="people", **_whom(actor))


async def _ours(request: web.Request) -> Actor:
    actor = await lookups.person(request)
    if not actor.is_local or actor.id == request[MEMBER].actor_id:
        raise NotHere("nobody of ours")
    return actor


def _whom(actor: Actor) -> dict[str, Any]:
    return {"name": actor.shown_name, "url": f"/{actor.address}", "coat_seed": actor.key}


async def show(request: web.Request) -> web.Response:
    """GET /admin/deaths: what was told and waits for a check."""
    return await _list(request)


async def decide(request: web.Request) -> web.Response:
    """POST /admin/deaths/{name}/{verb}: confirm, or not so."""
    subject, by = await named(request), request[MEMBER]
    if request.match_info["verb"] == "not-so":
        await acts.refuse(subject, by, request[FORM].text("reason", WORDS_LIMIT))
        return see("/admin/deaths")
    try:
        await acts.confirm(subject, by)
    except acts.NotYet as error:
        return await _list(request, (FieldError("", gettext_for(request[LANGUAGE])(error.safe)),))
    return see("/admin/deaths")


async def _list(request: web.Request, errors: Sequence[FieldError] = ()) -> web.Response:
    rows = await DeathReport.filter(decided_at__isnull=True).order_by("id").limit(AT_ONCE).select_related("subject", "reporter")
    by_subject: dict[int, list[DeathReport]] = {}
    for row in rows:
        by_subject.setdefault(row.subject_id, []).append(row)
    views = [_view(told, request[MEMBER]) for told in by_subject.values()]
    await looks.note(request[MEMBER].actor, (id_ for row in rows for id_ in (row.subject_id, row.reporter_id)), "death.read")
    return render.page(request, "admin_deaths.html", status=422 if errors else 200, here="members", errors=errors, deaths=views)


def _view(rows: Sequence[DeathReport], by: Member) -> DeathView:
    subject, told = rows[0].subject, [Told(row.reporter_id, row.is_executor) for row in rows]
    return DeathView(
        name=subject.name, display_name=subject.shown_name, coat=subject.key, is_ripe=deaths.is_ripe(told),
        told=tuple((row.reporter.shown_name, row.words, row.is_executor) for row in rows),
        may_confirm=deaths.may_confirm(told, by.actor_id, subject.id))


async def show_wish(request: web.Request) -> web.Response:
    """GET /data/after-death: what shall happen to what I wrote."""
    member, _ = request[MEMBER], gettext_for(request[LANGUAGE])
    kept = member.after_death or []
    kinds = tuple(Option(value=kind, title=kind_title(kind, _), checked=kind in kept) for kind in Kind)
    return render.page(request, "after_death.html", here="data", kinds=kinds, saved="saved" in request.query,
                       days=deaths.LOCKED_FOR.days, stays=bool(await consent.permits(member.actor_id, Purpose.MEMORIAL)))


async def save_wish(request: web.Request) -> web.Response:
    """POST /data/after-death: the kinds that stay, without a name; the others are erased."""
    await acts.wish(request[MEMBER], [kind.value for kind in Kind if request[FORM].has(kind)])
    return see("/data/after-death?saved=1")
