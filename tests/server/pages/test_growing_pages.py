"""A child grows up: asked too from an age on, then frozen and narrowed, then theirs to keep or to erase."""
from __future__ import annotations

import re
from datetime import date

from models import Actor, Community, ConsentRecord, Guardianship, Member, Post
from models.consent import ConsentEvent, Purpose
from models.member import Role
from models.post import About
from models.reach import Reach
from moderation import consent
from server.actions import handovers
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.stories.scene import known

YES = {f"on-{Purpose.SHARED_OUT}": "1"}
NEW = {"name": "lou", "display_name": "Lou", "tie": "parent", "agree": "1", "year": "2011"}


async def test_growing_up(alpha: LiveServer, beta: LiveServer) -> None:
    """With a copy on a partner: it is asked back; what the parent wrote is hidden; the young person decides about each."""
    await alpha.allow(beta)
    await beta.allow(alpha)
    anna, other = await alpha.member("anna"), await alpha.member("other")
    mod, bea = await alpha.member("mod", role=Role.MODERATOR), await beta.member("bea")
    async with Browser(alpha, anna) as parent:
        await parent.post("/acting/new", NEW)
        assert parent.status == 422 and "the child is asked too" in parent.page and 'value="2011"' in parent.page
        await parent.post("/acting/new", NEW | {"assent": "1"})
        await parent.post("/acting", {"name": "lou"})
        await parent.post("/data", YES)
        assert parent.status == 422 and 'id="on-C5" value="1" checked' in parent.page
        await parent.post("/data", YES | {"assent": "1"})
    lou = await alpha.ask(lambda: Actor.get(name="lou"))
    assert await alpha.run(consent.may_leave(lou.id))

    there = (await alpha.fetch(f"{beta.origin}/actors/{bea.key}"))[0]
    assert there == 200
    cat = await alpha.write(lou, "I drew a cat", reach=Reach.PARTNERS, written_by=anna, written_as="parent")
    dog = await alpha.write(lou, "I drew a dog", reach=Reach.COMMUNITY, written_by=anna, written_as="parent")
    told = await alpha.write(anna, "My child had a bad day", reach=Reach.COMMUNITY, about=About.MANAGED)
    own = await alpha.write(anna, "The roses are out", reach=Reach.COMMUNITY, about=About.NOBODY)
    await settle(alpha, beta)

    assert await alpha.run(handovers.settle(date(2026, 12, 31))) == 0  # 15 perhaps, but not for sure
    assert await alpha.run(handovers.settle(date(2027, 1, 1))) == 1
    assert await alpha.run(handovers.settle(date(2027, 1, 1))) == 0  # once
    last = await alpha.ask(lambda: ConsentRecord.newest(lou.id, Purpose.SHARED_OUT))
    assert last and last.event is ConsentEvent.FROZEN and not await alpha.run(consent.may_leave(lou.id))
    await settle(alpha, beta)
    copy = await known(beta, cat)
    assert copy is None or copy.deleted_at

    async with Browser(alpha, anna) as parent, Browser(alpha, other) as reader, Browser(alpha, mod) as team:
        for post in (cat, dog):
            await reader.get(f"/m/{post.key}")
            assert reader.status == 404
        await parent.post("/acting", {"name": "lou"})
        await parent.post("/compose", {"text": "More", "reach": "community", "send": "1"})
        assert parent.status == 403
        await team.post("/admin/members/lou/link")
        link = re.search(r"/signin/link/([\w-]+)", team.page)
        assert link
        async with Browser(alpha) as young:
            await young.get(f"/signin/link/{link[1]}")
            await young.post(f"/signin/link/{link[1]}", {"csrf": ""})
            page = await young.get("/growing")
            assert "I drew a cat" in page and "My child had a bad day" in page and "The roses are out" not in page
            csrf = {"csrf": young.hidden("csrf")[0]}
            await young.post("/growing", csrf | {f"m-{cat.id}": "keep", f"m-{told.id}": "erase", f"m-{own.id}": "erase"})
            await young.post("/growing/take-over", csrf)
            assert "You are old enough" not in await young.get("/home")
        assert "I drew a cat" in await reader.get(f"/m/{cat.key}") and "The roses are out" in await reader.get(f"/m/{own.key}")
        for post in (dog, told):
            assert post.text not in await reader.get(f"/m/{post.key}")
        assert "You act for" not in await parent.get("/home")
    member = await alpha.ask(lambda: Member.get(actor=lou))
    assert member.role is Role.MEMBER and member.took_over_at
    assert not await alpha.ask(lambda: Guardianship.filter(Guardianship.running(), subject=lou).exists())
    assert (await alpha.ask(lambda: Post.get(id=told.id))).deleted_at
    assert not (await alpha.ask(lambda: Post.get(id=own.id))).deleted_at


async def test_the_hosts_table(alpha: LiveServer) -> None:
    """What is typed wrongly is named, and nothing typed is lost; what others may see is only theirs."""
    host, anna = await alpha.member("host", role=Role.HOST), await alpha.member("anna")
    async with Browser(alpha, host) as browser, Browser(alpha, anna) as other:
        assert "FR 15" in await browser.get("/admin/ages")
        await browser.post("/admin/ages", {"table": "FR 14\nDE many", "assent": "12"})
        assert browser.status == 422 and "DE many" in browser.page and "FR 14" in browser.page
        await browser.post("/admin/ages", {"table": "FR 14", "assent": "13"})
        assert "Saved." in browser.page
        await other.get("/growing")
        assert other.status == 404
        await other.post("/growing/take-over")
        assert other.status == 404
    row = await alpha.ask(lambda: Community.current())
    assert row.ages == {"FR": 14} and row.assent_age == 13
