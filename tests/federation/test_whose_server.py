"""Who may speak about what between servers and their teams, handler by handler and without a network."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation import proofs, report_responses
from federation.errors import Malformed, Unproven
from federation.handlers import add, flag
from federation.keys import public_pem
from federation.signatures import Key
from federation.withdrawal_notices import digest_of, uri_of
from models import (
    Actor,
    ActorKey,
    Block,
    CaseNote,
    Community,
    Disclosure,
    ErasureRequest,
    Follow,
    Host,
    Notification,
    OfferedListing,
    OutgoingActivity,
    Pin,
    Post,
    Report,
    Stamp,
    Tombstone,
    Withdrawal,
    clock,
)
from models.actor import ActorKind, KeyKind
from models.case import Audience, Matter
from models.consent import Purpose
from models.host import Standing
from models.notification import Notice
from models.reach import Reach
from models.withdrawal import WithdrawalState
from tests.federation.alone import ORIGIN, P, Q, community, follow, incoming, ours, prepare, said, take, theirs, told, wrote

LONG_AGO = clock.now() - timedelta(days=300)


@pytest.fixture
def database_kind() -> str:
    """One database: the statements are tried on both elsewhere."""
    return "sqlite"


@pytest.fixture
async def alice(db: object) -> Actor:
    """Our member, known elsewhere; two partners."""
    return await community()


async def speaker(host: str = P, **columns: Any) -> Actor:
    """Who speaks for a server that knows all our extensions."""
    actor = await theirs("instance", host, kind=ActorKind.APPLICATION)
    known = {"instance_uri": actor.uri, "takes_withdrawals": True, "takes_responses": True}
    await Host.filter(name=host).update(**known | columns)
    return actor


async def disclosed(actor: Actor, uri: str, host: str = P, **columns: Any) -> None:
    """A server has something of a member's."""
    await Disclosure.create(object_uri=uri, host=host, actor=actor, kind="Create", **columns)


async def test_reports_are_about_ours_and_what_their_server_has(alice: Actor) -> None:
    bob, vera, dan = await ours("bob"), await theirs("vera"), await theirs("dan", Q)
    gone = await ours("gone", deleted_at=clock.now())
    seen, unseen, bobs, hers = await wrote(alice), await wrote(alice), await wrote(bob), await wrote(vera)
    for author, post in ((alice, seen), (bob, bobs)):
        await disclosed(author, post.uri)
    await disclosed(alice, unseen.uri, Q)
    listing = await OfferedListing.create(actor=bob, host=P, key="k" * 22, stamp_key="s")
    listed = f"{ORIGIN}/directory/listings/{listing.key}"
    lines: list[tuple[Actor, list[str], Actor | None, list[Post]]] = [
        (vera, [alice.uri, seen.uri, unseen.uri, bobs.uri, hers.uri], alice, [seen]),
        (dan, [unseen.uri], alice, [unseen]),
        (vera, [unseen.uri, gone.uri, vera.uri, dan.uri, f"{ORIGIN}/actors/none"], None, []),
        (vera, [listed], bob, []), (dan, [listed], None, []), (vera, [listed.replace("k", "l")], None, []),
        (vera, [seen.uri], alice, [seen])]
    for place, (by, ids, about, posts) in enumerate(lines):
        flagged = said(by, "Flag", ids, content=f"{place} " + "x" * 9000)
        assert await take(by, flagged) == await take(by, flagged) == "done"
        found = await Report.get_or_none(uri=flagged["id"])
        kept = (found.target_id, found.post_uris, found.sender_host, len(found.text)) if found else None
        assert kept == ((about.id, [post.uri for post in posts], by.host, 5000) if about else None), ids
    await Report.all().delete()
    for text, matter in (({"summary": "Lemmy", "matter": "scam"}, Matter.SCAM), ({"content": "a", "summary": "b", "matter": 7},
                                                                               Matter.OTHER)):
        assert await take(vera, said(vera, "Flag", alice.uri, **text)) == "done"
        assert await Report.filter(text=text.get("content", "Lemmy"), matter=matter).count() == 1


async def test_reports_of_one_server_have_a_measure(
        alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flag, "OPEN_LIMIT", 1)
    vera, dan, eve = await theirs("vera"), await theirs("dan", Q), await theirs("eve", Q, domain="mute.example")
    for by, more, kept in ((vera, {}, True), (vera, {}, False), (dan, {}, True), (vera, {"closed_at": clock.now()}, True)):
        if more:
            await Report.filter(sender_host=P).update(**more)
        one = said(by, "Flag", alice.uri)
        assert await take(by, one) == "done" and await Report.filter(uri=one["id"]).exists() == kept
    await Report.all().delete()
    await (await Host.called("mute.example")).change(rejects_reports=True)
    for by in (eve, dan):
        assert await take(by, said(by, "Flag", alice.uri)) == "done"
    await Host.filter(name=P).update(rejects_reports=True)
    assert await take(vera, said(vera, "Flag", alice.uri)) == "done"
    assert [one.sender_host for one in await Report.all()] == [Q], "that of dan"


async def test_what_is_said_of_a_report_comes_from_who_has_a_part_in_it(
        alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_responses, "NOTES_LIMIT", 1)
    us, them, vera = await speaker(), await speaker(Q), await theirs("vera")
    flagged = said(us, "Flag", alice.uri)
    assert await take(us, flagged) == "done"
    came = await Report.get(uri=flagged["id"]).select_related("case")
    assert came.case
    await came.case.change(asked_at=LONG_AGO)
    went = await Report.create(uri=f"{ORIGIN}/activities/1", sender_host="", forwarded_to=P, target=vera, case=came.case)
    caseless = await Report.create(uri=f"{ORIGIN}/activities/2", sender_host="", forwarded_to=P, target=vera)
    inner = await Report.create(uri=f"{ORIGIN}/activities/3", sender_host="", target=vera)
    outcome = {"outcome": "nothing"}
    for by, about, more, result in (
            (them, went.uri, outcome, "Refused"), (vera, went.uri, outcome, "Refused"), (us, inner.uri, outcome, "Refused"),
            (us, f"{went.uri}0", outcome, "Refused"), (us, [went.uri, inner.uri], outcome, "Refused"),
            (us, came.uri, outcome, "Refused"), (us, caseless.uri, {"content": "w"} | outcome, "done")):
        assert await take(by, said(by, "Respond", about, **more)) == result, (by.name, about)
    assert [one.id for one in await Report.exclude(peer_outcome="")] == [caseless.id] and not await CaseNote.exists()
    assert (await came.case.get(id=came.case.id)).asked_at == LONG_AGO
    for audience, is_theirs, host in ((Audience.TEAM, True, P), (Audience.PEER, False, P), (Audience.PEER, True, Q)):
        await CaseNote.create(case=came.case, audience=audience, is_theirs=is_theirs, host=host, text="x")
    elsewhere = await type(came.case).create(source=came.case.source, about=alice)
    await CaseNote.create(case=elsewhere, audience=Audience.PEER, is_theirs=True, host=P, text="x")
    assert await take(us, said(us, "Respond", went.uri, **outcome)) == "done"
    assert (await came.case.get(id=came.case.id)).asked_at is None and await CaseNote.all().count() == 4
    assert await take(us, said(us, "Respond", came.uri, content="words")) == "done"
    assert await take(us, said(us, "Respond", came.uri, content="words")) == "Refused", "too many"
    assert await CaseNote.filter(text="words", case=came.case).count() == 1
    await came.case.change(closed_at=clock.now(), asked_at=LONG_AGO)
    assert await take(us, said(us, "Respond", went.uri, **outcome)) == "done"
    assert (await came.case.get(id=came.case.id)).asked_at == LONG_AGO, "it is closed"
    await Host.filter(name=P).update(takes_responses=False)
    assert await take(us, said(us, "Respond", went.uri, **outcome)) == "Refused"


async def test_who_says_that_our_things_are_erased(alice: Actor) -> None:
    us, them, vera = await speaker(silent_at=LONG_AGO), await speaker(Q), await theirs("vera")
    uris, sent = [f"{ORIGIN}/posts/1"], clock.now() - timedelta(days=1)

    async def asked(**columns: Any) -> Withdrawal:
        return await Withdrawal.create(actor=alice, purpose=Purpose.SHARED_OUT, host=P, object_uris=uris, **columns)

    def answer(of: Withdrawal, **more: Any) -> dict[str, Any]:
        return {"outcome": "erased", "digest": digest_of(of.object_uris)} | more
    one, other = await asked(delivered_at=sent), await asked(state=WithdrawalState.FAILED)
    await Withdrawal.create(actor=alice, purpose=Purpose.SHARED_OUT, host=Q, object_uris=uris, state=WithdrawalState.FAILED)
    for uri, host, last in ((uris[0], P, LONG_AGO), (f"{ORIGIN}/posts/2", P, LONG_AGO), (uris[0], Q, LONG_AGO)):
        await disclosed(alice, uri, host, last_at=last)
    place = uri_of("", await Actor.instance())
    lines: list[tuple[Actor, object, dict[str, str], str]] = [
            (them, place + one.key, {}, "Refused"), (vera, place + one.key, {}, "Refused"), (us, place + "none", {}, "Refused"),
            (us, place + one.key, {"digest": digest_of([])}, "Refused"), (us, [uris[0], place + one.key], {}, "Refused"),
            (us, place + one.key, {"outcome": "kept some" * 9}, "done")]
    for by, thing, more, result in lines:
        assert await take(by, said(by, "Acknowledge", thing, **answer(one, **more))) == result, (by.name, thing, more)
    row = await Withdrawal.get(id=one.id)
    assert (row.state, row.delivered_at, bool(row.answer)) == (WithdrawalState.NOT_CAPABLE, sent, True)
    assert not await Disclosure.filter(ended_at__isnull=False).exists() and (await Host.get(name=P)).silent_at
    assert await take(us, said(us, "Acknowledge", place + one.key, **answer(one))) == "done"
    ended = await Disclosure.filter(ended_at__isnull=False)
    assert [(found.object_uri, found.host) for found in ended] == [(uris[0], P)]
    first = (await Withdrawal.get(id=one.id)).answer
    assert await take(us, said(us, "Acknowledge", place + one.key, **answer(one, outcome="no"))) == "done"
    row = await Withdrawal.get(id=one.id)
    assert (row.state, row.answer) == (WithdrawalState.CONFIRMED, first), "said for good"
    assert (await Host.get(name=P)).silent_at, "one other failed"
    await Disclosure.filter(host=P).update(ended_at=LONG_AGO)
    await Withdrawal.filter(id=one.id).update(state=WithdrawalState.PENDING)
    assert await take(us, said(us, "Acknowledge", place + one.key, **answer(one))) == "done"
    assert {found.ended_at for found in await Disclosure.filter(host=P)} == {LONG_AGO}, "it ended before"
    await Disclosure.filter(host=P).update(ended_at=None, last_at=clock.now())
    await Withdrawal.filter(id=other.id).update(delivered_at=sent)
    assert await take(us, said(us, "Acknowledge", place + other.key, **answer(other))) == "done"
    assert not (await Host.get(name=P)).silent_at
    assert not await Disclosure.filter(ended_at__isnull=False).exists(), "they got it once more since"
    for prover in (us, vera):
        private = Ed25519PrivateKey.generate()
        key = Key(f"{prover.uri}#ed", private)
        await ActorKey.create(actor=prover, uri=key.id, kind=KeyKind.ED25519, public_pem=public_pem(private.public_key()))
        proven = proofs.sign(said(us, "Acknowledge", place + other.key, **answer(other)), key, clock.now())
        if prover is us:
            assert await prepare(us, proven) == await incoming(us, proven)
        else:
            with pytest.raises(Unproven):
                await prepare(us, proven)
    late = await asked()
    assert await take(us, said(us, "Acknowledge", place + late.key, **answer(late))) == "done"
    assert (await Withdrawal.get(id=late.id)).delivered_at and await Disclosure.filter(ended_at__isnull=False).count() == 1


async def test_who_takes_back_what(alice: Actor) -> None:
    us, them, vera = await speaker(), await speaker(Q), await theirs("vera")
    hers, mine = await wrote(vera), await wrote(alice)
    never = f"https://{P}/never"
    for by, thing, result in ((vera, hers.uri, "Refused"), (them, hers.uri, "Refused"), (us, mine.uri, "Refused"),
                              (us, [hers.uri, mine.uri], "Refused"), (us, [hers.uri, "x"], "Malformed"),
                              (us, [hers.uri, 7], "Malformed"), (us, [f"{never}/{n}" for n in range(101)], "Malformed")):
        assert await take(by, said(by, "Withdraw", thing)) == result, (by.name, thing)
    assert await take(us, said(us, "Withdraw", hers.uri) | {"id": f"https://{Q}/1"}) == "Refused"
    assert await Post.filter(deleted_at__isnull=True).count() == 2 and not await ErasureRequest.exists()
    notice = said(us, "Withdraw", [hers.uri, never])
    assert await prepare(us, notice) == await incoming(us, notice), "nobody is asked who speaks so"
    assert await take(us, notice) == "done"
    request = await ErasureRequest.get()
    assert (request.uri, request.sender_uri, request.count) == (notice["id"], us.uri, 2)
    assert request.digest == digest_of([hers.uri, never])
    assert await Post.filter(deleted_at__isnull=True).get() == mine
    assert {one.uri for one in await Tombstone.all()} == {hers.uri, never}
    await ErasureRequest.all().update(answered_at=clock.now())
    assert await take(us, notice) == "done" and (await ErasureRequest.get()).answered_at is None, "answered again"
    await ErasureRequest.all().update(answered_at=clock.now(), sender_uri=f"https://{P}/instance-before")
    assert await take(us, notice) == "done" and (await ErasureRequest.get()).answered_at, "another asked for that"
    await Host.filter(name=P).update(takes_withdrawals=False)
    stranger = await theirs("gina", "new.example")
    for by in (us, vera, stranger):
        assert await prepare(by, said(by, "Withdraw", never)) is None, "it may have learned to speak so since"


async def test_both_accounts_say_that_somebody_moves(alice: Actor) -> None:
    vera, new, kept = await theirs("vera"), await theirs("new", Q), await theirs("kept", Q)
    for thing, target in ((new.uri, new.uri), (vera.uri, vera.uri), (vera.uri, None), ([vera.uri, new.uri], new.uri)):
        with pytest.raises(Malformed):
            await prepare(vera, said(vera, "Move", thing, target=target))
    given = said(vera, "Move", vera.uri, target=new.uri)
    await follow(new, vera)
    await follow(alice, vera, is_let=False)
    assert (done := await prepare(vera, given)) and done.other is None, "nobody here follows"
    assert await take(vera, given) == "done"
    await Follow.filter(follower=alice).update(accepted_at=clock.now())
    assert await prepare(vera, given) is None, "both are read anew"
    await vera.change(moved_to_uri=new.uri)
    for other in (new, kept):
        await other.change(aliases=[kept.uri] if other is new else [vera.uri])
        assert await take(vera, given, other=other) == "Refused"
    await new.change(aliases=[kept.uri, vera.uri])
    await vera.change(moved_at=clock.now() - timedelta(days=29))
    assert await take(vera, given, other=new) == "Refused", "a short while ago"
    await vera.change(moved_at=LONG_AGO)
    assert await take(vera, given, other=new) == "done"
    first = await theirs("first", moved_to_uri=new.uri)
    await new.change(aliases=[first.uri])
    assert await take(first, said(first, "Move", first.uri, target=new.uri), other=new) == "done", "for the first time"
    assert {(one.follower_id, one.target_id) for one in await Follow.all()} == {(alice.id, new.id), (new.id, vera.id)}
    assert await told() == {("alice", Notice.MOVED, None)} and await Actor.filter(id=vera.id, moved_at__gt=LONG_AGO).exists()


async def test_everybody_pins_their_own(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(add, "PINS_LIMIT", 1)
    vera, mallory, plain = await theirs("vera"), await theirs("mallory"), await theirs("plain")
    top = f"{vera.uri}/featured"
    for one in (vera, mallory):
        await one.change(featured_uri=f"{one.uri}/featured")
    hers, other, theirs_, his = await wrote(vera), await wrote(vera), await wrote(mallory), await wrote(await theirs("dan", Q))
    await follow(mallory, vera)
    await follow(alice, mallory)
    await follow(alice, vera, is_let=False)

    async def read(by: Actor, uri: str | None, target: str | None) -> Post | None:
        done = await prepare(by, said(by, "Add", uri or [hers.uri, other.uri], **({"target": target} if target else {})))
        assert done is not None
        return done.post
    assert await read(vera, hers.uri, top) is None, "nobody here follows her"
    await Follow.filter(follower=alice, target=vera).update(accepted_at=clock.now())
    for by, uri, target in ((vera, hers.uri, f"{vera.uri}/else"), (vera, hers.uri, mallory.featured_uri), (vera, his.uri, top),
                            (vera, None, top), (plain, hers.uri, None)):
        assert await read(by, uri, target) is None, (by.name, uri, target)
    assert await read(vera, hers.uri, top) == hers
    await Pin.create(actor=vera, post=other)
    assert await read(vera, hers.uri, top) is None, "enough of hers"
    assert await read(mallory, hers.uri, mallory.featured_uri) == hers
    for by, post in ((mallory, hers), (vera, hers), (vera, hers), (mallory, None), (mallory, theirs_)):
        assert await take(by, said(by, "Add", hers.uri, target=by.featured_uri), post=post) == "done"
    assert {(one.actor_id, one.post_id) for one in await Pin.all()} == {
        (vera.id, other.id), (vera.id, hers.id), (mallory.id, theirs_.id)}
    others: list[tuple[Actor, object, str | None]] = [
        (mallory, hers.uri, mallory.featured_uri), (vera, hers.uri, f"{vera.uri}/else"), (plain, hers.uri, None),
        (vera, [hers.uri, other.uri], top), (vera, theirs_.uri, top)]
    for by, named, target in others:
        assert await take(by, said(by, "Remove", named, **({"target": target} if target else {}))) == "done"
    assert await Pin.all().count() == 3
    assert await take(vera, said(vera, "Remove", hers.uri, target=top)) == "done" and await Pin.all().count() == 2


async def test_a_follow_is_answered_by_the_one_who_was_asked(alice: Actor) -> None:
    bob, vera, mallory = await ours("bob"), await theirs("vera"), await theirs("mallory")
    asked, bobs = await follow(alice, vera, is_let=False), await follow(bob, vera, is_let=False)
    backwards = await follow(vera, mallory, is_let=False)
    for kind in ("Accept", "Reject"):
        for by, thing, result in ((mallory, asked.uri, "Refused"), (mallory, backwards.uri, "Refused"),
                                  (mallory, {"type": "Follow", "actor": alice.uri}, "Refused"),
                                  (vera, {"type": "Like", "actor": alice.uri}, "Refused"),
                                  (vera, [asked.uri, bobs.uri], "Refused"),
                                  (vera, {"type": "Follow", "actor": mallory.uri}, "Refused"), (vera, vera.uri, "Refused")):
            assert await take(by, said(by, kind, thing)) == result, (kind, by.name, thing)
    assert await Follow.filter(accepted_at__isnull=True).count() == 3
    for thing in (asked.uri, {"id": f"{ORIGIN}/lost", "type": "Follow", "actor": bob.uri}, asked.uri):
        assert await take(vera, said(vera, "Accept", thing)) == "done"
    assert await Follow.get(accepted_at__isnull=True) == backwards
    assert sorted((one.recipient_id, one.kind) for one in await Notification.all()) == [
        (one.id, Notice.FOLLOW_ACCEPTED) for one in sorted((alice, bob), key=lambda one: one.id)], "told once"
    assert await take(vera, said(vera, "Reject", asked.uri)) == "done"
    assert {one.id for one in await Follow.all()} == {bobs.id, backwards.id}


async def test_permissions_are_asked_for_by_whom_they_are_for(alice: Actor) -> None:
    bob, vera, mallory, dan = await ours("bob"), await theirs("vera"), await theirs("mallory"), await theirs("dan", Q)
    await (await Community.current()).change(ceiling=Reach.WEB)
    await alice.change(allows_quotes=True)
    post, hers, kept_here = await wrote(alice, Reach.WEB), await wrote(vera, Reach.WEB), await wrote(alice, Reach.COMMUNITY)
    shy = await ours("shy", shares=False)
    await Block.create(blocker=bob, target=mallory)
    bobs, hidden = await wrote(bob, Reach.WEB), await wrote(shy, Reach.WEB)
    used = f"{vera.uri}/uses/1"
    lines = [(vera, hers.uri, used, "NotHere"), (vera, kept_here.uri, used, "NotHere"), (vera, hidden.uri, used, "NotHere"),
             (vera, f"{ORIGIN}/posts/none", used, "NotHere"), (vera, post.uri, f"{dan.uri}/1", "Malformed"),
             (vera, post.uri, None, "Malformed"), (vera, [post.uri, bobs.uri], used, "Malformed"),
             (mallory, post.uri, hers.uri, "Refused"), (vera, post.uri, used, "done"), (vera, post.uri, used, "done"),
             (mallory, post.uri, used, "Refused"), (mallory, bobs.uri, f"{mallory.uri}/1", "done")]
    for by, about, instrument, result in lines:
        asked = said(by, "LikeRequest", about, **({"instrument": instrument} if instrument else {}))
        assert await take(by, asked) == result, (by.name, about, instrument)
        if instrument and same(by, instrument) and result != "Malformed":
            looked = await prepare(by, asked)
            assert (looked is None) == (result == "Refused"), "whose it is, is asked there"
    stamp = await Stamp.get()
    assert (stamp.post_id, stamp.asker_id, stamp.interaction_uri) == (post.id, vera.id, used)
    assert [one.kind for one in await OutgoingActivity.all().order_by("id")] == ["Accept", "Accept", "Reject"]
    assert await take(mallory, said(mallory, "LikeRequest", post.uri, instrument=used), is_read_at_origin=True) == "done"
    assert (await Stamp.get()).asker_id == mallory.id, "its document says whose it is"
    quote, other = await wrote(vera, quote_uri=post.uri), await wrote(vera, quote_uri=post.uri)
    about_bob, by_dan = await wrote(vera, quote_uri=bobs.uri), await wrote(dan, quote_uri=post.uri)
    assert await take(vera, said(vera, "QuoteRequest", post.uri, instrument=quote.uri)) == "done"
    assert await take(vera, said(vera, "QuoteRequest", post.uri, instrument=about_bob.uri)) == "done"
    assert [one.id for one in await Post.filter(shows_quote=True)] == [quote.id] and other.id != by_dan.id
    for by, whom, result in ((vera, shy, "NotHere"), (vera, alice, "done"), (vera, await Actor.instance(), "done")):
        assert await take(by, said(by, "FeatureRequest", whom.uri)) == result
    refusing = [one.actor_id for one in await OutgoingActivity.filter(kind="Reject").order_by("id")]
    assert refusing == [bob.id, alice.id, (await Actor.instance()).id]


def same(by: Actor, uri: str) -> bool:
    return uri.startswith(f"https://{by.host}/")


async def test_who_becomes_and_stays_a_partner(alice: Actor) -> None:
    us, them, vera = await speaker(offer_uri="", standing=Standing.UNKNOWN), await Actor.instance(), await theirs("vera")
    program = await theirs("program", kind=ActorKind.APPLICATION)

    def offer(by: Actor, **more: Any) -> dict[str, Any]:
        return said(by, "Offer", {"type": "Relationship", "subject": by.uri, "relationship": f"https://{by.host}/ns#partner",
                                  "object": them.uri} | more)

    async def stands(**columns: Any) -> tuple[Standing, str]:
        if columns:
            await Host.filter(name=P).update(**columns)
        row = await Host.get(name=P)
        return row.standing, row.offer_uri
    first = offer(us)
    for by, given, result in ((vera, offer(vera), "Refused"), (program, offer(program), "Refused"),
                              (us, offer(us, subject=vera.uri), "Refused"), (us, offer(us, object=alice.uri), "Refused"),
                              (us, offer(us, relationship=f"https://{P}/ns#friend"), "Refused"),
                              (us, offer(us, relationship=None), "Refused"), (us, offer(us, type="Note"), "Refused"),
                              (us, said(us, "Undo", [first["id"], us.uri]), "Malformed"),
                              (us, said(us, "Offer", them.uri), "Refused"), (us, first, "done")):
        assert await take(by, given) == result, given
    assert await stands() == (Standing.UNKNOWN, first["id"]) and (await Host.get(name=P)).asked_us_at
    for by, kind in ((vera, "Accept"), (program, "Reject"), (us, "Accept")):
        assert await take(by, said(by, kind, first["id"])) == "Refused", "nobody says yes to their own asking"
    assert await take(vera, said(vera, "Undo", first["id"])) == "done" and (await stands())[1]
    for standing in (Standing.SUSPENDED, Standing.LIMITED, Standing.OPEN):
        await stands(standing=standing, offer_uri="", asked_us_at=None)
        assert await take(us, offer(us)) == "done" and await stands() == (standing, "")
    ours_ = f"{ORIGIN}/activities/1"
    await stands(standing=Standing.UNKNOWN, offer_uri=ours_, asked_them_at=clock.now())
    assert await take(us, said(us, "Accept", ours_)) == "done" and await stands() == (Standing.PARTNER, ours_)
    crossed = offer(us) | {"id": f"https://{P}/zzz"}
    for standing, after in ((Standing.PARTNER, Standing.PARTNER), (Standing.PAUSED, Standing.PAUSED),
                            (Standing.UNKNOWN, Standing.PARTNER)):
        await stands(standing=standing, offer_uri=ours_, asked_them_at=clock.now() if after is not standing else None)
        assert await take(us, crossed) == "done" and await stands() == (after, ours_), "the id that sorts first"
    assert await OutgoingActivity.filter(kind="Accept").count() == 3
    assert await take(us, said(us, "Undo", {"type": "Offer", "object": {"type": "Note"}})) == "done"
    assert await stands() == (Standing.PARTNER, ours_)
    await stands(standing=Standing.SUSPENDED)
    assert await take(us, said(us, "Accept", ours_)) == "done" and (await stands())[0] is Standing.SUSPENDED
    await stands(standing=Standing.PARTNER)
    assert await take(us, said(us, "Undo", {"type": "Offer", "object": crossed["object"]})) == "done"
    assert await stands() == (Standing.UNKNOWN, "")
    await stands(standing=Standing.PARTNER, offer_uri=ours_, asked_them_at=clock.now())
    assert await take(us, said(us, "Reject", ours_)) == "done" and await stands() == (Standing.UNKNOWN, "")
