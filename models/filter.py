"""What a member would rather not read: words and messages, and where."""
from __future__ import annotations

from datetime import datetime

from tortoise import fields

from models import clock
from models.actor import Actor
from models.base import Record
from models.post import Post


class Filter(Record):
    """One filter. `contexts` and `action` hold the words of the client API, which alone reads them."""

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="filters")
    owner_id: int
    title = fields.CharField(max_length=200)
    contexts: list[str] = fields.JSONField(default=list)  # home, notifications, public, thread, account
    action = fields.CharField(max_length=8, default="warn", db_default="warn")  # warn, hide, blur
    expires_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "filter"
        indexes = (("owner_id", "id"),)

    @property
    def is_over(self) -> bool:
        """Whether its time has passed."""
        return self.expires_at is not None and self.expires_at <= clock.now()


class FilterKeyword(Record):
    """Words that a filter looks for."""

    rule: fields.ForeignKeyRelation[Filter] = fields.ForeignKeyField("models.Filter", related_name="keywords")
    rule_id: int
    keyword = fields.CharField(max_length=200)
    whole_word = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "filter_keyword"
        indexes = (("rule_id",),)


class FilteredPost(Record):
    """A single message that a filter holds back."""

    rule: fields.ForeignKeyRelation[Filter] = fields.ForeignKeyField("models.Filter", related_name="posts")
    rule_id: int
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("models.Post", related_name="filtered")
    post_id: int

    class Meta:
        table = "filtered_post"
        unique_together = (("rule", "post"),)
        indexes = (("post_id",),)
