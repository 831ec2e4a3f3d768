"""One press for rest mode, colours, text size or language, from any page, with or without an account."""
from __future__ import annotations

from collections.abc import Collection

from aiohttp import web

from server.appearance.look import COOKIE, COOKIE_SECONDS, LANGUAGE_COOKIE, Look, local_path
from server.appearance.render import look_of
from server.doors import see
from server.entrance.sessions import set_cookie
from server.keys import FORM, MEMBER, SETTINGS
from server.words.language import LANGUAGES


async def change(request: web.Request) -> web.Response:
    """POST /look: `rest`, `mode`, `text` and `language`, each only if it was sent; then back to the page `back`."""
    form = request[FORM]
    answer = see(local_path(form.text("back", 2000)))
    said = {name: form.text(name) for name in ("rest", "mode", "text") if form.has(name)}
    await _keep(request, answer, Look.of(look_of(request).reading() | said), said)
    if (language := form.text("language")) in LANGUAGES:
        if member := request.get(MEMBER):
            member.language = language
            await member.save(update_fields=["language"])
        set_cookie(answer, request.app[SETTINGS], LANGUAGE_COOKIE, language, COOKIE_SECONDS)
    return answer


async def _keep(request: web.Request, answer: web.Response, look: Look, said: Collection[str]) -> None:
    if member := request.get(MEMBER):
        await member.read_like(**{name: value for name, value in look.reading().items() if name in said})
    else:
        set_cookie(answer, request.app[SETTINGS], COOKIE, look.cookie(), COOKIE_SECONDS)
