"""Reports: what members tell the team about somebody, and what the team makes of it."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from federation import reports
from federation.addresses import origin_of
from models import Actor, AuditEntry, Case, Listing, Notification, Post, Report, clock, desk
from models.case import CaseSource, Matter
from models.database import in_transaction
from models.errors import CommunityError
from models.ids import new_key
from models.notification import Notice
from models.turns import take_turn
from moderation import hosts
from moderation.visibility import Viewer, visible_to
from server.actions import cases, looks, relations, report_answers

TEXT_LIMIT_CHARACTERS = 1000
POSTS_LIMIT = 20
RULES_LIMIT = 50
OPEN_LIMIT = 50  # reports of one member that wait for the team


class Oneself(CommunityError):
    """Nobody reports themselves."""

    status = 422
    safe = "You cannot report yourself."


class TooManyOpen(CommunityError):
    """As many wait for an answer as one member may have."""

    status = 429
    safe = "The team has not yet answered what you reported before. In an emergency, call for help where you are."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a member tells. `post_ids` of messages of the person that it is about; `rules` are numbers from 1.

    `hides`: the member no longer wants to see them; `forward`: their own server is told too, and never by whom.
    """

    text: str = ""
    post_ids: tuple[int, ...] = ()
    matter: Matter = Matter.OTHER
    rules: tuple[int, ...] = ()
    forward: bool = False
    hides: bool = False


async def report(us: Actor, reporter: Actor, target: Actor, told: Told) -> Report:
    """Keep a report for the team, and with `forward` tell the target's server too, in the name of the community `us`. What waits
    already is not told a second time.

    Only messages count that the reporter sees and the target wrote. Raises: Oneself, TooManyOpen.
    """
    if reporter.id == target.id:
        raise Oneself("report")
    posts = await Post.filter(visible_to(Viewer.member(reporter)), author_id=target.id, id__in=told.post_ids[:POSTS_LIMIT] or [0])
    async with in_transaction():
        kept = await _keep(us, reporter, told, target, posts)
        if told.forward and not kept.forwarded_at and await may_forward(target.host):
            await kept.change(forwarded_at=clock.now(), forwarded_to=target.host)
            await reports.flag(us, kept, target, kept.post_uris)
        if told.hides:
            await relations.mute(reporter, target)
    return kept


async def report_listing(us: Actor, reporter: Actor, listing: Listing, told: Told) -> Report:
    """The same about somebody in a partner's directory, who has no name here. Raises TooManyOpen."""
    async with in_transaction():
        kept = await _keep(us, reporter, told, page_url=listing.uri)
        if told.forward and not kept.forwarded_at and await may_forward(listing.host):
            await kept.change(forwarded_at=clock.now(), forwarded_to=listing.host)
            await reports.flag_listing(us, kept, listing)
    return kept


async def may_forward(host: str) -> bool:
    """Whether somebody of that server can be reported to it: it is another one, and one that we exchange with."""
    return bool(host) and hosts.is_heard(await hosts.standing(host))


async def _keep(us: Actor, reporter: Actor, told: Told, target: Actor | None = None, posts: Sequence[Post] = (),
                page_url: str = "") -> Report:
    kept = Report(
        uri=new_uri(us), sender_host="", reporter=reporter, target=target, post_uris=[post.uri for post in posts],
        text=told.text[:TEXT_LIMIT_CHARACTERS], matter=told.matter, rules=list(told.rules[:RULES_LIMIT]), page_url=page_url)
    await take_turn("report", reporter.id)
    if known := await kept.told_before():
        return known
    if await Report.filter(reporter_id=reporter.id, closed_at__isnull=True).count() >= OPEN_LIMIT:
        raise TooManyOpen("reports")
    kept.case = await cases.open_(target, told.matter, CaseSource.REPORT, posts)
    await kept.save()
    await Notification.tell_team(Notice.REPORT, us, kept)  # in nobody's name, as the case
    return kept


def new_uri(us: Actor) -> str:
    """The id of a report that was made here."""
    return f"{origin_of(us.uri)}/reports/{new_key()}"


async def assign(one: Report, to: Actor | None, by: Actor) -> None:
    """Somebody of the team takes a report on, with its case, also from a colleague; or, with None, gives both back.

    Raises OwnCase, CaseClosed.
    """
    if case := await Case.get_or_none(id=one.case_id or 0, closed_at__isnull=True):
        await (cases.claim(case, to, takes_over=True) if to else cases.release(case, by))
    await _change(one, by, "report.assign" if to else "report.unassign", assigned_to_id=to.id if to else None)


async def close(one: Report, by: Actor) -> None:
    """The team has done what there was to do: whoever reported is answered. With its last report, the case is closed.

    Raises as cases.own.
    """
    if one.closed_at is not None:
        return
    if open_ := await Case.get_or_none(id=one.case_id or 0, closed_at__isnull=True):
        await cases.own(open_, by)
    async with in_transaction():
        await Case.turn(one.target_id)
        if not await Report.filter(id=one.id, closed_at__isnull=True).exists():
            return  # meanwhile, with its case or by a second press
        await report_answers.answer([one], by)
        await AuditEntry.create(actor_id=by.id, action="report.resolve", target=f"report:{one.id}")
        case = await Case.get_or_none(id=one.case_id or 0, source=CaseSource.REPORT, closed_at__isnull=True)
        if case and not await Report.filter(case_id=case.id, closed_at__isnull=True).exists():
            await cases.close(case, by)


async def reopen(one: Report, by: Actor) -> None:
    """There is more to do after all: its case is in the queue again, with what was decided there."""
    if one.closed_at is None:
        return
    async with in_transaction():
        case = await Case.get_or_none(id=one.case_id or 0)
        if case is None:
            about = await Actor.get_or_none(id=one.target_id or 0)
            case = await desk.open_case(about, one.matter, CaseSource.REPORT, one.post_uris)
        await case.change(closed_at=None, closed_by_id=None)
        await _change(one, by, "report.reopen", closed_at=None, closed_by_id=None, case_id=case.id)


async def sort(one: Report, by: Actor, matter: Matter, rules: Sequence[int]) -> None:
    """Say anew what a report is about, and which rules it says were broken."""
    await _change(one, by, "report.sort", matter=matter, rules=list(rules[:RULES_LIMIT]))


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
