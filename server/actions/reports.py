"""Reports: what members tell the team about somebody, and what the team makes of it."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from federation import reports
from federation.addresses import origin_of
from models import Actor, AuditEntry, Notification, Post, Report, clock
from models.database import in_transaction
from models.delivery import Category
from models.errors import CommunityError
from models.ids import new_key
from models.notification import Notice
from moderation.visibility import Viewer, visible_to
from server.actions import looks

TEXT_LIMIT_CHARACTERS = 1000
POSTS_LIMIT = 20
RULES_LIMIT = 50


class Oneself(CommunityError):
    """Nobody reports themselves."""

    status = 422
    safe = "You cannot report yourself."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a member tells. `post_ids` of messages of the person that it is about; `rules` are numbers from 1."""

    text: str = ""
    post_ids: tuple[int, ...] = ()
    category: Category = Category.OTHER
    rules: tuple[int, ...] = ()
    forward: bool = False


async def report(us: Actor, reporter: Actor, target: Actor, told: Told) -> Report:
    """Keep a report for the team, and with `forward` tell the target's server too, in the name of the community `us`.

    Only messages count that the reporter sees and the target wrote. Raises: Oneself.
    """
    if reporter.id == target.id:
        raise Oneself("report")
    posts = await Post.filter(visible_to(Viewer.member(reporter)), author_id=target.id, id__in=told.post_ids[:POSTS_LIMIT] or [0])
    forwards = told.forward and not target.is_local
    async with in_transaction():
        kept = await Report.create(
            uri=f"{origin_of(us.uri)}/reports/{new_key()}", sender_host="", reporter=reporter, target=target,
            post_uris=[post.uri for post in posts], text=told.text[:TEXT_LIMIT_CHARACTERS],
            category=Category.VIOLATION if told.rules else told.category, rules=list(told.rules[:RULES_LIMIT]),
            forwarded_at=clock.now() if forwards else None)
        await Notification.tell_team(Notice.REPORT, reporter, kept)
        if forwards:
            await reports.flag(us, target, posts, told.text)
    return kept


async def assign(one: Report, to: Actor | None, by: Actor) -> None:
    """Somebody of the team takes a report on, or, with None, gives it back."""
    await _change(one, by, "report.assign" if to else "report.unassign", assigned_to_id=to.id if to else None)


async def close(one: Report, by: Actor) -> None:
    """The team has done what there was to do."""
    if one.closed_at is None:
        await _change(one, by, "report.resolve", closed_at=clock.now(), closed_by_id=by.id)
        await Notification.filter(report_id=one.id).delete()


async def reopen(one: Report, by: Actor) -> None:
    """There is more to do after all."""
    if one.closed_at is not None:
        await _change(one, by, "report.reopen", closed_at=None, closed_by_id=None)


async def sort(one: Report, by: Actor, category: Category, rules: Sequence[int]) -> None:
    """Say anew what a report is about."""
    await _change(one, by, "report.sort", category=category, rules=list(rules[:RULES_LIMIT]) if category is Category.VIOLATION
                  else [])


async def look(one: Report, by: Actor) -> list[Post]:
    """The messages of a report, for the team, also those that were not written for them: reading them is written down.

    They were seen by the member who reported them, or named by the server that did.
    """
    posts = await Post.filter(uri__in=one.post_uris or [""], deleted_at__isnull=True).select_related("author").order_by("id")
    seen = {int(str(id_)) for id_ in await Post.filter(visible_to(Viewer.member(by)), id__in=[post.id for post in posts] or [0]
                                                       ).values_list("id", flat=True)}
    await looks.note(by, (post.author_id for post in posts), "report.read")
    await looks.note(by, (one.target_id, one.reporter_id), "report.open")
    if any(post.id not in seen for post in posts):
        await AuditEntry.create(actor_id=by.id, action="report.read", target=f"report:{one.id}")
    return posts


async def _change(one: Report, by: Actor, action: str, **columns: object) -> None:
    async with in_transaction():
        await one.change(**columns)
        await AuditEntry.create(actor_id=by.id, action=action, target=f"report:{one.id}")
