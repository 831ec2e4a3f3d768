"""Whether somebody has to ask before they answer a message, say that they think of its author, or pass it on.

What the author of a message elsewhere says of that (GoToSocial's interaction policies) is kept with our copy as `Post.asks`:
"canReply", "canLike", "canAnnounce" -> `named`, who need not ask, and `older`, whether its server knows no requests.
"""
from __future__ import annotations

from typing import Any

from models import Actor, Post
from models.reach import Reach

ANSWERS_SHOWN = (Reach.PARTNERS, Reach.WEB)  # what is for named people is between them
REPLY, LIKE, ANNOUNCE = "canReply", "canLike", "canAnnounce"


def must_ask(doer: Actor, post: Post, what: str) -> bool:
    """Whether this actor, ours or not, may do it only once the author of `post`, which is loaded with it, has let it.

    Who is named need not, nor the author, nor who lives on the author's server: what was not let leaves it for nobody else. Who
    follows has to: nobody else can see that they do.
    """
    rule = rule_of(post, what)
    return rule is not None and doer.host != post.author.host and doer.uri not in rule.get("named", ())


def asks_to_answer(author: Actor, parent: Post, reach: Reach) -> bool:
    """Whether an answer of ours, of this reach, goes to the author of what it answers before anybody else. What stays here or is
    for named people asks nobody. What may not go to that server is not written at all (`policy.the_answered_may_be_asked`).
    """
    return reach in ANSWERS_SHOWN and must_ask(author, parent, REPLY)


def is_older(post: Post, what: str) -> bool:
    """Whether the author's server knows no requests: the act itself is sent to it, and to nobody else before it says yes."""
    return bool((rule_of(post, what) or {}).get("older"))


def rule_of(post: Post, what: str) -> dict[str, Any] | None:
    """What is said of it; None where nobody has to ask. Of ours nothing: we answer by our own rules."""
    return None if post.author.is_local or not post.asks else post.asks.get(what)
