"""/follows/cut: follows that ended because the team suspended a server. The member alone sees them, and may ask again."""
from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from models import CutFollow
from models.errors import NotHere
from moderation import hosts
from server.actions import cut_follows
from server.actions.cut_follows import Event
from server.appearance import render
from server.display import cards
from server.doors import see
from server.keys import LIMITS, MEMBER
from server.views import PersonView

HERE = "/follows/cut"
PEOPLE_SHOWN = 200
FOLLOWING = ("Account address", "Show boosts", "Notify on new posts", "Languages")
FOLLOWERS = ("Account address",)


@dataclass(frozen=True, slots=True)
class CutView:
    """One time that follows were cut: who, and whether one can ask again now."""

    event: Event
    following: Sequence[tuple[PersonView | None, str, bool]]  # None: nothing of them is shown now; their address; asked again
    followers: Sequence[str]
    may_ask: bool


async def show(request: web.Request) -> web.Response:
    """GET /follows/cut."""
    me = request[MEMBER].actor
    events = await cut_follows.events_of(me)
    return render.page(request, "cut_follows.html", here="people", done=request.query.get("done", ""),
                       cuts=[await _view(request, event) for event in events])


async def ask(request: web.Request) -> web.Response:
    """POST /follows/cut/{event}/ask: follow again whom one followed."""
    me = request[MEMBER].actor
    request.app[LIMITS].take("act", me.key)
    return see(f"{HERE}?done={await cut_follows.ask_again(me, _event(request))}")


async def table(request: web.Request) -> web.Response:
    """GET /follows/cut/{event}/{side}.csv: the columns of Mastodon, so that the file can be read in elsewhere."""
    is_follower = request.match_info["side"] == "followers"
    rows = await cut_follows.people(request[MEMBER].actor, _event(request), is_follower=is_follower)
    if not rows:
        raise NotHere("nobody")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(FOLLOWERS if is_follower else FOLLOWING)
    writer.writerows([_address(row)] if is_follower else [
        _address(row), str(row.shows_announces).lower(), str(row.tells_posts).lower(),
        row.languages.strip(",").replace(",", ", ")] for row in rows)
    name = f"{request.match_info['side']}.csv"
    return web.Response(text=text.getvalue(), content_type="text/csv", charset="utf-8",
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})


async def _view(request: web.Request, event: Event) -> CutView:
    me = request[MEMBER].actor
    following = (await cut_follows.people(me, event.id, is_follower=False))[:PEOPLE_SHOWN]
    followers = (await cut_follows.people(me, event.id, is_follower=True))[:PEOPLE_SHOWN]
    here = [row.other for row in following if not row.other.is_gone]
    views = {actor.id: view for actor, view in zip(here, await cards.people(here), strict=True)}
    hosts_of = {row.other.host for row in following}
    heard = [host for host in hosts_of if hosts.is_heard(await hosts.standing(host))]
    return CutView(event, [(views.get(row.other_id), _address(row), row.asked_at is not None) for row in following],
                   [_address(row) for row in followers], bool(heard))


def _address(row: CutFollow) -> str:
    return f"{row.other.name}@{row.other.server}"


def _event(request: web.Request) -> int:
    return int(request.match_info["event"])
