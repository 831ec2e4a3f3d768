"""Choosing an answer to a question."""
from __future__ import annotations

from collections.abc import Sequence

from federation import votes
from models import Actor, Poll, Post, Vote
from models.database import in_transaction
from models.errors import CommunityError, NotHere
from models.ids import new_key
from moderation import facts, policy
from moderation.policy import Verb
from server.errors import Refused


class NothingChosen(CommunityError):
    """No answer was chosen, or several where one is asked for."""

    safe = "Choose an answer first."


class Over(CommunityError):
    """The question takes no answers any more."""

    status = 409
    safe = "This question takes no more answers."


class Own(CommunityError):
    """Who asks does not answer: of few answers, one's own would tell the others."""

    status = 422
    safe = "This question is your own. The others answer it."


async def choose(actor: Actor, post: Post, places: Sequence[int]) -> None:
    """Choose the answers at these places, counted from 0. Told to the author alone; who has chosen has chosen.

    Raises: NotHere (no such question or answer), Own, Over, NothingChosen, Refused.
    """
    poll = await Poll.get_or_none(post_id=post.id)
    if poll is None or any(place >= len(poll.options) for place in places):
        raise NotHere("no such answer")
    wanted = _open_to(actor, post, poll, places)
    if not (decision := policy.decide(Verb.VOTE, await facts.between(actor, post.author, post=post))):
        raise Refused(decision.reason or "")
    async with in_transaction():
        now = await Poll.filter(id=poll.id).select_for_update().first()
        if now is None or now.words != poll.words:
            raise NotHere("something else is asked meanwhile")
        poll = now
        if await Vote.exists(poll_id=poll.id, actor_id=actor.id):
            return
        for place in wanted:
            vote = await Vote.create(uri=f"{actor.uri}/votes/{new_key()}", poll=poll, actor=actor, option=poll.mark(place))
            vote.actor = actor
            await votes.send(vote, post, str(poll.options[place]["name"]))
        if post.author.is_local:
            await poll.recount()


def _open_to(actor: Actor, post: Post, poll: Poll, places: Sequence[int]) -> list[int]:
    """The places that this actor may choose now, each once; the errors of `choose` otherwise."""
    if post.author_id == actor.id:
        raise Own("own question")
    if poll.is_closed:
        raise Over("closed")
    wanted = sorted(set(places))
    if not wanted or len(wanted) > 1 and not poll.is_multiple:
        raise NothingChosen("answers")
    return wanted
