"""Mentors who said yes, newcomers who asked, and messages that nobody has answered."""
from __future__ import annotations

from datetime import timedelta

from models import Member, Mentoring, Notification, Unanswered, clock
from models.ids import first_id
from models.member import Role
from models.notification import Notice
from models.reach import Reach
from server.actions import mentors, relations
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.stories.scene import befriend, known


async def test_a_newcomer_waits_honestly_and_meets_who_said_yes(alpha: LiveServer) -> None:
    """Asked by the team, willing, with a cap; either ends it; whom a mentor leaves waits in front."""
    mod, ana, bob = await alpha.member("mod", role=Role.MODERATOR), await alpha.member("ana"), await alpha.member("bob")
    new, late = await alpha.member("new"), await alpha.member("late")
    async with (Browser(alpha, mod) as team, Browser(alpha, ana) as mentor, Browser(alpha, bob) as other,
                Browser(alpha, new) as newcomer, Browser(alpha, late) as second):
        assert "Would you like one?" in await newcomer.get("/welcome")
        await newcomer.post("/mentor", {"do": "seek"})
        await second.post("/mentor", {"do": "seek"})
        assert "number 1 in the list" in newcomer.page and "number 2 in the list" in second.page
        await mentor.post("/mentor", {"do": "agree", "newcomers": "1"})
        assert mentor.status == 422, "nobody makes themselves a mentor"
        await mentor.get("/admin/unanswered")
        assert mentor.status == 404
        await team.post("/admin/mentors", {"name": "nobody"})
        assert team.status == 422
        await team.post("/admin/mentors", {"name": "@ana"})
        assert "has not answered" in team.page and "2 newcomers wait" in team.page
        assert "would welcome newcomers" in await mentor.get("/notices")
        await mentor.post("/mentor", {"do": "agree", "newcomers": "1"})
        assert "@new" in mentor.page and "@late" not in mentor.page
        assert 'href="/@ana"' in await newcomer.get("/mentor") and "number 1" in await second.get("/mentor")
        assert "is your mentor" in await newcomer.get("/notices") and "you are their mentor" in await mentor.get("/notices")
        assert "1 of 1 newcomers" in await team.get("/admin/mentors")

        await team.post("/admin/mentors", {"name": "bob"})
        await mentor.post("/mentor", {"do": "part", "newcomer": "new"})
        assert "@new" not in mentor.page and "@late" in mentor.page, "room for the next; never the same two again"
        assert "number 1 in the list" in await newcomer.get("/mentor")
        await alpha.run(relations.block(bob, new))
        await other.post("/mentor", {"do": "agree", "newcomers": "3"})
        assert "number 1 in the list" in await newcomer.get("/mentor"), "not whom they block"
        await alpha.run(relations.unblock(bob, new))
        assert await alpha.run(mentors.assign()) == 1
        assert 'href="/@bob"' in await newcomer.get("/mentor")
        await newcomer.post("/mentor", {"do": "end"})
        assert "Would you like one?" in newcomer.page
        await mentor.post("/mentor", {"do": "decline"})
        assert 'href="/@bob"' in await second.get("/mentor")
        await alpha.ask(lambda: Member.filter(actor_id=late.id).update(birth_year=clock.now().year - 15))
        await second.post("/mentor", {"do": "end"})
        await second.post("/mentor", {"do": "seek"})
        assert second.status == 403
    assert await alpha.ask(lambda: Mentoring.filter(ended_at__isnull=True).count()) == 0
    assert not await alpha.ask(lambda: Notification.filter(kind=Notice.MENTOR, recipient=ana).exists())


async def test_no_message_goes_unnoticed(alpha: LiveServer, beta: LiveServer) -> None:
    """After a day without an answer by somebody else, from here or elsewhere; nothing for a circle, nothing of other servers."""
    await alpha.allow(beta)
    await beta.allow(alpha)
    mod, ana, bea = await alpha.member("mod", role=Role.MODERATOR), await alpha.member("ana"), await beta.member("bea")
    await befriend(beta, bea, ana, alpha)
    lone = await alpha.write(ana, "Is anybody there", Reach.COMMUNITY)
    shared = await alpha.write(ana, "For partners", Reach.PARTNERS)
    await alpha.write(ana, "For one", Reach.CIRCLE, recipients=(mod,))
    await alpha.write(ana, "For me", Reach.ME)
    await beta.write(bea, "From there", Reach.PARTNERS)
    await alpha.write(ana, "I add something", Reach.COMMUNITY, parent=lone)
    await settle(alpha, beta)

    async def age() -> None:
        for row in await Unanswered.all():
            await row.delete()
            await Unanswered.create(id=first_id(clock.now() - timedelta(hours=25)) + row.id % 1000, post_id=row.post_id,
                                    conversation=row.conversation, author_id=row.author_id)
    async with Browser(alpha, mod) as team:
        assert "Everybody has an answer" in await team.get("/admin/unanswered"), "a day has not passed"
        await alpha.run(age())
        page = await team.get("/admin/unanswered")
        assert "Is anybody there" in page and "For partners" in page
        assert not any(text in page for text in ("For one", "For me", "From there", "I add"))
        await alpha.write(mod, "I am", Reach.COMMUNITY, parent=lone)
        assert "Is anybody there" not in await team.get("/admin/unanswered")
        copy = await known(beta, shared)
        assert copy
        await beta.write(bea, "We read you", Reach.PARTNERS, parent=copy)
        await settle(alpha, beta)
        assert "Everybody has an answer" in await team.get("/admin/unanswered")
        last = await alpha.write(ana, "Thank you all", Reach.COMMUNITY)
        await alpha.run(age())
        assert "Thank you all" in await team.get("/admin/unanswered")
        await team.post("/admin/unanswered", {"key": last.key})
        assert "Everybody has an answer" in team.page
