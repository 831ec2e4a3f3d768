"""Questions with answers to choose from, ours and those of other servers (ActivityStreams Vocabulary, Question)."""
from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

from tortoise import fields
from tortoise.functions import Count

from models import clock, vault
from models.actor import Actor
from models.base import Record
from models.post import OfPost, Post


class Poll(OfPost):
    """The answers of one message. `options`: [{"name": words, "count": how many chose it, or null if unsaid}].

    Numbers of ours are counted out of the votes (`recount`), those of others are what their server says.
    """

    SEALS: ClassVar = ("options",)

    post: fields.OneToOneRelation[Post] = fields.OneToOneField("models.Post", related_name="poll")
    post_id: int
    options: list[dict[str, Any]] = fields.JSONField(default=list)
    is_multiple = fields.BooleanField(default=False, db_default=False)
    closes_at: datetime | None = fields.DatetimeField(null=True)
    voters = fields.IntField(null=True)
    hides_numbers = fields.BooleanField(default=False, db_default=False)  # ours: until it is over, also from those who chose
    told_at = fields.DatetimeField(null=True)  # when those concerned were told that it is over
    read_at = fields.DatetimeField(null=True)  # remote: when it was read again after its end, or that was given up

    class Meta:
        table = "poll"
        indexes = (("told_at", "closes_at"), ("read_at", "closes_at"))

    @property
    def is_closed(self) -> bool:
        """Whether no answer is taken any more."""
        return self.closes_at is not None and self.closes_at <= clock.now()

    def mark(self, place: int) -> str:
        """How a vote says which answer it chose: in the words of the answer, or where these are sealed by its place."""
        return f"{vault.MARK}{place}" if self.sealed else str(self.options[place]["name"])

    def chosen(self, marks: Collection[str]) -> set[int]:
        """The places of the answers that these votes name, in either way: a question may have been sealed since."""
        return {place for place, one in enumerate(self.options) if one["name"] in marks or f"{vault.MARK}{place}" in marks}

    @property
    def words(self) -> list[str]:
        """The answers to choose from."""
        return [str(one["name"]) for one in self.options]

    async def recount(self) -> None:
        """Count a question of ours anew, out of its votes; as long as it is open, out of those before today: whoever looks before
        and after somebody has chosen learns nothing (health.md §3.4, R4). Inside a transaction that holds its row.
        """
        votes = Vote.filter(poll_id=self.id)
        if not self.is_closed:
            votes = votes.filter(created_at__lt=clock.now().replace(hour=0, minute=0, second=0, microsecond=0))
        rows = await votes.annotate(number=Count("id")).group_by("option").values_list("option", "number")
        numbers: dict[int, int] = {}
        for option, number in rows:
            for place in self.chosen({str(option)}):
                numbers[place] = numbers.get(place, 0) + number
        voters = await votes.distinct().values_list("actor_id", flat=True)
        await self.change(options=[{"name": one["name"], "count": numbers.get(place, 0)}
                                   for place, one in enumerate(self.options)],
                          voters=len(voters))


class Vote(Record):
    """One answer that somebody chose: a member of ours, or anybody who answers a question of ours.

    What somebody chose is told to the author alone.
    """

    uri = fields.CharField(max_length=500)
    poll: fields.ForeignKeyRelation[Poll] = fields.ForeignKeyField("models.Poll", related_name="votes")
    poll_id: int
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="votes")
    actor_id: int
    option = fields.CharField(max_length=300)

    class Meta:
        table = "vote"
        unique_together = (("poll", "actor", "option"),)
        indexes = (("actor_id",),)
