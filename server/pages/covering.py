"""/images/{key}/blur: covering faces, names and marks on a picture before others see it. Works without JavaScript."""
from __future__ import annotations

from aiohttp import web

from models import Attachment, Post
from server.actions import images, looks
from server.appearance import render
from server.display import cards
from server.doors import see
from server.entrance.forms import Form
from server.errors import BadRequest
from server.keys import FORM, LANGUAGE, LIMITS, MEDIA, MEMBER
from server.pictures.media import Rectangle
from server.views import FieldError
from server.words.language import gettext_for

COLUMNS = 6  # large enough to be hit with a finger on a small phone
ROWS_LIMIT = 12
WHOLE = 1000
EDGES = ("left", "top", "width", "height")


async def show(request: web.Request) -> web.Response:
    """GET /images/{key}/blur?draft=key."""
    return await _page(request, await _image(request))


async def save(request: web.Request) -> web.Response:
    """POST /images/{key}/blur: the chosen cells of the grid, and a part in per cent; then back, or once more."""
    image, form, _ = await _image(request), request[FORM], gettext_for(request[LANGUAGE])
    parts = cells_of(form, rows_of(image))
    try:
        if typed := typed_part(form):
            parts.append(typed)
    except BadRequest:
        words = _("Write four whole numbers from 0 to 100 that stay within the image.")
        return await _page(request, image, (FieldError("left", words),))
    if not parts:
        return await _page(request, image, (FieldError("cells", _("Choose at least one part.")),))
    request.app[LIMITS].take("upload", request[MEMBER].actor.key)
    key, draft = await images.cover(request.app[MEDIA], image, parts, request[MEMBER]), form.text("draft", 22)
    if form.has("again"):
        return see(f"/images/{key}/blur" + (f"?draft={draft}" if draft else ""))
    return see(await _way_back(request, image, draft))


def rows_of(image: Attachment) -> int:
    """As many rows of cells as make them about square."""
    return min(ROWS_LIMIT, max(1, COLUMNS * image.height // max(1, image.width)))


def cells_of(form: Form, rows: int) -> list[Rectangle]:
    """The rectangles of the chosen cells: "row-column", from 0."""
    chosen, found = set(form.all("cell")[:COLUMNS * ROWS_LIMIT]), list[Rectangle]()
    for row in range(rows):
        top, below = row * WHOLE // rows, (row + 1) * WHOLE // rows
        for column in range(COLUMNS):
            left, beside = column * WHOLE // COLUMNS, (column + 1) * WHOLE // COLUMNS
            if f"{row}-{column}" in chosen:
                found.append((left, top, beside - left, below - top))
    return found


def typed_part(form: Form) -> Rectangle | None:
    """The part that was typed in per cent, if one was. Raises BadRequest."""
    texts = [form.text(edge, 3) for edge in EDGES]
    if not any(texts):
        return None
    if not all(text.isascii() and text.isdigit() for text in texts):
        raise BadRequest("per cent")
    left, top, width, height = (int(text) * WHOLE // 100 for text in texts)
    if not (width and height) or left + width > WHOLE or top + height > WHOLE:
        raise BadRequest("outside")
    return left, top, width, height


async def _image(request: web.Request) -> Attachment:
    image = await images.coverable(request[MEMBER], request.match_info["key"])
    await looks.note(request[MEMBER].actor, [image.owner_id], "image.open")
    return image


async def _way_back(request: web.Request, image: Attachment, draft: str) -> str:
    """To the message that is being written, or that waits."""
    post = await Post.get_or_none(id=image.post_id) if image.post_id else None
    if post is not None and post.author_id != request[MEMBER].actor_id:
        return f"/admin/images/{post.key}"
    return f"/m/{post.key}" if post else f"/compose?draft={draft}" if draft else "/drafts"


async def _page(request: web.Request, image: Attachment, errors: tuple[FieldError, ...] = ()) -> web.Response:
    form = request[FORM] if errors else Form()
    draft = form.text("draft", 22) if errors else request.query.get("draft", "")[:22]
    return render.page(
        request, "image_cover.html", status=422 if errors else 200, here="write", errors=errors, path=request.path, draft=draft,
        image=cards.image_view(image), back=await _way_back(request, image, draft), rows=range(rows_of(image)),
        columns=range(COLUMNS),
        chosen=frozenset(form.all("cell")), typed={edge: form.text(edge, 3) for edge in EDGES})
