"""Leaving for good: what is erased and what stays without a name; two weeks to come back; who received something."""
from __future__ import annotations

import csv
import io

from aiohttp import web

from models.member import LinkPurpose
from server.actions import copies, departures, links
from server.actions.departures import REGRET, Kind
from server.appearance import render
from server.doors import see
from server.entrance.sessions import set_cookie
from server.keys import FORM, LANGUAGE, MEMBER, SETTINGS
from server.pages.entry import let_in
from server.pages.security import who_is_there
from server.views import FieldError, Option
from server.words.language import Words, gettext_for

KEEP, ERASE = "keep", "erase"


async def show(request: web.Request) -> web.Response:
    """GET /data/close: one question for each kind of content."""
    return await _page(request)


async def close(request: web.Request) -> web.Response:
    """POST /data/close: hidden at once, signed out everywhere. LastHost."""
    if errors := await who_is_there(request, "proof"):
        return await _page(request, errors)
    form = request[FORM]
    await departures.leave(request[MEMBER], [kind for kind in Kind if form.text(kind) == KEEP])
    answer = see("/return")
    set_cookie(answer, request.app[SETTINGS], "session", "", 0)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


async def recipients(request: web.Request) -> web.Response:
    """GET /data/close/recipients.csv: every server that has or had something of mine (GDPR article 19)."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["server", "name", "things", "last sent", "asked to erase"])
    for one in await copies.servers(request[MEMBER].actor):
        asked = one.asked_at.isoformat() if one.asked_at else ""
        table.writerow([one.host, safe_cell(one.title), one.has, one.last_at.isoformat(), asked])
    return web.Response(text=text.getvalue(), content_type="text/csv",
                        headers={"Content-Disposition": 'attachment; filename="recipients.csv"'})


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula (CWE-1236)."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


async def hidden(request: web.Request) -> web.Response:
    """GET /return: that the account is hidden now, and how to come back."""
    return render.page(request, "left.html", path="", days=REGRET.days, name="")


async def show_return(request: web.Request) -> web.Response:
    """GET /return/{token}: a button, after signing in."""
    link = await links.find(request.match_info["token"], LinkPurpose.RETURN)
    assert link.member is not None
    return render.page(request, "left.html", path=request.path, days=REGRET.days, name=link.member.actor.shown_name)


async def come_back(request: web.Request) -> web.Response:
    """POST /return/{token}: stay after all."""
    return await let_in(request, await departures.come_back(request.match_info["token"]))


async def _page(request: web.Request, errors: tuple[FieldError, ...] = ()) -> web.Response:
    member, _ = request[MEMBER], gettext_for(request[LANGUAGE])
    form = request.get(FORM)
    kinds = [(str(kind), kind_title(kind, _), [
        Option(value=ERASE, title=_("Erase"), checked=not form or form.text(kind) != KEEP),
        Option(value=KEEP, title=_("Keep, without my name"), checked=bool(form) and form is not None and form.text(kind) == KEEP),
    ]) for kind in Kind]
    return render.page(request, "data_close.html", status=422 if errors else 200, here="data", errors=errors, kinds=kinds,
                       has_password=bool(member.password_hash), days=REGRET.days,
                       servers=len(await departures.recipients(member.actor_id)))


def kind_title(kind: Kind, _: Words) -> str:
    """What a kind of content is called."""
    return {
        Kind.MESSAGES: _("Messages that began a conversation"),
        Kind.ANSWERS: _("Answers in conversations of others"),
        Kind.PRIVATE: _("Messages to named people"),
        Kind.IMAGES: _("Images in messages that stay"),
        Kind.REACTIONS: _("Signs that I thought of somebody"),
    }[kind]
