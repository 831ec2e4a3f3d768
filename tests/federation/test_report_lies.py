"""What a server may say about reports: about those that it is part of, in its own voice, and not without end."""
from __future__ import annotations

from datetime import timedelta

import pytest

from federation import resolve
from federation.handlers import flag
from models import CaseNote, Host, InboxItem, Listing, OfferedListing, Report, clock
from models.case import CaseSource, Matter
from models.delivery import ItemState, ReportOutcome
from models.reach import Reach
from server.actions import reports
from server.actions.reports import Told
from tests.live import LiveServer, settle
from tests.peer import Document, Peer, PeerActor
from tests.stories.scene import deliver


async def speaks(peer: Peer, server: LiveServer) -> None:
    """The peer is a partner that says it exchanges answers to reports."""
    peer.instance.document["generator"] = {"type": "Application", "implements": [{"href": f"{peer.origin}/ns#Respond"}]}
    peer.show(peer.instance.uri, peer.instance.document)
    await peer.become(server)
    await deliver(server, peer, peer.instance, peer.instance.does("Like", f"{server.origin}/posts/none"))
    await server.ask(lambda: Host.filter(name=peer.host).update(instance_uri=peer.instance.uri, takes_responses=True))


async def refused(server: LiveServer, *lies: tuple[Peer, PeerActor, Document]) -> bool:
    """All of it is taken, and none of it carried out."""
    for peer, by, activity in lies:
        assert await peer.send(server, activity, by) == 202
    await settle(server)
    uris = [activity["id"] for _, _, activity in lies]
    states = await server.ask(lambda: InboxItem.filter(activity_uri__in=uris).values_list("state", flat=True))
    return [str(state) for state in states] == [str(ItemState.REFUSED)] * len(lies)


async def test_only_who_has_a_part_in_a_report_speaks_about_it(alpha: LiveServer) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    async with Peer() as peer, Peer() as other:
        await speaks(peer, alpha)
        await speaks(other, alpha)
        otto = peer.actor("otto")
        known = await alpha.run(resolve.actor(alpha.instance, otto.uri))
        told = await alpha.run(reports.report(alpha.instance.actor, alice, known, Told(forward=True, text="Rude")))
        [sent] = await peer.wait_for("Flag")
        assert (sent["actor"], sent["object"], sent["id"]) == (alpha.instance.actor.uri, [otto.uri], told.uri)
        listing = await alpha.ask(lambda: Listing.create(
            host=peer.host, uri=f"{peer.origin}/directory/listings/1", place=7, ends_at=clock.now() + timedelta(days=9)))
        await alpha.run(reports.report_listing(alpha.instance.actor, alice, listing, Told(forward=True, text="Sells")))
        assert [one["object"] for one in await peer.wait_for("Flag", 2)] == [[otto.uri], [listing.uri]]
        assert sent["matter"] == "other" and "to" not in sent and alice.key not in str(sent)
        kept_here = await alpha.run(reports.report(alpha.instance.actor, alice, bob, Told(text="Between us")))
        unforwarded = await alpha.run(reports.report(alpha.instance.actor, alice, known, Told(text="Not told to them")))

        by, elsewhere = peer.instance, other.instance
        assert await refused(
            alpha,
            (other, elsewhere, elsewhere.does("Respond", told.uri, outcome="nothing")),
            (peer, otto, otto.does("Respond", told.uri, outcome="nothing")),
            (peer, by, by.does("Respond", kept_here.uri, outcome="nothing")),
            (peer, by, by.does("Respond", f"{told.uri}0", outcome="nothing")),
            (peer, by, by.does("Respond", unforwarded.uri, content="Who was it?")),
            (peer, by, by.does("Respond", told.uri, outcome="forgiven")),
            (peer, by, by.does("Respond", told.uri, content=["no", "words"])))
        assert not await alpha.ask(lambda: Report.exclude(peer_outcome="").exists())
        assert not await alpha.ask(lambda: CaseNote.all().exists())

        await deliver(alpha, peer, by, by.does("Respond", told.uri, outcome="nothing", content="<b>We know</b> " + "x" * 9000))
        row = await alpha.ask(lambda: Report.get(uri=told.uri))
        assert (row.peer_outcome, row.closed_at) == (ReportOutcome.NOTHING, None), "our own team answers"
        note = await alpha.ask(lambda: CaseNote.get())
        assert (note.host, len(note.text), note.author_id, note.case_id) == (peer.host, 2000, None, row.case_id)
        like = {"case_id": row.case_id, "audience": note.audience, "host": peer.host, "is_theirs": True}
        await alpha.ask(lambda: CaseNote.bulk_create([CaseNote(text="x", **like) for _ in range(19)]))
        assert await refused(alpha, (peer, by, by.does("Respond", told.uri, content="One more")))


async def test_a_flag_counts_as_far_as_it_is_about_ours_and_what_its_sender_has(alpha: LiveServer,
                                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    alice, bob = await alpha.member("alice"), await alpha.member("bob")
    secret = await alpha.write(alice, "For nobody elsewhere", reach=Reach.COMMUNITY)
    async with Peer() as peer:
        await speaks(peer, alpha)
        by = peer.instance
        otto = peer.actor("otto")
        await deliver(alpha, peer, otto, otto.does("Like", f"{alpha.origin}/posts/none"))
        await alpha.ask(lambda: Host.create(name="other.example", rejects_reports=True))
        for about in (otto.uri, "https://third.example/users/9", f"{alpha.origin}/posts/unknown", secret.uri,
                      f"{alpha.origin}/actors/x"):
            assert await peer.send(alpha, by.does("Flag", about, content="Look"), by) == 202
        await settle(alpha)
        assert not await alpha.ask(lambda: Report.all().exists()), "nothing of ours that they have"

        await deliver(alpha, peer, by, by.does("Flag", [alice.uri, secret.uri, "https://third.example/notes/1"], matter="danger",
                                               content="Please look"))
        row = await alpha.ask(lambda: Report.get().select_related("case"))
        assert (row.target_id, row.post_uris, row.matter) == (alice.id, [], Matter.DANGER)
        assert row.case and (row.case.source, row.case.urgency, row.case.about_id) == (CaseSource.REPORT, 0, alice.id)
        for _ in range(2):  # with another id
            await deliver(alpha, peer, by, by.does("Flag", bob.uri, summary="As Lemmy says it", matter={"no": "matter"}))
        second = await alpha.ask(lambda: Report.get(target_id=bob.id).select_related("case"))
        assert (second.text, second.matter, second.case.reports_count) == ("As Lemmy says it", Matter.OTHER, 1)  # type: ignore[union-attr]
        await alpha.ask(lambda: Report.filter(id=second.id).update(created_at=clock.now() - timedelta(hours=1)))
        await deliver(alpha, peer, by, by.does("Flag", bob.uri, summary="As Lemmy says it"))
        third = await alpha.ask(lambda: Report.get(id__gt=second.id))
        assert third.case_id == second.case_id, "somebody else there may say it in the same words"
        await alpha.ask(lambda: Report.filter(id=third.id).delete())
        assert await refused(alpha, (peer, by, by.does("Respond", row.uri, outcome="acted"))), "it asked this itself"
        await deliver(alpha, peer, by, by.does("Respond", row.uri, content="She wrote again"))
        assert (await alpha.ask(lambda: CaseNote.get())).case_id == row.case_id

        await alpha.ask(lambda: OfferedListing.create(actor=bob, host=peer.host, key="a" * 64, stamp_key="b" * 64))
        await alpha.ask(lambda: OfferedListing.create(actor=alice, host="other.example", key="c" * 64, stamp_key="d" * 64))
        for key in ("a", "c"):
            listed = by.does("Flag", [f"{alpha.origin}/directory/listings/{key * 64}"], content="Rude")
            assert await peer.send(alpha, listed, by) == 202
        await settle(alpha)
        assert (await alpha.ask(lambda: Report.get(text="Rude"))).target_id == bob.id

        bobs = await alpha.write(bob, "What Bob said")
        assert (await peer.get(alpha, bobs.uri, by))[0] == 200
        await deliver(alpha, peer, by, by.does("Flag", [alice.uri, bobs.uri], content="Both"))
        assert (await alpha.ask(lambda: Report.get(text="Both"))).post_uris == [], "of those it is about"

        monkeypatch.setattr(flag, "OPEN_LIMIT", 4)
        await deliver(alpha, peer, by, by.does("Flag", alice.uri, content="Flood"))
        async with Peer() as other:
            await speaks(other, alpha)
            await deliver(alpha, other, other.instance, other.instance.does("Flag", alice.uri, content="Of another server"))
        await alpha.ask(lambda: Report.filter(text="Both").update(closed_at=clock.now()))
        await deliver(alpha, peer, by, by.does("Flag", alice.uri, content="When there is room again"))
        monkeypatch.undo()
        await alpha.ask(lambda: Host.filter(name=peer.host).update(rejects_reports=True))
        await deliver(alpha, peer, by, by.does("Flag", alice.uri, content="Unwanted"))
        texts = await alpha.ask(lambda: Report.all().order_by("id").values_list("text", flat=True))
        assert texts[3:] == ["Both", "Of another server", "When there is room again"]
