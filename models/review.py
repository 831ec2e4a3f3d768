"""What waits for a look by the team before anybody may read it."""
from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from tortoise import fields

from models.post import OfPost, Post


class ReviewCause(StrEnum):
    """Which rule holds a message back."""

    ABOUT_OTHERS = "about_others"  # words about the health of somebody who has not agreed
    PAYMENT = "payment"
    CURE = "cure"
    DOSE = "dose"
    CONTACT = "contact"
    PRODUCT = "product"
    FIRST = "first_messages"  # of somebody whom the team does not know yet
    IMAGE = "image"  # a picture that the team looks at first
    SCANNER = "scanner"  # the program that looks at pictures was not sure, or did not answer
    OTHER = "other"  # a rule of the host's own


class ReviewState(StrEnum):
    """What the team has said."""

    WAITING = "waiting"
    LET_GO = "let_go"
    SENT_BACK = "sent_back"  # its author may change it, and it comes again


class Review(OfPost):
    """A message of ours that is held (`Post.held_until` is IN_REVIEW) until somebody of the team has read it.

    What the rule found, and what the team answered, is evidence: sealed for the author.
    """

    SEALS: ClassVar = ("words", "reason")

    post: fields.OneToOneRelation[Post] = fields.OneToOneField("models.Post", related_name="review")
    post_id: int
    cause = fields.CharEnumField(ReviewCause, max_length=24)
    words: list[str] = fields.JSONField(default=list)  # that made the rule speak
    state = fields.CharEnumField(ReviewState, max_length=16, default=ReviewState.WAITING)
    reason = fields.CharField(max_length=500, default="", db_default="")  # for its author, when it comes back
    decided_by_id = fields.BigIntField(null=True)  # the actor of the team
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "review"
        indexes = (("state", "id"),)

    async def holders(self) -> tuple[int, ...]:
        """The author of the message."""
        return ((self.__dict__.get("_post") or await Post.get(id=self.post_id)).author_id,)
