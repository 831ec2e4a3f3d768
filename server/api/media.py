"""Images for messages: uploaded first, then named by their id in the message."""
from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from aiohttp import web
from pydantic import Field

from models import Attachment
from models.errors import CommunityError, NotHere
from server.actions.posts import DESCRIPTION_LIMIT_CHARACTERS
from server.api.answers import answer
from server.api.arguments import BadInput, File, Takes
from server.api.door import number
from server.api.entities.media import media
from server.api.focus import Focus
from server.api.readers import reader_of
from server.keys import LIMITS, MEDIA, MEMBER, SETTINGS
from server.pictures import uploads
from server.pictures.media import BadImage, receive

ACCEPTED, PARTIAL = 202, 206


class Upload(Takes):
    """An image, with the words for those who do not see it."""

    uploads: ClassVar[bool] = True

    file: File | None = None
    description: str = Field("", max_length=DESCRIPTION_LIMIT_CHARACTERS)
    focus: Focus = None


class ChangeMedia(Takes):
    """What can be changed of an upload."""

    description: str | None = Field(None, max_length=DESCRIPTION_LIMIT_CHARACTERS)
    focus: Focus = None


class InUse(CommunityError):
    """The image is part of a message."""

    status = 422
    safe = "This image is part of a message. Change the message instead."


async def upload_later(request: web.Request, given: Upload) -> web.Response:
    """POST /api/v2/media: taken at once, ready a little later; `url` is null until then."""
    file = _file(request, given)
    folder, actor = Path(request.app[SETTINGS].var_dir), request[MEMBER].actor
    image = await uploads.put_aside(folder, request.app[MEDIA].scanner, actor, file.file, given.description, given.focus)
    return answer(media(image, reader_of(request)), ACCEPTED)


async def upload(request: web.Request, given: Upload) -> web.Response:
    """POST /api/v1/media: answers when the image is ready."""
    image = await receive(request.app[MEDIA], request[MEMBER].actor, _file(request, given).file)
    await _change(image, given.description, given.focus)
    return answer(media(image, reader_of(request)))


async def show(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/media/{id}: 206 while it is not ready."""
    image = await _own(request)
    if uploads.has_failed(image):
        raise _no_image()
    return answer(media(image, reader_of(request)), 200 if image.stored_at else PARTIAL)


async def change(request: web.Request, given: ChangeMedia) -> web.Response:
    """PUT /api/v1/media/{id}: other words, before it is part of a message."""
    image = await _own(request)
    if image.post_id is not None:
        raise InUse("change")
    await _change(image, image.description if given.description is None else given.description, given.focus)
    return answer(media(image, reader_of(request)))


async def delete(request: web.Request, _given: Takes) -> web.Response:
    """DELETE /api/v1/media/{id}: before it is part of a message."""
    image = await _own(request)
    if image.post_id is not None:
        raise InUse("delete")
    await image.delete()
    request.app[MEDIA].forget(image.key)
    return answer({})


def _file(request: web.Request, given: Upload) -> File:
    request.app[LIMITS].take("upload", request[MEMBER].actor.key)
    if given.file is None:
        raise BadInput("file: none was sent")
    return given.file


def _no_image() -> CommunityError:
    error = BadImage("upload")
    error.status = 422
    return error


async def _own(request: web.Request) -> Attachment:
    if found := await Attachment.get_or_none(id=number(request), owner=request[MEMBER].actor):
        return found
    raise NotHere("no upload of theirs")


async def _change(image: Attachment, description: str, focus: tuple[float, float] | None) -> None:
    image.description = description
    if focus:
        image.focus_x, image.focus_y = focus
    await image.save(update_fields=["description", "focus_x", "focus_y"])
