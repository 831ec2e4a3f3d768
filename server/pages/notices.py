"""Notices: what happened, by day and by conversation."""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web
from markupsafe import Markup

from models import Actor, Follow, Host, Notification, Post, clock
from models.notification import Notice
from moderation.visibility import Viewer, visible_to
from server.actions import cut_follows
from server.actions.filters import Context
from server.appearance import render
from server.display import cards
from server.display.sieve import text_of
from server.display.sifting import sift
from server.display.timelines import place
from server.doors import see
from server.keys import LANGUAGE, MEMBER
from server.pictures import emojis
from server.views import Pager, PersonView
from server.words.language import Words, gettext_for
from server.words.wording import excerpt, notice_text

ON_A_PAGE = 40
OF_PEOPLE = frozenset({Notice.FOLLOW, Notice.FOLLOW_REQUEST, Notice.FOLLOW_ACCEPTED})
OF_REPORTS = frozenset({Notice.REPORT_ANSWERED, Notice.REPORT_ASKED})
OF_THE_TEAM = {Notice.JOIN_REQUEST: "/admin/members", Notice.PARTNER_REQUEST: "/admin/partners",
               Notice.QUARANTINE: "/admin/partners", Notice.SILENT: "/admin/partners",
               Notice.CUT_OFF: "/admin/partners", Notice.LEFT_NETWORK: "/admin/partners", Notice.REVIEW: "/admin/reviews",
               Notice.BADGE_ASKED: "/admin/badges", Notice.VOUCHER_ASKED: "/settings/badge", Notice.BADGE: "/settings/badge",
               Notice.GUARDIANS: "/admin/members", Notice.UNGUARDED: "/admin/unguarded", Notice.DEATH: "/admin/deaths",
               Notice.SCRAPED: "/admin/directory", Notice.INTRODUCTION: "/people/introductions",
               Notice.RULING: "/rulings", Notice.WAITING: "/people/waiting",
               Notice.MENTOR_ASKED: "/mentor", Notice.MENTOR: "/mentor", Notice.NEWCOMER: "/mentor",
               Notice.REPORT: "/admin/queue", Notice.DANGER: "/admin/queue",
               Notice.CASE: "/admin/queue", Notice.CUT_FOLLOWS: "/follows/cut", Notice.LIST_GONE: "/admin/lists"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One thing that happened, or several in one conversation."""

    text: str
    url: str
    when: datetime
    person: PersonView | None = None
    excerpt: str = ""
    more: int = 0  # other notices of the same conversation that day
    is_new: bool = False
    asks: bool = False  # somebody waits for a yes or a no


@dataclass(frozen=True, slots=True)
class Day:
    """The notices of one day."""

    day: date
    notices: Sequence[NoticeView]


@dataclass(frozen=True, slots=True)
class Around:
    """What belongs to the notices of a page."""

    posts: Mapping[int, Post]
    people: Mapping[int, PersonView]  # by the id of the notice
    waiting: Collection[int]  # actors who wait for an answer
    words: Mapping[int, str]  # by the id of the message, or of the notice
    titles: Mapping[str, str]  # of servers, by name


async def show(request: web.Request) -> web.Response:
    """GET /notices: newest first. What a notice points at and is no longer visible to the member is left out."""
    me, _ = request[MEMBER], gettext_for(request[LANGUAGE])
    rows = await Notification.filter(recipient_id=me.actor_id, id__lt=place(request.query.get("before", ""))
                                     ).order_by("-id").limit(ON_A_PAGE + 1).select_related("actor", "report")
    page = rows[:ON_A_PAGE]
    posts = await _posts(page, me.actor)
    sifted = await sift(list(posts.values()), lambda: {post.id: text_of(post, (), ()) for post in posts.values()}, me,
                        Context.NOTIFICATIONS, _)
    shown = [row for row in page if _stands(row, posts) and row.post_id not in sifted.hidden]
    personal = {row.id: row.actor for row in shown if row.actor}
    people = dict(zip(personal, await cards.people(list(personal.values())), strict=True))
    why = {**sifted.why, **await _cut(shown, me.actor, _)}
    around = Around(posts, people, await _waiting(shown, me.actor), {**await _excerpts(posts.values()), **why},
                    await _titles(shown))
    days = _by_day(shown, around, _)
    return render.page(
        request, "notices.html", here="notices", days=days, any_new=any(row.read_at is None for row in page),
        today=clock.now().date(), said=request.query.get("said", ""),
        pager=Pager(older_url=f"/notices?before={page[-1].id}" if len(rows) > ON_A_PAGE else ""))


async def mark_read(request: web.Request) -> web.Response:
    """POST /notices/read: all of them."""
    await Notification.filter(recipient_id=request[MEMBER].actor_id, read_at__isnull=True).update(read_at=clock.now())
    return see("/notices")


async def _posts(rows: Sequence[Notification], reader: Actor) -> dict[int, Post]:
    """The messages that the notices point at and the reader may see."""
    if not (ids := {row.post_id for row in rows if row.post_id}):
        return {}
    seen = Post.filter(visible_to(Viewer.member(reader)), id__in=ids)
    return {post.id: post for post in await seen.select_related("author")}


async def _waiting(rows: Sequence[Notification], reader: Actor) -> set[int]:
    """Who of those in the notices still waits for an answer."""
    ids = [row.actor_id for row in rows if row.kind is Notice.FOLLOW_REQUEST]
    asking = Follow.filter(target_id=reader.id, accepted_at__isnull=True, follower_id__in=ids)
    return {follow.follower_id for follow in await asking} if ids else set()


async def _cut(rows: Sequence[Notification], reader: Actor, _: Words) -> dict[int, str]:
    """With how many people follows were cut, by the id of the notice."""
    ids = [row.id for row in rows if row.kind is Notice.CUT_FOLLOWS]
    events = await cut_follows.events_of(reader, ids) if ids else []
    return {one.id: _.ngettext("%(num)d person", "%(num)d people", one.following + one.followers) for one in events}


def _stands(row: Notification, posts: dict[int, Post]) -> bool:
    """Whether what it tells of is still there for the reader."""
    return (row.post_id is None or row.post_id in posts) and (row.actor is None or not row.actor.is_gone)


async def _excerpts(posts: Collection[Post]) -> dict[int, Markup]:
    """The first words of each message, with the small pictures that its server puts there."""
    pictures = await emojis.of_posts(posts)
    return {post.id: emojis.pictured(excerpt(post), pictures.get(post.author.host, {})) for post in posts}


async def _titles(rows: Sequence[Notification]) -> dict[str, str]:
    """What the servers in the notices call themselves, with the name that they prove."""
    hosts = {row.host for row in rows if row.host}
    called = await Host.filter(name__in=hosts).exclude(title="") if hosts else []
    return {host.name: host.name if host.title == host.name else f"{host.title} ({host.name})" for host in called}


def _by_day(rows: Sequence[Notification], around: Around, _: Words) -> list[Day]:
    """Days, newest first; in each, the newest notice of a conversation stands for the others."""
    days: dict[date, dict[object, list[Notification]]] = {}
    for row in rows:
        post = around.posts.get(row.post_id or 0)
        days.setdefault(row.created_at.date(), {}).setdefault(post.conversation if post else row.id, []).append(row)
    return [Day(day, [_view(group, around, _) for group in groups.values()]) for day, groups in days.items()]


def _view(group: Sequence[Notification], around: Around, _: Words) -> NoticeView:
    row = group[0]
    person = None if row.kind is Notice.REPORT else around.people.get(row.id)  # who reported stays unknown, as on the case
    post = around.posts.get(row.post_id or 0)
    url = f"/m/{post.key}" if post else OF_THE_TEAM.get(row.kind, person.url if person else "/notices")
    if row.report and row.kind in OF_REPORTS:
        url = f"/reports/{row.report.key}"
    text = notice_text(row.kind, person.display_name if person else around.titles.get(row.host, row.host), _)
    return NoticeView(text=text, url=url, when=row.created_at, person=person,
                      excerpt=around.words.get(post.id if post else row.id, ""),
                      more=len(group) - 1, is_new=any(one.read_at is None for one in group),
                      asks=row.kind is Notice.FOLLOW_REQUEST and row.actor_id in around.waiting)
