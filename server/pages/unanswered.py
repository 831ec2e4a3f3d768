"""No message unnoticed: conversations in which nobody else has written yet, for the team and for mentors."""
from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from models import Member, Post, Unanswered
from models.ids import id_of
from models.reach import Reach
from moderation.visibility import Viewer, visible_to
from server.appearance import render
from server.display import cards
from server.display.cards import Entry
from server.display.timelines import place
from server.doors import see
from server.errors import StaffOnly
from server.keys import FORM, LANGUAGE, MEMBER
from server.views import Pager
from server.words.language import gettext_for

PAGE = 20
NOTICED_AFTER = timedelta(hours=24)
OPEN = (Reach.COMMUNITY, Reach.PARTNERS, Reach.WEB)


async def show(request: web.Request) -> web.Response:
    """GET /admin/unanswered: the newest first, once a day has passed. What the reader could not read elsewhere is not here."""
    member = _admitted(request)
    before = min(place(request.query.get("before", "")), id_of(NOTICED_AFTER))
    rows = await Unanswered.filter(id__lt=before).order_by("-id").limit(PAGE + 1)
    ids = [row.post_id for row in rows[:PAGE]]
    posts = await Post.filter(visible_to(Viewer.member(member.actor)), id__in=ids or [0], reach__in=OPEN).select_related("author")
    by_id = {post.id: post for post in posts}
    entries = [Entry(by_id[id_]) for id_ in ids if id_ in by_id]
    shown = await cards.posts(entries, member, gettext_for(request[LANGUAGE]), with_hidden=True)
    return render.page(
        request, "admin_unanswered.html", here="unanswered", posts=shown,
        pager=Pager(older_url=f"/admin/unanswered?before={rows[PAGE - 1].id}" if len(rows) > PAGE else ""))


async def done(request: web.Request) -> web.Response:
    """POST /admin/unanswered: this one needs no answer."""
    _admitted(request)
    post = await Post.with_key(request[FORM].text("key", 30))
    await Unanswered.filter(post_id=post.id).delete()
    return see("/admin/unanswered")


def _admitted(request: web.Request) -> Member:
    """Somebody of the team, or a mentor. Raises StaffOnly."""
    member: Member = request[MEMBER]
    if not member.role.is_staff and member.mentor_since is None:
        raise StaffOnly("neither team nor mentor")
    return member
