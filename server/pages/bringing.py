"""Bringing data along from another server: one file, and what became of each line of it."""
from __future__ import annotations

import asyncio

from aiohttp import web

from models import Brought
from models.rights import BroughtKind, Outcome
from server.actions import brought
from server.appearance import render
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import FORM, LANGUAGE, LIMITS, MEMBER, SETTINGS
from server.members import takeout
from server.members.takeout import BadTakeout
from server.views import FieldError, Option, Pager
from server.words.language import Words, gettext_for

PAGE = 100
MIB = 1024 * 1024


async def show(request: web.Request) -> web.Response:
    """GET /data/import: the form, and the lines of the last file."""
    return await _page(request)


async def take(request: web.Request) -> web.Response:
    """POST /data/import: read the file; a job carries it out."""
    form, _ = request[FORM], gettext_for(request[LANGUAGE])
    request.app[LIMITS].take("archive", f"member {request[MEMBER].id}")
    if not form.files:
        return await _page(request, (FieldError("file", _("Choose a file.")),))
    kinds = {str(kind): kind for kind in takeout.FILES.values()}
    try:
        kind, wants_messages = kinds.get(form.text("kind")), form.has("messages")
        lines = await asyncio.to_thread(takeout.read, form.files[0].file, kind, messages=wants_messages)
        await brought.bring(request[MEMBER].actor, lines)
    except (BadTakeout, brought.StillBusy) as error:
        return await _page(request, (FieldError("file", _(error.safe)),))
    return see("/data/import")


async def _page(request: web.Request, errors: tuple[FieldError, ...] = ()) -> web.Response:
    _, owner, form = gettext_for(request[LANGUAGE]), request[MEMBER].actor, request.get(FORM)
    after = whole_number(request.query.get("after", ""))
    mine = Brought.filter(owner_id=owner.id)
    rows = await mine.filter(id__gt=after).exclude(kind=BroughtKind.PROFILE).order_by("id").limit(PAGE + 1)
    profile = await mine.filter(kind=BroughtKind.PROFILE).first()
    chosen = form.text("kind") if form else ""
    titles = {"": _("A whole archive (ZIP)")} | {str(kind): name_of(kind, _) for kind in takeout.FILES.values()}
    pager = Pager(older_url=f"/data/import?after={rows[PAGE - 1].id}" if len(rows) > PAGE else "")
    lines = [(name_of(row.kind, _), row.value, row.details.get("title", ""), outcome_name(row.outcome, _)) for row in rows[:PAGE]]
    return render.page(
        request, "data_import.html", status=422 if errors else 200, here="data", errors=errors, pager=pager,
        kinds=[Option(value=value, title=title, checked=value == chosen) for value, title in titles.items()],
        lines=lines, limit=request.app[SETTINGS].upload_limit_bytes // MIB,
        waiting=await mine.filter(outcome=Outcome.WAITING).count(),
        profile=str(profile.details.get("text", "")) if profile else "")


def name_of(kind: BroughtKind, _: Words) -> str:
    """What a line is."""
    return {
        BroughtKind.FOLLOW: _("People I follow"), BroughtKind.BLOCK: _("People I block"),
        BroughtKind.HOST: _("Servers I block"),
        BroughtKind.MUTE: _("People I do not want to see"), BroughtKind.BOOKMARK: _("Messages I keep"),
        BroughtKind.LIST: _("Lists of people"), BroughtKind.MESSAGE: _("A message of mine"),
        BroughtKind.PROFILE: _("Profile"),
    }[kind]


def outcome_name(outcome: Outcome, _: Words) -> str:
    """What became of it."""
    return {
        Outcome.WAITING: _("Waits"), Outcome.DONE: _("Done"), Outcome.KNOWN: _("Was so already"),
        Outcome.ASKED: _("Asked: the other person has to say yes"), Outcome.UNKNOWN: _("Nobody and nothing found there"),
        Outcome.REFUSED: _("Not possible: that server or person cannot be reached from here"),
        Outcome.CONSENT: _("Not done: you have not said yes to being known on other servers"),
        Outcome.BROKEN: _("Not understood"),
    }[outcome]
