"""What a member's client may post to the outbox, and which of the actions that pages use it is."""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from federation import values
from models import Actor, Announce, Approval, Block, Follow, Like, Member
from models.errors import NotHere
from models.ids import new_key
from models.reach import Reach
from server.actions import follows, pins, posts, reactions, relations, removal
from server.actions.posts import Composition
from server.api.arguments import BadInput
from server.api.client_to_server import addressing, writing
from server.api.client_to_server.activities import Wanted, actor_of, own_post, post_of
from server.api.writing import explained, meant_by
from server.errors import Refused
from server.keys import LIMITS, MEDIA, MEMBER, SETTINGS


@dataclass(frozen=True, slots=True)
class Done:
    """The id of the activity, and of what it is about."""

    id: str
    object: str


@dataclass(frozen=True, slots=True)
class Verb:
    """`scope` is what the token must cover, beside the door's."""

    scope: str
    act: Callable[[web.Request, Wanted], Awaitable[Done]]


async def create(request: web.Request, wanted: Wanted) -> Done:
    """Create: a message, with the reach that its addressing means and the member may have."""
    member, app = request[MEMBER], request.app
    app[LIMITS].take("post", member.actor.key)
    try:
        post = await posts.publish(member.actor, await writing.composition(request, wanted), app[SETTINGS].origin)
    except Refused as refused:
        raise explained(refused, member, app) from refused
    return Done(f"{post.uri}#create", post.uri)


async def update(request: web.Request, wanted: Wanted) -> Done:
    """Update: the text and the warning of one's own message; its reach and images stay."""
    post = await own_post(request, wanted.object_id)
    writing.check_kind({"type": "Note"} | dict(wanted.thing))
    if not wanted.thing:
        raise BadInput("object: the whole Note is needed")
    text = await writing.text_of(wanted.thing)
    if not text:
        raise BadInput("content: can't be blank")
    warning = writing.warning_of(wanted.thing)
    written = Composition(text=text, reach=post.reach, voice=post.voice, note=post.note, warning=warning,
                          language=writing.language_of(wanted.thing) or post.language, is_sensitive=bool(warning))
    await posts.edit(post, written, {}, request.app[SETTINGS].origin)
    return _passing(request, post.uri)


async def delete(request: web.Request, wanted: Wanted) -> Done:
    """Delete: one's own message."""
    post = await own_post(request, wanted.object_id)
    await removal.delete(post, request.app[MEDIA])
    return _passing(request, post.uri)


async def follow(request: web.Request, wanted: Wanted) -> Done:
    """Follow: asks, and the answer comes later where somebody has to say yes."""
    made = await follows.follow(request[MEMBER].actor, await actor_of(request, wanted.object_id))
    return Done(made.uri, wanted.object_id)


async def accept(request: web.Request, wanted: Wanted) -> Done:
    """Accept: of somebody who asks to follow."""
    asked = await _asked(request, wanted)
    await follows.accept(request[MEMBER].actor, asked.follower)
    return _passing(request, asked.uri)


async def reject(request: web.Request, wanted: Wanted) -> Done:
    """Reject: of somebody who asks, or who follows already."""
    asked = await _asked(request, wanted)
    await follows.refuse(request[MEMBER].actor, asked.follower)
    return _passing(request, asked.uri)


async def like(request: web.Request, wanted: Wanted) -> Done:
    """Like: "thinking of you"."""
    actor, post = request[MEMBER].actor, await post_of(request, wanted.object_id)
    await reactions.thank(actor, post)
    made = await Like.get_or_none(actor=actor, post=post)
    return Done(made.uri, post.uri) if made else _passing(request, post.uri)


async def announce(request: web.Request, wanted: Wanted) -> Done:
    """Announce: passed on as far as the message went, and no further than it is addressed."""
    actor, post = request[MEMBER].actor, await post_of(request, wanted.object_id)
    await reactions.pass_on(actor, post, await _addressed(request[MEMBER], wanted))
    made = await Announce.get_or_none(actor=actor, post=post)
    return Done(made.uri, post.uri) if made else _passing(request, post.uri)


async def _addressed(member: Member, wanted: Wanted) -> Reach:
    """How far an Announce may go by its addressing; without any, as far as it can. Raises: UnknownAddressee."""
    if not any(wanted.document.get(field) for field in addressing.FIELDS):
        return Reach.WEB
    audience = await addressing.read(member.actor, wanted.document)
    if audience.wanted.level < Reach.COMMUNITY.level:
        raise addressing.UnknownAddressee("nothing is passed on to named people")
    return meant_by("private", member) if audience.followers else audience.wanted


async def block(request: web.Request, wanted: Wanted) -> Done:
    """Block: kept here, never sent."""
    target = await actor_of(request, wanted.object_id)
    await relations.block(request[MEMBER].actor, target)
    return _passing(request, target.uri)


async def add(request: web.Request, wanted: Wanted) -> Done:
    """Add: one's own message to one's `featured`: it stands on top of one's page."""
    post = await own_post(request, wanted.object_id)
    _check_target(request, wanted)
    await pins.pin(request[MEMBER].actor, post)
    return _passing(request, post.uri)


async def remove(request: web.Request, wanted: Wanted) -> Done:
    """Remove: from `featured`."""
    post = await own_post(request, wanted.object_id)
    _check_target(request, wanted)
    await pins.unpin(request[MEMBER].actor, post)
    return _passing(request, post.uri)


def _check_target(request: web.Request, wanted: Wanted) -> None:
    if values.link(wanted.document.get("target")) != request[MEMBER].actor.featured_uri:
        raise BadInput("target: your own featured collection")


async def undo(request: web.Request, wanted: Wanted) -> Done:
    """Undo: of one's own Like, Announce, Follow or Block, by its id or embedded with type and object."""
    actor = request[MEMBER].actor
    uri, kind = values.link(wanted.object) or "", str(wanted.thing.get("type", ""))
    target = values.link(wanted.thing.get("object")) or ""
    if made := await Like.filter(actor=actor).filter(**_which(kind, "Like", uri, target, "post__uri")).select_related(
            "post__author").first():
        await reactions.take_thanks_back(actor, made.post)
        return _passing(request, made.uri)
    if passed := await Announce.filter(actor=actor).filter(**_which(kind, "Announce", uri, target, "post__uri")).select_related(
            "post__author").first():
        await reactions.take_back(actor, passed.post)
        return _passing(request, passed.uri)
    if await _undo_asked(actor, kind, uri, target):
        return _passing(request, uri or target)
    if asked := await Follow.filter(follower=actor).filter(**_which(kind, "Follow", uri, target, "target__uri")).select_related(
            "target").first():
        await follows.unfollow(actor, asked.target)
        return _passing(request, asked.uri)
    if kind == "Block" and (kept := await Block.filter(blocker=actor, target__uri=target).select_related("target").first()):
        await relations.unblock(actor, kept.target)
        return _passing(request, target)
    raise NotHere("nothing of theirs to undo")


async def _undo_asked(actor: Actor, kind: str, uri: str, target: str) -> bool:
    """What a message's author has not let yet is wanted no more. False if this is about something else."""
    for name, take_back in (("Like", reactions.take_thanks_back), ("Announce", reactions.take_back)):
        wanted = Approval.filter(actor=actor, kind=name).filter(**_which(kind, name, uri, target, "post__uri"))
        if asked := await wanted.select_related("post__author").first():
            await take_back(actor, asked.post)
            return True
    return False


def _which(said: str, kind: str, uri: str, target: str, column: str) -> dict[str, str]:
    """The row by the activity's own id, or by its type and object; a type that is another finds nothing."""
    if said == kind and target:
        return {column: target}
    return {"uri": uri if uri and said in ("", kind) else "-"}


async def _asked(request: web.Request, wanted: Wanted) -> Follow:
    """A Follow of the member by somebody, named by its id or embedded."""
    to_me = Follow.filter(target=request[MEMBER].actor).select_related("follower", "target")
    uri, by = values.link(wanted.object) or "-", values.link(wanted.thing.get("actor")) or "-"
    if found := await to_me.filter(uri=uri).first() or await to_me.filter(follower__uri=by).first():
        return found
    raise NotHere("nobody asked")


def _passing(request: web.Request, about: str) -> Done:
    """An activity that is not kept under its id: it tells of something, and that is all."""
    return Done(f"{request.app[SETTINGS].origin}/activities/{new_key()}", about)


#: Scopes are those of the same acts in `server.api.routes`.
VERBS: dict[str, Verb] = {
    "Create": Verb("write:statuses", create),
    "Update": Verb("write:statuses", update),
    "Delete": Verb("write:statuses", delete),
    "Follow": Verb("write:follows", follow),
    "Accept": Verb("write:follows", accept),
    "Reject": Verb("write:follows", reject),
    "Like": Verb("write:favourites", like),
    "Announce": Verb("write:statuses", announce),
    "Block": Verb("write:blocks", block),
    "Add": Verb("write:accounts", add),
    "Remove": Verb("write:accounts", remove),
    "Undo": Verb("write", undo),
}
