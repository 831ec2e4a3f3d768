"""Who reads what the client API answers: it decides what is in an answer, and how its addresses look."""
from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from models import Member
from models.reach import Reach
from moderation.visibility import Viewer
from server.display.cards import viewer_of
from server.keys import COMMUNITY, LANGUAGE, MEMBER
from server.pictures.image_links import ImageLinks


@dataclass(frozen=True, slots=True)
class Reader:
    """A member of ours, or a visitor (`member` is None)."""

    member: Member | None  # with its actor
    images: ImageLinks
    language: str

    @property
    def origin(self) -> str:
        """ "https://community.example"."""
        return self.images.origin

    @property
    def actor_id(self) -> int | None:
        """Of the member."""
        return self.member.actor_id if self.member else None

    @property
    def viewer(self) -> Viewer:
        """For `moderation.visibility`."""
        return viewer_of(self.member)

    @property
    def reach(self) -> Reach:
        """For the lines of profiles: what reaches these readers."""
        return Reach.COMMUNITY if self.member else Reach.WEB

    def picture(self, key: str, folder: str = "media") -> str:
        """The address of an image that this reader, and nobody else, can open."""
        return self.images.address(key, self.member.actor.key if self.member else "", folder=folder)


def reader_of(request: web.Request) -> Reader:
    """Whoever asks."""
    return Reader(request.get(MEMBER), request.app[COMMUNITY].images, request[LANGUAGE])


def reader_in(app: web.Application, member: Member) -> Reader:
    """A member who is told something without asking: streams and pushes."""
    return Reader(member, app[COMMUNITY].images, member.language)
