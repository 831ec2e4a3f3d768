"""Images of messages, for those who may see the message."""
from __future__ import annotations

from aiohttp import web

from models import Actor, Attachment, Emoji, Post
from models.errors import NotHere
from moderation.visibility import Viewer, visible_to
from server.actions import cases, images, looks
from server.entrance import peers
from server.errors import SignInFirst
from server.keys import COMMUNITY, MEDIA, MEMBER
from server.pictures import image_links
from server.pictures.media import MEDIA_TYPE

#: An image never runs anything and belongs to no page but ours; the browser may keep it, nobody in between may.
HEADERS = {
    "Cache-Control": "private, max-age=3600", "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff", "Content-Disposition": 'inline; filename="image.webp"',
}


async def show(request: web.Request) -> web.StreamResponse:
    """GET /media/{key}: members by their session or by an address made for them (`server.pictures.image_links`), other servers by
    their signature, everybody for the whole web's messages.

    What a member has uploaded and not sent is theirs alone. Absent and forbidden get the same answer.
    """
    image = await Attachment.get_or_none(key=request.match_info["key"], stored_at__isnull=False)
    if image is None or not await _may_see(request, image):
        raise NotHere("no such image, or not for them")
    path = request.app[MEDIA].path(image.key)
    if not path.is_file():
        raise NotHere("its file is gone")
    return web.FileResponse(path, headers={"Content-Type": MEDIA_TYPE, **HEADERS})


async def emoji(request: web.Request) -> web.StreamResponse:
    """GET /emoji/{key}: a small picture of the text of other servers, for members."""
    if await _reader(request) is None:
        raise SignInFirst("for members")
    found = await Emoji.get_or_none(key=request.match_info["key"], stored_at__isnull=False)
    path = request.app[MEDIA].path(found.key) if found else None
    if path is None or not path.is_file():
        raise NotHere("no such picture")
    return web.FileResponse(path, headers={"Content-Type": MEDIA_TYPE, **HEADERS})


async def _may_see(request: web.Request, image: Attachment) -> bool:
    reader = await _reader(request)
    if MEMBER in request and await images.is_for_team(image, request[MEMBER]):
        await looks.note(request[MEMBER].actor, [image.owner_id], "image.open")
        return True
    if image.post_id is None:
        return reader is not None and image.owner_id == reader.id
    viewer = Viewer.member(reader) if reader else await peers.viewer_of(request)
    if await Post.filter(visible_to(viewer), id=image.post_id).exists():
        return True
    return MEMBER in request and await cases.shows(image.post_id, request[MEMBER].actor_id)


async def _reader(request: web.Request) -> Actor | None:
    """The member who looks: signed in, or the one whom the address was made for."""
    if MEMBER in request:
        return request[MEMBER].actor
    key, mark = request.match_info["key"], request.query.get(image_links.PARAMETER, "")
    reader = request.app[COMMUNITY].images.reader(key, mark) if mark else ""
    return await Actor.get_or_none(Actor.present(), key=reader, host="") if reader else None
