"""Whether somebody has to ask before they answer a message, say that they think of its author, or pass it on.

What the author of a message elsewhere says of that (GoToSocial's interaction policies) is kept with our copy as `Post.asks`:
"canReply", "canLike", "canAnnounce" -> `named`, who need not ask, and `older`, whether its server knows no requests.
"""
from __future__ import annotations

from typing import Any

from models import Actor, Post
from models.reach import Reach
from moderation import hosts

ANSWERS_SHOWN = (Reach.PARTNERS, Reach.WEB)  # what is for named people is between them
REPLY, LIKE, ANNOUNCE = "canReply", "canLike", "canAnnounce"


def must_ask(doer: Actor, post: Post, what: str) -> bool:
    """Whether this actor, ours or not, may do it only once the author of `post`, which is loaded with it, has let it.

    Who is named need not, nor the author. Who follows has to: nobody else can see that they do.
    """
    rule = rule_of(post, what)
    return rule is not None and doer.id != post.author_id and doer.uri not in rule.get("named", ())


async def asks_to_answer(author: Actor, parent: Post, reach: Reach) -> bool:
    """Whether an answer of ours, of this reach, goes to the author of what it answers before anybody else. What stays here or is
    for named people asks nobody, nor does what may not go to that server.
    """
    if reach not in ANSWERS_SHOWN or not must_ask(author, parent, REPLY):
        return False
    return hosts.may_receive(await hosts.of(parent.author), reach)


def is_older(post: Post, what: str) -> bool:
    """Whether the author's server knows no requests: the act itself is sent to it, and to nobody else before it says yes."""
    return bool((rule_of(post, what) or {}).get("older"))


def rule_of(post: Post, what: str) -> dict[str, Any] | None:
    """What is said of it; None where nobody has to ask. Of ours nothing: we answer by our own rules."""
    return None if post.author.is_local or not post.asks else post.asks.get(what)
