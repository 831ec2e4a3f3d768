"""What authors of other servers answer when our members ask whether they may do something with a message (FEP-044f, GoToSocial).

One engine for quotes, answers, Likes and Announces. A yes counts with a permission that can be read where it stands, on the
author's server. `federation.handlers.request` is the other side.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from federation import asking_first, authorizations, quotes, quoting, resolve, values
from federation.addresses import same_origin
from federation.incoming import Incoming
from federation.instance import Instance
from models import Actor, Approval, OutgoingActivity, Post
from models.errors import CommunityError
from models.post import AskedState
from models.stamp import StampKind
from moderation import asking
from moderation.asking import REPLY

REQUESTS = {"QuoteRequest": StampKind.QUOTE, "ReplyRequest": StampKind.REPLY, "LikeRequest": StampKind.LIKE,
            "AnnounceRequest": StampKind.ANNOUNCE}
MAY_STILL_BE_LET = (AskedState.NONE, AskedState.ASKED, AskedState.REFUSED, AskedState.UNANSWERED)
ENDED_LIMIT = 100  # of one author's stamps that end together


@dataclass(frozen=True, slots=True)
class Wish:
    """Something of ours for which the author of `target`, a message elsewhere, was asked: a quote in `post`, or an Approval. Or
    an answer, `post`, that asked nobody and is let all the same.
    """

    kind: StampKind
    uri: str
    target: str
    state: AskedState
    post: Post | None = None
    approval: Approval | None = None

    async def grant(self, stamp_uri: str) -> None:
        """It is let. Inside a transaction."""
        if self.post and self.kind is StampKind.REPLY:
            await asking_first.attest(self.post, stamp_uri)
        elif self.post:
            await quoting.let(self.post, stamp_uri)
        elif self.approval:
            await self.approval.change(state=AskedState.SHOWN, stamp_uri=stamp_uri)
            await asking_first.let(self.approval)

    async def end(self, state: AskedState) -> None:
        """It is not, or no longer. Inside a transaction."""
        if self.post:
            await quoting.stop(self.post, state)
        elif self.approval:
            await self.approval.change(state=state, stamp_uri="")
            await asking_first.stop(self.approval, self.state)


async def _stays(approval: Approval) -> bool:
    """Whether what it lets asked nobody, and so does not end with it: an answer from before somebody wanted to be asked."""
    return approval.kind is StampKind.REPLY and await Post.exists(uri=approval.uri, answer_state=AskedState.NONE)


async def _forget(approval: Approval) -> None:
    """It was taken back, for good: with a new yes all who have the answer would hear of it, again and again."""
    await approval.change(state=AskedState.ENDED, stamp_uri="")


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """The permission that a yes names, read where it stands: a yes without a good one is as good as none. GoToSocial before 0.18
    names none: its Accept is the permission. May use the network.
    """
    wish = await _wish(incoming)
    if wish is None:
        await _bring_in(instance, incoming)
        return incoming
    if wish.state not in MAY_STILL_BE_LET:
        return incoming
    has_to_say = wish.kind is StampKind.QUOTE or wish.state is AskedState.NONE
    stamp = incoming.activity.result or ("" if has_to_say else incoming.activity.id)
    is_good = bool(stamp) and await authorizations.is_given(instance, stamp, wish.kind, interaction=wish.uri,
                                                            target=wish.target, author=incoming.sender)
    return replace(incoming, stamp_uri=stamp if is_good else "")


async def accepted(incoming: Incoming) -> bool:
    """The author says yes. False if it is about something else."""
    wish = await _wish(incoming)
    if wish is None:
        return False
    if incoming.stamp_uri and wish.state in MAY_STILL_BE_LET:
        await wish.grant(incoming.stamp_uri)
    return True


async def refused(incoming: Incoming) -> bool:
    """The author says no, or no longer yes. False if this is about something else."""
    wish = await _wish(incoming)
    if wish is None or wish.state is AskedState.NONE:
        return False
    if wish.approval and await _stays(wish.approval):
        await _forget(wish.approval)
    elif wish.state in (AskedState.ASKED, AskedState.UNANSWERED):
        await wish.end(AskedState.REFUSED)
    elif wish.state is AskedState.SHOWN:
        await wish.end(AskedState.ENDED)
    return True


async def withdraw(stamp_uri: str, sender: Actor) -> None:
    """A permission is gone, says who gave it: quotes and answers that it let are shown no longer. Inside a transaction."""
    await quotes.withdraw(stamp_uri, sender)
    await quoting.end([stamp_uri])
    await _end(await Approval.filter(stamp_uri=stamp_uri, post__author_id=sender.id).limit(ENDED_LIMIT).select_related(
        "actor", "post__author"))


async def withdraw_of(stamp_uris: Sequence[str], host: str) -> None:
    """The same for permissions that a whole server takes back, of its own people. Inside a transaction."""
    await quotes.withdraw_of(stamp_uris, host)
    await quoting.end(stamp_uris)
    given = Approval.filter(stamp_uri__in=list(stamp_uris), post__author__host=host)
    await _end(await given.limit(ENDED_LIMIT).select_related("actor", "post__author"))


async def _end(approvals: Sequence[Approval]) -> None:
    for approval in approvals:
        if approval.actor.is_local and await _stays(approval):
            await _forget(approval)
        elif approval.actor.is_local:
            await Wish(approval.kind, approval.uri, approval.post.uri, approval.state, approval=approval).end(AskedState.ENDED)
        else:  # somebody else's answer: as if it answered nothing
            await Post.filter(uri=approval.uri).update(parent_id=None, parent_uri="", conversation=approval.uri)
            await approval.delete()


async def _wish(incoming: Incoming) -> Wish | None:
    """What the sender was asked for, by the id of our request, by what the answer repeats of it, or by what was asked for."""
    activity = incoming.activity
    request = await OutgoingActivity.get_or_none(uri=activity.object_id or "", kind__in=list(REQUESTS))
    repeated = activity.object if isinstance(activity.object, dict) else {}
    if request:
        found = await _about(REQUESTS[request.kind], request.object_uri)
    elif kind := REQUESTS.get(activity.object_type or ""):
        found = await _about(kind, values.link(repeated.get("instrument")) or "")
    else:
        found = await _asked_in(activity.object_id or "") or await _unasked(activity.object_id or "")
    if found is None or not await Post.exists(uri=found.target, author_id=incoming.sender.id):
        return None
    return found


async def _about(kind: StampKind, uri: str) -> Wish | None:
    if kind is not StampKind.QUOTE:
        found = await _asked_in(uri)
        return found if found and found.kind is kind else None
    post = await Post.kept(uri) if uri else None
    if post is None or not post.author.is_local:
        return None
    return Wish(kind, post.uri, post.quote_uri, post.quote_state, post=post)


async def _asked_in(uri: str) -> Wish | None:
    approval = await Approval.get_or_none(uri=uri, actor__host="").select_related("actor", "post__author")
    if approval is None:
        return None
    return Wish(approval.kind, uri, approval.post.uri, approval.state, approval=approval)


async def _unasked(uri: str) -> Wish | None:
    """An answer of ours for which nobody had to be asked, which somebody lets before others would doubt it."""
    post = await Post.kept(uri)
    if post is None or not post.author.is_local or not post.parent_id or post.answer_state is not AskedState.NONE:
        return None
    return Wish(StampKind.REPLY, uri, post.parent_uri, AskedState.NONE, post=post)


async def _bring_in(instance: Instance, incoming: Incoming) -> None:
    """An answer of somebody else, whose server asks nobody, that the author of what it answers has let since: GoToSocial tells
    those who follow. It is read where it stands, and so is the permission.
    """
    activity = incoming.activity
    uri, target = activity.object_id, activity.target
    if uri is None or target is None or activity.result is None or same_origin(uri, instance.origin):
        return
    answered = await Post.kept(target)
    if answered is None or answered.author_id != incoming.sender.id or asking.rule_of(answered, REPLY) is None:
        return
    try:
        note = await resolve.fetch_note(instance, uri)
        if note.in_reply_to == target:
            await resolve.keep(instance, replace(note, answer_stamp=activity.result), ancestors=0)
    except CommunityError:
        return
