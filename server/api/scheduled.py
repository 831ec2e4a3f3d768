"""Messages for later, and the job that publishes them."""
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from aiohttp import web

from models import Attachment, Member, ScheduledPost, clock
from models.database import in_transaction
from models.errors import CommunityError
from models.member import MemberState
from server.actions import drafts, posts, scheduled
from server.actions.drafts import Typed
from server.api import writing
from server.api.answers import answer
from server.api.arguments import BadInput, Takes
from server.api.door import number
from server.api.entities.scheduled import scheduled_statuses
from server.api.paging import Window, listed, rows_of
from server.api.readers import reader_of
from server.api.writing import PostStatus
from server.keys import MEMBER, SETTINGS

AT_ONCE = 20


class Reschedule(Takes):
    """Another time."""

    scheduled_at: datetime | None = None


async def show_all(request: web.Request, given: Window) -> web.Response:
    """GET /api/v1/scheduled_statuses."""
    rows = await rows_of(ScheduledPost.filter(owner=request[MEMBER].actor), given)
    return listed(request, given, [row.id for row in rows], await scheduled_statuses(rows, reader_of(request)))


async def show(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/scheduled_statuses/{id}."""
    return await _answer(request, await scheduled.find(request[MEMBER].actor, number(request)))


async def change(request: web.Request, given: Reschedule) -> web.Response:
    """PUT /api/v1/scheduled_statuses/{id}."""
    row = await scheduled.find(request[MEMBER].actor, number(request))
    if given.scheduled_at is None:
        raise BadInput("scheduled_at: can't be blank")
    await scheduled.move(row, given.scheduled_at if given.scheduled_at.tzinfo else given.scheduled_at.replace(tzinfo=UTC))
    return await _answer(request, row)


async def delete(request: web.Request, _given: Takes) -> web.Response:
    """DELETE /api/v1/scheduled_statuses/{id}."""
    await (await scheduled.find(request[MEMBER].actor, number(request))).delete()
    return answer({})


async def publish_due(app: web.Application) -> int:
    """A job: publish what is due, as its member may now. What may not be published becomes a draft. Returns how many."""
    due = await ScheduledPost.filter(due_at__lte=clock.now()).order_by("due_at").limit(AT_ONCE).select_related("owner")
    for row in due:
        await _publish(app, row)
    return len(due)


async def _publish(app: web.Application, row: ScheduledPost) -> None:
    member = await Member.get_or_none(actor_id=row.owner_id, state=MemberState.ACTIVE).select_related("actor")
    if member is None or row.owner.is_gone:
        await row.delete()
        return
    try:
        given = PostStatus.filled(row.given)
    except BadInput:  # an older release took what this one does not: its words at least are kept
        await _keep(member, row, PostStatus.filled({"status": str(row.given.get("status", ""))}))
        return
    try:
        written = replace(await writing.composition(app, member, given), undo_seconds=0)  # it has waited
        async with in_transaction():
            if not await ScheduledPost.filter(id=row.id).delete():
                return  # another worker, or its member, was quicker
            await posts.publish(member.actor, written, app[SETTINGS].origin)
    except CommunityError:
        await _keep(member, row, given)


async def _keep(member: Member, row: ScheduledPost, given: PostStatus) -> None:
    """What may no longer be published as it was asked for is not lost: it waits among the drafts."""
    images = await Attachment.filter(owner=member.actor, id__in=given.media_ids or [0], post_id__isnull=True)
    typed = Typed(text=given.status, voice=given.dazzle_voice, note=given.dazzle_note, warning=given.spoiler_text,
                  language=given.language, images=tuple((image.key, image.description) for image in images))
    async with in_transaction():
        if await ScheduledPost.filter(id=row.id).delete():
            await drafts.save(member.actor, typed)


async def _answer(request: web.Request, row: ScheduledPost) -> web.Response:
    return answer((await scheduled_statuses([row], reader_of(request)))[0])
