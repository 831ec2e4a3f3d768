"""/data/view-as: my profile and my messages through somebody else's eyes, made by what answers them."""
from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from aiohttp import web
from markupsafe import Markup

from federation import collections
from models import Actor, Follow, Host, Member, Post
from models.host import Standing
from models.loading import join
from models.reach import Reach
from moderation import consent, lines
from moderation.visibility import VISITOR, Viewer, visible_to
from server.api.answers import answer
from server.api.entities.account import account
from server.api.entities.status import statuses
from server.api.readers import Reader
from server.appearance import render
from server.display import cards, timelines
from server.display.cards import Entry
from server.entrance import peers
from server.keys import COMMUNITY, LANGUAGE, MEMBER, SETTINGS
from server.pages import lookups, own_profile
from server.views import Option, Pager, PostView
from server.words.language import Words, gettext_for

#: Who can be looked through the eyes of, by the word in the address.
EYES = {"circle": Reach.CIRCLE, "community": Reach.COMMUNITY, "partner": Reach.PARTNERS, "visitor": Reach.WEB}
CIRCLE_LIMIT = 50
#: A partner on which nobody is named in a message for a circle.
ANY_PARTNER = Viewer(host="*", standing=Standing.PARTNER)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenView:
    """My profile and a page of my messages as somebody reads them, and as programs are given them: JSON, byte for byte."""

    about: Markup
    details: tuple[tuple[str, Markup], ...]
    posts: tuple[PostView, ...]
    data: str
    posts_data: str
    pager: Pager


def any_member() -> Member:
    """Somebody here who follows nobody, is named nowhere, blocks nobody and has chosen nothing."""
    one = Member(id=0, actor_id=0, reading={}, language="")
    join(one, "actor", Actor(id=0, key="", host=""))
    return one


@dataclass(frozen=True, slots=True)
class Eyes:
    """Through whose eyes: what reaches them of a profile, and how messages are asked for and shown to them."""

    word: str
    readers: Reach
    viewer: Viewer
    member: Member | None  # None: outside


async def show(request: web.Request) -> web.Response:
    """GET /data/view-as?as=…&who=…: what others get of me."""
    _, circle = gettext_for(request[LANGUAGE]), await _circle(request[MEMBER].actor)
    word = request.query.get("as", "community")
    eyes = await _eyes(word if word in EYES else "community", circle, request.query.get("who", ""), request[MEMBER].actor)
    names = {"circle": _("Somebody of my circle"), "community": _("A member of my community"),
             "partner": _("The server of a partner community"), "visitor": _("Somebody on the web")}
    people = tuple(Option(value=one.name, title=one.shown_name, checked=one.id == eyes.viewer.actor_id) for one in circle)
    return render.page(
        request, "view_as.html", here="data", readers=names[eyes.word], people=people,
        eyes=tuple(Option(value=one, title=names[one], checked=one == eyes.word) for one in EYES),
        seen=await _seen(request, eyes, _), is_partner=eyes.readers is Reach.PARTNERS,
        has_partners=await Host.exists(standing=Standing.PARTNER))


async def _circle(me: Actor) -> list[Actor]:
    """The members of this community whom I follow and who follow me."""
    mine = await Follow.filter(follower_id=me.id, accepted_at__isnull=False).values_list("target_id", flat=True)
    both = Follow.filter(target_id=me.id, accepted_at__isnull=False, follower_id__in=list(mine) or [0], follower__host="")
    found = await both.order_by("id").limit(CIRCLE_LIMIT).select_related("follower")
    return [one.follower for one in found if not one.follower.is_gone]


async def _eyes(word: str, circle: Sequence[Actor], who: str, me: Actor) -> Eyes:
    if word == "visitor":
        return Eyes(word, Reach.WEB, VISITOR, None)
    if word == "partner":
        return Eyes(word, Reach.PARTNERS, ANY_PARTNER, None)
    if word == "circle" and circle:
        one = next((one for one in circle if one.name == who), circle[0])
        viewer = Viewer.member(one)
        return Eyes(word, await lines.readers_of(viewer, me), viewer, any_member())
    return Eyes(word, EYES[word], Viewer(actor_id=0), any_member())


async def _seen(request: web.Request, eyes: Eyes, _: Words) -> SeenView | None:
    """What these readers get; None where I do not exist for them."""
    actor, origin = request[MEMBER].actor, request.app[SETTINGS].origin
    if eyes.readers is Reach.WEB and not await lookups.is_open_to_all(actor):
        return None
    if eyes.word == "partner":
        if not await consent.may_leave(actor.id):
            return None
        told = await peers.actor_answer(actor, eyes.readers, origin)
    else:
        told = answer(account(actor, origin, eyes.readers))
    about, details = own_profile.words_of(actor, eyes.readers, _)
    page = await timelines.of_person(actor, eyes.viewer, timelines.Span(timelines.place(request.query.get("before", ""))))
    entries = await _mine(page.entries, actor, eyes)
    shown = await cards.posts(entries, eyes.member, _, with_hidden=True)
    who = f"&who={quote(request.query['who'])}" if "who" in request.query else ""
    return SeenView(
        about=about, details=details, data=_text(told), posts=tuple(_still(one) for one in shown),
        posts_data=await _data(request, entries, eyes),
        pager=Pager(older_url=f"/data/view-as?as={eyes.word}{who}&before={page.older}" if page.older else ""))


async def _mine(entries: Sequence[Entry], me: Actor, eyes: Eyes) -> tuple[Entry, ...]:
    """Without what I passed on of somebody who lets me read it no longer: others may see it there, and I may not through them. A
    partner's server asks for nothing that was passed on.
    """
    passed = [one.post.id for one in entries if one.announce]
    if not passed or eyes.word == "partner":
        return tuple(one for one in entries if one.announce is None)
    seen = {post.id for post in await Post.filter(visible_to(Viewer.member(me)), id__in=passed).only("id")}
    return tuple(one for one in entries if one.announce is None or one.post.id in seen)


def _still(post: PostView) -> PostView:
    """A card on which nothing can be done."""
    return post._replace(poll=post.poll and replace(post.poll, may_choose=False))


async def _data(request: web.Request, entries: Sequence[Entry], eyes: Eyes) -> str:
    """The messages as their programs get them: a list for the apps of members, one by one for others."""
    if eyes.word == "partner":
        documents = [await collections.note_document(one.post, eyes.viewer) for one in entries]
        return "\n".join(json.dumps(document, ensure_ascii=False) for document in documents)
    outside, images = request.app[SETTINGS].language, request.app[COMMUNITY].images
    reader = Reader(eyes.member, images, request[LANGUAGE] if eyes.member else outside)
    shown = await statuses(entries, reader, "account" if eyes.member else "")
    return _text(answer(shown)) if eyes.member else "\n".join(_text(answer(one)) for one in shown)


def _text(told: web.Response) -> str:
    return told.body.decode() if isinstance(told.body, bytes) else told.text or ""
