"""Messages that nobody has answered yet."""
from __future__ import annotations

from tortoise import fields

from models.base import Record
from models.post import Post


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
