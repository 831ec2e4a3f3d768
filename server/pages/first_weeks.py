"""The host says which subjects newcomers are spared, and for how long."""
from __future__ import annotations

from aiohttp import web

from models import Community
from models.post import Note
from moderation import first_month
from server.actions import community
from server.appearance import render
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import COMMUNITY, FORM, LANGUAGE, MEMBER
from server.views import Option
from server.words.language import gettext_for
from server.words.wording import note_name


async def show(request: web.Request) -> web.Response:
    """GET /admin/first-weeks."""
    row, _ = await Community.current(), gettext_for(request[LANGUAGE])
    chosen = first_month.HARD_NOTES if row.hard_notes is None else row.hard_notes
    notes = tuple(Option(value=note.value, title=note_name(note, _), checked=note.value in chosen) for note in Note if note)
    return render.page(request, "admin_first_weeks.html", here="community", notes=notes, tags="\n".join(row.hard_tags or ()),
                       days=row.spared_days, most=first_month.DAYS_LIMIT, saved="saved" in request.query)


async def save(request: web.Request) -> web.Response:
    """POST /admin/first-weeks: counts from the next page on, for everybody who is new."""
    form, known = request[FORM], {note.value for note in Note if note}
    days = min(whole_number(form.get("days")), first_month.DAYS_LIMIT)
    await community.change(request[MEMBER].actor, "community.first_weeks", spared_days=days,
                           hard_notes=[note for note in form.all("notes") if note in known],
                           hard_tags=first_month.cleaned(form.get("tags").split("\n")[:200]))
    await request.app[COMMUNITY].load()
    return see("/admin/first-weeks?saved=1")
