"""The chain of consent: what is in it, and that nothing in it changes unseen. On both databases."""
from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from federation import ledger, ledger_head
from federation.errors import Malformed
from models import Actor, Community, ConsentRecord, ConsentText, clock
from models.consent import Capacity, ConsentEvent, ConsentState, Purpose
from models.database import rows
from moderation import consent
from server.actions import consents
from server.actions.consents import Voice
from server.background import kept_head
from tests.live import LiveServer

#: What somebody with access to the database might write instead, for each kind of column.
LIES: dict[str, object] = {
    "id": 9000, "created_at": "2001-01-01", "actor_id": 0, "purpose": "C3", "granted": False, "state": "withdrawn",
    "event": "renewed", "capacity": "guardian", "acted_by_id": 77, "valid_until": "2099-01-01"}


async def test_a_record_says_all_that_it_must(alpha: LiveServer) -> None:
    actor = await alpha.member("camille", shares=False)

    async def work() -> None:
        community = await Community.current()
        await community.change(association="Association A", place="Lyon, France", country="FR")
        given = await consents.give(actor, Purpose.SEARCH_ENGINES, "fr", community)
        read = consents.words(Purpose.SEARCH_ENGINES, "fr", community)
        assert given.text_digest == hashlib.sha256(read.encode()).hexdigest()
        assert (await ConsentText.get(digest=given.text_digest)).text == read
        assert given.state is ConsentState.GIVEN and given.event is ConsentEvent.GIVEN and given.capacity is Capacity.SELF
        assert (given.subject, given.acted_by_id, given.jurisdiction) == (actor.key, actor.id, "FR")
        assert given.valid_until is not None and given.valid_until.year == given.created_at.year + 1
        blank = [name for name, value in given.facts().items() if value in ("", None)]
        assert blank == ["scope"], blank
        guardian = Voice((await alpha_guardian()).id, Capacity.GUARDIAN)
        taken = await consents.take_back(actor, Purpose.SEARCH_ENGINES, "fr", community, voice=guardian)
        assert taken.state is ConsentState.WITHDRAWN and taken.acted_by_id == guardian.actor_id
        assert await consent.permits(actor.id, Purpose.SEARCH_ENGINES) is None
        refused = await consents.take_back(actor, Purpose.CONTENT_IN_MAIL, "fr", community)
        assert refused.state is ConsentState.REFUSED
        assert await ledger.verify() == ledger.Verdict(4)

    async def alpha_guardian() -> Actor:
        return await Actor.instance()
    await alpha.run(work())


async def test_every_column_of_a_record_is_proven(alpha: LiveServer) -> None:
    actor = await alpha.member("camille")

    async def work() -> None:
        community = await Community.current()
        middle = await consents.give(actor, Purpose.SEARCH_ENGINES, "en", community)
        await consents.give(actor, Purpose.CONTENT_IN_MAIL, "en", community)
        other = await Actor.instance()
        assert (await ledger.verify()).fault is None
        for column in sorted(ConsentRecord._meta.fields_db_projection.values()):
            before = (await rows(f"SELECT {column} AS v FROM consent_record WHERE id = ?", [middle.id]))[0]["v"]
            lie = LIES.get(column, "!" + str(before or "")[1:])
            lie = other.id if column == "actor_id" else lie
            value = f"'{lie}'" if not isinstance(lie, bool) else str(lie).upper()
            await rows(f"UPDATE consent_record SET {column} = {value} WHERE id = {middle.id}")
            found = (await ledger.verify()).fault
            assert found is not None and found.id in (middle.id, middle.id + 1), (column, lie, found)
            name = 9000 if column == "id" else middle.id
            if isinstance(before, str) or before is None or isinstance(before, int):
                quoted = "NULL" if before is None else f"'{before}'" if not isinstance(before, bool) else str(before).upper()
            else:
                quoted = f"'{before.isoformat()}'"
            await rows(f"UPDATE consent_record SET {column} = {quoted} WHERE id = {name}")
            assert (await ledger.verify()).fault is None, column
        await ConsentText.filter(digest=middle.text_digest).update(text="Something else.")
        assert (await ledger.verify()).fault == ledger.Fault(middle.id, "its words are not those that were read")
        await rows(f"DELETE FROM consent_record WHERE id = {middle.id}")
        assert (await ledger.verify()).fault == ledger.Fault(middle.id + 1, "it does not follow the record before it")
    await alpha.run(work())


async def test_two_who_write_at_once_make_one_chain(alpha: LiveServer) -> None:
    actors = [await alpha.member(name) for name in ("camille", "nora", "li")]

    async def work() -> None:
        community = await Community.current()
        every = [consents.give(actor, purpose, "en", community) for actor in actors for purpose in consent.switches() * 3]
        await asyncio.gather(*every)
        assert await ledger.verify() == ledger.Verdict(len(every) + 6)
    await alpha.run(work())


async def test_records_of_the_first_release_begin_the_chain_as_they_are(alpha: LiveServer) -> None:
    actor = await alpha.member("camille")

    async def work() -> None:
        await rows("DELETE FROM consent_record")
        for purpose, granted in ((Purpose.MEMBERSHIP, True), (Purpose.SHARED_OUT, True), (Purpose.FOUND_HERE, True),
                                 (Purpose.FOUND_HERE, False)):
            await rows("INSERT INTO consent_record (actor_id, created_at, purpose, granted, wording, language, text_digest)"
                       f" VALUES ({actor.id}, '2026-11-20 10:00:00+00:00', '{purpose}', {granted}, '2026-11', 'en', 'abc')")
        before = await rows("SELECT actor_id, created_at, purpose, granted, wording, language, text_digest FROM consent_record")
        assert await consent.may_leave(actor.id) and not await consent.permits(actor.id, Purpose.FOUND_HERE)
        assert (await ledger.verify()).waiting == 4
        await consents.give(actor, Purpose.FOUND_HERE, "en", await Community.current())
        assert await ledger.verify() == ledger.Verdict(5) and await ledger.adopt() == 0
        after = await rows("SELECT actor_id, created_at, purpose, granted, wording, language, text_digest FROM consent_record"
                           " ORDER BY id LIMIT 4")
        assert after == before
        states = await ConsentRecord.all().order_by("id").values_list("state", flat=True)
        assert list(states) == ["given", "given", "given", "withdrawn", "given"]
        assert await consent.may_leave(actor.id)
    await alpha.run(work())


async def test_only_what_is_given_counts_and_only_for_its_time(alpha: LiveServer) -> None:
    actor = await alpha.member("camille", shares=False)

    async def work() -> None:
        for state in ConsentState:
            await ledger.append(actor=actor, purpose=Purpose.SHARED_OUT, granted=state is ConsentState.GIVEN, state=state,
                                event=ConsentEvent.GIVEN, wording="2026-11", language="en", text_digest="")
            may = bool(await consent.may_leave(actor.id))
            assert may == (state is ConsentState.GIVEN) == (actor.id in await _allowed()), state
        await ledger.append(actor=actor, purpose=Purpose.SHARED_OUT, granted=True, state=ConsentState.GIVEN,
                            event=ConsentEvent.GIVEN, wording="2026-11", language="en", text_digest="",
                            valid_until=clock.now() - timedelta(seconds=2))
        assert not await consent.may_leave(actor.id) and actor.id not in await _allowed()
        await ledger.append(actor=actor, purpose=Purpose.SHARED_OUT, granted=True, state=ConsentState.GIVEN,
                            event=ConsentEvent.GIVEN, wording="1999-01", language="en", text_digest="")
        assert not await consent.may_leave(actor.id) and actor.id not in await _allowed()  # to words that meant something else

        await ledger.append(actor=actor, purpose=Purpose.SHARED_OUT, granted=True, state=ConsentState.GIVEN,
                            event=ConsentEvent.GIVEN, wording="2026-11", language="en", text_digest="",
                            valid_until=clock.now() + timedelta(minutes=1))
        assert await consent.may_leave(actor.id) and await _allowed() == [actor.id]

    async def _allowed() -> list[object]:
        return list(await Actor.filter(consent.those_who_allow(Purpose.SHARED_OUT)).values_list("id", flat=True))
    await alpha.run(work())


async def test_an_end_that_was_cut_off_shows(alpha: LiveServer) -> None:
    """The chain alone does not tell: the head that is kept outside the database does, and goes on telling."""
    actor, folder = await alpha.member("camille"), Path(alpha.settings.var_dir)

    async def work() -> None:
        community = await Community.current()
        await kept_head.keep(folder)
        first = kept_head.read(folder)
        assert first and (first.records, await ledger_head.fault(first)) == (2, "")
        await consents.give(actor, Purpose.SEARCH_ENGINES, "en", community)
        await kept_head.keep(folder)
        whole = kept_head.read(folder)
        assert whole and whole.records == 3 and not await ledger_head.fault(first), "an older head still fits"
        assert await ledger_head.fault(replace(whole, records=2)) and await ledger_head.fault(replace(whole, signature="00"))
        last = await ConsentRecord.all().order_by("-id").first()
        await rows(f"DELETE FROM consent_record WHERE id = {last.id}")  # type: ignore[union-attr]
        assert (await ledger.verify()).fault is None, "the chain alone shows nothing"
        assert "its end is gone" in await ledger_head.fault(whole)
        await consents.give(actor, Purpose.CONTENT_IN_MAIL, "en", community)
        await kept_head.keep(folder)
        assert kept_head.read(folder) == whole, "what was kept is not replaced by less"
        (folder / kept_head.FILE).write_text('{"records": -1}')
        with pytest.raises(Malformed):
            kept_head.read(folder)
    await alpha.run(work())
