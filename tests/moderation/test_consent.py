"""Whether a yes counts: the newest word on this purpose and scope alone decides, whichever way it is asked."""
from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import Actor, ConsentRecord, Post, clock
from models.consent import ConsentEvent, ConsentState, LastWord, Purpose
from models.reach import Reach
from moderation import consent
from moderation.consent import PURPOSES, Question
from moderation.wordings import Wording
from tests.moderation.test_visibility import ORIGIN

OUT, FOUND = Purpose.SHARED_OUT, Purpose.FOUND_HERE
OLD, NEW = "2025-01", PURPOSES[Purpose.SHARED_OUT].version


async def say(actor: Actor, granted: bool, purpose: Purpose = OUT, *, wording: str = NEW, scope: str = "",
              until: datetime | None = None) -> ConsentRecord:
    """One row of the ledger."""
    return await ConsentRecord.create(actor=actor, purpose=purpose, granted=granted, wording=wording, language="en",
                                      text_digest="", scope=scope, valid_until=until)


async def test_the_newest_word_decides(db: object) -> None:
    now, hour = clock.now(), timedelta(hours=1)
    people = {name: await Actor.create(uri=f"{ORIGIN}/actors/{name}", name=name, inbox_uri="") for name in (
        "silent", "said yes", "said no", "took back", "came back", "ran out", "still runs", "old words", "one line", "other")}
    for name, *words in (("said yes", True), ("said no", False), ("took back", True, False), ("came back", False, True)):
        for word in words:
            await say(people[str(name)], bool(word))
    await say(people["ran out"], granted=True, until=now - hour)
    await say(people["still runs"], granted=True, until=now + hour)
    await say(people["old words"], granted=True, wording=OLD)
    await say(people["one line"], granted=True, scope="age")
    await say(people["other"], granted=True, purpose=FOUND)
    for scope, purpose in (("age", OUT), ("", FOUND)):  # these are other questions
        await say(people["said yes"], granted=False, scope=scope, purpose=purpose)
    posts = {(await Post.create(uri=f"{ORIGIN}/{one.id}", author=one, reach=Reach.WEB, conversation="x")).id: name
             for name, one in people.items()}

    async def of_whom(at: datetime | None = None) -> set[str]:
        found = await Post.filter(consent.authors_who_allow(OUT, at)).values_list("id", flat=True)
        return {posts[int(str(id_))] for id_ in found}
    agreed = {"said yes", "came back", "still runs"}
    assert {name for name, one in people.items() if await consent.may_leave(one.id)} == agreed
    assert set(await Actor.filter(consent.those_who_allow(OUT)).values_list("name", flat=True)) == agreed
    assert await of_whom() == agreed and await of_whom(now - 2 * hour) == agreed | {"ran out"}
    assert await of_whom(now + 2 * hour) == agreed - {"still runs"}
    assert [bool(await consent.permits(people[name].id, OUT, "age")) for name in ("one line", "said yes")] == [True, False]
    with consent.asked_once():  # of each the answer to its own question
        for _ in range(2):
            assert [bool(await consent.permits(people["one line"].id, OUT, scope)) for scope in ("age", "", "size")] == [
                True, False, False]
            assert not await consent.permits(people["one line"].id, FOUND, "age")
            assert not await consent.permits(people["silent"].id, OUT, "age")


@pytest.mark.parametrize(("granted", "wording", "hours", "state"), [
    (True, NEW, None, ConsentState.GIVEN), (True, NEW, 1, ConsentState.GIVEN), (False, NEW, None, ConsentState.WITHDRAWN),
    (True, NEW, -1, ConsentState.EXPIRED), (True, OLD, None, ConsentState.SUPERSEDED), (False, NEW, -1, ConsentState.WITHDRAWN)])
def test_what_a_member_is_told_of_it(granted: bool, wording: str, hours: int | None, state: ConsentState) -> None:
    until = None if hours is None else clock.now() + timedelta(hours=hours)
    record = ConsentRecord(purpose=OUT, granted=granted, wording=wording, valid_until=until)
    word = LastWord(1, None, clock.now(), granted, wording, "", until)
    assert consent.state_of(record) is state and consent.state_of(None) is ConsentState.REQUESTED
    assert record.is_given is word.is_given is (state in (ConsentState.GIVEN, ConsentState.SUPERSEDED))
    assert consent.is_in_force(record) is (state is ConsentState.GIVEN)
    assert consent.is_frozen(record) is (state is ConsentState.SUPERSEDED)
    record.granted, record.event = False, ConsentEvent.FROZEN  # what the job writes where a yes waits for new words
    assert consent.is_frozen(record) and consent.state_of(record) is ConsentState.SUPERSEDED
    record.event, record.state = ConsentEvent.REFUSED, ConsentState.REFUSED
    assert consent.state_of(record) is ConsentState.REFUSED


def test_what_is_asked() -> None:
    """No switch without effect, and none for what one cannot be here without, nor for the lines of the profile."""
    asked, switches = consent.offered(), consent.switches()
    assert Purpose.MEMBERSHIP in asked and Purpose.INDUSTRY not in asked and OUT in switches
    assert set(asked) - set(switches) == {Purpose.MEMBERSHIP, Purpose.FIELD}
    words = PURPOSES[OUT].wording(NEW)
    assert words and words.version == NEW and PURPOSES[OUT].wording(OLD) is None


def test_a_yes_counts_back_to_the_last_words_that_meant_something_else() -> None:
    first, second, third = Wording("1", {}), Wording("2", {}), Wording("3", {}, material=False)
    assert Question((first, second, third), "", "").still_good == {"2", "3"}
    assert Question((first, third, second), "", "").still_good == {"2"}
