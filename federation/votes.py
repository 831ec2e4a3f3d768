"""Answers that somebody chose, on their way to whoever asked (spec: fediverse §1.4, Question)."""
from __future__ import annotations

from federation import audience, outbox
from federation.note import Note
from models import Actor, Poll, Post, Tombstone, Vote
from moderation import facts, policy
from moderation.policy import Verb


async def send(vote: Vote, post: Post, option: str) -> None:
    """One Create for each answer, to the author alone: a Note with a name and no content. Inside the act's transaction.

    `vote` with its actor, `post` with its author; `option` in its words.
    """
    author = post.author
    note = {"id": vote.uri, "type": "Note", "attributedTo": vote.actor.uri, "to": [author.uri], "name": option,
            "inReplyTo": post.uri}
    await outbox.send("Create", vote.actor, note, about=vote.uri, goes_to=audience.people(author), to=[author.uri])


async def take(note: Note, voter: Actor) -> None:
    """Count what somebody elsewhere chose, in a question of ours. Inside a transaction; the vote is `voter`'s own.

    Who may not see the question, comes too late, chose before or names no answer of it, is not counted. Twice is once.
    """
    post = await Post.kept(note.in_reply_to or "")
    poll = await Poll.filter(post_id=post.id).select_for_update().first() if post and post.author.is_local else None
    if post is None or poll is None or poll.is_closed or await Tombstone.covers(note.id, voter.uri):
        return
    words = [one["name"] for one in poll.options]
    if note.name not in words:
        return
    option = poll.mark(words.index(note.name))
    if not await _may_choose(option, voter, poll, post):
        return
    await Vote.get_or_create({"uri": note.id}, poll=poll, actor=voter, option=option)
    await poll.recount()


async def _may_choose(option: str, voter: Actor, poll: Poll, post: Post) -> bool:
    if not poll.is_multiple and await Vote.filter(poll_id=poll.id, actor_id=voter.id).exclude(option=option).exists():
        return False
    return bool(policy.decide(Verb.VOTE, await facts.between(voter, post.author, post=post)))


async def withdraw(uri: str, voter: Actor) -> None:
    """Somebody elsewhere takes back what they chose, which has this id. Inside a transaction."""
    await _drop(await Vote.filter(uri=uri, actor_id=voter.id))


async def forget(voter: Actor) -> None:
    """Somebody elsewhere is gone, and all they chose with them. Inside a transaction."""
    await _drop(await Vote.filter(actor_id=voter.id))


async def _drop(votes: list[Vote]) -> None:
    await Vote.filter(id__in=[vote.id for vote in votes] or [0]).delete()
    polls = Poll.filter(id__in=[vote.poll_id for vote in votes] or [0])
    for poll in await polls.select_for_update().order_by("id"):
        await poll.recount()


async def take_back(actor: Actor) -> None:
    """Ask everybody elsewhere who was told what this member chose to forget it. Inside the act's transaction."""
    for vote in await Vote.filter(actor_id=actor.id).exclude(poll__post__author__host=""):
        await outbox.cancel(vote.uri)
        tombstone = {"id": vote.uri, "type": "Tombstone"}
        await outbox.send("Delete", actor, tombstone, about=vote.uri, goes_to=audience.holders(vote.uri))
        await vote.delete()
