"""What a handler is given."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from federation.addresses import origin_of, same_origin
from federation.wire import NOTE_TYPES, Activity, Note
from models import Actor, Post
from models.errors import CommunityError
from models.listings import Told


class Alone(CommunityError):
    """An activity that has to be carried out by itself: something has to be fetched for it, or it takes long."""


Verdict = CommunityError | None  # what became of one of several activities: None if it was carried out


@dataclass(frozen=True, slots=True)
class Waits:
    """Somebody on a partner's waiting list: the entry's id, a code as the partner blinded it, and blinded by us too."""

    uri: str
    blinded: str
    doubled: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A partner's waiting list, for one epoch."""

    epoch: int
    updated: datetime
    until: datetime
    entries: tuple[Waits, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One activity whose sender is proven. What follows `is_repeat` is there when the handler's `prepare` has fetched it."""

    activity: Activity
    sender: Actor
    us: Actor  # our instance actor
    body: str = ""  # the activity as it came
    is_alone: bool = False  # carried out by itself: whatever has to be fetched for it has been
    is_repeat: bool = False  # it has been carried out before under this id
    note: Note | None = None
    is_read_at_origin: bool = False  # the note, because somebody else had its id
    votes: tuple[Note, ...] = ()  # answers that the sender chose to a question
    post: Post | None = None
    known: Post | None = None  # our copy of what a group says was changed or erased
    charter: dict[str, Any] | None = None  # of the sender's community, proven
    other: Actor | None = None  # the new account of a Move
    domain: str | None = None  # of the address of whoever sends their own profile, where it may have changed
    stamp_uri: str = ""  # of a yes to our asking, or one that an Announce names, found to be good
    listings: tuple[Told, ...] = ()  # of the directory that says they are new or changed
    waiting: Heard | None = None  # the directory's list of those who wait

    @property
    def origin(self) -> str:
        """Our own origin."""
        return origin_of(self.us.uri)

    @property
    def is_embedded(self) -> bool:
        """Whether the object stands in the activity and lives where its sender does: only then it counts (fediverse.md §8.11)."""
        uri = self.activity.object_id
        return isinstance(self.activity.object, dict) and uri is not None and same_origin(uri, self.sender.uri)

    def plain_note(self) -> Note | CommunityError:
        """The message in it, if it is words and images, for which nothing has to be fetched; else what becomes of it so far."""
        try:
            note = self.embedded_note() if self.is_embedded else None
        except CommunityError as error:
            return error
        is_more = note is None or note.is_vote or note.quote or note.answer_stamp or note.poll or note.emojis
        return Alone() if note is None or is_more else note

    def embedded_note(self) -> Note | None:
        """The message in it, for those to whom its author sends it where it names nobody itself (ActivityPub §6.2: Discourse);
        None if it is something else. Raises Malformed.
        """
        thing = self.activity.object
        if self.activity.object_type not in NOTE_TYPES:
            return None
        if not any(thing.get(name) for name in ("to", "cc", "bto", "bcc")):
            thing = thing | {"to": list(self.activity.to), "cc": list(self.activity.cc)}
        return Note.parse(thing)
