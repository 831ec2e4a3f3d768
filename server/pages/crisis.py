"""Whom to call, by country; the card for somebody who wrote words of distress; and how the team answers them."""
from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from models import Post
from models.crisis import LineKind
from models.reach import Reach
from server.actions import crisis
from server.appearance import render
from server.community import crisis as lines
from server.doors import see
from server.keys import COMMUNITY, LANGUAGE, LIMITS, MEMBER
from server.pages import lookups
from server.views import CrisisLine, Option
from server.words import profile_words


@dataclass(frozen=True, slots=True, kw_only=True)
class CareView:
    """What the writer of such words sees above their own message. `is_private`: the team is not told by itself."""

    key: str
    lines: tuple[CrisisLine, ...]
    is_private: bool
    is_told: bool


async def show(request: web.Request) -> web.Response:
    """GET /crisis?country=FR: whom to call there; without it, in the reader's country as far as we know it."""
    lang, known = request[LANGUAGE], await lines.countries()
    own = await crisis.country_of(request[MEMBER], request.app[COMMUNITY].row) if MEMBER in request \
        else request.app[COMMUNITY].row.country
    asked = request.query.get("country", "")[:2].upper()
    chosen = asked if asked in known or asked == "" else "XX"
    country = chosen or own
    return render.page(request, "crisis.html", here="help", lines=lines.shown(await lines.of_country(country), lang),
                       countries=_options(known, country, lang), is_known=country in known)


def _options(codes: list[str], chosen: str, lang: str) -> tuple[Option, ...]:
    """Countries by name."""
    named = sorted((country_name(code, lang), code) for code in codes)
    return tuple(Option(value=code, title=name, checked=code == chosen) for name, code in named)


def country_name(code: str, lang: str) -> str:
    """What a country is called in a language; its code where nobody says."""
    return profile_words.countries(lang).get(code, code)


async def care(request: web.Request, post: Post) -> CareView | None:
    """The card above one's own message (`?care=1`), to which the composer sends whoever wrote words of distress. Whoever closes
    it is at the message.
    """
    member = request.get(MEMBER)
    if "care" not in request.query or member is None or post.author_id != member.actor_id:
        return None
    country = await crisis.country_of(member, request.app[COMMUNITY].row)
    first = (LineKind.DARK_THOUGHTS, LineKind.DARK_TEXT)
    found = sorted(await lines.of_country(country), key=lambda line: line.kind not in first)
    return CareView(key=post.key, lines=lines.shown(found, request[LANGUAGE]),
                    is_private=post.reach.level < Reach.COMMUNITY.level, is_told=await crisis.is_told(post))


async def ask_team(request: web.Request) -> web.Response:
    """POST /m/{key}/care: somebody of the team is to write to me."""
    post = await lookups.own_post(request)
    request.app[LIMITS].take("act", request[MEMBER].actor.key)
    await crisis.ask_team(request[MEMBER], post)
    return see(f"/m/{post.key}?care=1")


async def show_guide(request: web.Request) -> web.Response:
    """GET /admin/crisis: what to write, whom to call, when to alert, and what to do for oneself afterwards."""
    country = request.app[COMMUNITY].row.country
    return render.page(request, "admin_crisis.html", here="queue", country=country_name(country, request[LANGUAGE]),
                       lines=lines.shown(await lines.of_country(country), request[LANGUAGE]))
