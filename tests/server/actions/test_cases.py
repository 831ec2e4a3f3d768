"""Cases: one for each person however many speak of them, one of the team at a time, and nobody about themselves."""
from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from models import Actor, Case, CaseNote, Community, Member, Notification, Report, clock
from models.actor import ActorKind
from models.case import CLAIM_TIME, Audience, CaseSource, Matter, Urgency
from models.database import in_transaction
from models.member import Role
from models.notification import Notice
from server.actions import case_keeping, cases, colleagues
from server.actions.cases import CaseClosed, CaseTaken, OwnCase
from server.community import measures

ORIGIN = "https://a.example"


async def person(name: str, role: Role = Role.MEMBER) -> Member:
    actor = await Actor.create(uri=f"{ORIGIN}/actors/{name}", name=name, host="", inbox_uri=f"{ORIGIN}/{name}/in")
    return await Member.create(actor=actor, role=role, language="en")


async def opened(about: Actor | None, matter: Matter, source: CaseSource = CaseSource.REPORT) -> Case:
    async with in_transaction():
        return await cases.open_(about, matter, source)


@pytest.fixture
async def desk(db: object, monkeypatch: pytest.MonkeyPatch) -> dict[str, Member]:
    """A team of three and two members."""
    await Community.current()
    await Actor.create(uri=f"{ORIGIN}/actor", name="a.example", host="", inbox_uri=f"{ORIGIN}/in", kind=ActorKind.APPLICATION)
    team = {name: await person(name, Role.MODERATOR) for name in ("mod", "lee", "noa")}
    return team | {name: await person(name) for name in ("vita", "anna")}


async def test_many_who_speak_of_one_person_make_one_case(desk: dict[str, Member]) -> None:
    vita, mod = desk["vita"].actor, desk["mod"].actor
    made = await asyncio.gather(*(opened(vita, matter) for matter in (Matter.OTHER, Matter.SCAM, Matter.PRIVACY)))
    case = await Case.get(about=vita)
    assert len({one.id for one in made}) == 1 and case.reports_count == 3
    assert case.matter is Matter.SCAM and case.urgency == Urgency.SCAM
    held, appeal = await opened(vita, Matter.OTHER, CaseSource.HELD), await opened(vita, Matter.OTHER, CaseSource.APPEAL)
    assert (await opened(vita, Matter.OTHER, CaseSource.SIGNAL)).id == case.id
    assert (await opened(vita, Matter.OTHER, CaseSource.HELD)).id == held.id and await Case.all().count() == 3 and appeal
    assert not await Notification.filter(kind=Notice.DANGER).exists()
    await colleagues.take_break(desk["lee"], 3)
    await colleagues.take_break(desk["noa"], 3)
    assert (await opened(vita, Matter.DANGER, CaseSource.CRISIS)).id == case.id
    assert await Notification.filter(kind=Notice.DANGER).count() == 2  # one is there, and one is called out of a break
    await case.refresh_from_db()
    await cases.close(case, mod)
    assert not await Notification.filter(kind=Notice.DANGER).exists()
    assert (await opened(vita, Matter.OTHER)).id != case.id
    assert (await opened(None, Matter.LAW)).id != (await opened(None, Matter.LAW)).id


async def test_one_of_the_team_has_it_at_a_time(desk: dict[str, Member], monkeypatch: pytest.MonkeyPatch) -> None:
    mod, lee, vita = desk["mod"].actor, desk["lee"].actor, desk["vita"].actor
    case = await opened(vita, Matter.OTHER)
    one, two = await Case.get(id=case.id), await Case.get(id=case.id)
    assert sorted(await asyncio.gather(cases.claim(one, mod), cases.claim(two, lee))) == [False, True]
    await cases.claim(case, mod, takes_over=True)
    with pytest.raises(CaseTaken):
        await cases.own(await Case.get(id=case.id), lee)
    later = clock.now() + CLAIM_TIME + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert await cases.claim(await Case.get(id=case.id), lee)
    monkeypatch.undo()
    with pytest.raises(OwnCase):
        await cases.claim(await opened(mod, Matter.OTHER), mod)

    await colleagues.take_break(desk["noa"], 1)
    case = await Case.get(id=case.id)
    for nobody in (desk["noa"].actor_id, vita.id, lee.id):
        with pytest.raises(colleagues.NobodyElse):
            await colleagues.hand_over(case, nobody, lee)
    await colleagues.hand_over(case, mod.id, lee)
    await colleagues.ask_second(await Case.get(id=case.id), mod)
    told = await Notification.filter(kind=Notice.CASE).order_by("id").values_list("recipient_id", "actor_id")
    assert [tuple(pair) for pair in told] == [(mod.id, lee.id), (lee.id, mod.id)]
    case = await Case.get(id=case.id)
    assert case.holder_id is None and case.second_asked_by_id == mod.id
    await colleagues.say(case, lee, Audience.TEAM, "I see it as you do")
    with pytest.raises(colleagues.NotToThem):
        await colleagues.say(case, lee, Audience.PEER, "Hello", "b.example")
    assert (await Case.get(id=case.id)).second_asked_by_id is None and await CaseNote.all().count() == 1
    await cases.close(await Case.get(id=case.id), lee)
    with pytest.raises(CaseClosed):
        await cases.claim(await Case.get(id=case.id), lee)


async def test_old_reports_get_cases_and_the_host_reads_how_it_goes(
        desk: dict[str, Member], monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        await Report.create(uri=f"{ORIGIN}/r/{number}", sender_host="", reporter=desk["anna"].actor, target=desk["vita"].actor,
                            matter=Matter.SCAM)
    assert await case_keeping.settle() == 12 and await case_keeping.settle() == 0
    case = await Case.get(about=desk["vita"].actor)
    assert case.reports_count == 12
    begin = clock.now()
    monkeypatch.setattr(clock, "now", lambda: begin + timedelta(hours=5))
    await CaseNote.add(case, Audience.TEAM, "Seen", author=desk["mod"].actor)
    await cases.close(case, desk["mod"].actor)
    assert "found that it follows our rules" in (await Report.first()).answer  # type: ignore[union-attr]
    taken = await measures.take()
    assert taken.open == 0 and taken.week.cases == 1 and 4.9 * 3600 < (taken.week.seconds or 0) < 5.1 * 3600
    assert taken.reports[Matter.SCAM] == 10 and taken.reports[Matter.LAW] is None and taken.decided is None
    monkeypatch.setattr(clock, "now", lambda: begin + timedelta(days=400))
    assert await case_keeping.settle() == 1 and not await CaseNote.exists()
