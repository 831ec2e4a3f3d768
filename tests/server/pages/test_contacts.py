"""The list of associations, centres and professionals: who edits it, what must be said, who sees which part of it."""
from __future__ import annotations

import re

import pytest

from models import Actor, AuditEntry, Community, Contact, Member, ProfileLine, ProfileValue
from models.consent import Purpose
from models.member import Role
from models.reach import Reach
from server.actions import contacts, sharing
from server.pages import contacts as pages
from tests.browser import Browser
from tests.live import LiveServer

ONE = {"do": "add", "kind": "centre", "name": "Centre <b>Alpha</b>", "country": "FR", "place": "Lyon", "url": "https://c.example/a",
       "source": "https://www.orpha.net/x", "date": "2026-03-01"}
HEAD = "kind,name,country,place,url,source,date\n"
TABLE = HEAD + 'association,"Together, rare",be,,,Orphanet,2026-01-31\nprofessional,Dr Bea Beta,FR,Nantes,,RPPS,2026-02-01\n'


@pytest.fixture
def database_kind() -> str:
    """Pages do not depend on the database."""
    return "sqlite"


async def test_the_host_edits_the_list_and_everybody_reads_it(alpha: LiveServer) -> None:
    host, mia = await alpha.member("hana", role=Role.HOST), await alpha.member("mia")
    async with Browser(alpha, host) as team, Browser(alpha, mia) as member, Browser(alpha) as visitor:
        assert "/admin/contacts" in await team.get("/admin/community")
        for column, wrong in (("kind", "drug"), ("name", " "), ("country", "XX"), ("url", "javascript:alert(1)"), ("source", ""),
                              ("date", "2999-01-01"), ("date", "yesterday"), ("url", "https://a@b.example/"),
                              ("place", "x" * 201)):
            page = await team.post("/admin/contacts", ONE | {column: wrong})
            assert team.status == 422 and f'id="{column}-e"' in page and "Centre &lt;b&gt;" in page or column == "name", column
        assert await alpha.ask(lambda: Contact.all().count()) == 0
        await team.post("/admin/contacts", ONE)
        await team.post("/admin/contacts", ONE | {"date": "2026-04-02"})  # read again: brought up to date
        page = await team.post("/admin/contacts", {"do": "import", "table": TABLE + "centre,Last,FR,,,,2026-01-01\n"})
        assert team.status == 422 and "Line 4: Say where you read it. Nothing was listed." in page and "Dr Bea Beta" in page
        assert await alpha.ask(lambda: Contact.all().count()) == 1
        await team.post("/admin/contacts", {"do": "import", "table": TABLE})
        for reader in (visitor, member):
            shown = await reader.get("/map")
            assert "Centre &lt;b&gt;Alpha" in shown and "Together, rare" in shown and "Dr Bea Beta" not in shown
            assert "https://www.orpha.net/x" in shown and "2 April 2026" in shown and 'class="pin"' in shown
            near = re.search(r'<svg class="world near" viewBox="([\d. ]+)".*?</svg>', shown, re.S)
            assert near and 'class="pin"' in near[0]
            world = shown.split("world near")[0]
            assert set(re.findall(r' d="([^"]+)"', near[0])) < set(re.findall(r' d="([^"]+)"', world)), "a part of the same"
            listed = await reader.get("/people/professionals")
            assert "Dr Bea Beta" in listed and "RPPS" in listed and "Nantes, France" in listed
        await member.post("/admin/contacts", ONE)
        assert member.status in (403, 404)
        key = (await alpha.ask(lambda: Contact.get(name="Dr Bea Beta"))).key
        await team.post("/admin/contacts", {"do": "remove", "key": key})
        assert "Dr Bea Beta" not in await visitor.get("/people/professionals")
    acts = await alpha.ask(lambda: AuditEntry.filter(action__startswith="contacts.").values_list("action", flat=True))
    assert sorted(acts) == ["contacts.add", "contacts.add", "contacts.import", "contacts.remove"]


async def test_a_member_stands_in_the_list_under_both_yeses_alone(alpha: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    doctor, mia = await alpha.member("doc", display_name="Doc Tor"), await alpha.member("mia")

    async def say(purpose: Purpose, wanted: bool, who: Actor = doctor) -> None:
        member = await Member.get(actor_id=who.id).select_related("actor")
        await sharing.say(member, purpose, wanted, "en", await Community.current())

    async def show(reach: Reach, who: Actor = doctor) -> None:
        member = await Member.get(actor_id=who.id).select_related("actor")
        await sharing.show_lines(member.actor, {ProfileLine.ROLE: reach}, "en", await Community.current())
    async with Browser(alpha, mia) as member, Browser(alpha) as visitor:
        async def listed() -> bool:
            assert "Doc Tor" not in await visitor.get("/people/professionals")
            return "Doc Tor" in await member.get("/people/professionals")
        await alpha.run(say(Purpose.DIRECTORY, True))
        assert not await listed()  # who says nothing of their work
        await alpha.run(say(Purpose.HEALTH_PROFILE, True))
        await alpha.ask(lambda: ProfileValue.create(actor_id=doctor.id, line=ProfileLine.ROLE, code="professional"))
        assert not await listed()  # it is for nobody else yet
        await alpha.run(show(Reach.COMMUNITY))
        assert await listed()

        monkeypatch.setattr(pages, "ON_A_PAGE", 1)
        for name, reach in (("anna", Reach.ME), ("zoe", Reach.COMMUNITY)):
            other = await alpha.member(name)
            for purpose in (Purpose.DIRECTORY, Purpose.HEALTH_PROFILE):
                await alpha.run(say(purpose, True, other))
            await alpha.run(_is_professional(other))
            await alpha.run(show(reach, other))
        first = await member.get("/people/professionals")
        assert "Doc Tor" in first and "/@zoe" not in first and "?members=1" in first, "who hides it leaves no gap"
        second = await member.get("/people/professionals?members=1")
        assert "/@zoe" in second and "Doc Tor" not in second and "?members=2" not in second and "?members=0" in second
        assert "/@zoe" not in await visitor.get("/people/professionals?members=1")
        await alpha.run(say(Purpose.DIRECTORY, False))
        assert not await listed()
        await alpha.run(say(Purpose.DIRECTORY, True))
        await member.post("/@doc/block", {})
        assert not await listed()


async def _is_professional(actor: Actor) -> None:
    await ProfileValue.create(actor=actor, line=ProfileLine.ROLE, code="professional")


@pytest.mark.parametrize("text", ["", "kind,name\n", "\x00", HEAD + '"', HEAD + "centre,A,FR,,,S\n",
                                  HEAD + "centre,A,FR,,,S,2026-01-01,more\ncentre,,FR\n",
                                  HEAD + "centre,A,FR,,,S,2026-01-01\n" * (contacts.LIMIT + 1)])
def test_tables_that_make_no_sense(text: str) -> None:
    with pytest.raises(contacts.BadContact):
        contacts.table(text)
