"""MediaAttachment (docs.joinmastodon.org/entities/MediaAttachment): an image."""
from __future__ import annotations

from typing import TypedDict

from models import Attachment
from server.api.readers import Reader


class Size(TypedDict):
    """Of an image, in pixels."""

    width: int
    height: int
    size: str
    aspect: float


class Focus(TypedDict):
    """What matters in an image, from -1 to 1."""

    x: float
    y: float


class Meta(TypedDict, total=False):
    """What is known of an image that is here."""

    original: Size
    small: Size
    focus: Focus


class MediaAttachment(TypedDict):
    """An image of a message; `url` is null while it is not here yet."""

    id: str
    type: str
    url: str | None
    preview_url: str | None
    remote_url: str | None
    preview_remote_url: str | None
    text_url: str | None
    meta: Meta
    description: str | None
    blurhash: str | None


def media(image: Attachment, reader: Reader) -> MediaAttachment:
    """One image. Of one elsewhere that is not here the words alone: no reader's app is sent to another server."""
    url = reader.picture(image.key) if image.stored_at else None
    return {"id": str(image.id), "type": "image" if url else "unknown" if image.remote_uri else "image", "url": url,
            "preview_url": url, "remote_url": None, "preview_remote_url": None, "text_url": None, "meta": _meta(image),
            "description": image.description or None, "blurhash": image.blurhash or None}


def _meta(image: Attachment) -> Meta:
    meta: Meta = {}
    if image.width and image.height:
        size: Size = {"width": image.width, "height": image.height, "size": f"{image.width}x{image.height}",
                      "aspect": round(image.width / image.height, 4)}
        meta["original"], meta["small"] = size, size
    if image.focus_x is not None and image.focus_y is not None:
        meta["focus"] = {"x": image.focus_x, "y": image.focus_y}
    return meta
