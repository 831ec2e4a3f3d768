"""One press for rest mode, colours, text size or language, from any page, with or without an account."""
from __future__ import annotations

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
    wanted = look_of(request).reading() | {name: form.text(name) for name in ("rest", "mode", "text") if form.has(name)}
    await _keep(request, answer, Look.of(wanted))
    if (language := form.text("language")) in LANGUAGES:
        if member := request.get(MEMBER):
            member.language = language
            await member.save(update_fields=["language"])
        set_cookie(answer, request.app[SETTINGS], LANGUAGE_COOKIE, language, COOKIE_SECONDS)
    return answer


async def _keep(request: web.Request, answer: web.Response, look: Look) -> None:
    if member := request.get(MEMBER):
        member.reading = {**member.reading, **look.reading()}
        await member.save(update_fields=["reading"])
    else:
        set_cookie(answer, request.app[SETTINGS], COOKIE, look.cookie(), COOKIE_SECONDS)
