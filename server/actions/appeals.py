"""Another look at a ruling: asked for once, heard by somebody of the team who had no part in it.

Where the team is one person there is nobody else, and the page says so. The same person hears it then, a day later at the
earliest: whoever has slept over a decision judges it more calmly, and a person who waits for an answer is better off with a
second thought than with none. A community with two or more people never falls back to that.
"""
from __future__ import annotations

from datetime import timedelta

from models import Actor, Case, Member, Post, Ruling, Statement, clock
from models.case import CaseSource
from models.database import in_transaction
from models.errors import CommunityError
from models.member import MemberState, Role
from models.ruling import Act, AppealState
from server.actions import accounts, cases, rulings, statements
from server.errors import StaffOnly

WINDOW = timedelta(days=183)  # six months (Regulation (EU) 2022/2065, article 20)
NIGHT = timedelta(days=1)
TEXT_LIMIT = 4000  # characters


class NoAppeal(CommunityError):
    """It was asked for already, was taken back, or is too long ago."""

    status = 409
    safe = "error.no_appeal"


class NotToHear(CommunityError):
    """Whoever decided does not hear the appeal."""

    status = 403
    safe = "error.not_to_hear"


async def may_ask(statement: Statement, ruling: Ruling) -> bool:
    """Whether the person can ask for another look now."""
    if statement.state is not AppealState.NONE or ruling.undoes_id or ruling.act is Act.NOTHING:
        return False
    return clock.now() < ruling.created_at + WINDOW and not await Ruling.exists(undoes_id=ruling.id)


async def ask(statement: Statement, ruling: Ruling, text: str) -> Case:
    """The person asks for another look, once, in their words. Raises NoAppeal."""
    async with in_transaction():
        fresh = await Statement.filter(id=statement.id, state=AppealState.NONE).select_for_update()
        if not fresh or not await may_ask(statement, ruling):
            raise NoAppeal("asked")
        posts = await Post.filter(uri=ruling.object_uri) if ruling.object_uri else []
        case = await cases.open_(await Actor.get(id=ruling.subject_id), ruling.matter, CaseSource.APPEAL, posts)
        await statement.change(state=AppealState.ASKED, appeal=text[:TEXT_LIMIT], asked_at=clock.now(), case_id=case.id)
    return case


async def of_case(case: Case) -> tuple[Statement, Ruling] | None:
    """The statement whose appeal a case is about, with its ruling."""
    statement = await Statement.get_or_none(case_id=case.id)
    return (statement, await Ruling.get(id=statement.ruling_id)) if statement else None


async def check_may_hear(statement: Statement, ruling: Ruling, by: Actor) -> None:
    """Raises NotToHear, StaffOnly."""
    team = await _team(ruling)
    if by.id not in team:
        raise StaffOnly("role")
    others = team - {ruling.by_id, ruling.second_id, ruling.subject_id}
    if by.id == ruling.subject_id or others and by.id not in others:
        raise NotToHear("decided")
    if not others and statement.asked_at and clock.now() < statement.asked_at + NIGHT:
        raise NotToHear("too early")


async def hear(statement: Statement, by: Actor, grants: bool, answer: str) -> None:
    """The answer: the ruling stands, or is taken back. Raises NotToHear, StaffOnly, NoAppeal."""
    ruling = await Ruling.get(id=statement.ruling_id)
    await check_may_hear(statement, ruling, by)
    async with in_transaction():
        asked = await Statement.filter(id=statement.id, state=AppealState.ASKED).select_for_update()
        if not asked:
            raise NoAppeal("answered")
        if grants and not await Ruling.exists(undoes_id=ruling.id):
            await rulings.take_back(ruling, by, text=answer)
        await statement.change(state=AppealState.GRANTED if grants else AppealState.UPHELD, heard_by_id=by.id,
                               answer=answer[:TEXT_LIMIT], answered_at=clock.now())
        if member := await Member.get_or_none(actor_id=ruling.subject_id).select_related("actor"):
            await statements.tell(member, by_mail=member.state is not MemberState.ACTIVE)
        if case := await Case.get_or_none(id=statement.case_id or 0):
            await cases.close(case, by)


async def is_alone(ruling: Ruling) -> bool:
    """Whether nobody of the team but those who decided can hear an appeal."""
    return not await _team(ruling) - {ruling.by_id, ruling.second_id, ruling.subject_id}


async def _team(ruling: Ruling) -> set[int]:
    """Who may decide about the person at all: about people of the team, hosts alone (actor ids)."""
    subject = await Member.get_or_none(actor_id=ruling.subject_id)
    hosts_alone = subject is not None and subject.role.is_staff
    return {member.actor_id for member in await accounts.team() if member.role is Role.HOST or not hosts_alone}
