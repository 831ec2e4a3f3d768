"""Taking one's data: asked for here, made by a job, fetched by whoever shows again who they are."""
from __future__ import annotations

import asyncio

from aiohttp import web

from models import clock, vault
from models.errors import NotHere
from models.rights import ArchiveState
from server.actions import archives
from server.appearance import render
from server.archives import locked, making
from server.doors import see
from server.entrance import acting
from server.keys import LIMITS, MEMBER, SETTINGS
from server.pages.security import who_is_there
from server.views import FieldError

MIB = 1024 * 1024


async def show(request: web.Request) -> web.Response:
    """GET /data/export: how far the copy is."""
    return await _page(request)


async def ask(request: web.Request) -> web.Response:
    """POST /data/export: have a copy made."""
    if errors := await who_is_there(request, "proof"):
        return await _page(request, errors)
    request.app[LIMITS].take("archive", f"member {request[MEMBER].id}")
    await archives.ask(request[MEMBER], acting.one_who_acts(request).actor)
    return see("/data/export")


async def download(request: web.Request) -> web.StreamResponse:
    """POST /data/export/file: the copy, for its member alone, who has just shown who they are."""
    if errors := await who_is_there(request, "proof"):
        return await _page(request, errors)
    archive = await archives.of(request[MEMBER])
    if archive is None or archive.state is not ArchiveState.READY or (archive.expires_at or clock.now()) <= clock.now():
        raise NotHere("no archive")
    answer = web.StreamResponse(headers={
        "Content-Type": "application/zip", "Cache-Control": "no-store", "Content-Length": str(archive.size_bytes),
        "Content-Disposition": 'attachment; filename="my-data.zip"'})
    path = making.path(request.app[SETTINGS].var_dir, archive)
    if not path.is_file():
        raise NotHere("no file")
    with path.open("rb") as file:
        await answer.prepare(request)
        opened = locked.pieces(file, path.stem, vault.current())
        while piece := await asyncio.to_thread(next, opened, b""):
            await answer.write(piece)
    await answer.write_eof()
    return answer


async def _page(request: web.Request, errors: tuple[FieldError, ...] = ()) -> web.Response:
    archive = await archives.of(request[MEMBER])
    return render.page(
        request, "data_export.html", status=422 if errors else 200, here="data", errors=errors,
        state=archive.state.value if archive else "", until=archive.expires_at if archive else None,
        size=max(1, round(archive.size_bytes / MIB)) if archive else 0,
        has_password=bool(acting.one_who_acts(request).password_hash))
