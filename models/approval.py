"""What somebody elsewhere was asked to let be done with their message, and said (GoToSocial's interaction policies).

The other side of `models.stamp`. How it stands with quotes is kept with the message that quotes.
"""
from __future__ import annotations

from tortoise import fields

from models.actor import Actor
from models.base import Record
from models.post import AskedState, Post
from models.reach import Reach
from models.stamp import StampKind


class Approval(Record):
    """An answer, a Like or an Announce whose message's author has to let it. Of an answer of ours `Post.answer_state` says the
    same; Like and Announce of ours get their row with the yes. Of people elsewhere only a yes to an answer is kept.
    """

    kind = fields.CharEnumField(StampKind, max_length=16)
    uri = fields.CharField(max_length=500, unique=True)  # of the answer, the Like, the Announce
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="approvals")
    actor_id: int
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("models.Post", related_name="approvals")  # what it is about
    post_id: int
    reach = fields.CharEnumField(Reach, max_length=16, default=Reach.CIRCLE)  # how far it goes
    state = fields.CharEnumField(AskedState, max_length=16, default=AskedState.ASKED)
    stamp_uri = fields.CharField(max_length=500, default="", db_default="")  # where the yes stands

    class Meta:
        table = "approval"
        indexes = (("post_id", "actor_id"), ("actor_id",), ("stamp_uri",))
