"""What a member's own client may post, read: which activity, about what, for whom. Nothing is done here."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from federation import resolve, values
from federation.errors import Malformed
from federation.note import NOTE_TYPES
from federation.wire import ACTIVITY_TYPES
from models import Actor, Post
from models.errors import CommunityError, NotHere
from moderation.visibility import Viewer, visible_to
from server.api.arguments import BadInput, Takes
from server.keys import INSTANCE, LIMITS, MEMBER

WRITABLE = frozenset({"Note", "Question"})
ADDRESSED = ("to", "cc", "bto", "bcc", "audience")


class Document(Takes):
    """An activity, or a bare object, as JSON-LD in its compact form. Nothing of it is left out on the way."""

    document: dict[str, Any] = {}

    @classmethod
    def filled(cls, given: Mapping[str, Any]) -> Document:
        """The whole body."""
        return cls.model_construct(document=dict(given))


@dataclass(frozen=True, slots=True)
class Wanted:
    """One activity. `object` is as it came: an id or a document."""

    type: str
    object: Any
    document: Mapping[str, Any]

    @property
    def thing(self) -> Mapping[str, Any]:
        """The object, where it is a document; empty where it is only named."""
        return self.object if isinstance(self.object, dict) else {}

    @property
    def object_id(self) -> str:
        """The id of the object. Raises: BadInput if there is none."""
        if uri := values.link(self.object):
            return uri
        raise BadInput("object: an id is missing")


def read(document: Mapping[str, Any], author: Actor) -> Wanted:
    """An activity out of what was posted; a bare Note or Question is one to create (ActivityPub §6.2.1).

    Raises: BadInput.
    """
    try:
        type_ = values.type_of(dict(document), ACTIVITY_TYPES | NOTE_TYPES)
    except Malformed as error:
        raise BadInput(f"type: {error}") from error
    if type_ in NOTE_TYPES:
        return Wanted("Create", dict(document), {name: document[name] for name in ADDRESSED if name in document})
    for name, owner in (("actor", document), ("attributedTo", document.get("object"))):
        if isinstance(owner, dict) and name in owner and values.link(owner[name]) != author.uri:
            raise BadInput(f"{name}: is somebody else")
    if document.get("object") in (None, "", [], {}):
        raise BadInput("object: is missing")
    return Wanted(type_, document["object"], document)


async def post_of(request: web.Request, uri: str) -> Post:
    """A message that the member may see, with its author; one of another server is read there if it is unknown. NotHere."""
    visible = visible_to(Viewer.member(request[MEMBER].actor))
    if found := await Post.filter(visible, uri=uri).select_related("author").first():
        return found
    _look_up(request, uri)
    try:
        fetched = await resolve.post(request.app[INSTANCE], uri)
    except CommunityError as error:
        raise NotHere("cannot be read") from error
    if found := await Post.filter(visible, id=fetched.id).select_related("author").first():
        return found
    raise NotHere("not for them")


async def own_post(request: web.Request, uri: str) -> Post:
    """A message that the member wrote. NotHere."""
    if found := await Post.kept(uri):
        if found.author_id == request[MEMBER].actor_id:
            return found
    raise NotHere("no message of theirs")


async def actor_of(request: web.Request, uri: str) -> Actor:
    """A person by id; somebody of another server is read there if unknown. NotHere."""
    if found := await Actor.get_or_none(Actor.present(), uri=uri):
        return found
    _look_up(request, uri)
    try:
        return await resolve.actor(request.app[INSTANCE], uri)
    except CommunityError as error:
        raise NotHere("nobody there") from error


def _look_up(request: web.Request, uri: str) -> None:
    if not values.is_id(uri):
        raise BadInput("object: no id")
    request.app[LIMITS].take("look_up", request[MEMBER].actor.key)
