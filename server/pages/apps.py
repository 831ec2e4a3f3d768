"""The apps that a member has let in, what each may do, and the way to end it."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from models import AccessToken
from server.actions import apps
from server.appearance import render
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import FORM, LANGUAGE, MEMBER
from server.words.language import Words, gettext_for
from server.words.rights import rights_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LetIn:
    """An app, and what it holds. `number` names it in the form."""

    number: int
    name: str
    since: date
    used_on: date | None
    rights: list[str]


async def show(request: web.Request) -> web.Response:
    """GET /settings/apps."""
    tokens = await apps.of_member(request[MEMBER])
    return render.page(request, "settings_apps.html", here="settings", apps=_by_app(tokens, gettext_for(request[LANGUAGE])),
                       saved="saved" in request.query)


async def remove(request: web.Request) -> web.Response:
    """POST /settings/apps/remove: everything that the app holds of this member ends at once."""
    await apps.show_out(request[MEMBER], whole_number(request[FORM].text("number")))
    return see("/settings/apps?saved=1")


def _by_app(tokens: Sequence[AccessToken], _: Words) -> list[LetIn]:
    """An app that was let in several times stands here once."""
    found: dict[int, list[AccessToken]] = {}
    for token in tokens:
        found.setdefault(token.app_id, []).append(token)
    return [LetIn(number=app_id, name=held[0].app.name, since=held[-1].created_at.date(),
                  used_on=max((token.used_on for token in held if token.used_on), default=None),
                  rights=rights_of(sorted({scope for token in held for scope in token.scopes}), _))
            for app_id, held in found.items()]
