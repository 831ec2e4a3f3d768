"""A partner that lies about who waits, to find out who waits with what: it learns little, and our hosts hear of it."""
from __future__ import annotations

import base64
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from federation import blinding, waiting_lists
from federation.errors import Malformed
from federation.render import instant
from models import (
    Actor,
    AuditEntry,
    Follow,
    Introduction,
    ProfileValue,
    WaitingEntry,
    WaitingMatch,
    WaitingThere,
    clock,
)
from models.consent import Purpose
from models.profile import ProfileLine
from server.actions import waiting, waiting_exchange
from tests import catalogue
from tests.federation.test_directory_lies import Liar, known_liar
from tests.live import LiveServer, settle
from tests.peer import Document, Peer
from tests.stories.test_directory import say, until

CODE = "ORPHA:324"


@pytest.fixture
def database_kind() -> str:
    """One database: lies end before it matters which."""
    return "sqlite"


@pytest.fixture
async def liar(alpha: LiveServer, peer: Peer) -> Liar:
    """Each of the two is subscribed to the other."""
    liar = await known_liar(alpha, peer)

    async def subscribe() -> None:
        us = await Actor.get(uri=f"{alpha.origin}/directory")
        await (await Follow.request(f"{liar.actor.uri}/follows/1", await Actor.get(uri=liar.actor.uri), us)).accept()
    await alpha.run(subscribe())
    return liar


@pytest.fixture
async def alice(alpha: LiveServer, liar: Liar) -> Actor:
    """A member who waits; the liar has got the list."""
    catalogue.lay(Path(alpha.settings.var_dir))
    actor = await alpha.member("alice")
    await alpha.ask(lambda: ProfileValue.create(actor=actor, line=ProfileLine.CONDITION, code=CODE))
    await say(alpha, actor, Purpose.FOUND_BY_PARTNERS, True)
    await alpha.run(waiting.join(actor, CODE))
    await until(lambda: listed(liar))
    return actor


async def listed(liar: Liar) -> list[Document]:
    """The entries of the newest list that the liar got."""
    lists = [one["object"] for one in liar.peer.of_kind("Update") if one["object"].get("type") == "WaitingList"]
    return list(lists[-1]["entries"]) if lists else []


def entry(liar: Liar, name: str, blinded: str = "") -> Document:
    """Somebody who waits there; with any number, if none is given."""
    anything = X25519PrivateKey.generate().public_key().public_bytes_raw()
    return {"id": f"{liar.actor.uri}/waiting/{name}",
            "blinded": blinded or base64.urlsafe_b64encode(anything).decode().rstrip("=")}


async def tells(liar: Liar, *entries: Any, proven: bool = True, **changes: Any) -> str:
    """Send a list; what became of it."""
    view = f"{liar.actor.uri}/waiting"
    thing = {"id": view, "type": "WaitingList", "epoch": blinding.epoch(), "entries": list(entries),
             "updated": instant(clock.now()), "endTime": instant(clock.now() + timedelta(days=14))} | changes
    return await liar.says("Update", thing, proven=proven, target=view)


def answers(liar: Liar) -> dict[str, str]:
    """What alpha answered, of each entry of the liar's newest list that has an answer."""
    said = [one for one in liar.peer.of_kind("Accept") if "answers" in one]
    return {one["id"]: one["answer"] for one in said[-1]["answers"]} if said else {}


async def test_blinded_codes_meet_and_tell_nothing() -> None:
    ours, theirs = blinding.secret_for("a" * 43, 1), blinding.secret_for("b" * 43, 1)
    codes = ("ORPHA:324", "ORPHA:558", "ORPHA:1")
    there = [blinding.double(theirs, blinding.blind(ours, code)) for code in codes]
    assert there == [blinding.double(ours, blinding.blind(theirs, code)) for code in codes] and len(set(there)) == 3
    assert blinding.blind(ours, CODE) != blinding.blind(blinding.secret_for("a" * 43, 2), CODE)
    for number in (blinding.blind(ours, CODE), blinding.padding("a" * 43, 1, 0)[1]):
        u = int.from_bytes(base64.urlsafe_b64decode(number + "="), "little")
        assert pow(u * (u * u + blinding.A * u + 1), (blinding.P - 1) // 2, blinding.P) == 1, "all on the curve: no bit tells"
    for bad in ("", "x", "A" * 43, "A" * 44, "é" * 43, base64.urlsafe_b64encode(b"\x01" + bytes(31)).decode().rstrip("=")):
        with pytest.raises(Malformed):
            blinding.double(ours, bad)


async def test_lists_that_are_none_are_refused(liar: Liar) -> None:
    good = entry(liar, "1")
    odd = [{"epoch": blinding.epoch() + 2}, {"epoch": "x"}, {"epoch": True}, {"endTime": "2020-01-01T00:00:00Z"}, {"updated": 7},
           {"entries": "x"}, {"entries": [entry(liar, str(number)) for number in range(129)]}, {"id": liar.view}]
    for changes in odd:
        assert await tells(liar, good, **changes) == "refused", changes
    for bad in (good | {"blinded": "A" * 43}, good | {"blinded": 7}, good | {"id": "https://elsewhere.example/waiting/1"},
                good | {"id": f"{liar.actor.uri}/listings/1"}, "x", None, good):
        assert await tells(liar, good, bad) == "refused", bad
    assert await tells(liar, good, proven=False) == "refused"
    assert not await liar.server.ask(lambda: WaitingThere.all().count()) and not answers(liar)
    assert await tells(liar, good) == "done"
    await liar.server.ask(lambda: Follow.filter(follower__host=liar.peer.host).delete())
    assert await tells(liar, entry(liar, "2")) == "refused", "who does not exchange directories exchanges no waiting lists"


async def test_trying_out_codes_ends_soon_and_rings_the_bell(liar: Liar) -> None:
    assert await tells(liar, *[entry(liar, str(number)) for number in range(40)]) == "done"
    await settle(liar.server)
    assert len(answers(liar)) == 40 and not await liar.server.ask(lambda: AuditEntry.filter(action="directory.tries").count())
    for _ in range(2):
        assert await tells(liar, *[entry(liar, secrets.token_hex(4)) for _ in range(128)]) == "done"
        await settle(liar.server)
    assert len(answers(liar)) == 0, "64 a day, whatever else was taken back"
    assert await liar.server.ask(lambda: AuditEntry.filter(action="directory.tries").count()) == 1


async def test_who_knows_no_code_finds_nobody(liar: Liar, alice: Actor) -> None:
    """Our own numbers sent back, and answers made of what we said, fit nothing."""
    ours = await listed(liar)
    assert len(ours) == waiting_lists.STEP
    assert await tells(liar, *[entry(liar, str(number), one["blinded"]) for number, one in enumerate(ours)]) == "done"
    await settle(liar.server)
    made_up = [{"id": one["id"], "answer": answer} for one, answer in zip(ours, answers(liar).values(), strict=True)]
    made_up += [{"id": ours[0]["id"], "answer": 7}, {"id": 7}, {"id": ours[0]["id"], "answer": "f" * 64 + "\n"}]
    said = {"id": f"{liar.server.origin}/activities/1", "type": "Update", "actor": f"{liar.server.origin}/directory"}
    assert await liar.says("Accept", said, epoch=blinding.epoch(), answers=made_up) == "done"
    assert await liar.says("Accept", said, epoch=blinding.epoch(), answers=made_up, proven=False) == "refused"
    await liar.server.run(_compared())
    assert not await liar.server.ask(lambda: WaitingMatch.all().count())
    assert not await liar.server.ask(lambda: AuditEntry.filter(action="directory.tries").count())


async def _compared() -> None:
    while await waiting_exchange.compare_due():
        pass


async def test_who_guesses_a_canary_is_known(liar: Liar, alice: Actor) -> None:
    [canary, *_] = await liar.server.ask(lambda: WaitingEntry.filter(actor_id=None))
    key, ours = X25519PrivateKey.generate(), await listed(liar)
    assert await tells(liar, entry(liar, "guess", blinding.blind(key, canary.code)), entry(liar, "other")) == "done"
    answered = [{"id": one["id"], "answer": blinding.answer(blinding.double(key, one["blinded"]), one["id"])} for one in ours]
    said = {"id": f"{liar.server.origin}/activities/1", "type": "Update", "actor": f"{liar.server.origin}/directory"}
    assert await liar.says("Accept", said, epoch=blinding.epoch(), answers=answered) == "done"
    await until(lambda: liar.server.ask(lambda: AuditEntry.filter(action="directory.tries").exists()))
    assert not await liar.server.ask(lambda: WaitingMatch.all().count())
    uri = f"{liar.server.origin}/directory/waiting/{canary.key}"

    async def is_gone() -> bool:
        return uri not in [one["id"] for one in await listed(liar)]
    await until(is_gone)


async def test_an_older_list_changes_nothing(liar: Liar) -> None:
    """It may be on its way for long, or be sent again."""
    assert await tells(liar, entry(liar, "1"), entry(liar, "2")) == "done"
    assert await tells(liar, entry(liar, "3"), updated=instant(clock.now() - timedelta(days=1))) == "done"
    names = await liar.server.ask(lambda: WaitingThere.all().order_by("uri").values_list("uri", flat=True))
    assert names == [f"{liar.actor.uri}/waiting/{number}" for number in (1, 2)]


async def test_nobody_meets_somebody_who_was_not_found_to_wait_for_the_same(liar: Liar, alice: Actor) -> None:
    """Entries that did not fit, names that are on nobody's list, and no end."""
    soon, [ours, *_] = instant(clock.now() + timedelta(days=3)), await listed(liar)

    async def asks(**changes: Any) -> str:
        thing = {"type": "Relationship", "subject": f"{liar.actor.uri}/waiting/1", "object": ours["id"],
                 "relationship": f"{liar.peer.origin}/ns#introduction"}
        return await liar.says("Offer", thing | changes, **({"endTime": soon} if changes != {"until": None} else {}))
    assert await asks() == "done"
    for bad in ({"subject": "https://elsewhere.example/waiting/1"}, {"subject": f"{liar.actor.uri}/listings/1"}, {"until": None}):
        assert await asks(**bad) == "refused"
    assert not await liar.server.ask(lambda: Introduction.all().count())
