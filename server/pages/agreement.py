"""Asking for the yes to leaving (C5) where it is needed, and then going on with what the member was doing."""
from __future__ import annotations

from collections.abc import Awaitable, Sequence

from aiohttp import web
from yarl import URL

from models.consent import Purpose
from server.actions import consents
from server.appearance import render
from server.appearance.look import local_path
from server.doors import see
from server.entrance import acting
from server.errors import Refused
from server.keys import COMMUNITY, FORM, LANGUAGE, MEMBER

NEEDED = "refused.consent"


def question(request: web.Request) -> str:
    """The exact words that are asked."""
    return consents.words(Purpose.SHARED_OUT, request[LANGUAGE], request.app[COMMUNITY].row)


async def give(request: web.Request) -> None:
    """The member pressed yes under these words."""
    await consents.give(request[MEMBER].actor, Purpose.SHARED_OUT, request[LANGUAGE], request.app[COMMUNITY].row,
                        voice=acting.voice_of_yes(request))


async def act_and_return(request: web.Request, act: Awaitable[object], back: str,
                         kept: Sequence[tuple[str, str]] = (), place: str = "", said: str = "") -> web.Response:
    """Do something that may leave this server, then go back; ask first if there is no yes. `act` starts only here.
    `place`: the id of what it was done with, so that a long page does not begin anew. `said`: a word for
    the page that comes after, which says what was done.

    The question posts to the same address again with `c5`, "yes" or "no", and with the fields `kept`.
    """
    form = request[FORM]
    target = local_path(form.text("back", 2000), back)
    target += f"#{place}" if place and "#" not in target else ""
    if form.text("c5") == "yes":
        await give(request)
    try:
        if form.text("c5") == "no":
            _drop(act)
            return see(target)
        await act
    except Refused as refused:
        if refused.safe != NEEDED:
            raise
        return render.page(request, "agreement.html", action=request.path, back=target, words=question(request), kept=kept)
    if said:
        return see(str(URL(target).update_query(said=said)))
    return see(str(URL(target).without_query_params("said")) if "said=" in target else target)


def _drop(act: Awaitable[object]) -> None:
    """Nothing is to happen; an unawaited coroutine would warn."""
    if close := getattr(act, "close", None):
        close()
