"""Quoting: whether a member may, and what is written down with the message that quotes (FEP-044f).

`Composition.quoted` names what is quoted; `posts.publish` does the rest. How it stands is `Post.quote_state`.
"""
from __future__ import annotations

from dataclasses import replace
from typing import Any

from federation import stamps
from models import Actor, Post, Stamp
from models.database import in_transaction
from models.errors import NotHere
from models.post import AskedState, Quotable
from models.reach import Reach
from models.stamp import StampKind
from moderation import facts, policy
from moderation.policy import Verb
from server.errors import Refused


async def check(author: Actor, quoted: Post, reach: Reach) -> None:
    """Whether a message of this reach may quote that one, which has its author loaded. Raises: Refused."""
    known = await facts.between(author, quoted.author, reach=reach, post=quoted)
    if not reach.leaves:
        known = replace(known, consents=True)  # nothing leaves, not even a question
    if not (decision := policy.decide(Verb.QUOTE, known)):
        raise Refused(decision.reason or "")


def is_offered(reader: Actor, post: Post) -> bool:
    """Whether a page offers to quote this message, which has its author; asks no database. `check` decides."""
    if post.author_id == reader.id:
        return post.reach.level >= Reach.COMMUNITY.level
    if post.reach is not Reach.WEB:
        return False
    return post.author.allows_quotes if post.author.is_local else post.quotable is not Quotable.NOBODY


def columns(author: Actor, quoted: Post | None, reach: Reach) -> dict[str, Any]:
    """What the row of the message that quotes holds of it: shown at once, or once its author elsewhere has said yes."""
    if quoted is None:
        return {}
    is_asked = not quoted.author.is_local and reach.leaves
    return {"quote_uri": quoted.uri, "quote_state": AskedState.ASKED if is_asked else AskedState.SHOWN,
            "shows_quote": not is_asked}


async def revoke(quoted: Post, quoting: Post) -> None:
    """Its author, a member of ours, no longer lets this message quote theirs. Raises: NotHere if it does not."""
    async with in_transaction():
        found = Stamp.filter(kind=StampKind.QUOTE, post_id=quoted.id, interaction_uri=quoting.uri)
        stamp = await found.select_related("post__author", "asker").first()
        if stamp is None:
            raise NotHere("no such quote")
        await stamps.withdraw(stamp)


async def begin(post: Post, quoted: Post | None) -> None:
    """The stamp of a member of ours who is quoted by another. Inside the transaction that writes `post`."""
    if quoted is None or not quoted.author.is_local or quoted.author_id == post.author_id:
        return
    stamp = await Stamp.create(kind=StampKind.QUOTE, post=quoted, interaction_uri=post.uri, asker=post.author)
    stamp.post = quoted
    await post.change(quote_stamp_uri=stamps.uri_of(stamp))
