"""Writes activities of ours down, with a delivery for each inbox, inside the transaction of the act they tell of.

Nothing is sent here: the worker does that once the transaction has committed, so that an answer given is an answer
kept, and no slow server ever makes a member wait.
"""
from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from federation import audience, proofs, render
from federation.addresses import origin_of, same_origin
from federation.contexts import PUBLIC, note_context, request_context
from federation.render import Document
from models import (
    Actor,
    ActorKey,
    Announce,
    Approval,
    Attachment,
    Delivery,
    Follow,
    Host,
    Like,
    OutgoingActivity,
    Poll,
    Post,
    Recipient,
    Tag,
    clock,
    fan_out,
)
from models.delivery import TELLING, DeliveryState
from models.fan_out import Audience
from models.host import Standing
from models.ids import new_key
from models.post import AskedState
from models.reach import Reach
from moderation import asking, consent, counts, hosts
from moderation.hosts import HEARD


async def create(post: Post) -> None:
    """Tell of a new message. It waits until `post.held_until`, so that it can be undone. What the team hides leaves in no way:
    this and the three below say nothing of it.
    """
    if post.hidden_at is not None:
        return
    if not post.is_let:
        await _ask_to_answer(post)
        return
    recipients = await _recipients(post)
    named = [recipient.actor for recipient in recipients]
    note = await _attested(post, await _note(post, recipients))
    goes_to = await audience.readers(post.author, post.reach, named)
    await send("Create", post.author, note, about=post.uri, goes_to=goes_to, due_at=post.held_until,
               to=note["to"], cc=note["cc"], extra={"published": note["published"]})
    await _ask_to_quote(post)


async def _ask_to_quote(post: Post) -> None:
    """Ask the author of what it quotes; `federation.quoting` hears the answer (FEP-044f)."""
    if post.quote_state is AskedState.ASKED and (quoted := await Post.kept(post.quote_uri)):
        await send("QuoteRequest", post.author, quoted.uri, about=post.uri, goes_to=audience.people(quoted.author),
                   due_at=post.held_until, to=[quoted.author.uri], extra={"instrument": post.uri})


async def _ask_to_answer(post: Post) -> None:
    """Ask whom an answer answers, and tell nobody else (GoToSocial); `federation.approvals` hears what they say. A server that
    knows no requests gets the answer itself.
    """
    parent = await _asked_of(post)
    if parent is None:
        return
    note = await _attested(post, await _note(post, await _recipients(post)))
    author, goes_to, due_at = post.author, audience.people(parent.author), post.held_until
    if asking.is_older(parent, asking.REPLY):
        await send("Create", author, note, about=post.uri, goes_to=goes_to, due_at=due_at, to=note["to"], cc=note["cc"],
                   extra={"published": note["published"]})
    else:
        await send("ReplyRequest", author, parent.uri, about=post.uri, goes_to=goes_to, due_at=due_at, to=[parent.author.uri],
                   extra=wanted(author, note))


async def _asked_of(post: Post) -> Post | None:
    """The message whose author has not said yet whether this answer of ours may stand below it."""
    return await Post.kept(post.parent_uri) if post.answer_state is AskedState.ASKED else None


def wanted(actor: Actor, thing: Document) -> Document:
    """What a request of this actor holds beside the message that it is about: what is asked for, whole."""
    return {"@context": request_context(origin_of(actor.uri)), "instrument": thing}


async def update(post: Post, *, is_edit: bool = True, at: datetime | None = None) -> None:
    """Tell of an edit: to those who have the message, and to those who should have it now. What `is_edit` not, such as the yes of
    somebody whom it quotes, says when the message was changed last. `at`: when the team changed what others see of it.
    """
    asked = await _asked_of(post)
    if post.hidden_at is not None or asked is None and not post.is_let:
        return
    recipients = await _recipients(post)
    note = await _note(post, recipients)
    if at is not None:
        note["updated"] = render.exact_instant(at)
    elif not is_edit:
        note.setdefault("updated", note["published"])
    note = await _attested(post, note)
    named = [recipient.actor for recipient in recipients]
    goes_to = audience.people(asked.author) if asked else await audience.readers(post.author, post.reach, named, had=post.uri)
    await send("Update", post.author, note, about=post.uri, goes_to=goes_to, due_at=post.held_until, to=note["to"], cc=note["cc"])


async def renew(post: Post) -> None:
    """Tell those who have a message and obey its time that they may keep it for longer: an Update that says when the message was
    changed last, so that it is no change itself.
    """
    if post.hidden_at is not None or not post.is_let:
        return
    obeying = [host.name for host in await Host.filter(takes_withdrawals=True).only("id", "name")]
    goes_to = Audience(holders_of=post.uri, standings=await hosts.receiving(post.reach), among=obeying)
    note = await _note(post, await _recipients(post))
    note.setdefault("updated", note["published"])
    await send("Update", post.author, note, about=post.uri, goes_to=goes_to, to=note["to"], cc=note["cc"])


async def delete(post: Post, but: Collection[str] = ()) -> None:
    """Ask those who have the message, and nobody else, to erase it; `but` these hosts, which know. What has not left yet never
    leaves.
    """
    recipients = await _recipients(post)
    await cancel(post.uri)
    to, cc = render.addressing(post, recipients, origin_of(post.uri))
    tombstone = {"id": post.uri, "type": "Tombstone", "deleted": render.instant(clock.now())}
    await send("Delete", post.author, tombstone, about=post.uri, to=to, cc=cc, goes_to=audience.holders(post.uri, but))


async def narrowed(post: Post, hosts: Collection[str]) -> None:
    """Tell these hosts, those of people whom it still reaches, that a message is for fewer now. Its text is not changed."""
    if post.hidden_at is not None or not post.is_let:
        return
    recipients = await _recipients(post)
    goes_to = await audience.readers(post.author, post.reach, [recipient.actor for recipient in recipients], among=hosts)
    note = await _note(post, recipients)
    note.setdefault("updated", note["published"])
    await send("Update", post.author, note, about=post.uri, goes_to=goes_to, to=note["to"], cc=note["cc"])


async def cancel(object_uri: str) -> None:
    """Call back what waits and was never tried. What was tried may have arrived, and gets its Delete."""
    waiting = Delivery.filter(object_uri=object_uri, state=DeliveryState.WAITING)
    await waiting.filter(attempts=0).update(state=DeliveryState.FAILED, done_at=clock.now())


async def like(like: Like, stamp_uri: str = "") -> None:
    """ "Thinking of you": tell the author, alone. `stamp_uri`: of the yes, where they were asked first."""
    await _tell_author("Like", like, like.post, _permission("like", stamp_uri))


async def undo_like(like: Like) -> None:
    """Take a Like back."""
    await undo("Like", like.actor, like.uri, like.post.uri, like.post.author)


async def announce(announce: Announce, stamp_uri: str = "") -> None:
    """Pass a message on: to one's followers as far as its reach goes, and to its author. `stamp_uri`: of the author's yes, where
    they were asked first.
    """
    actor, post = announce.actor, announce.post
    goes_to = await audience.readers(actor, announce.reach, [post.author])
    to, cc = _audience_of(announce)
    await send("Announce", actor, post.uri, about=announce.uri, uri=announce.uri, goes_to=goes_to, to=to, cc=cc,
               extra={"published": render.instant(announce.published_at)} | _permission("announce", stamp_uri))


async def undo_announce(announce: Announce) -> None:
    """Take a passing-on back, where it went."""
    to, cc = _audience_of(announce)
    inner = {"id": announce.uri, "type": "Announce", "actor": announce.actor.uri, "object": announce.post.uri, "to": to, "cc": cc}
    await send("Undo", announce.actor, inner, about=announce.uri, goes_to=audience.holders(announce.uri), to=to, cc=cc)


async def follow(follow: Follow) -> None:
    """Ask to follow someone elsewhere."""
    await send("Follow", follow.follower, follow.target.uri, about=follow.uri, uri=follow.uri,
               goes_to=audience.people(follow.target), to=[follow.target.uri])


async def undo_follow(follow: Follow) -> None:
    """Stop following. The whole Follow goes along: some servers forget what they were sent (fediverse.md §1.4)."""
    await send("Undo", follow.follower, follow_document(follow), about=follow.uri, goes_to=audience.people(follow.target),
               to=[follow.target.uri])


async def accept(follow: Follow) -> None:
    """Say yes to a follower elsewhere."""
    await _answer("Accept", follow)


async def reject(follow: Follow) -> None:
    """Say no to a request, or send a follower away: the protocol has one word for both."""
    await _answer("Reject", follow)


async def update_actor(actor: Actor) -> None:
    """Tell those who know an actor of ours that the profile changed, each with the lines that reach them."""
    near, keys = await hosts.receiving(Reach.PARTNERS), await ActorKey.shown(actor.id)
    theirs = Audience(followers_of=actor.id, holders_of=actor.uri, standings=near)
    others = Audience(holders_of=actor.uri, standings=[how for how in Standing if how not in near])
    for readers, goes_to in ((Reach.PARTNERS, theirs), (Reach.WEB, others)):
        document = render.actor_document(actor, keys, origin_of(actor.uri), readers)
        await send("Update", actor, document, about=actor.uri, goes_to=goes_to, to=[actor.followers_uri],
                   extra={"@context": document.pop("@context")})


async def suspend_actor(actor: Actor) -> None:
    """Tell those who know an actor of ours that it is suspended, as Mastodon says it: they hide it, and nothing is erased. What
    was written down before about the profile does not leave.
    """
    await cancel(actor.uri)
    document = render.suspended_document(actor, await ActorKey.shown(actor.id), origin_of(actor.uri))
    await send("Update", actor, document, about=actor.uri, goes_to=audience.holders(actor.uri), to=[actor.followers_uri],
               extra={"@context": document.pop("@context")})


async def update_instance(actor: Actor, title: str) -> None:
    """Tell the communities that we exchange with that our own actor changed."""
    heard = await Host.filter(standing__in=list(HEARD)).exclude(instance_uri="").values_list("instance_uri", flat=True)
    theirs = await Actor.filter(Actor.present(), uri__in=[str(uri) for uri in heard]).exclude(host="")
    document = render.instance_document(actor, await ActorKey.shown(actor.id), origin_of(actor.uri), title)
    await send("Update", actor, document, about=actor.uri, goes_to=audience.people(*theirs), to=[one.uri for one in theirs],
               extra={"@context": document.pop("@context")})


async def delete_actor(actor: Actor) -> None:
    """Tell those who know an actor of ours, and nobody else, that it is gone (mastodon#21674)."""
    goes_to = Audience(followers_of=actor.id, holders_of=actor.uri)
    await send("Delete", actor, actor.uri, about=actor.uri, goes_to=goes_to, to=[actor.followers_uri])


def follow_document(follow: Follow) -> Document:
    """A Follow, whole, with the id that its sender gave it."""
    return {"id": follow.uri, "type": "Follow", "actor": follow.follower.uri, "object": follow.target.uri}


async def send(kind: str, actor: Actor, thing: object, *, about: str, goes_to: Audience, uri: str = "",
               due_at: datetime | None = None, to: list[str] | None = None, cc: list[str] | None = None,
               extra: dict[str, Any] | None = None, is_proven: bool = False) -> None:
    """Write one activity and its deliveries; nothing where nobody elsewhere is to have it.

    `about` is the uri of what it tells of: deliveries about one thing to one host keep their order. What is for the whole web
    holds a proof, and what `is_proven`.
    """
    if not await fan_out.reaches(goes_to):
        return
    key, origin, to, cc = new_key(), origin_of(actor.uri), to or [], cc or []
    uri = uri or f"{origin}/activities/{key}"
    document = render.activity_document(kind, uri, actor, thing, to=to, cc=cc, origin=origin, extra=extra)
    if is_proven or PUBLIC in (*to, *cc):
        document = await proofs.attested(document, actor, clock.now())
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    activity = await OutgoingActivity.get_or_none(uri=uri)
    if activity is None:
        activity = OutgoingActivity(key=key, actor_id=actor.id, kind=kind, object_uri=about, body=body, uri=uri)
        is_private = kind in TELLING and {PUBLIC, actor.followers_uri, render.partners_uri(origin)}.isdisjoint((*to, *cc))
        activity.readers = (actor.id,) if is_private else ()
        await activity.save(force_create=True)
    await fan_out.add_deliveries(activity.id, about, goes_to, due_at or clock.now())


async def _recipients(post: Post) -> list[Recipient]:
    return await Recipient.filter(post_id=post.id).select_related("actor").order_by("id")


async def document_of(post: Post, replies: Document) -> Document:
    """A post of ours as a document of its own, with a proof if it is for the web. `replies`: the collection of its answers."""
    note = await note_of(post) | {"replies": replies}
    return await _attested(post, {"@context": note_context(origin_of(post.uri))} | note)


async def note_of(post: Post) -> Document:
    """A post of ours, with its author loaded, as a Note."""
    return await _note(post, await _recipients(post))


async def _note(post: Post, recipients: list[Recipient]) -> Document:
    tags = await Tag.filter(post_id=post.id).order_by("name")
    attachments = await Attachment.filter(post_id=post.id).order_by("position")
    note = render.note_document(post, recipients=recipients, tags=tags, attachments=attachments, origin=origin_of(post.uri),
                                is_closed=await Post.exists(conversation=post.conversation, settled_at__isnull=False))
    note["replies"] = f"{post.uri}/replies"
    if post.parent_id and post.is_let and (yes := await Approval.get_or_none(uri=post.uri)):
        note |= _permission("reply", yes.stamp_uri)
    if "expires" in note and (given := await consent.may_leave(post.author_id)) and given.key:
        note["consent"] = given.key  # under which yes it is there, as receipts name it
    if post.kind and (poll := await Poll.get_or_none(post_id=post.id)):
        note |= render.question(poll, (await counts.thresholds()).outside)
    if same_origin(post.conversation, post.uri):  # the conversation is ours to tell of (FEP-7888)
        note["context"] = f"{post.conversation}/context"
    elif post.context_uri:  # it began elsewhere: we name what its origin named
        note["context"] = post.context_uri
    return note


async def _attested(post: Post, note: Document) -> Document:
    """What is for the web carries its own proof, as of its last edit, and the context of that; anything else stays as it is."""
    if post.reach is not Reach.WEB:
        return note
    said_at = post.edited_at or post.published_at
    return await proofs.attested(note | {"@context": note_context(origin_of(post.uri))}, post.author, said_at)


async def _tell_author(kind: str, like: Like, post: Post, extra: Document) -> None:
    author = post.author
    await send(kind, like.actor, post.uri, about=like.uri, uri=like.uri, goes_to=audience.people(author), to=[author.uri],
               extra=extra)


def _permission(what: str, stamp_uri: str) -> Document:
    """By what others see that an answer, a Like or an Announce was let; the second is what GoToSocial before 0.21 reads."""
    return {f"{what}Authorization": stamp_uri, "approvedBy": stamp_uri} if stamp_uri else {}


async def undo(kind: str, actor: Actor, uri: str, object_uri: str, told: Actor) -> None:
    """Take something back at the one who was told of it."""
    inner = {"id": uri, "type": kind, "actor": actor.uri, "object": object_uri}
    await send("Undo", actor, inner, about=uri, goes_to=audience.people(told), to=[told.uri])


async def _answer(kind: str, follow: Follow) -> None:
    await send(kind, follow.target, follow_document(follow), about=follow.uri, goes_to=audience.people(follow.follower),
               to=[follow.follower.uri])


def _audience_of(announce: Announce) -> tuple[list[str], list[str]]:
    return addressed(announce.actor, announce.reach, announce.post.author)


def addressed(actor: Actor, reach: Reach, author: Actor) -> tuple[list[str], list[str]]:
    """`to` and `cc` of an Announce of a message of this author."""
    if reach is Reach.WEB:
        return [PUBLIC], [actor.followers_uri, author.uri]
    return [render.partners_uri(origin_of(actor.uri)), actor.followers_uri], [author.uri]


