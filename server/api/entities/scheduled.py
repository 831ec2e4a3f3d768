"""ScheduledStatus (docs.joinmastodon.org/entities/ScheduledStatus): a message that waits for its hour."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from models import Attachment, ScheduledPost
from server.api.answers import instant
from server.api.entities.media import MediaAttachment, media
from server.api.readers import Reader


class ScheduledStatus(TypedDict):
    """What was asked for, and when it will be published."""

    id: str
    scheduled_at: str
    params: dict[str, Any]
    media_attachments: list[MediaAttachment]


async def scheduled_statuses(rows: Sequence[ScheduledPost], reader: Reader) -> list[ScheduledStatus]:
    """Messages of the reader, in one query."""
    ids = {id_ for row in rows for id_ in row.media_ids}
    owned = Attachment.filter(id__in=list(ids), owner_id=reader.actor_id)
    images = {image.id: media(image, reader) for image in await owned} if ids else {}
    return [{"id": str(row.id), "scheduled_at": instant(row.due_at), "params": _params(row.given),
             "media_attachments": [images[id_] for id_ in row.media_ids if id_ in images]}
            for row in rows]


def _params(given: dict[str, Any]) -> dict[str, Any]:
    """In the names of the API; ids are texts there."""
    parent, quoted = given.get("in_reply_to_id"), given.get("quoted_status_id")
    return {
        "text": given.get("status", ""), "media_ids": [str(id_) for id_ in given.get("media_ids") or ()] or None,
        "sensitive": given.get("sensitive", False), "spoiler_text": given.get("spoiler_text") or None,
        "visibility": given.get("visibility"), "language": given.get("language") or None, "scheduled_at": None,
        "poll": given.get("poll"), "idempotency": None, "with_rate_limit": False, "application_id": 0,
        "in_reply_to_id": str(parent) if parent else None, "quoted_status_id": str(quoted) if quoted else None,
        "quote_approval_policy": None,
        **{name: given.get(name) for name in ("dazzle_reach", "dazzle_voice", "dazzle_note")}}
