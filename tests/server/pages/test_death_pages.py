"""Somebody has died: told by two, checked by a third, and then quiet; with C17 a memory, else a lock and an end."""
from __future__ import annotations

from datetime import timedelta

from models import (
    Actor,
    Community,
    ConsentRecord,
    Departure,
    Member,
    Notification,
    OutgoingMail,
    Post,
    Session,
    clock,
)
from models.consent import Capacity, Purpose
from models.mail import Letter
from models.member import MemberState, Role
from models.notification import Notice
from models.reach import Reach
from moderation import consent
from moderation.deaths import Told, is_ripe, may_confirm
from server.actions import departures, sharing
from server.keys import MEDIA
from tests.browser import Browser
from tests.live import LiveServer


def test_who_may_confirm() -> None:
    one, again, two = Told(1, False), Told(1, False), Told(2, False)
    assert not is_ripe([]) and not is_ripe([one]) and not is_ripe([one, again])
    assert is_ripe([one, two]) and is_ripe([Told(1, True)])
    assert may_confirm([one, two], 3, 9)
    assert not may_confirm([one, two], 2, 9) and not may_confirm([one, two], 9, 9) and not may_confirm([one], 3, 9)


async def agree(server: LiveServer, actor: Actor, *purposes: Purpose) -> None:
    """This member says yes."""
    async def say() -> None:
        member = await Member.get(actor_id=actor.id).select_related("actor")
        for purpose in purposes:
            await sharing.say(member, purpose, True, "en", await Community.current())
    await server.run(say())


async def told_and_checked(server: LiveServer, who: Actor, *, by: tuple[Actor, Actor], mod: Actor) -> str:
    """Two tell it, in their browsers, and a moderator confirms; the page that follows."""
    for reporter in by:
        async with Browser(server, reporter) as browser:
            assert "We are sorry" in await browser.get(f"/@{who.name}/death")
            await browser.post(f"/@{who.name}/death", {"words": "Her brother wrote to me."})
            assert "Thank you for telling us" in browser.page
    async with Browser(server, mod) as team:
        assert "Somebody tells that" in await team.get("/notices")
        assert "Her brother wrote to me." in await team.get("/admin/deaths")
        return await team.post(f"/admin/deaths/{who.name}/confirm")


async def test_a_memorial_stays_and_nothing_moves_any_more(alpha: LiveServer) -> None:
    """C3 to C8 stop at once, nobody is signed in, no notice and no mail comes, and the page says so calmly."""
    rose, anna, bruno = [await alpha.member(name) for name in ("rose", "anna", "bruno")]
    mod = await alpha.member("mod", role=Role.MODERATOR)
    await agree(alpha, rose, Purpose.FOUND_HERE, Purpose.MEMORIAL)
    post = await alpha.write(rose, "The garden in May", reach=Reach.COMMUNITY)
    async with Browser(alpha, rose) as own, Browser(alpha, anna) as reader:
        await told_and_checked(alpha, rose, by=(anna, bruno), mod=mod)
        await own.get("/home")
        assert own.path.startswith("/signin")
        page = await reader.get("/@rose")
        assert "In memory" in page and "The garden in May" in page and 'action="/@rose/follow"' not in page
        for purpose in (Purpose.FOUND_HERE, Purpose.SHARED_OUT):
            last = await alpha.ask(lambda purpose=purpose: ConsentRecord.newest(rose.id, purpose))  # type: ignore[misc]
            assert last and not last.is_given and last.capacity is Capacity.COMMUNITY
        assert await alpha.run(consent.permits(rose.id, Purpose.MEMORIAL))
        assert "rose" not in await reader.get("/people")
        await reader.post("/compose", {"text": "We miss you", "reach": "community", "reply": post.key, "send": "1"})
        await reader.post(f"/m/{reader.key()}/send-now")

    async def mail() -> int:
        member = await Member.get(actor_id=rose.id)
        await OutgoingMail.owe(Letter.CONSENT, "rose@example.org", member=member)
        return await OutgoingMail.all().count()
    assert await alpha.run(mail()) == 0
    assert not await alpha.ask(lambda: Notification.filter(recipient=rose, read_at__isnull=True).exists())
    assert not await alpha.ask(lambda: Departure.filter(actor=rose).exists())


async def test_without_a_yes_it_is_locked_then_erased_as_wished(alpha: LiveServer) -> None:
    """90 days, in which a mistake can be undone; then what the member wished, and no letter to the dead."""
    rose, anna, bruno = [await alpha.member(name) for name in ("rose", "anna", "bruno")]
    mod = await alpha.member("mod", role=Role.MODERATOR)
    kept = await alpha.write(rose, "How I sleep better", reach=Reach.COMMUNITY)
    noted = await alpha.write(rose, "For me only", reach=Reach.ME)
    async with Browser(alpha, rose) as own, Browser(alpha, mod) as team, Browser(alpha, anna) as reader:
        await own.post("/data/after-death", {"messages": "1"})
        assert "Saved." in own.page
        await told_and_checked(alpha, rose, by=(anna, bruno), mod=mod)
        await reader.get(f"/m/{kept.key}")
        assert reader.status == 404
        departure = await alpha.ask(lambda: Departure.get(actor=rose))
        assert timedelta(days=89) < departure.ends_at - clock.now() <= timedelta(days=90)
        await team.post("/admin/members/rose/restore", {"reason": "It was another Rose"})
        assert (await alpha.ask(lambda: Member.get(actor=rose))).state is MemberState.ACTIVE
        assert "How I sleep better" in await reader.get(f"/m/{kept.key}")
        assert not await alpha.run(consent.permits(rose.id, Purpose.SHARED_OUT))  # only a new yes starts it again

        await told_and_checked(alpha, rose, by=(anna, bruno), mod=mod)
        await alpha.ask(lambda: Departure.filter(actor=rose).update(ends_at=clock.now()))
        while await alpha.run(departures.end_due(alpha.app[MEDIA])):
            pass
        page = await reader.get(f"/m/{kept.key}")
        assert "How I sleep better" in page and "rose" not in page
    assert (await alpha.ask(lambda: Post.get(id=noted.id))).text == ""
    assert not await alpha.ask(lambda: OutgoingMail.all().exists())


async def test_one_alone_and_who_told_it_confirm_nothing(alpha: LiveServer) -> None:
    """A hostile report does nothing: nobody is hidden, and nobody learns of it but the team."""
    rose, anna = await alpha.member("rose"), await alpha.member("anna")
    mod = await alpha.member("mod", role=Role.MODERATOR)
    async with Browser(alpha, anna) as one, Browser(alpha, mod) as team, Browser(alpha, rose) as own:
        await one.post("/@rose/death")
        await one.post("/@rose/death")
        assert not await alpha.ask(lambda: Notification.filter(kind=Notice.DEATH).exists())
        await team.post("/admin/deaths/rose/confirm")
        assert team.status == 422
        await team.post("/@rose/death", {"executor": "1"})
        await team.post("/admin/deaths/rose/confirm")  # who told it
        assert team.status == 422
        await team.post("/admin/deaths/rose/not-so", {"reason": "She called me"})
        assert "Nothing was told" in team.page
        await own.get("/home")
        assert own.status == 200 and "did not believe it" in await own.get("/data/access")
        await one.post("/admin/deaths/rose/confirm")
        assert one.status == 404
    assert await alpha.ask(lambda: Session.filter(member__actor=rose).exists())
