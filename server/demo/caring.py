"""What the team has before it on the first day of the demo: done by the same actions as in the browser."""
from __future__ import annotations

from models import Community, Member, Post
from models.badge import BadgeKind, Evidence
from models.case import Matter
from models.member import Role
from models.ruling import Act
from server.actions import badges, mentors, reports, rulings
from server.actions.badges import Asked
from server.actions.remedies import Decided
from server.demo.desk import Desk, local
from server.demo.story import Care, Story

MEDICAL_RULE = 2  # of the rules that we propose: nobody here replaces a doctor
NEWCOMERS = 2


async def care(desk: Desk, story: Story) -> None:
    """A mentor, a badge that is asked for, a report, and a note of the team under a message, with its statement."""
    await _mentor(story.care)
    await _badge(desk, story)
    await _report(desk, story.care)
    await _note(desk, story.care)


async def _mentor(care: Care) -> None:
    host = await Member.filter(role=Role.HOST).select_related("actor").get()
    await mentors.ask(await _member(care.mentor), host.actor)
    await mentors.agree(await _member(care.mentor), NEWCOMERS)


async def _badge(desk: Desk, story: Story) -> None:
    asked = Asked(kind=BadgeKind.RESEARCH, profession=story.care.badge["profession"], evidence=Evidence.ORCID,
                  number=story.care.badge["orcid"])
    await badges.ask(await _member(story.care.badge["by"]), asked, story.language, await Community.current(),
                     desk.settings.origin)


async def _report(desk: Desk, care: Care) -> None:
    post = await _post(desk, care.report["of"])
    told = reports.Told(matter=Matter.SCAM, text=care.report["text"], post_ids=(post.id,))
    await reports.report(desk.instance.actor, await local(care.report["by"]), post.author, told)


async def _note(desk: Desk, care: Care) -> None:
    post = await _post(desk, care.note["of"])
    await rulings.rule(Decided(act=Act.NOTE, subject=post.author, by=await local(care.note["by"]), post=post,
                               matter=Matter.MEDICAL, rule=MEDICAL_RULE, facts=care.note["facts"], words=care.note["words"]),
                       desk.store)


async def _member(name: str) -> Member:
    return await Member.get(actor=await local(name)).select_related("actor")


async def _post(desk: Desk, id_: str) -> Post:
    return await Post.get(uri=desk.posts[id_]).select_related("author")
