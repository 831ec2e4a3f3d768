"""Messages that nobody has answered yet."""
from __future__ import annotations

from datetime import datetime

from tortoise import fields

from models import clock
from models.base import Record
from models.database import rows
from models.ids import first_id, new_id
from models.post import Post
from models.reach import Reach


class Unanswered(Record):
    """The first message of a conversation, by one of our people, until somebody else writes in it.

    A list of its own: to look through all messages for those without an answer would take seconds, and this table holds a page
    or two (health.md §6, feature 8).
    """

    post: fields.OneToOneRelation[Post] = fields.OneToOneField("models.Post", related_name="unanswered")
    post_id: int
    conversation = fields.CharField(max_length=500, unique=True)
    author_id = fields.BigIntField()  # the actor, as in the message: their own answers do not count

    class Meta:
        table = "unanswered"

    @classmethod
    async def noticed(cls, post: Post, is_ours: bool) -> None:
        """Somebody can read a new message: it waits for an answer if it begins a conversation of ours, for the community at
        least; if it answers one, of somebody else, that waits no longer. Inside the transaction.
        """
        if post.parent_uri or post.parent_id:
            await cls.filter(conversation=post.conversation).exclude(author_id=post.author_id).delete()
        elif is_ours and post.reach.level >= Reach.COMMUNITY.level:
            await rows("INSERT INTO unanswered (id, created_at, post_id, conversation, author_id) VALUES (?, ?, ?, ?, ?)"
                       " ON CONFLICT DO NOTHING", [new_id(), clock.now(), post.id, post.uri, post.author_id])

    @classmethod
    async def forget(cls, before: datetime) -> int:
        """Those that nobody will answer any more; how many."""
        return await cls.filter(id__lt=first_id(before)).delete()
