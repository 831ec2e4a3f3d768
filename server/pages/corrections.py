"""What members ask the team to put right, and what the team answers."""
from __future__ import annotations

from aiohttp import web

from models import Correction
from server.actions import corrections, looks
from server.actions.corrections import TEXT_LIMIT_CHARACTERS, TooManyOpen
from server.appearance import render
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import FORM, LANGUAGE, MEMBER
from server.views import FieldError
from server.words.language import gettext_for

PAGE = 50


async def show(request: web.Request) -> web.Response:
    """GET /data/correction: the form, and what I asked before with its answers."""
    return await _page(request)


async def ask(request: web.Request) -> web.Response:
    """POST /data/correction."""
    _, text = gettext_for(request[LANGUAGE]), request[FORM].get("text").strip()
    if not text:
        return await _page(request, (FieldError("text", _("Write what is wrong, and how it should be.")),))
    try:
        await corrections.ask(request[MEMBER], text)
    except TooManyOpen as error:
        return await _page(request, (FieldError("text", _(error.safe)),), text)
    return see("/data/correction")


async def show_team(request: web.Request) -> web.Response:
    """GET /admin/corrections: what waits for an answer, oldest first."""
    return await _team(request)


async def answer(request: web.Request) -> web.Response:
    """POST /admin/corrections: one answer."""
    form, _ = request[FORM], gettext_for(request[LANGUAGE])
    number, text = whole_number(form.text("number")), form.get("answer").strip()
    if not text:
        return await _team(request, (FieldError(f"answer-{number}", _("Write an answer first.")),))
    await corrections.answer(request[MEMBER].actor, number, text)
    return see("/admin/corrections")


async def _page(request: web.Request, errors: tuple[FieldError, ...] = (), text: str = "") -> web.Response:
    mine = await Correction.filter(owner_id=request[MEMBER].actor_id).order_by("-id").limit(PAGE)
    asked = [(row.text, row.created_at, row.answer, row.answered_at) for row in mine]
    return render.page(request, "data_correction.html", status=422 if errors else 200, here="data", errors=errors, asked=asked,
                       text=text, limit=TEXT_LIMIT_CHARACTERS)


async def _team(request: web.Request, errors: tuple[FieldError, ...] = ()) -> web.Response:
    waiting = await Correction.filter(answered_at__isnull=True).order_by("id").limit(PAGE).select_related("owner")
    asked = [(row.id, row.owner.shown_name, row.owner.address, row.text, row.created_at) for row in waiting]
    await looks.note(request[MEMBER].actor, (row.owner_id for row in waiting), "correction.read")
    return render.page(request, "admin_corrections.html", status=422 if errors else 200, here="admin", errors=errors, asked=asked)
