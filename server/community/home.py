"""The community that is hosted here, kept in memory because every page names it."""
from __future__ import annotations

import time

from models import Actor, Community
from server.community import crisis
from server.pictures.image_links import ImageLinks
from server.views import CommunityView

FRESH_SECONDS = 5.0


class Home:
    """The row of the community and its instance actor. `fresh` reads them again when they are old: another process may
    have changed them.
    """

    row: Community
    instance: Actor
    images: ImageLinks
    lines: tuple[crisis.Line, ...]  # whom to call in its country

    def __init__(self) -> None:
        self._read_at = 0.0

    async def load(self) -> None:
        """Read the row now; after a change, and at the start."""
        self.row = await Community.current()
        self.instance = await Actor.instance()
        self.lines = await crisis.of_country(self.row.country)
        self.images = await ImageLinks.of(self.instance)
        self._read_at = time.monotonic()

    async def fresh(self) -> Home:
        """Itself, at most FRESH_SECONDS old."""
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            await self.load()
        return self

    def text(self, by_language: dict[str, str], language: str) -> str:
        """A text of the host in the reader's language, or in the one that there is."""
        return by_language.get(language) or next((text for text in by_language.values() if text), "")

    def view(self, language: str) -> CommunityView:
        """What every page shows of it."""
        return CommunityView(name=self.row.name or "Dazzle", tagline=self.text(self.row.tagline, language),
                             coat=self.instance.key, hue=self.row.hue, crisis=crisis.shown(self.lines, language))
