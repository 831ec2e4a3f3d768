"""Organisations: labelled as what they are, and what they may not do, on pages, in apps and from other servers."""
from __future__ import annotations

from federation import render
from models import Actor, Member, Notification, Post
from models.actor import ActorKind, Organisation
from models.member import Role
from models.reach import Reach
from server.actions import follows
from server.actions.accounts import Newcomer, create
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.peer import Peer
from tests.server.api.client import Api
from tests.server.api.test_client_to_server import send

MADE = {"do": "add", "kind": "company", "title": "Melorin Pharma", "name": "melorin-pharma", "email": "office@pharma.example"}
#: What an organisation that nobody wrote to asks of an app, and is refused.
SEARCHES = ("/api/v1/accounts/search?q=anna", "/api/v2/search?q=anna&type=accounts", "/api/v1/directory", "/api/v2/suggestions")
LISTS = ("/people", "/people/directory", "/people/like-me")


async def test_a_company_stays_on_its_own_page(alpha: LiveServer) -> None:
    """A host makes it; it is labelled, finds nobody, writes to nobody unasked, and stands in no list of messages."""
    anna, host = await alpha.member("anna"), await alpha.member("host", role=Role.HOST)
    talk = await alpha.write(anna, "How do you sleep? #sleep", reach=Reach.COMMUNITY)
    async with Browser(alpha, host) as team, Browser(alpha, anna) as reader:
        await team.post("/admin/organisations", MADE | {"name": "anna"})
        assert team.status == 422 and "office@pharma.example" in team.page
        await team.post("/admin/organisations", MADE)
        assert "Melorin Pharma" in team.page
        company = await alpha.ask(lambda: Actor.get(name="melorin-pharma"))
        assert company.kind is ActorKind.ORGANIZATION and company.organisation is Organisation.COMPANY
        async with Browser(alpha, company) as firm, Api(alpha, company) as app:
            await _is_refused(firm, app, talk)
        await alpha.write(company, "Our news #sleep", reach=Reach.COMMUNITY)
        assert "Our news" not in await reader.get("/home") and "Our news" not in await reader.get("/tags/sleep")
        assert "</svg>Company<" in await reader.get("/@melorin-pharma") and "Our news" in reader.page

        asked = await alpha.write(anna, "A question for @melorin-pharma", reach=Reach.COMMUNITY)
        async with Api(alpha, company) as app:
            said = await app.good("POST", "/api/v1/statuses", json={
                "status": "@anna Here is the leaflet", "in_reply_to_id": str(asked.id), "visibility": "private"})
            assert said["account"]["roles"][0]["name"] == "Company" and said["account"]["standing"]["organisation"] == "company"
        await alpha.ask(lambda: Post.filter(author=company).update(held_until=None))
        assert "Here is the leaflet" in await reader.get(f"/m/{asked.key}")
        await reader.post("/@melorin-pharma/follow")
        await alpha.run(follows.accept(company, anna))
        assert "Our news" in await reader.get("/home")
        number = (await alpha.ask(lambda: Member.get(actor=company))).id
        await team.post("/admin/organisations", {"do": "relabel", "number": str(number), f"kind-{number}": "hospital"})
        assert "</svg>Hospital<" in await reader.get("/@melorin-pharma")


async def _is_refused(firm: Browser, app: Api, talk: Post) -> None:
    """Every way to people who have not asked."""
    for path in SEARCHES:
        assert (await app.get(path)).status == 403, path
    assert (await app.get("/api/v2/search?q=anna")).json["accounts"] == []
    for path in LISTS:
        await firm.get(path)
        assert firm.status == 403, path
    await firm.post("/people", {"q": "anna"})
    assert firm.status == 403
    for fields in ({"text": "Hello", "reach": "circle", "to": "@anna"}, {"text": "Hello @anna", "reach": "community"},
                   {"text": "Try ours", "reach": "community", "reply": talk.key}):
        await firm.post("/compose", fields | {"send": "1"})
        assert firm.status == 403 and fields["text"] in firm.page, fields
    for json in ({"status": "@anna hello", "visibility": "direct"}, {"status": "@anna hello", "visibility": "private"},
                 {"status": "Try ours", "visibility": "private", "in_reply_to_id": str(talk.id)}):
        assert (await app.post("/api/v1/statuses", json)).status in (403, 422), json
    for verb in ("favourite", "reblog"):
        assert (await app.post(f"/api/v1/statuses/{talk.id}/{verb}")).status == 403, verb
    assert (await app.post(f"/api/v1/accounts/{talk.author_id}/follow")).status == 403
    anna, company = [await firm.server.ask(lambda name=name: Actor.get(name=name)) for name in ("anna", "melorin-pharma")]
    ours, mention = f"{firm.server.origin}/actor", [{"type": "Mention", "href": anna.uri, "name": "@anna"}]
    for document in (
            {"type": "Note", "content": "Hello", "to": [anna.uri]}, {"type": "Note", "content": "Hello @anna", "to": [ours]},
            {"type": "Note", "content": "Hello", "to": [ours, anna.uri], "tag": mention},
            {"type": "Note", "content": "Hi", "bto": [anna.uri]},
            {"type": "Note", "content": "Try ours", "to": [ours], "inReplyTo": talk.uri},
            {"type": "Like", "object": talk.uri}, {"type": "Announce", "object": talk.uri, "to": [ours]},
            {"type": "Follow", "object": anna.uri}):
        assert (await send(app, company, document)).status in (403, 422), document
    assert not await firm.server.ask(lambda: Post.filter(author=company).exists())


async def test_an_association_answers_and_organisations_elsewhere_keep_to_the_same(alpha: LiveServer) -> None:
    """An association writes to the community; a company of a partner is heard by those who follow it alone."""
    anna, ben = await alpha.member("anna"), await alpha.member("ben")
    made = await alpha.run(create(alpha.origin, Newcomer(name="assoc", organisation=Organisation.ASSOCIATION, language="en")))
    for one, told in ((made.actor, ("Organization", "association")), (anna, ("Person", None))):
        document = render.actor_document(one, [], alpha.origin, Reach.PARTNERS)
        assert (document["type"], document.get("organisation")) == told, "others are told what it is"
    talk = await alpha.write(anna, "Is there a meeting this year?", reach=Reach.COMMUNITY)
    async with Browser(alpha, made.actor) as assoc, Browser(alpha, anna) as reader:
        await alpha.write(made.actor, "Yes, in May", reach=Reach.COMMUNITY, parent=talk)
        assert "Yes, in May" in await reader.get(f"/m/{talk.key}")
        await alpha.write(made.actor, "Dates for all", reach=Reach.COMMUNITY)
        assert "Dates for all" in await reader.get("/home")
        await assoc.post("/compose", {"text": "Just you", "reach": "circle", "to": "@ben", "send": "1"})
        assert assoc.status == 403

    async with Peer() as peer:
        await peer.become(alpha)
        firm = peer.actor("firm", kind="Organization")
        peer.show(firm.uri, firm.document | {"organisation": "company"})
        told = {"tag": [{"type": "Mention", "href": anna.uri, "name": "@anna"}]}
        unasked = firm.note("Buy ours", to=[anna.uri], **told)
        assert await peer.send(alpha, firm.does("Create", unasked), firm) == 202
        await settle(alpha)
        theirs = await alpha.ask(lambda: Actor.get(uri=firm.uri))
        assert theirs.organisation is Organisation.COMPANY
        assert not await alpha.ask(lambda: Post.filter(uri=unasked["id"]).exists())
        assert not await alpha.ask(lambda: Notification.filter(actor=theirs).exists())
        await alpha.run(follows.follow(ben, theirs))
        news = firm.note("Our congress")
        for activity in (firm.does("Accept", (await peer.wait_for("Follow"))[0]), firm.does("Create", news)):
            assert await peer.send(alpha, activity, firm) == 202
            await settle(alpha)
        async with Browser(alpha, ben) as follower, Api(alpha, anna) as app:
            assert "Our congress" in await follower.get("/home") and "Company" in follower.page
            assert all(one["uri"] != news["id"] for one in await app.good("GET", "/api/v1/timelines/public"))
