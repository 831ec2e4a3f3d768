"""Somebody's page, and what can be done with somebody."""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from aiohttp import web
from markupsafe import Markup

from federation.addresses import host_of
from models import Actor, Block, Follow, Mute
from models.errors import NotHere
from models.reach import Reach
from moderation import consent, facts, lines, policy
from moderation.policy import Verb
from server.actions import deaths, follows, relations
from server.actions.filters import Context
from server.appearance import indexing, render
from server.appearance.look import local_path
from server.display import cards, timelines
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import FORM, INSTANCE, LANGUAGE, LIMITS, MEMBER, SETTINGS
from server.pages import agreement, lookups, own_profile
from server.pages.agreement import act_and_return
from server.pictures import emojis
from server.views import Option, Pager, PersonView
from server.words.language import gettext_for

MUTE_DAYS = (1, 7, 30)
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileView:
    """A person, and how the one who looks stands with them."""

    person: PersonView
    address: str  # whole, with the host: what one gives to others
    about: Markup
    details: tuple[tuple[str, Markup], ...]
    is_me: bool
    is_elsewhere: bool
    approves: bool  # each follower
    url: str  # their own page elsewhere
    following: str = ""  # "", "asked" or "yes"
    follows_me: str = ""  # the same, the other way
    in_memory: bool = False  # its member has died
    moved_to: PersonView | None = None  # their new account, if we know it
    blocked: bool = False
    muted: bool = False


async def show(request: web.Request) -> web.Response:
    """GET /@{address}: who they are and what they wrote, as far as the one who asks may see it."""
    actor, member = await lookups.person(request), request.get(MEMBER)
    span = timelines.Span(timelines.place(request.query.get("before", "")))
    page = await timelines.of_person(actor, cards.viewer_of(member), span)
    pinned = () if "before" in request.query else await timelines.pinned(actor, cards.viewer_of(member))
    profile = await _view(request, actor)
    if member and profile.is_elsewhere:
        request.app[INSTANCE].profiles.want(actor.uri)
    shown = [entry.post.author for entry in (*page.entries, *pinned)]
    may_index = member is None and await indexing.allowed((actor, *shown))
    return indexing.marked(
        request, "profile.html", may_index, here="me" if profile.is_me else "people", profile=profile,
        said=request.query.get("said", "") if member else "",
        pinned=await cards.posts(pinned, member, gettext_for(request[LANGUAGE]), place=Context.ACCOUNT),
        posts=await cards.posts(page.entries, member, gettext_for(request[LANGUAGE]), place=Context.ACCOUNT),
        pager=Pager(older_url=f"/{actor.address}?before={page.older}" if page.older else ""))


async def _view(request: web.Request, actor: Actor) -> ProfileView:
    me = request[MEMBER].actor if MEMBER in request else None
    person = (await cards.people([actor], readers=Reach.COMMUNITY if me else Reach.WEB))[0]
    readers = await lines.readers_of(cards.viewer_of(request.get(MEMBER)), actor)
    about, details = own_profile.words_of(actor, readers, gettext_for(request[LANGUAGE]))
    if actor.host and (pictures := (await emojis.of_posts((), [actor])).get(actor.host)):
        about = Markup(emojis.shown(about, pictures))  # noqa: S704 - cleaned, as are the values, when they were stored
        details = tuple((emojis.pictured(name, pictures), Markup(emojis.shown(value, pictures))) for name, value in details)  # noqa: S704
    host = actor.server or host_of(request.app[SETTINGS].origin)
    shown = ProfileView(
        person=person, address=f"@{actor.name}@{host}", about=about, details=details,
        is_me=me is not None and me.id == actor.id, is_elsewhere=not actor.is_local,
        in_memory=await deaths.is_in_memory(actor), moved_to=await _new_account(request, actor),
        approves=actor.approves_followers,
        url=actor.url if not actor.is_local and actor.url.startswith(("https://", "http://")) else "")
    if me is None or shown.is_me:
        return shown
    return replace(
        shown, following=_state(await Follow.between(me, actor)), follows_me=_state(await Follow.between(actor, me)),
        blocked=await Block.exists(blocker=me, target=actor), muted=await Mute.exists(owner=me, target=actor))


async def _new_account(request: web.Request, actor: Actor) -> PersonView | None:
    """What both accounts say. For members: a visitor who knows one of them need not learn of the other."""
    if not actor.moved_to_uri or MEMBER not in request:
        return None
    new = await Actor.get_or_none(Actor.present(), uri=actor.moved_to_uri)
    return (await cards.people([new]))[0] if new and actor.uri in new.aliases else None


def _state(follow: Follow | None) -> str:
    return "" if follow is None else "yes" if follow.accepted_at else "asked"


async def ask_follow(request: web.Request) -> web.Response:
    """GET /@{address}/follow: what following tells, before anything is sent, and the yes to leaving where it is missing."""
    actor = await lookups.person(request)
    me = request[MEMBER].actor
    known = await facts.between(me, actor)
    reason = policy.decide(Verb.FOLLOW, known).reason
    if actor.id == me.id or reason not in (None, "consent"):
        return render.page(request, "follow.html", here="people", profile=await _view(request, actor), words="",
                           refusal=gettext_for(request[LANGUAGE])(f"refused.{reason}") if reason else "", status=403)
    needs = not actor.is_local and await consent.may_leave(me.id) is None
    return render.page(request, "follow.html", here="people", profile=await _view(request, actor), refusal="",
                       words=agreement.question(request) if needs else "")


async def follow(request: web.Request) -> web.Response:
    """POST /@{address}/follow."""
    return await _act(request, follows.follow, "followed")


async def unfollow(request: web.Request) -> web.Response:
    """POST /@{address}/unfollow: also takes a request back."""
    return await _act(request, follows.unfollow, "unfollowed")


async def accept(request: web.Request) -> web.Response:
    """POST /@{address}/accept: let them follow."""
    return await _act(request, follows.accept, "accepted")


async def refuse(request: web.Request) -> web.Response:
    """POST /@{address}/refuse: do not let them, or no longer."""
    return await _act(request, follows.refuse, "refused")


async def ask_mute(request: web.Request) -> web.Response:
    """GET /@{address}/mute: for how long."""
    actor, _ = await lookups.person(request), gettext_for(request[LANGUAGE])
    if actor.id == request[MEMBER].actor_id:
        raise NotHere("oneself")
    times = [Option(value=str(days), title=_.ngettext("%(num)d day", "%(num)d days", days)) for days in MUTE_DAYS]
    times.append(Option(value="0", title=_("Until I end it"), checked=True))
    return render.page(request, "mute.html", here="people", profile=await _view(request, actor), times=tuple(times),
                       host=actor.host)


async def mute(request: web.Request) -> web.Response:
    """POST /@{address}/mute: stop seeing them, for some days or until it is lifted."""
    days, form = whole_number(request[FORM].get("days")), request[FORM]
    seconds = days * DAY_SECONDS if days in MUTE_DAYS else 0
    return await _act(request, partial(relations.mute, hides_notices=not form.has("notices"), seconds=seconds), "muted")


async def unmute(request: web.Request) -> web.Response:
    """POST /@{address}/unmute."""
    return await _act(request, relations.unmute, "unmuted")


async def unblock(request: web.Request) -> web.Response:
    """POST /@{address}/unblock."""
    return await _act(request, relations.unblock, "unblocked")


async def ask_block(request: web.Request) -> web.Response:
    """GET /@{address}/block: what blocking does."""
    actor = await lookups.person(request)
    if actor.id == request[MEMBER].actor_id:
        raise NotHere("oneself")
    return render.page(request, "block.html", here="people", profile=await _view(request, actor), host=actor.host)


async def block(request: web.Request) -> web.Response:
    """POST /@{address}/block."""
    actor = await lookups.person(request)
    await relations.block(request[MEMBER].actor, actor)
    return see(local_path(request[FORM].text("back", 2000), f"/{actor.address}?said=blocked"))


async def _act(request: web.Request, act: Callable[[Actor, Actor], Awaitable[object]], said: str = "") -> web.Response:
    actor = await lookups.person(request)
    request.app[LIMITS].take("act", request[MEMBER].actor.key)
    return await act_and_return(request, act(request[MEMBER].actor, actor), f"/{actor.address}", said=said)
