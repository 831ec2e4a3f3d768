"""What a member would rather not read: words and messages, and where."""
from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from tortoise import fields
from tortoise.functions import Count

from models import clock
from models.actor import Actor
from models.base import Record
from models.database import as_instant, tuples
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

    @classmethod
    async def counts(cls, rule_ids: Collection[int]) -> dict[int, int]:
        """How many messages are in these filters, by filter."""
        counted = cls.filter(rule_id__in=list(rule_ids) or [0]).annotate(count=Count("id")).group_by("rule_id")
        return {row["rule_id"]: row["count"] for row in await counted.values("rule_id", "count")}


@dataclass(frozen=True, slots=True)
class InForce:
    """A filter whose time has not passed, with its words: (id, keyword, whether it is a whole word)."""

    id: int
    title: str
    contexts: tuple[str, ...]
    action: str
    expires_at: datetime | None
    keywords: tuple[tuple[int, str, bool], ...]


async def in_force(owner_id: int) -> list[InForce]:
    """The filters of a member that work now. One statement, because every page that an app reads asks for them."""
    found = await tuples("SELECT f.id, f.title, f.contexts, f.action, f.expires_at, k.id, k.keyword, k.whole_word"
                         " FROM filter f LEFT JOIN filter_keyword k ON k.rule_id = f.id"
                         " WHERE f.owner_id = ? AND (f.expires_at IS NULL OR f.expires_at > ?) ORDER BY f.id, k.id",
                         [owner_id, clock.now()])
    made: list[InForce] = []
    for id_, same in groupby(found, key=lambda row: int(row[0])):
        of_one = list(same)
        _, title, contexts, action, expires_at, *_ = of_one[0]
        made.append(InForce(
            id_, str(title), tuple(json.loads(contexts) if isinstance(contexts, str) else contexts), str(action),
            as_instant(expires_at) if expires_at else None,
            tuple((int(word_id), str(keyword), bool(whole)) for *_, word_id, keyword, whole in of_one if word_id is not None)))
    return made
