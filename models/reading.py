"""What a member keeps, and what they do not want to hear of: nobody else learns of any of it."""
from __future__ import annotations

from tortoise import fields

from models.actor import Actor
from models.base import Record
from models.post import Post


class Bookmark(Record):
    """A message that a member wants to find again."""

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="bookmarks")
    owner_id: int
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("models.Post", related_name="bookmarks")
    post_id: int

    class Meta:
        table = "bookmark"
        unique_together = (("owner", "post"),)
        indexes = (("owner_id", "id"), ("post_id",))


class QuietConversation(Record):
    """A conversation of which a member wants no more notices. `conversation`: as in Post."""

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="quiet_conversations")
    owner_id: int
    conversation = fields.CharField(max_length=500)

    class Meta:
        table = "quiet_conversation"
        unique_together = (("owner", "conversation"),)


class FollowedTag(Record):
    """A tag, without its sign and in lower case, whose messages a member wants to read."""

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="followed_tags")
    owner_id: int
    name = fields.CharField(max_length=100)

    class Meta:
        table = "followed_tag"
        unique_together = (("owner", "name"),)
        indexes = (("owner_id", "id"),)


class FeaturedTag(Record):
    """A tag that a member shows on their own page."""

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="featured_tags")
    owner_id: int
    name = fields.CharField(max_length=100)

    class Meta:
        table = "featured_tag"
        unique_together = (("owner", "name"),)


class PeopleList(Record):
    """Some of the people a member follows, to be read apart. `is_exclusive`: their messages stand only there."""

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="people_lists")
    owner_id: int
    title = fields.CharField(max_length=200)
    replies = fields.CharField(max_length=10, default="list", db_default="list")  # answers to whom it shows: followed, list, none
    is_exclusive = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "people_list"
        indexes = (("owner_id", "id"),)


class ListedPerson(Record):
    """Somebody on a list; who is on one is not told."""

    people_list: fields.ForeignKeyRelation[PeopleList] = fields.ForeignKeyField("models.PeopleList", related_name="people")
    people_list_id: int
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="listed")
    actor_id: int

    class Meta:
        table = "listed_person"
        unique_together = (("people_list", "actor"),)
        indexes = (("actor_id",), ("people_list_id", "id"))
