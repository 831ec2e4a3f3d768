"""My data: agreeing, taking back, pausing, receipts, copies, who looked, and the end by time."""
from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from federation import ledger, proofs
from federation.errors import Unproven
from federation.keys import load_public
from models import Actor, ActorKey, Community, ConsentRecord, Member, OutgoingMail, clock
from models.actor import KeyKind
from models.consent import ConsentEvent, ConsentState, Purpose
from models.member import Role
from models.reach import Reach
from moderation import consent
from moderation.wordings import Wording
from server import worker
from server.actions import sharing
from server.background import reminders
from server.keys import MAIL
from server.words import differences
from tests.browser import Browser
from tests.live import LiveServer

ALL = {f"on-{purpose}": "1" for purpose in consent.switches()}


async def _state(alpha: LiveServer, actor: Actor, purpose: Purpose) -> tuple[object, object]:
    newest = await alpha.ask(lambda: ConsentRecord.newest(actor.id, purpose))
    return (newest.state, newest.event) if newest else (None, None)


async def test_agreeing_pausing_and_taking_back(alpha: LiveServer) -> None:
    actor = await alpha.member("camille", shares=False)
    async with Browser(alpha, actor) as browser:
        page = await browser.get("/data")  # one action from every page: it stands in the navigation
        assert "checked" not in page.split("<main")[1].split("</main")[0], "nothing is ticked for anybody"
        assert await _state(alpha, actor, Purpose.SHARED_OUT) == (None, None)
        await browser.post("/data", ALL)
        assert "Your choices are written down." in browser.page and browser.page.count(" checked") == len(ALL)
        assert await alpha.ask(lambda: ConsentRecord.filter(actor_id=actor.id).count()) == 1 + len(ALL)
        await browser.post("/data", ALL)  # the same again is nothing new
        assert await alpha.ask(lambda: ConsentRecord.filter(actor_id=actor.id).count()) == 1 + len(ALL)

        await browser.post("/data/pause")
        assert "Everything is paused." in browser.page and " checked" not in browser.page
        for purpose in consent.switches():
            assert not await alpha.run(consent.permits(actor.id, purpose))
            assert await _state(alpha, actor, purpose) == (ConsentState.SUPERSEDED, ConsentEvent.PAUSED)
        assert await alpha.run(consent.permits(actor.id, Purpose.MEMBERSHIP))
        await browser.post("/data/resume")
        assert await _state(alpha, actor, Purpose.SHARED_OUT) == (ConsentState.GIVEN, ConsentEvent.RESUMED)
        assert (await alpha.ask(lambda: Actor.get(id=actor.id))).discoverable

        link = re.search(r'href="(/data/withdraw/\w+)"', await browser.get("/data"))
        assert link
        assert "What cannot be taken back" in await browser.get(link[1])
        await browser.post(link[1])
        assert browser.status == 200 and "Taken back" in browser.page
        await browser.post(link[1])
        assert browser.status == 404  # it is taken back already
        await browser.post("/data", {})
        assert {(await _state(alpha, actor, purpose))[0] for purpose in consent.switches()} == {ConsentState.WITHDRAWN}
        assert not (await alpha.ask(lambda: Actor.get(id=actor.id))).discoverable
    assert (await alpha.run(ledger.verify())).fault is None


async def test_a_receipt_can_be_checked_by_whoever_has_its_link(alpha: LiveServer) -> None:
    async def name() -> None:
        await (await Community.current()).change(name="Melorin house", condition="melorin deficiency", association="Melorin",
                                                 place="Lyon, France", country="FR")
    await alpha.run(name())
    actor, other = await alpha.member("camille"), await alpha.member("nora")
    async with Browser(alpha, actor) as browser, Browser(alpha, other) as nora, Browser(alpha) as visitor:
        mine = re.search(r'href="(/data/receipts/\w+)"', await browser.get("/data"))
        assert mine
        page = await browser.get(mine[1])
        assert "melorin deficiency" in page and "This receipt is real." in page and "The person who gave" not in page
        await nora.get(mine[1])
        assert nora.status == 404
        whole, short = (re.findall(rf'href="(/receipts/\w+/\w+)">{words}', page)[0] for words in ("The whole", "The short"))
        assert "melorin deficiency" in await visitor.get(whole) and visitor.headers["X-Robots-Tag"] == "noindex"
        assert visitor.status == 200 and "This receipt is real." in visitor.page
        assert "The person who gave this receipt" in visitor.page and ">You<" not in visitor.page
        assert "Lyon, France" in visitor.page and "France, FR" not in visitor.page
        said = await visitor.get(short)
        assert visitor.status == 200 and "This receipt is real." in said and "elorin" not in said
        for wrong in (whole[:-4] + "0000", whole.replace("/receipts/", "/receipts/x"), mine[1].replace("/data", "") + "/none"):
            await visitor.get(wrong)
            assert visitor.status == 404

        document = await _document(alpha, whole)
        assert document["dpv:hasNotice"]["dct:description"].startswith("I may write")
        key = await alpha.ask(lambda: ActorKey.get(uri=proofs.key_id(document), kind=KeyKind.ED25519))
        proofs.verify(document, load_public(key.public_pem))
        assert "elorin" not in json.dumps(await _document(alpha, short))
        for part in ("dct:identifier", "dazzle:hash", "dpv:hasConsentStatus", "dct:date", "dpv:hasJurisdiction"):
            with pytest.raises(Unproven):
                proofs.verify(document | {part: f"{document[part]}!"}, load_public(key.public_pem))

        number = mine[1].split("/")[-1]
        await alpha.ask(lambda: ConsentRecord.filter(key=number).update(recipients="everybody"))
        assert "This receipt is not as it was written." in await visitor.get(whole)


async def _document(alpha: LiveServer, link: str) -> dict[str, object]:
    async with ClientSession(alpha.origin) as http, http.get(f"{link}?as=json") as answer:
        assert answer.status == 200
        found: dict[str, object] = json.loads(await answer.text())
        return found


@pytest.fixture
def no_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that start now do nothing by themselves."""
    monkeypatch.setattr(worker, "JOBS", {})


async def test_time_ends_an_agreement_and_a_mail_says_so_without_health(
    no_jobs: None, alpha: LiveServer, monkeypatch: pytest.MonkeyPatch,
) -> None:
    actor = await alpha.member("camille", email="c@mail.example", confirmed=True)
    member = await alpha.ask(lambda: Member.get(actor_id=actor.id).select_related("actor"))
    dora = await alpha.member("dora")  # without an address
    monkeypatch.setattr(reminders, "AT_ONCE", 1)

    async def both() -> list[int]:
        """One at a time, nobody twice, nobody forgotten."""
        return [await reminders.settle() for _ in range(3)]

    async def work() -> None:
        community = await Community.current()
        for one in (member, await Member.get(actor_id=dora.id).select_related("actor")):
            await sharing.say(one, Purpose.SEARCH_ENGINES, True, "en", community)
        assert (await Actor.get(id=actor.id)).indexable and await reminders.settle() == 0
        now = clock.now()
        monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=340))
        assert await both() == [1, 1, 0]
        monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=370))
        assert not await consent.permits(actor.id, Purpose.SEARCH_ENGINES)
        assert await both() == [1, 1, 0]
        newest = await ConsentRecord.newest(actor.id, Purpose.SEARCH_ENGINES)
        assert newest and newest.state is ConsentState.EXPIRED and not (await Actor.get(id=actor.id)).indexable
        assert (await ledger.verify()).fault is None
        mails = await OutgoingMail.filter(kind="consent").order_by("id").select_related("member__actor")
        assert [mail.details["when"] for mail in mails] == ["soon", "ended"]
        letter = await alpha.app[MAIL].write(mails[0])
        assert letter and "Search engines" not in letter.as_string() and f"{alpha.origin}/data" in letter.as_string()
        await sharing.say(member, Purpose.CONTENT_IN_MAIL, True, "en", community)  # only then mails say what they are about
        letter = await alpha.app[MAIL].write(mails[0])
        assert letter and "Search engines" in letter.as_string() and "Search" not in letter["Subject"]
    await alpha.run(work())


async def test_search_engines_see_only_those_who_agreed(alpha: LiveServer) -> None:
    actor, other = await alpha.member("camille"), await alpha.member("nora")

    async def open_up() -> None:
        await (await Community.current()).change(ceiling=Reach.WEB)
    await alpha.run(open_up())
    post = await alpha.write(actor, "For everybody", Reach.WEB)
    async with Browser(alpha) as visitor, Browser(alpha, actor) as browser:
        for agreed in (False, True, False):
            await browser.post("/data", {"on-C5": "1"} | ({"on-C14": "1"} if agreed else {}))
            for path in (f"/m/{post.key}", "/@camille"):
                page = await visitor.get(path)
                assert visitor.status == 200
                assert ("noindex" not in page, visitor.headers["X-Robots-Tag"] == "all") == (agreed, agreed), path
            await browser.get(f"/m/{post.key}")
            assert browser.headers["X-Robots-Tag"] == "noindex"  # what members see is for nobody else
        await browser.post("/data", {"on-C5": "1", "on-C14": "1"})
        await alpha.write(other, "An answer of somebody who has not agreed", Reach.WEB, parent=post)
        assert "noindex" in await visitor.get(f"/m/{post.key}")


async def test_a_change_of_meaning_freezes_every_yes_and_shows_what_is_new(
    alpha: LiveServer, monkeypatch: pytest.MonkeyPatch,
) -> None:
    actor = await alpha.member("camille")
    old = consent.PURPOSES[Purpose.SHARED_OUT]
    async with Browser(alpha, actor) as browser:
        for material in (False, True):
            text = {"en": old.wordings[-1].text["en"] + " Robots too."}
            wordings = (*old.wordings, Wording("2027-01", text, material))
            changed = type(old)(wordings, old.categories, old.audience, old.recipients, None, True)
            monkeypatch.setitem(consent.PURPOSES, Purpose.SHARED_OUT, changed)
            assert bool(await alpha.run(consent.may_leave(actor.id))) is not material
        page = await browser.get("/data")
        assert "These words have changed." in page and "<ins>Robots too.</ins>" in page
        await browser.post("/data", {"on-C5": "1"})
        assert await _state(alpha, actor, Purpose.SHARED_OUT) == (ConsentState.GIVEN, ConsentEvent.RENEWED)
        assert await alpha.run(sharing.freeze_all()) == 1  # a new owner of the community
        assert not await alpha.run(consent.may_leave(actor.id)) and "Waits for your new yes" in await browser.get("/data")


def test_differences_are_told_word_by_word() -> None:
    parts = [(part.kind, part.text) for part in differences.between("We keep it here.", "We keep it there, for a year.")]
    assert parts == [("", "We keep it"), ("gone", "here."), ("new", "there, for a year.")]


async def test_members_read_who_of_the_team_looked(alpha: LiveServer) -> None:
    actor, host = await alpha.member("camille"), await alpha.member("nora", role=Role.HOST)
    async with Browser(alpha, actor) as browser, Browser(alpha, host) as team:
        assert "Nobody opened anything of yours." in await browser.get("/data/access")
        await team.get("/admin/members/camille")
        await team.get("/admin/members/nora")
        page = await browser.get("/data/access")
        assert "Your page in the list of members was opened." in page and "nora" not in page.split("<main")[1]
        assert "Nobody opened anything of yours." in await team.get("/data/access")  # oneself is nobody


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_three_actions_from_any_page_give_and_take_back(alpha: LiveServer) -> None:
    """My data, the switch, save; or My data, take back, yes: as many for the one as for the other."""
    camille = await alpha.member("camille", shares=False)
    async with Browser(alpha, camille) as browser:
        for path in ("/home", "/people", "/help", "/settings", "/compose", "/notices"):
            assert 'href="/data"' in await browser.get(path), path
        page = await browser.get("/data")
        assert 'name="on-C5"' in page and "Save my choices" in page
        await browser.post("/data", {"on-C5": "1"})
        assert await alpha.run(consent.may_leave(camille.id))
        record = await alpha.ask(lambda: ConsentRecord.newest(camille.id, Purpose.SHARED_OUT))
        assert record and f'href="/data/withdraw/{record.key}"' in await browser.get("/data")
        assert f'action="/data/withdraw/{record.key}"' in await browser.get(f"/data/withdraw/{record.key}")
        await browser.post(f"/data/withdraw/{record.key}")
        assert await alpha.run(consent.may_leave(camille.id)) is None
