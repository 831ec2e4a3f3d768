"""ActivityStreams as it looks on the wire: the envelope here, actors and posts in their own modules.

Field names are the properties' names in our spelling. Nothing raises anything but Malformed, and nothing that an
object says of itself is proof: who sent it is decided by the signature, whose it is by the inbox.
"""
from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from federation import values
from federation.actor_document import ACTOR_TYPES, ActorDocument, PropertyValue, PublicKeyEntry, key_entries
from federation.addresses import origin_of
from federation.contexts import PUBLIC, is_public
from federation.errors import Malformed
from federation.note import NOTE_TYPES, Note
from federation.parts import Attachment, Emoji, Hashtag, Mention

__all__ = ["ACTIVITY_TYPES", "ACTOR_TYPES", "NOTE_TYPES", "PUBLIC", "Activity", "ActorDocument", "Attachment", "Emoji",
           "Hashtag", "Mention", "Note", "PropertyValue", "PublicKeyEntry", "is_public", "key_entries"]

MAX_RECIPIENTS = 100
MAX_OBJECTS = 100
MAX_CONTENT_CHARS = 10_000
ACTIVITY_TYPES: Final = frozenset({
    "Accept", "Acknowledge", "Add", "Announce", "AnnounceRequest", "Block", "Create", "Delete", "Dislike", "EmojiReact",
    "FeatureRequest", "Flag", "Follow", "Join", "Leave", "Like", "LikeRequest", "Move", "Offer", "QuoteRequest", "Reject",
    "Remove", "ReplyRequest", "Respond", "Undo", "Update", "Withdraw"})
_EMBEDDED: Final = ACTIVITY_TYPES | ACTOR_TYPES | NOTE_TYPES | {"Tombstone"}
#: What is answered, or taken back, by its id.
NEED_AN_ID: Final = frozenset({
    "Follow", "Join", "Offer", "Respond", "Withdraw", "AnnounceRequest", "FeatureRequest", "LikeRequest", "QuoteRequest",
    "ReplyRequest"})


@dataclass(frozen=True, slots=True)
class Activity:
    """The envelope that every activity shares. `object` is as it came: an id, an object, or a list of them."""

    id: str
    type: str
    actor: str
    object: Any
    object_id: str | None  # the id of the one object; None if it has none or there are several
    object_ids: tuple[str, ...]  # of all of them, for Flag
    object_type: str | None  # of an embedded object
    target: str | None
    instrument: str | None  # of a request for permission: what it is wanted for
    result: str | None  # of a yes to one: the stamp
    stamp: str | None  # of an Announce: where the yes of the message's author stands, as it says
    to: tuple[str, ...]
    cc: tuple[str, ...]
    published: datetime | None
    content: str  # of a Flag: what the reporter wrote; text or HTML, nobody has cleaned it

    @classmethod
    def parse(cls, document: Any) -> Activity:
        """Read a document; Malformed if id, type or actor is missing, or the object of a type that needs one."""
        if not isinstance(document, dict):
            raise Malformed("an activity must be an object")
        type_ = values.type_of(document, ACTIVITY_TYPES)
        thing = document.get("object")
        if type_ in ACTIVITY_TYPES and thing in (None, "", [], {}):
            raise Malformed("object is missing")
        ids = values.links(thing, MAX_OBJECTS)
        return cls(
            id=_id(document, type_),
            type=type_,
            actor=values.required_link(document, "actor"),
            object=thing,
            object_id=_single_id(thing, ids),
            object_ids=ids,
            object_type=_embedded_type(thing),
            target=values.link(document.get("target")),
            instrument=values.link(document.get("instrument")),
            result=values.link(document.get("result")),
            stamp=values.link(document.get("announceAuthorization")) or values.link(document.get("approvedBy")),
            to=values.audience(document.get("to"), MAX_RECIPIENTS),
            cc=values.audience(document.get("cc"), MAX_RECIPIENTS),
            published=values.instant(document.get("published")),
            content=values.text(document.get("content"), MAX_CONTENT_CHARS) or "",
        )


def _id(document: dict[str, Any], type_: str) -> str:
    """Its id. What nobody has to name again may come without one (ActivityPub §3.1): a digest of it then ends duplicates."""
    if document.get("id") is not None or type_ in NEED_AN_ID:
        return values.own_id(document)
    digest = sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    return f"{origin_of(values.required_link(document, 'actor'))}/#{digest}"


def _single_id(thing: Any, ids: tuple[str, ...]) -> str | None:
    if isinstance(thing, str) and not ids:
        raise Malformed("object must be an http URL")
    if isinstance(thing, dict):
        stated = thing.get("id")
        return values.own_id(thing) if stated is not None else None
    return ids[0] if len(ids) == 1 and len(values.many(thing, 2)) == 1 else None


def _embedded_type(thing: Any) -> str | None:
    """The type of an embedded object, which may be an activity, an actor, a post, or unknown."""
    if isinstance(thing, list) and len(thing) == 1:
        thing = thing[0]
    if not isinstance(thing, dict) or "type" not in thing:
        return None
    return values.type_of(thing, _EMBEDDED)
