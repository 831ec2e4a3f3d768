"""What other servers took back: the answer leaves when nothing of it is left here, not even a file."""
from __future__ import annotations

from aiohttp import web

from federation import copies, withdrawal_notices
from models import ErasureRequest
from models.database import in_transaction
from server.keys import INSTANCE, MEDIA, THEME
from server.pictures import media

AT_ONCE = 20


async def settle(app: web.Application) -> int:
    """A job: erase the files of what is taken back, and what is kept of it in memory; then sign that it is done. How many.

    The rows were erased when the notice came. A crash on the way repeats a step that changes nothing.
    """
    asked = await ErasureRequest.filter(answered_at__isnull=True).order_by("id").limit(AT_ONCE)
    if asked:
        await _clean(app)
    for request in asked:
        async with in_transaction():
            await withdrawal_notices.acknowledge(app[INSTANCE].actor, request)
    return len(asked)


async def expire(app: web.Application) -> int:
    """A job: copies whose time is over go, and then their files. How many."""
    count = await copies.erase_due()
    if count:
        await _clean(app)
    return count


async def _clean(app: web.Application) -> None:
    while await media.forget_erased(app[MEDIA]):
        pass
    app[THEME].forget_parts()
