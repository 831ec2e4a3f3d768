"""Permissions that our members give: stamps with an id of their own, which others check (FEP-044f)."""
from __future__ import annotations

from typing import Any

from federation import audience, outbox, quoting
from federation.addresses import origin_of
from federation.contexts import AS, request_context
from federation.wire import Activity
from models import Actor, Post, Q, Stamp, Subquery
from models.stamp import StampKind
from moderation.asking import ANSWERS_SHOWN

STANDING_LIMIT = 200  # answers, the newest, that get a permission when a conversation is closed

#: The words of FEP-044f and of GoToSocial, in the context of the stamp's own document.
_TERMS = {"gts": "https://gotosocial.org/ns#",
          "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
          "ReplyAuthorization": "gts:ReplyAuthorization",
          "LikeAuthorization": "gts:LikeApproval",  # so in GoToSocial's own context
          "AnnounceAuthorization": "gts:AnnounceAuthorization",
          "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
          "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"}}


def uri_of(stamp: Stamp) -> str:
    """Where the stamp can be read."""
    return f"{origin_of(stamp.post.uri)}/stamps/{stamp.key}"


def document(stamp: Stamp) -> dict[str, Any]:
    """The stamp, with its message and the message's author loaded."""
    return {"@context": [AS, _TERMS], "id": uri_of(stamp), "type": f"{stamp.kind.value}Authorization",
            "attributedTo": stamp.post.author.uri, "interactingObject": stamp.interaction_uri,
            "interactionTarget": stamp.post.uri}


async def grant(stamp: Stamp, request: Activity) -> None:
    """Say yes. `stamp` with its message, that message's author, and the asker. Inside the act's transaction."""
    # about the stamp itself, so that the ledger knows who has it when it is withdrawn
    author, said = stamp.post.author, _words(stamp.post.author) | {"result": uri_of(stamp)}
    await outbox.send("Accept", author, _repeated(request), about=uri_of(stamp), goes_to=audience.people(stamp.asker),
                      to=[stamp.asker.uri], extra=said)


async def let_stand(post: Post) -> None:
    """The answers that a message of ours has, from elsewhere, get a permission each before nobody may answer any more: servers
    that learn of the message later, or of the answers, would not take them without one. Inside the act's transaction.
    """
    given = Subquery(Stamp.filter(post_id=post.id, kind=StampKind.REPLY).values("interaction_uri"))
    there = Post.filter(parent_id=post.id, deleted_at__isnull=True, hidden_at__isnull=True, reach__in=ANSWERS_SHOWN,
                        author__suspended_at__isnull=True, author__deleted_at__isnull=True).exclude(author__host="")
    for answer in await there.filter(~Q(uri__in=given)).order_by("-id").limit(STANDING_LIMIT).select_related("author"):
        stamp, is_new = await Stamp.get_or_create(kind=StampKind.REPLY, post=post, interaction_uri=answer.uri,
                                                  defaults={"asker": answer.author})
        if not is_new:
            continue  # asked for and given meanwhile
        stamp.post, stamp.asker = post, answer.author
        await outbox.send("Accept", post.author, answer.uri, about=uri_of(stamp), goes_to=audience.people(answer.author),
                          to=[answer.author.uri], extra={"target": post.uri, "result": uri_of(stamp)})


async def refuse(author: Actor, asker: Actor, request: Activity) -> None:
    """Say no."""
    await outbox.send("Reject", author, _repeated(request), about=request.id, goes_to=audience.people(asker), to=[asker.uri],
                      extra=_words(author))


async def withdraw_all(author: Actor, *, asker: Actor | None = None, kind: StampKind | None = None,
                       post: Post | None = None) -> None:
    """Take back what a member of ours allowed: everything, or what one asker got, or one kind, or of one message. Inside the
    act's transaction.
    """
    given = Stamp.filter(post__author_id=author.id)
    given = given.filter(post_id=post.id) if post else given
    given = given.filter(asker_id=asker.id) if asker else given
    for stamp in await (given.filter(kind=kind) if kind else given).select_related("post__author", "asker"):
        await withdraw(stamp)


async def withdraw(stamp: Stamp) -> None:
    """Take one back: with its asker, its message and that one's author, a member of ours. Inside the act's transaction."""
    uri, author = uri_of(stamp), stamp.post.author
    await outbox.cancel(uri)
    await outbox.send("Delete", author, uri, about=uri, goes_to=audience.holders(uri), to=[stamp.asker.uri])
    await quoting.end_of_own(stamp, uri)
    await stamp.delete()


def _words(author: Actor) -> dict[str, Any]:
    """The context of an answer, which holds the request."""
    return {"@context": request_context(origin_of(author.uri))}


def _repeated(request: Activity) -> dict[str, Any]:
    """The request as its sender knows it: some forget what they asked."""
    return {"id": request.id, "type": request.type, "actor": request.actor, "object": request.object_id,
            "instrument": request.instrument}
