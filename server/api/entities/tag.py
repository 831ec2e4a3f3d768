"""Tag and FeaturedTag (docs.joinmastodon.org/entities/Tag). How often a tag is used, and by how many, is not told."""
from __future__ import annotations

from typing import TypedDict
from urllib.parse import quote

from models import FeaturedTag as FeaturedRow


class Tag(TypedDict):
    """A tag, for one reader."""

    id: str
    name: str
    url: str
    history: list[dict[str, str]]
    following: bool
    featuring: bool


class FeaturedTag(TypedDict):
    """A tag that somebody shows on their page."""

    id: str
    name: str
    url: str
    statuses_count: str
    last_status_at: str | None


def tag(name: str, origin: str, *, following: bool, featuring: bool = False) -> Tag:
    """One tag."""
    return {"id": name, "name": name, "url": f"{origin}/tags/{quote(name)}", "history": [], "following": following,
            "featuring": featuring}


def featured_tag(row: FeaturedRow, origin: str) -> FeaturedTag:
    """One that somebody shows."""
    return {"id": str(row.id), "name": row.name, "url": f"{origin}/tags/{quote(row.name)}", "statuses_count": "0",
            "last_status_at": None}
