"""People like me: members whose signs are like mine, and why."""
from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

from models import ProfileLine, ProfileValue
from moderation import counts
from server.appearance import render
from server.display import cards
from server.keys import CATALOGUE, COMMUNITY, LANGUAGE, LIKENESS, LIMITS, MEMBER
from server.pages.people import findable
from server.views import PersonView
from server.words.language import gettext_for

PEOPLE_ON_THE_PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeView:
    """One person, and the reason in plain words."""

    person: PersonView
    why: str


async def show(request: web.Request) -> web.Response:
    """GET /people/like-me. Who looks needs signs of their own; nobody is told who looked."""
    me, lang, catalogue = request[MEMBER].actor, request[LANGUAGE], request.app[CATALOGUE]
    request.app[LIMITS].take("directory", me.key)
    least = counts.Thresholds.of(request.app[COMMUNITY].row).inside
    found = await request.app[LIKENESS].people(me, findable(request), PEOPLE_ON_THE_PAGE, least)
    named = await asyncio.to_thread(catalogue.labels, {code for one in found for code in one.reasons}, lang)
    _, views = gettext_for(lang), await cards.people([one.actor for one in found])
    shown = []
    for one, person in zip(found, views, strict=True):
        shared = _(", ").join(named[code] for code in one.reasons if code in named)
        shown.append(AlikeView(person=person, why=_("You share: %(signs)s", signs=shared) if shared
                               else _("You share signs that few people here have.")))
    has_signs = await ProfileValue.filter(actor_id=me.id, line=ProfileLine.SIGNS).exclude(code="").exists()
    return render.page(request, "like_me.html", here="people", people=shown, has_signs=has_signs,
                       releases=await asyncio.to_thread(catalogue.releases) if has_signs else ())
