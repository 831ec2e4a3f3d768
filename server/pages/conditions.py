"""Which conditions the community is for, and the treatments that members can pick. The host decides."""
from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import web

from models import AuditEntry
from models.catalogue.search import Kind
from models.errors import CommunityError
from server.actions import conditions
from server.appearance import render
from server.doors import see
from server.entrance.forms import Form
from server.keys import CATALOGUE, COMMUNITY, FORM, LANGUAGE, MEMBER
from server.views import FieldError, Option
from server.words.language import Words, gettext_for

FOUND_LIMIT = 10


async def show(request: web.Request) -> web.Response:
    """GET /admin/conditions."""
    row = request.app[COMMUNITY].row
    return await _page(request, row.conditions or [], row.treatments or [])


async def save(request: web.Request) -> web.Response:
    """POST /admin/conditions: save, or with `search` look in the catalogue."""
    form = request[FORM]
    codes = codes_of(form)
    treatments = list(dict.fromkeys(" ".join(one.split()) for one in form.get("treatments").split("\n") if one.strip()))
    if form.has("search"):
        return await _page(request, codes, treatments, question=form.text("q", 200))
    try:
        await conditions.change(request.app[COMMUNITY].row, request.app[CATALOGUE], codes, treatments)
    except (conditions.UnknownCondition, conditions.TooMany) as error:
        return await _page(request, codes, treatments, (fault(error, gettext_for(request[LANGUAGE])),))
    await AuditEntry.create(actor_id=request[MEMBER].actor_id, action="community.conditions")
    await request.app[COMMUNITY].load()
    return see("/admin/conditions?saved=1")


def codes_of(form: Form) -> list[str]:
    """What is ticked."""
    return list(dict.fromkeys(code.strip()[:40] for code in form.all("code") if code.strip()))


def fault(error: CommunityError, _: Words) -> FieldError:
    """Why conditions are not taken."""
    if isinstance(error, conditions.UnknownCondition):
        return FieldError("code", _("Choose from the list."))
    return FieldError("code", _("Name at most %(n)s conditions, and %(m)s treatments of at most 100 characters.",
                                n=conditions.CONDITIONS_LIMIT, m=conditions.TREATMENTS_LIMIT))


async def options(request: web.Request, codes: Sequence[str], question: str, offered: Sequence[str] = ()) -> list[Option]:
    """What can be ticked: what is, what the catalogue has for a question, and what is offered to everybody."""
    catalogue, lang = request.app[CATALOGUE], request[LANGUAGE]
    named = await asyncio.to_thread(catalogue.labels, [*codes, *offered], lang) if codes or offered else {}
    found = await asyncio.to_thread(catalogue.search, question, Kind.CONDITION, lang, FOUND_LIMIT) if question else []
    made = [Option(value=code, title=named.get(code, code), hint=code, checked=True) for code in codes]
    made += [Option(value=one.code, title=one.label, hint=one.matched or one.code) for one in found if one.code not in codes]
    known = {one.value for one in made}
    return made + [Option(value=code, title=named.get(code, code), hint=code) for code in offered if code not in known]


async def _page(request: web.Request, codes: list[str], treatments: list[str], errors: tuple[FieldError, ...] = (), *,
                question: str = "") -> web.Response:
    shown = await options(request, codes, question)
    return render.page(request, "admin_conditions.html", status=422 if errors else 200, here="admin", errors=errors,
                       options=shown, treatments="\n".join(treatments), question=question, saved="saved" in request.query,
                       releases=await asyncio.to_thread(request.app[CATALOGUE].releases) if shown else ())
