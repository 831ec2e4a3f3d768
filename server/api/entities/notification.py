"""Notification and NotificationGroup (docs.joinmastodon.org/entities/Notification): notices, as apps know them.

A notice of ours that apps have no word for is not among them; the pages show it. How many "thinking of you" there were is
told as far as the notices themselves are there to be counted, to the writer alone (DECISIONS.md, 29).
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from models import Actor, Notification, Post
from models import Report as ReportRow
from models.notification import Notice
from moderation.visibility import visible_to
from server.actions import cut_follows
from server.api.answers import instant
from server.api.entities.account import Account, account, account_with
from server.api.entities.report import Report, told_of
from server.api.entities.status import Status, statuses
from server.api.readers import Reader
from server.display.cards import Entry
from server.pictures import emojis

#: Our notices by the name that apps have for them; what is not here they do not see.
KINDS: dict[str, tuple[Notice, ...]] = {
    "mention": (Notice.MENTION, Notice.REPLY), "reblog": (Notice.PASSED_ON,), "follow": (Notice.FOLLOW,),
    "follow_request": (Notice.FOLLOW_REQUEST,), "favourite": (Notice.THANKS,), "poll": (Notice.POLL,),
    "quote": (Notice.QUOTED,), "quoted_update": (Notice.QUOTED_EDITED,),
    "status": (Notice.POSTED,), "update": (Notice.EDITED,), "admin.sign_up": (Notice.JOIN_REQUEST,),
    "admin.report": (Notice.REPORT,), "severed_relationships": (Notice.CUT_FOLLOWS,)}
TYPES: dict[Notice, str] = {notice: name for name, notices in KINDS.items() for notice in notices}
#: Of these several become one group; the newest of a group tells until when it may grow.
GROUPED = ("favourite", "reblog", "follow")
GROUP_SECONDS = 12 * 3600
SAMPLE_ACCOUNTS = 8


class SeveranceEvent(TypedDict):
    """Follows that ended because a server was suspended (docs.joinmastodon.org/entities/RelationshipSeveranceEvent)."""

    id: str
    type: str
    purged: bool
    target_name: str
    followers_count: int
    following_count: int
    relationships_count: int
    created_at: str


class ShownNotification(TypedDict):
    """One notice. `status` is there for those about a message."""

    id: str
    type: str
    created_at: str
    group_key: str
    account: Account
    status: NotRequired[Status]
    report: NotRequired[Report]
    event: NotRequired[SeveranceEvent]


class NotificationGroup(TypedDict):
    """Notices of one kind about one thing within half a day."""

    group_key: str
    notifications_count: int
    type: str
    most_recent_notification_id: str
    page_min_id: NotRequired[str]
    page_max_id: NotRequired[str]
    latest_page_notification_at: NotRequired[str]
    sample_account_ids: list[str]
    status_id: NotRequired[str]
    report: NotRequired[Report]
    event: NotRequired[SeveranceEvent]


class PartialAccount(TypedDict):
    """What a small picture of somebody needs."""

    id: str
    acct: str
    locked: bool
    bot: bool
    url: str
    avatar: str
    avatar_static: str


class GroupedNotifications(TypedDict):
    """Groups, and everybody and every message that they name, each once."""

    accounts: list[Account]
    partial_accounts: NotRequired[list[PartialAccount]]
    statuses: list[Status]
    notification_groups: list[NotificationGroup]


def notices_of(types: Iterable[str]) -> list[Notice]:
    """The notices behind these names of apps."""
    return [notice for name in types for notice in KINDS.get(name, ())]


def group_key(row: Notification, grouped: Iterable[str] = GROUPED) -> str:
    """Notices with the same key are one group."""
    kind = TYPES[row.kind]
    if kind not in grouped or kind not in GROUPED:
        return f"ungrouped-{row.id}"
    part = int(row.created_at.timestamp()) // GROUP_SECONDS
    return f"{kind}-{row.post_id}-{part}" if row.post_id else f"{kind}-{part}"


async def standing(rows: Sequence[Notification], reader: Reader) -> tuple[list[Notification], dict[int, Post]]:
    """The notices, each with its actor, of which what they tell of is still there for the reader, and the messages by id."""
    ids = {row.post_id for row in rows if row.post_id}
    visible = Post.filter(visible_to(reader.viewer), id__in=ids).select_related("author")
    posts = {post.id: post for post in await visible} if ids else {}
    for row in rows:
        if row.kind is Notice.CUT_FOLLOWS:  # nobody else caused it: apps show the member's own face (Mastodon 4.3)
            row.actor = await _recipient(row, rows)
    return [row for row in rows if _stands(row, posts)], posts


async def _recipient(row: Notification, rows: Sequence[Notification]) -> Actor:
    known = next((one.actor for one in rows if one.actor and one.actor.id == row.recipient_id), None)
    return known or await Actor.get(id=row.recipient_id)


def _stands(row: Notification, posts: dict[int, Post]) -> bool:
    about = posts.get(row.post_id or 0)
    somebody = row.actor or (about.author if about else None)
    return (row.post_id is None or about is not None) and somebody is not None and not somebody.is_gone


def teller(row: Notification, posts: dict[int, Post]) -> Actor:
    """Whose face a notice shows: of a question that is over, its author's."""
    return row.actor or posts[row.post_id or 0].author


async def notifications(rows: Sequence[Notification], reader: Reader) -> list[ShownNotification]:
    """The notices that still stand, in the same order; at most eleven queries."""
    rows, posts = await standing(rows, reader)
    shown, known = await _statuses(rows, posts, reader), await _known(rows, posts)
    return [_notification(row, posts, shown, known, reader) for row in rows]


@dataclass(frozen=True, slots=True)
class _Known:
    """What notices need besides messages: the reports that they tell of, with whom those are about, and small pictures."""

    reports: Mapping[int, ReportRow]
    pictures: Mapping[str, Mapping[str, str]]
    events: Mapping[int, SeveranceEvent]

    def report(self, row: Notification, reader: Reader) -> Report | None:
        """The report that a notice tells of."""
        told = self.reports.get(row.report_id or 0)
        return told_of(told, account_with(told.target, reader, self.pictures)) if told and told.target else None


async def _known(rows: Sequence[Notification], posts: dict[int, Post]) -> _Known:
    ids = {row.report_id for row in rows if row.report_id}
    reports = {one.id: one for one in await ReportRow.filter(id__in=ids).select_related("target")} if ids else {}
    people = [teller(row, posts) for row in rows] + [one.target for one in reports.values() if one.target]
    return _Known(reports, await emojis.of_posts((), people), await _events(rows))


async def _events(rows: Sequence[Notification]) -> dict[int, SeveranceEvent]:
    """What was cut, by the notice that tells of it."""
    cut = [row for row in rows if row.kind is Notice.CUT_FOLLOWS]
    if not cut or cut[0].actor is None:
        return {}
    return {event.id: {
        "id": str(event.id), "type": "domain_block", "purged": False, "target_name": event.host,
        "followers_count": event.followers, "following_count": event.following,
        "relationships_count": event.followers + event.following, "created_at": instant(event.at),
    } for event in await cut_follows.events_of(cut[0].actor, [row.id for row in cut])}


async def _statuses(rows: Sequence[Notification], posts: dict[int, Post], reader: Reader) -> dict[int, Status]:
    wanted = list({row.post_id: posts[row.post_id] for row in rows if row.post_id}.values())
    shown = await statuses([Entry(post) for post in wanted], reader, "notifications")
    return {post.id: status for post, status in zip(wanted, shown, strict=True)}


def _notification(row: Notification, posts: dict[int, Post], shown: dict[int, Status], known: _Known,
                  reader: Reader) -> ShownNotification:
    entity: ShownNotification = {
        "id": str(row.id), "type": TYPES[row.kind], "created_at": instant(row.created_at), "group_key": group_key(row),
        "account": account_with(teller(row, posts), reader, known.pictures)}
    if row.post_id:
        entity["status"] = shown[row.post_id]
    if told := known.report(row, reader):
        entity["report"] = told
    if event := known.events.get(row.id):
        entity["event"] = event
    return entity


async def groups(rows: Sequence[Notification], reader: Reader, grouped: Sequence[str] = GROUPED, *, partial: bool = False,
                 paged: bool = True) -> GroupedNotifications:
    """The notices in groups, the group with the newest first. `partial`: of all but the newest of a group less is told."""
    rows, posts = await standing(rows, reader)
    together: dict[str, list[Notification]] = {}
    for row in rows:
        together.setdefault(group_key(row, grouped), []).append(row)
    people, lesser, known = dict[int, Actor](), dict[int, Actor](), await _known(rows, posts)
    for group in together.values():
        tellers = [teller(row, posts) for row in group[:SAMPLE_ACCOUNTS]]
        people[tellers[0].id] = tellers[0]
        (lesser if partial else people).update({actor.id: actor for actor in tellers[1:]})
    found: GroupedNotifications = {
        "accounts": [account_with(actor, reader, known.pictures) for actor in people.values()],
        "statuses": list((await _statuses(rows, posts, reader)).values()),
        "notification_groups": [_group(key, group, posts, paged, known.report(group[0], reader), known.events.get(group[0].id))
                                for key, group in together.items()]}
    if partial:
        found["partial_accounts"] = [_partial(account(one, reader.origin, reader.reach))
                                     for id_, one in lesser.items() if id_ not in people]
    return found


def _group(key: str, group: Sequence[Notification], posts: dict[int, Post], paged: bool,
           told: Report | None, event: SeveranceEvent | None) -> NotificationGroup:
    newest = group[0]
    tellers = dict.fromkeys(str(teller(row, posts).id) for row in group)
    entity: NotificationGroup = {
        "group_key": key, "notifications_count": len(group), "type": TYPES[newest.kind],
        "most_recent_notification_id": str(newest.id), "sample_account_ids": list(tellers)[:SAMPLE_ACCOUNTS]}
    if paged:
        entity["page_min_id"], entity["page_max_id"] = str(group[-1].id), str(newest.id)
        entity["latest_page_notification_at"] = instant(newest.created_at)
    if newest.post_id:
        entity["status_id"] = str(newest.post_id)
    if told:
        entity["report"] = told
    if event:
        entity["event"] = event
    return entity


def _partial(whole: Account) -> PartialAccount:
    return {"id": whole["id"], "acct": whole["acct"], "locked": whole["locked"], "bot": whole["bot"], "url": whole["url"],
            "avatar": whole["avatar"], "avatar_static": whole["avatar_static"]}
