"""What a handler is given."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from federation.addresses import origin_of
from federation.wire import Activity, Note
from models import Actor, Post
from models.listings import Told


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
    """One activity whose sender is proven. What follows `is_repeat` is there when the
    handler's `prepare` has fetched it."""

    activity: Activity
    sender: Actor
    us: Actor  # our instance actor
    body: str = ""  # the activity as it came
    is_repeat: bool = False  # it has been carried out before under this id
    note: Note | None = None
    is_read_at_origin: bool = False  # the note, because somebody else had its id
    votes: tuple[Note, ...] = ()  # answers that the sender chose to a question
    post: Post | None = None
    known: Post | None = None  # our copy of what a group says was changed or erased
    charter: dict[str, Any] | None = None  # of the sender's community, proven
    other: Actor | None = None  # the new account of a Move
    stamp_uri: str = ""  # of a yes to our asking whether we may quote, found to be good
    listings: tuple[Told, ...] = ()  # of the directory that says they are new or changed
    waiting: Heard | None = None  # the directory's list of those who wait

    @property
    def origin(self) -> str:
        """Our own origin."""
        return origin_of(self.us.uri)
