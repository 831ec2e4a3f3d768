"""Finding people: here, in partner communities, and by their address anywhere we exchange with."""
from __future__ import annotations

import random
import re

from aiohttp import web

from federation import resolve
from models import Actor, Block, Host, Mute, Q, Subquery, clock
from models.consent import Purpose
from models.errors import CommunityError
from models.host import Standing
from models.member import MemberState
from models.reach import Reach
from moderation import consent, lines, markup
from moderation.visibility import hosts_blocked_by
from server.actions.people import check_search, split_address
from server.appearance import render
from server.display import cards
from server.keys import FORM, INSTANCE, LANGUAGE, LIMITS, MEMBER, SETTINGS
from server.pages import lookups
from server.pictures import emojis
from server.views import Pager, PersonView
from server.words.language import gettext_for

PEOPLE_ON_A_PAGE = 20
PEOPLE_LIMIT = 5000
ABOUT_CHARACTERS = 160
WORDS_LIMIT_CHARACTERS = 100
_ADDRESS = re.compile(r"@?[^@\s/]{1,100}@[^@\s/]{1,255}")
_URL = re.compile(r"https?://\S{1,500}")


async def show(request: web.Request) -> web.Response:
    """GET /people: those who chose to be found, in an order that is new every day and says nothing about anybody.

    `address` fills the field in: pages of other servers send their "follow from your own server" buttons here.
    """
    typed = request.query.get("page", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    found = await in_turn(request, number * PEOPLE_ON_A_PAGE, PEOPLE_ON_A_PAGE + 1)
    more = len(found) > PEOPLE_ON_A_PAGE
    return await _page(request, found[:PEOPLE_ON_A_PAGE], typed=request.query.get("address", "")[:500],
                       pager=Pager(older_url=f"/people?page={number + 1}" if more else ""))


async def in_turn(request: web.Request, offset: int, count: int, wanted: Q | None = None) -> list[Actor]:
    """Some of those who chose to be found, in the order of the day; `wanted`: only among these."""
    among = Actor.filter(findable(request), wanted or Q())
    order = [actor.id for actor in await among.order_by("id").limit(PEOPLE_LIMIT).only("id")]
    random.Random(f"{clock.now().date()} {request[MEMBER].actor.key}").shuffle(order)
    some = order[offset:offset + count]
    found = {actor.id: actor for actor in await Actor.filter(id__in=some or [0])}
    return [found[one] for one in some if one in found]


async def search(request: web.Request) -> web.Response:
    """POST /people: by name, or by a member address or profile page. By POST, so that what somebody looks for is kept nowhere."""
    check_search(request[MEMBER].actor)
    words = request[FORM].text("q", 500)
    if _URL.fullmatch(words) or _ADDRESS.fullmatch(words):
        return await _look_up(request, words)
    words = words[:WORDS_LIMIT_CHARACTERS].removeprefix("@")
    if not words:
        return await show(request)
    named = Q(name__icontains=words) | Q(display_name__icontains=words)
    found = await Actor.filter(findable(request), named).order_by("-id").limit(PEOPLE_ON_A_PAGE + 1)
    return await _page(request, found[:PEOPLE_ON_A_PAGE], words=words, too_many=len(found) > PEOPLE_ON_A_PAGE)


async def _look_up(request: web.Request, words: str) -> web.Response:
    """One person by address: known ones at once, others by asking their server in our community's name, not the member's."""
    _ = gettext_for(request[LANGUAGE])
    request.app[LIMITS].take("look_up", request[MEMBER].actor.key)
    try:
        if _URL.fullmatch(words):
            found = await resolve.actor(request.app[INSTANCE], words)
        else:
            name, host = split_address(words, request.app[SETTINGS].origin)
            found = await resolve.actor_at(request.app[INSTANCE], f"{name}@{host}") if host else await Actor.named(name)
    except CommunityError as error:
        code = {403: _("Your community does not exchange messages with that server. The hosts of your community decide this."),
                404: _("Nobody has this address, or they do not wish to be found.")}
        said = code.get(error.status, _("That server does not answer right now. Try again later."))
        return await _page(request, [], words=words, problem=said)
    blocked = await Block.exists(blocker_id=found.id, target_id=request[MEMBER].actor_id)
    return await _page(request, [] if blocked or found.is_gone else [found], words=words)


def findable(request: web.Request) -> Q:
    """Members who said yes to it, and people of partner communities that show theirs. Nobody blocked either way, nor
    of a server that the member blocks. Raises Refused for who may look for nobody.
    """
    check_search(request[MEMBER].actor)
    me = request[MEMBER].actor_id
    ours = Q(host="", member__state=MemberState.ACTIVE) & consent.those_who_allow(Purpose.FOUND_HERE)
    partners = Host.filter(standing__in=[Standing.PARTNER, Standing.NARROWED])
    theirs = Q(host__in=Subquery(partners.values("name")), discoverable=True)
    return Q(lookups.listed(), Actor.listable(), ours | theirs, unhidden(me), ~Q(host__in=hosts_blocked_by(me)))


def unhidden(me: int) -> Q:
    """Nobody who blocks this member, or whom they block or mute."""
    hidden = [Subquery(Block.filter(target_id=me).values("blocker_id")),
              Subquery(Block.filter(blocker_id=me).values("target_id")),
              Subquery(Mute.filter(owner_id=me).values("target_id"))]
    return Q(*(~Q(id__in=some) for some in hidden))


async def _page(request: web.Request, found: list[Actor], *, words: str = "", typed: str = "", problem: str = "",
                too_many: bool = False, pager: Pager | None = None) -> web.Response:
    shown: list[tuple[PersonView, str]] = []
    pictures = await emojis.of_posts((), found)
    for actor, view in zip(found, await cards.people(found), strict=True):
        about = markup.plain(lines.read_by(actor, Reach.COMMUNITY).about)
        short = about[:ABOUT_CHARACTERS].rstrip() + "…" if len(about) > ABOUT_CHARACTERS else about
        shown.append((view, emojis.pictured(short, pictures.get(actor.host, {}))))
    return render.page(request, "people.html", here="people", people=shown, words=words, typed=typed or words,
                       problem=problem, too_many=too_many,
                       pager=pager or Pager(), is_found=request[MEMBER].actor.discoverable)
