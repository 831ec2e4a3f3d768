"""Answers that our members choose, on their way to whoever asked (spec: fediverse §1.4, Question)."""
from __future__ import annotations

from federation import audience, outbox
from models import Actor, Post, Vote


async def send(vote: Vote, post: Post) -> None:
    """One Create for each answer, to the author alone: a Note with a name and no content. Inside the act's transaction.

    `vote` with its actor, `post` with its author.
    """
    author = post.author
    note = {"id": vote.uri, "type": "Note", "attributedTo": vote.actor.uri, "to": [author.uri], "name": vote.option,
            "inReplyTo": post.uri}
    goes_to = {} if author.is_local else {author.inbox_uri: author.host}
    await outbox.send("Create", vote.actor, note, about=vote.uri, goes_to=goes_to, to=[author.uri])


async def take_back(actor: Actor) -> None:
    """Ask everybody who was told what this member chose to forget it. Inside the act's transaction."""
    for vote in await Vote.filter(actor_id=actor.id):
        goes_to = await audience.inboxes_that_have(vote.uri)
        await outbox.cancel(vote.uri)
        await outbox.send("Delete", actor, {"id": vote.uri, "type": "Tombstone"}, about=vote.uri, goes_to=goes_to)
        await vote.delete()
