"""Messages, and what hangs on them."""
from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from tortoise import fields

from models import clock, newest, vault
from models.actor import Actor
from models.base import Record
from models.errors import NotHere
from models.ids import new_key
from models.reach import Reach
from models.sealed import Owned, Sealed

#: `held_until` of a message that the team has to read first (`models.review`).
IN_REVIEW = datetime(9999, 1, 1, tzinfo=UTC)


class Voice(StrEnum):
    """Three voices, never mixed (design README §1.8); messages from other software have none."""

    EXPERIENCE = "experience"
    QUESTION = "question"
    INFORMATION = "information"
    NONE = ""


class Note(StrEnum):
    """Topics of a content note that a reader may choose to open, fold or hide (ux.md, Reading and comfort)."""

    MEDICAL_IMAGE = "medical_image"
    INVASIVE_CARE = "invasive_care"
    DEATH = "death"
    LOW_MOOD = "low_mood"
    WEIGHT = "weight"
    UNPROVEN = "unproven"
    VIOLENCE = "violence"
    NONE = ""


class About(StrEnum):
    """About whom a member of ours writes, as they say. It never leaves this server."""

    ME = "me"
    MANAGED = "managed"  # somebody whom the writer looks after
    SOMEONE_ELSE = "someone_else"
    NOBODY = "nobody"
    UNSAID = ""


class Quotable(StrEnum):
    """By whom a message of somebody elsewhere may be quoted, as its `canQuote` says (FEP-044f)."""

    NOBODY = ""  # also where nothing is said
    ANYONE = "anyone"  # without being asked first
    ASKED = "asked"  # once its author has said yes
    FOLLOWERS = "followers"  # the same for those who follow its author


class Permitted(StrEnum):
    """Who alone may do something with a message of somebody elsewhere (`interactionPolicy`)."""

    NOBODY = "nobody"
    FOLLOWERS = "followers"  # of its author


class AskedState(StrEnum):
    """How it stands with what a member of ours does with a message of somebody elsewhere who has to be asked first."""

    NONE = ""  # nobody has to be asked
    ASKED = "asked"  # its author has not answered
    SHOWN = "shown"
    REFUSED = "refused"
    UNANSWERED = "unanswered"  # nobody waits any more; a yes may still come
    ENDED = "ended"  # its author took the permission back


#: What was not let, or is not yet: it is between who asked and who was asked.
NOT_LET = (AskedState.ASKED, AskedState.REFUSED, AskedState.UNANSWERED, AskedState.ENDED)


class Post(Sealed):
    """A message, ours or a copy of someone else's. A deleted one stays as a tombstone without content.

    `uri` is the ActivityPub id; `key` names the copy in addresses of this server, whoever wrote it. Below the community what it
    says is sealed: for its author if that is a member of ours, else for those of ours whom it names.
    """

    SEALS: ClassVar = ("text", "html", "title", "warning", "translations", "place", "label_words", "team_note")
    DECIDED_BY: ClassVar = ("reach", "author_id", "author")

    key = fields.CharField(max_length=22, unique=True, default=new_key)
    uri = fields.CharField(max_length=500, unique=True)
    url = fields.CharField(max_length=500, default="", db_default="")  # the page at its origin
    author: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="posts")
    author_id: int
    reach = fields.CharEnumField(Reach, max_length=16)
    to_followers = fields.BooleanField(default=False, db_default=False)  # remote: addressed to the author's followers
    is_listed = fields.BooleanField(default=True, db_default=True)  # remote: Public stood in `to`, not only in `cc`
    voice = fields.CharEnumField(Voice, max_length=16, default=Voice.NONE)
    text = fields.TextField(default="", db_default="")  # ours: Markdown as typed
    html = fields.TextField(default="", db_default="")  # cleaned by moderation.markup
    title = fields.CharField(max_length=300, default="", db_default="")
    note = fields.CharEnumField(Note, max_length=24, default=Note.NONE)
    warning = fields.CharField(max_length=300, default="", db_default="")  # the content note in words
    sensitive = fields.BooleanField(default=False, db_default=False)
    language = fields.CharField(max_length=20, default="", db_default="")
    translations: dict[str, str] | None = fields.JSONField(null=True)  # remote: cleaned HTML by language, if in several
    kind = fields.CharField(max_length=20, default="", db_default="")  # remote: what it is if it is no Note: "Event", "Video" …
    starts_at = fields.DatetimeField(null=True)  # of an Event
    ends_at = fields.DatetimeField(null=True)
    zone = fields.CharField(max_length=64, default="", db_default="")  # by which clock: "Europe/Paris", "+02:00", "" if unsaid
    place = fields.CharField(max_length=300, default="", db_default="")
    quote_uri = fields.CharField(max_length=500, default="", db_default="")  # the message that it quotes
    quote_stamp_uri = fields.CharField(max_length=500, default="", db_default="")  # where the quoted author's yes stands
    shows_quote = fields.BooleanField(default=False, db_default=False)  # the quoted author lets it, as far as we know
    quote_state = fields.CharEnumField(AskedState, max_length=16, default=AskedState.NONE, db_default="")  # ours
    quotable = fields.CharEnumField(Quotable, max_length=16, default=Quotable.NOBODY, db_default="")  # remote
    withheld: dict[str, str] | None = fields.JSONField(null=True)  # remote: "canReply", "canLike", "canAnnounce" -> Permitted
    asks: dict[str, dict[str, Any]] | None = fields.JSONField(null=True)  # remote: who does so asks first: moderation.asking
    parent: fields.ForeignKeyNullableRelation[Post] = fields.ForeignKeyField("models.Post", related_name="replies", null=True,
                                                                             on_delete=fields.SET_NULL)
    parent_id: int | None
    parent_uri = fields.CharField(max_length=500, default="", db_default="")
    answer_state = fields.CharEnumField(AskedState, max_length=16, default=AskedState.NONE, db_default="")  # ours
    conversation = fields.CharField(max_length=500)  # the uri of the first message, as far as we know
    context_uri = fields.CharField(max_length=500, default="", db_default="")  # the collection of it, where it began elsewhere
    published_at = fields.DatetimeField(default=clock.now)
    edited_at = fields.DatetimeField(null=True)
    deleted_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)  # remote: the copy goes then; ours: what other servers were told last
    held_until = fields.DatetimeField(null=True)  # ours: until then it can be undone and only its author sees it
    about = fields.CharEnumField(About, max_length=16, default=About.UNSAID, db_default="")
    about_agrees = fields.BooleanField(default=False, db_default=False)  # the writer says that this person has agreed
    shows_body = fields.BooleanField(default=False, db_default=False)  # the writer says that a picture shows a body or a patient
    written_by: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="written_for",
                                                                                  null=True, on_delete=fields.SET_NULL)
    written_by_id: int | None  # ours: the guardian who wrote it for a managed profile
    labels: list[str] | None = fields.JSONField(null=True)  # rules (`moderation.signals`) that put a sentence below it
    reach_before = fields.CharField(max_length=16, default="", db_default="")  # a Reach: narrowed until its person answers
    written_as = fields.CharField(max_length=16, default="", db_default="")  # what that guardian is: a models.guardian.Tie
    hidden_at = fields.DatetimeField(null=True)  # by the team: nobody but its author sees it
    settled_at = fields.DatetimeField(null=True)  # by the team: its conversation takes no more answers
    label = fields.CharEnumField(Note, max_length=24, default=Note.NONE, db_default="")  # a content note that the team put
    label_words = fields.CharField(max_length=300, default="", db_default="")  # the same in words
    team_note = fields.TextField(default="", db_default="")  # what the team wrote under it

    class Meta:
        table = "post"
        # whether a conversation was settled is asked of each act about it, however long it is
        indexes = (("author_id", "id"), ("reach", "id"), ("conversation", "settled_at"), ("parent_uri",), ("parent_id",),
                   ("held_until",), ("expires_at",), ("quote_uri",), ("quote_stamp_uri",))

    async def save(self, *args: Any, **options: Any) -> None:
        """Write the row; who writes has made something."""
        is_new = not self._saved_in_db
        await super().save(*args, **options)
        if is_new:
            await newest.made({self.author_id: self.id})

    @property
    def shown_warning(self) -> str:
        """The content note in words that stands in front of it: the team's, or else its author's."""
        return self.label_words or self.warning

    @property
    def shown_note(self) -> Note:
        """The topic of that."""
        return self.label or self.note

    @property
    def is_veiled(self) -> bool:
        """Whether anything warns of it."""
        return self.sensitive or bool(self.shown_warning) or self.shown_note is not Note.NONE

    @property
    def is_let(self) -> bool:
        """Whether whom it answers has let it, or need not be asked: before, nobody but its author sees it."""
        return self.answer_state not in NOT_LET

    @property
    def is_in_review(self) -> bool:
        """Whether it waits for the team."""
        return self.held_until == IN_REVIEW

    @classmethod
    async def kept(cls, uri: str) -> Post | None:
        """The post with this uri and its author, unless it is unknown or deleted."""
        return await cls.get_or_none(uri=uri, deleted_at__isnull=True).select_related("author")

    @classmethod
    async def with_key(cls, key: str) -> Post:
        """The post with this key and its author; NotHere if there is none (any more)."""
        if post := await cls.get_or_none(key=key, deleted_at__isnull=True).select_related("author"):
            return post
        raise NotHere("no such post")

    async def holders(self) -> tuple[int, ...]:
        """Its author, or the members of ours whom it names."""
        if not self.reach.is_private:
            return ()
        author = self.__dict__.get("_author") or await Actor.get(id=self.author_id)
        if author.is_local or self.to_followers:
            return (author.id if author.is_local else vault.HOUSE,)
        named = await Recipient.filter(post_id=self.id, actor__host="").order_by("actor_id").values_list("actor_id", flat=True)
        return tuple(int(str(id_)) for id_ in named) or (vault.HOUSE,)


class OfPost(Sealed):
    """A part of a message, sealed as the message is."""

    post_id: int | None

    class Meta:
        abstract = True

    async def holders(self) -> tuple[int, ...]:
        """Those of the message."""
        post = self.__dict__.get("_post") or await Post.get(id=self.post_id).select_related("author")
        return vault.holders_of(post.sealed) or await post.holders()


class Revision(OfPost):
    """What a post said before an edit."""

    SEALS: ClassVar = ("text", "html", "warning")

    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("models.Post", related_name="revisions")
    post_id: int
    text = fields.TextField(default="", db_default="")
    html = fields.TextField()
    warning = fields.CharField(max_length=300, default="", db_default="")
    written_at = fields.DatetimeField()

    class Meta:
        table = "revision"
        indexes = (("post_id",),)


class Recipient(Record):
    """Someone to whom a post is addressed by name. `mentioned`: also named in the text."""

    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("models.Post", related_name="recipients")
    post_id: int
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="addressed")
    actor_id: int
    mentioned = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "recipient"
        indexes = (("actor_id",),)
        unique_together = (("post", "actor"),)


class Tag(Record):
    """A hashtag of a post, without its sign and in lower case."""

    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("models.Post", related_name="tags")
    post_id: int
    name = fields.CharField(max_length=100)

    class Meta:
        table = "tag"
        indexes = (("post_id",),)
        unique_together = (("name", "post"),)


class Attachment(OfPost):
    """An image. Its file is named by `key`; a remote one has no file until the worker has fetched it."""

    SEALS: ClassVar = ("description",)
    DECIDED_BY: ClassVar = ("post_id", "post")

    key = fields.CharField(max_length=22, unique=True, default=new_key)
    post: fields.ForeignKeyNullableRelation[Post] = fields.ForeignKeyField("models.Post", related_name="attachments", null=True)
    post_id: int | None
    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="attachments")
    owner_id: int
    position = fields.IntField(default=0, db_default=0)
    media_type = fields.CharField(max_length=40, default="", db_default="")
    width = fields.IntField(default=0, db_default=0)
    height = fields.IntField(default=0, db_default=0)
    description = fields.TextField(default="", db_default="")  # alternative text
    blurhash = fields.CharField(max_length=100, default="", db_default="")
    focus_x = fields.FloatField(null=True)  # what matters in the image, from -1 (left) to 1
    focus_y = fields.FloatField(null=True)  # from -1 (bottom) to 1
    remote_uri = fields.CharField(max_length=2000, default="", db_default="")
    fetch_attempts = fields.IntField(default=0, db_default=0)
    stored_at = fields.DatetimeField(null=True)
    doubted_at = fields.DatetimeField(null=True)  # the scanner was not sure: the team looks first (`server.pictures.scanners`)

    class Meta:
        table = "attachment"
        indexes = (("stored_at", "fetch_attempts"), ("post_id",), ("owner_id",))

    async def holders(self) -> tuple[int, ...]:
        """Those of its message; whoever has uploaded it, as long as it is in none."""
        return (self.owner_id,) if self.post_id is None else await super().holders()


class Draft(Owned):
    """What a member has typed and not sent."""

    SEALS: ClassVar = ("form",)

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="drafts")
    owner_id: int
    key = fields.CharField(max_length=22, unique=True, default=new_key)
    form: dict[str, Any] = fields.JSONField(default=dict)  # the composer's fields, as typed
    edited_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "draft"
        indexes = (("owner_id",),)


def server_of(actor_uri: str) -> str:
    """What stands for a whole server where it ended something in the name of its people: "https://example.org/"."""
    return "/".join(actor_uri.split("/")[:3]) + "/"


class Tombstone(Record):
    """An id that must stay dead: an object deleted, or an activity undone, perhaps before we ever saw it.

    Deliveries come out of order; without this a late Create would bring a deleted message back.
    """

    uri = fields.CharField(max_length=500)
    actor_uri = fields.CharField(max_length=500)  # who said so: only that actor's claim about that id counts, or `server_of` it

    class Meta:
        table = "tombstone"
        unique_together = (("uri", "actor_uri"),)

    @classmethod
    async def bury(cls, uri: str, actor_uri: str) -> None:
        """Remember that `actor_uri` ended `uri`; saying it twice is saying it once."""
        await cls.get_or_create(uri=uri, actor_uri=actor_uri)

    @classmethod
    async def covers(cls, uri: str, actor_uri: str) -> bool:
        """Whether `actor_uri` has ended `uri`, or the server of `actor_uri` for all its people."""
        return await cls.exists(uri=uri, actor_uri__in=[actor_uri, server_of(actor_uri)])
