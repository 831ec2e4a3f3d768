"""Somebody who comes without an invitation: what the team may know of the request, first messages, trust, doubt, and profiles."""
from __future__ import annotations

import re

import pytest

from models import AuditEntry, Case, Community, Member, Post, SignalHit, clock
from models.case import CaseSource, Matter
from models.community import SignUp
from models.member import MemberState, Role
from models.reach import Reach
from models.signal import Consequence, HitOutcome
from moderation.signals.joining import Asking, Clue, clues
from server.actions import held, removal
from server.keys import MEDIA
from tests.browser import Browser
from tests.live import LiveServer
from tests.server.api.client import Api
from tests.server.pages.test_join import member_named, opened, until_step_4


@pytest.mark.parametrize(("asking", "found"), [
    (Asking(email="a@example.org", answer="My son has it, and I feel alone."), ()),
    (Asking(email="a@box.yopmail.com", answer="Ma fille a 4 ans."), (Clue.THROWAWAY,)),
    (Asking(email="a@notyopmail.com", answer="Le traitement coûte cher"), ()),
    (Asking(email="a@example.org", answer="See https://best.example", within_an_hour=9), (Clue.LINK, Clue.MANY)),
    (Asking(email="a@example.org", answer="Nous cherchons un partenariat pour nos produits", is_barred=True),
     (Clue.BARRED, Clue.SELLING))])
def test_what_there_is_to_know_of_a_request(asking: Asking, found: tuple[Clue, ...]) -> None:
    assert clues(asking) == found


async def test_first_messages_wait_until_the_team_knows_somebody(alpha: LiveServer) -> None:
    await opened(alpha, SignUp.APPROVAL)
    mod, reader = await alpha.member("mod", role=Role.MODERATOR), await alpha.member("reader")
    async with Browser(alpha) as comes, Browser(alpha, mod) as team:
        await until_step_4(comes, email="ourse@yopmail.com")
        await comes.post("/join/4", {"agree": "yes", "answer": "My shop: www.best.example"})
        member = await member_named(alpha, "petite.ourse")
        assert member.newcomer_since and member.state is MemberState.WAITING
        for page in (await team.get("/admin/members"), await team.get("/admin/members/petite.ourse")):
            assert "lasts an hour" in page and "address of the web" in page and "speaks of selling" in page
        await team.post("/admin/members/petite.ourse/accept")
    member = await member_named(alpha, "petite.ourse")
    async with Browser(alpha, member.actor) as writer, Browser(alpha, mod) as team, Browser(alpha, reader) as other:
        for number in (1, 2):
            await writer.post("/compose", {"text": f"Hello {number}", "reach": Reach.COMMUNITY, "about": "me", "send": "1"})
            key = writer.key()
            page = await writer.get(f"/m/{key}/held")
            assert "one of your first messages" in page and "a day or two" in page and "You did nothing wrong." in page
            await other.get(f"/m/{key}")
            assert other.status == 404
            found = re.search(r"/admin/reviews/(\d+)/let-go", await team.get("/admin/reviews"))
            assert found and "First messages" not in team.page and "first messages of a newcomer" in team.page
            await team.post(f"/admin/reviews/{found[1]}/let-go")
        assert "Hello 2" in await other.get(f"/m/{key}")
        assert (await alpha.ask(lambda: Member.get(id=member.id))).newcomer_since is None
        third = await alpha.write(member.actor, "Hello 3, 20 mg of prednisone for me", Reach.COMMUNITY)
        assert not third.is_in_review and "an experience, not advice" in await other.get(f"/m/{third.key}")
        async with Api(alpha, reader) as app:
            assert "an experience, not advice" in (await app.good("GET", f"/api/v1/statuses/{third.id}"))["content"]

        await team.post("/admin/members/petite.ourse/doubt")
        assert "Trust from now on" in team.page
        fourth = await alpha.write(member.actor, "Hello 4, 20 mg of prednisone for me", Reach.COMMUNITY)
        assert fourth.is_in_review
        assert "A newcomer names a dose." in await team.get("/admin/reviews")
        await team.post("/admin/members/petite.ourse/trust")
        assert "Read the next 2 messages first" in team.page
    done = await alpha.ask(lambda: AuditEntry.filter(target=f"member:{member.id}").values_list("action", flat=True))
    assert {"member.trust", "member.doubt"} <= set(map(str, done))
    await alpha.run(_ends(alpha, fourth.id, third.id))


async def _ends(alpha: LiveServer, waits_id: int, out_id: int) -> None:
    """Taken back or erased, neither the hit nor the case stays."""
    waits, out = [await Post.get(id=id_).select_related("author") for id_ in (waits_id, out_id)]
    cases = Case.filter(source=CaseSource.HELD, about_id=waits.author_id, closed_at__isnull=True)
    assert await cases.count() == 1 and await SignalHit.filter(post_id=waits_id).count() == 2
    assert (await SignalHit.get(post_id=out_id)).consequence is Consequence.LABEL
    assert await SignalHit.filter(outcome=HitOutcome.LET_GO).count() == 2
    await held.undo(waits)
    await removal.delete(out, alpha.app[MEDIA])
    assert await cases.count() == 0 and not await SignalHit.filter(post_id__in=[waits_id, out_id]).exists()


async def test_who_is_invited_is_no_newcomer_and_profiles_are_looked_at(alpha: LiveServer) -> None:
    anna = await alpha.member("anna")
    assert (await alpha.ask(lambda: Member.get(actor_id=anna.id))).newcomer_since is None
    async with Browser(alpha, anna) as writer:
        form = {"display_name": "Anna", "writes_in": "en", "reach-about": "community", "about": "Help me: paypal.me/anna"}
        await writer.post("/settings/profile", form)
        await writer.post("/settings/profile", form)
        case = await alpha.ask(lambda: Case.get(about_id=anna.id))
        assert (case.source, case.matter, case.is_open) == (CaseSource.SIGNAL, Matter.SCAM, True)
        hit = await alpha.ask(lambda: SignalHit.get(owner=anna))
        assert hit.post_id is None and hit.words == ["paypal.me"] and hit.sealed
        await writer.post("/settings/profile", form | {"reach-about": "me", "about": "0612345678"})
    assert await alpha.ask(lambda: SignalHit.filter(owner=anna).count()) == 1


async def test_with_no_first_messages_only_time_makes_somebody_known(alpha: LiveServer) -> None:
    async def none() -> None:
        await (await Community.current()).change(first_held=0)
    await alpha.run(none())
    new = await alpha.member("new", more={"newcomer_since": clock.now()})
    assert not (await alpha.write(new, "Hello", Reach.COMMUNITY)).is_in_review
    assert (await alpha.write(new, "Take 20 mg of prednisone", Reach.COMMUNITY)).is_in_review
    old = await alpha.member("old", more={"newcomer_since": clock.now().replace(year=2020)})
    assert not (await alpha.write(old, "I take 20 mg of prednisone", Reach.COMMUNITY)).is_in_review
