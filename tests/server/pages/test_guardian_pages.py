"""Somebody acts for a child: what they may, what everybody sees, and what two guardians who disagree can do."""
from __future__ import annotations

import re

import pytest

from models import Actor, AuditEntry, ConsentRecord, Guardianship, Member, Notification, OutgoingMail, Post, Session
from models.consent import Capacity, ConsentState, Purpose
from models.guardian import Tie
from models.mail import Letter
from models.member import Role
from models.notification import Notice
from models.ruling import Act
from moderation import consent
from server.actions import departures, guardians
from server.actions.accounts import Newcomer
from server.actions.guardians import Scopes
from server.entrance import acting
from server.keys import MAIL
from server.routes import ROUTES
from tests.browser import Browser
from tests.live import LiveServer
from tests.stories.scene import ruled

YES_C5 = {f"on-{Purpose.SHARED_OUT}": "1"}


async def made(server: LiveServer, guardian: Actor, name: str = "lou") -> Actor:
    """A child of this member."""
    async def make() -> Actor:
        parent = await Member.get(actor_id=guardian.id).select_related("actor")
        child = await guardians.make_profile(server.origin, parent, Newcomer(name=name, display_name="Lou", language="en"),
                                             Tie.PARENT)
        return child.actor
    return await server.run(make())


async def named(server: LiveServer, team: Actor, guardian: Actor, child: Actor, scopes: Scopes) -> None:
    """The team names one more."""
    async def add() -> None:
        whom = [await Member.get(actor_id=one.id).select_related("actor") for one in (child, guardian, team)]
        await guardians.add(whom[0], whom[1], Tie.PARENT, scopes, whom[2])
    await server.run(add())


async def test_a_parent_makes_a_profile_writes_and_agrees_for_it(alpha: LiveServer) -> None:
    """Everything under the child's name says who did it: the message, the ledger, every page of that browser."""
    anna, other = await alpha.member("anna"), await alpha.member("other")
    async with Browser(alpha, anna) as parent, Browser(alpha, other) as reader:
        await parent.post("/acting/new", {"name": "lou", "display_name": "Lou", "tie": "parent"})
        assert parent.status == 422 and 'value="lou"' in parent.page
        await parent.post("/acting/new", {"name": "lou", "display_name": "Lou", "tie": "parent", "agree": "1"})
        assert parent.path == "/acting" and "Act for Lou" in parent.page
        child = await alpha.ask(lambda: Actor.get(name="lou"))
        first = await alpha.ask(lambda: ConsentRecord.get(actor=child))
        assert (first.purpose, first.capacity, first.acted_by_id) == (Purpose.MEMBERSHIP, Capacity.GUARDIAN, anna.id)

        await parent.post("/acting", {"name": "lou"})
        for path in ("/home", "/data", "/compose"):
            assert "You act for Lou." in await parent.get(path), path
        await parent.post("/compose", {"text": "I drew a cat", "reach": "community", "about": "me", "send": "1"})
        await parent.post(f"/m/{parent.key()}/send-now")
        post = await alpha.ask(lambda: Post.get(author=child))
        assert post.written_by_id == anna.id
        page = await reader.get(f"/m/{post.key}")
        assert "Written by a parent of Lou" in page and "anna" not in page

        await parent.post("/data", YES_C5)
        given = await alpha.ask(lambda: ConsentRecord.newest(child.id, Purpose.SHARED_OUT))
        assert given and given.is_given and given.capacity is Capacity.GUARDIAN and given.acted_by_id == anna.id
        await parent.post(f"/data/withdraw/{given.key}")
        assert not await alpha.run(consent.permits(child.id, Purpose.SHARED_OUT))

        for path in ("/settings", "/settings/security", "/people", "/admin/members", "/data/close"):
            await parent.get(path)
            assert parent.status in (403, 404) and "You act for Lou." in parent.page, path
        await parent.post("/acting/stop")
        assert "You act for" not in await parent.get("/home")
        assert not await alpha.ask(lambda: Session.filter(acting_for_id__isnull=False).exists())
    await alpha.ask(lambda: Member.filter(actor_id=anna.id).update(email="anna@mail.example"))
    await ruled(alpha, Act.WARN, child, facts="A drawing of somebody else")
    letter = await alpha.ask(lambda: OutgoingMail.get(kind=Letter.RULING).select_related("member__actor"))
    written = (await alpha.run(alpha.app[MAIL].write(letter))).get_body(("plain",)).get_content()
    assert letter.recipient == "anna@mail.example" and "Hello anna" in written and "to Lou, for whom you act" in written
    assert "drawing" not in written
    async with Browser(alpha) as reader:
        [link] = re.findall(r"/statements/\S+", written)
        [number] = re.findall(rf"{link}/(\d+)", await reader.get(link))
        assert "A drawing of somebody else" in await reader.get(f"{link}/{number}")


async def test_a_form_opened_for_a_child_is_never_sent_in_another_name(alpha: LiveServer) -> None:
    """The tie ends, or another tab acts for somebody else, while it is open: it is refused, says why, and keeps the text."""
    anna, mod = await alpha.member("anna"), await alpha.member("mod", role=Role.MODERATOR)
    lou, tom = await made(alpha, anna, "lou"), await made(alpha, anna, "tom")
    typed = {"text": "Lou has drawn a cat, which is long enough to be kept", "reach": "community", "about": "me", "send": "1"}
    async with Browser(alpha, anna) as parent:
        await parent.post("/acting", {"name": "lou"})
        for change in ("another", "back", "end"):
            await parent.get("/compose")
            old = parent.csrf
            if change == "another":
                await parent.post("/acting", {"name": "tom"})
            elif change == "back":
                await parent.post("/acting/stop")
            else:
                subject = await alpha.ask(lambda: Member.get(actor=lou).select_related("actor"))
                await alpha.run(guardians.end(subject, anna.id, mod))
            page = await parent.post("/compose", typed | {"csrf": old})
            assert parent.status == 409 and "opened for somebody else" in page and "drawn a cat" in page, change
            await parent.post("/acting", {"name": "lou"})
        await parent.post("/acting/stop", {"csrf": old})
        assert parent.status == 200, "to stop is always possible"
        await parent.post("/compose", typed | {"csrf": "x" * len(old)})
        assert parent.status == 403
    assert await alpha.ask(lambda: Post.all().count()) == 0 and tom.id


async def test_guardians_fill_in_lines_and_take_copies_within_their_scopes(alpha: LiveServer) -> None:
    anna, bruno, mod = await alpha.member("anna"), await alpha.member("bruno"), await alpha.member("mod", role=Role.MODERATOR)
    lou = await made(alpha, anna)
    await named(alpha, mod, bruno, lou, Scopes(view=True, write=False, consent=False))
    async with Browser(alpha, anna) as parent, Browser(alpha, bruno) as other:
        for one in (parent, other):
            await one.post("/acting", {"name": "lou"})
        assert "Lou" in await parent.get("/settings/lines") and parent.status == 200
        await parent.post("/settings/lines/languages", {"code": "en", "reach": "community", "agrees": "1"})
        assert parent.status == 200 and parent.path == "/settings/lines?saved=1", parent.page
        await other.post("/settings/lines/languages", {"code": "fr", "reach": "community", "agrees": "1"})
        assert other.status == 403
        await other.post("/data/export", {"proof": ""})
        assert other.status == 200
    said = await alpha.ask(lambda: ConsentRecord.filter(actor=lou).order_by("-id").first())
    assert said.capacity is Capacity.GUARDIAN and said.acted_by_id == anna.id
    assert await alpha.ask(lambda: AuditEntry.filter(action="member.archive", actor_id=bruno.id).count()) == 1


async def test_when_guardians_leave_the_others_and_the_team_hear_of_it(alpha: LiveServer) -> None:
    """The last one gone, the profile stands on the team's page until somebody is named, or the guardian comes back."""
    anna, bruno, mod = await alpha.member("anna"), await alpha.member("bruno"), await alpha.member("mod", role=Role.MODERATOR)
    lou = await made(alpha, anna)
    await named(alpha, mod, bruno, lou, Scopes(view=True, write=False, consent=False))

    async def leave(actor: Actor) -> None:
        await departures.leave(await Member.get(actor=actor).select_related("actor"), [])

    async def told(actor: Actor) -> list[Notice]:
        return [row.kind for row in await alpha.ask(lambda: Notification.filter(recipient=actor, actor=lou).order_by("id"))]
    async with Browser(alpha, mod) as team:
        await alpha.run(leave(anna))
        assert await told(bruno) == [Notice.GUARDIAN_LEFT] and await told(mod) == [Notice.GUARDIAN_LEFT]
        assert "/admin/members/lou/guardians" not in await team.get("/admin/unguarded")
        await alpha.run(leave(bruno))
        assert await told(mod) == [Notice.GUARDIAN_LEFT, Notice.UNGUARDED]
        assert "Nobody acts for Lou" in await team.get("/notices")
        assert "/admin/members/lou/guardians" in await team.get("/admin/unguarded")
        newer = await alpha.member("newer")
        await team.post("/admin/members/lou/guardians", {"name": newer.name, "tie": "relative", "write": "1"})
        assert "/admin/members/lou/guardians" not in await team.get("/admin/unguarded")


async def test_scopes_hold_and_end_at_once(alpha: LiveServer) -> None:
    """Who may only read writes and agrees nothing; strangers act for nobody; ended by the team is ended in every browser."""
    anna, bruno, eve, mod = [await alpha.member(name) for name in ("anna", "bruno", "eve")] + [
        await alpha.member("mod", role=Role.MODERATOR)]
    child = await made(alpha, anna)
    async with Browser(alpha, bruno) as reads, Browser(alpha, eve) as stranger, Browser(alpha, mod) as team:
        await stranger.post("/acting", {"name": "lou"})
        assert stranger.status == 404
        await team.post("/admin/members/lou/guardians", {"name": "bruno", "tie": "relative"})
        assert "Relative or carer" in team.page and "@bruno" in team.page
        await team.post("/admin/members/lou/guardians", {"name": "nobody"})
        assert team.status == 422
        await reads.post("/acting", {"name": "lou"})
        assert "You act for Lou." in await reads.get("/data")
        for path, fields in (("/compose", {"text": "No", "reach": "community"}), ("/data", YES_C5), ("/data/pause", {})):
            await reads.post(path, fields)
            assert reads.status == 403, path
        assert not await alpha.ask(lambda: Post.filter(author=child).exists())
        await team.post("/admin/members/lou/guardians/end", {"number": str(bruno.id)})
        await reads.get("/home")
        assert reads.status == 200 and "You act for" not in reads.page
    assert await alpha.ask(lambda: Guardianship.filter(subject=child).count()) == 2  # what was stays written


async def test_between_two_guardians_the_narrower_wins_and_the_team_is_told(alpha: LiveServer) -> None:
    """A no of one counts over a yes of the other, whoever speaks last; when both say yes it is a yes."""
    anna, bruno = await alpha.member("anna"), await alpha.member("bruno")
    mod = await alpha.member("mod", role=Role.MODERATOR)
    child = await made(alpha, anna)
    await named(alpha, mod, bruno, child, Scopes(write=True, consent=True))

    async def told() -> bool:
        return await alpha.ask(lambda: Notification.filter(kind=Notice.GUARDIANS, recipient=mod).exists())

    async with Browser(alpha, anna) as one, Browser(alpha, bruno) as two, Browser(alpha, mod) as team:
        await one.post("/acting", {"name": "lou"})
        await two.post("/acting", {"name": "lou"})
        await one.post("/data", YES_C5)
        assert await alpha.run(consent.permits(child.id, Purpose.SHARED_OUT)) and not await told()
        await two.post("/data", {})
        assert not await alpha.run(consent.permits(child.id, Purpose.SHARED_OUT)) and await told()
        assert "do not agree with each other" in await team.get("/notices")
        await one.post("/data", YES_C5)
        newest = await alpha.ask(lambda: ConsentRecord.newest(child.id, Purpose.SHARED_OUT))
        assert newest and newest.state is ConsentState.INVALIDATED and not newest.is_given
        assert not await alpha.run(consent.permits(child.id, Purpose.SHARED_OUT))
        await two.post("/data", YES_C5)
        assert await alpha.run(consent.permits(child.id, Purpose.SHARED_OUT))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_not_named_stays_shut(method: str) -> None:
    """Every route that a guardian may use is one of ours, and none of the team's, of settings, or of apps is among them."""
    canonical = {route.path.partition(":")[0] + ("}" if ":" in route.path else "") for route in ROUTES}
    opened = acting.READS | acting.WRITES | acting.AGREES | acting.FREE
    assert {path for path in opened if ":" not in path} - canonical <= {path for path in opened if path.count("{")}
    for path in opened - acting.FREE:
        assert not path.startswith(("/admin", "/settings", "/api", "/oauth", "/acting")) or "/settings/lines" in path, path
        if method == "POST" and path in acting.READS - acting.AGREES - acting.WRITES - acting.COPIES:
            assert acting.act_of(method, path) is None
