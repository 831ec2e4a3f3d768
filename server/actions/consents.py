"""What members say yes and no to, written into the ledger. What follows from it is in `server.actions.sharing`."""
from __future__ import annotations

from dataclasses import dataclass

from federation import ledger
from federation.addresses import origin_of
from models import Actor, Community, ConsentRecord, clock
from models.consent import Capacity, ConsentEvent, ConsentState, Purpose
from moderation import consent
from server.actions import guardian_voices

PLACE_TO_TAKE_BACK = "/data"
UNTIL_TAKEN_BACK = "until it is taken back"


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says it, and as what; None is the member."""

    actor_id: int | None = None
    capacity: Capacity = Capacity.SELF


OWN = Voice()


def words(purpose: Purpose, language: str, community: Community) -> str:
    """The exact words that are asked, for a reader of this language."""
    return consent.PURPOSES[purpose].in_words(language, community=community.name, condition=community.condition_in(language))


async def give(actor: Actor, purpose: Purpose, language: str, community: Community, *, scope: str = "", audience: str = "",
               voice: Voice = OWN) -> ConsentRecord:
    """Write down a yes about this member of ours, now, to the words shown in this language.

    `scope`: which line or study it is about; `audience`: who, where the question leaves that open. A guardian's yes is
    written down as not valid where another guardian says no.
    """
    if not await _counts(actor, purpose, scope, True, voice):
        return await _record(actor, purpose, ConsentState.INVALIDATED, ConsentEvent.INVALIDATED, language, community, scope,
                             audience, voice)
    last = await ConsentRecord.newest(actor.id, purpose, scope)
    event = ConsentEvent.GIVEN
    if last is not None and last.event is ConsentEvent.PAUSED:
        event = ConsentEvent.RESUMED
    elif last is not None and (last.is_given or last.event is ConsentEvent.FROZEN):
        event = ConsentEvent.RENEWED
    return await _record(actor, purpose, ConsentState.GIVEN, event, language, community, scope, audience, voice)


async def take_back(actor: Actor, purpose: Purpose, language: str, community: Community, *, scope: str = "",
                    voice: Voice = OWN) -> ConsentRecord:
    """Write down that this member of ours no longer agrees, or never did. A no always counts."""
    await _counts(actor, purpose, scope, False, voice)
    last = await ConsentRecord.newest(actor.id, purpose, scope)
    agreed = last is not None and was_agreed(last)
    state, event = ((ConsentState.WITHDRAWN, ConsentEvent.WITHDRAWN) if agreed
                    else (ConsentState.REFUSED, ConsentEvent.REFUSED))
    return await _record(actor, purpose, state, event, language, community, scope, last.audience if last else "", voice)


async def set_to(actor: Actor, purpose: Purpose, wanted: bool, language: str, community: Community,
                 voice: Voice = OWN) -> None:
    """Write down a yes or a no, unless it is what was said last."""
    last = await ConsentRecord.newest(actor.id, purpose)
    if wanted and (last is None or not consent.is_in_force(last)):
        await give(actor, purpose, language, community, voice=voice)
    elif not wanted and last is not None and was_agreed(last):
        await take_back(actor, purpose, language, community, voice=voice)


async def _counts(actor: Actor, purpose: Purpose, scope: str, wanted: bool, voice: Voice) -> bool:
    """Between guardians the narrower wins, and the team is told."""
    if voice.capacity is not Capacity.GUARDIAN or voice.actor_id is None:
        return True
    return await guardian_voices.counts(actor, purpose, scope, wanted, voice.actor_id)


def was_agreed(last: ConsentRecord) -> bool:
    """Whether there is something to take back: a yes, in force or waiting to be renewed or resumed."""
    return last.granted or last.event in (ConsentEvent.PAUSED, ConsentEvent.FROZEN)


async def end(record: ConsentRecord, event: ConsentEvent, state: ConsentState, voice: Voice) -> ConsentRecord:
    """Write down that a yes counts no longer, without new words: it ran out, was paused, or something changed."""
    kept = {name: getattr(record, name) for name in (
        "actor_id", "purpose", "scope", "wording", "language", "text_digest", "subject", "notice", "categories", "audience",
        "controllers", "recipients", "storage_place", "retention", "jurisdiction", "withdrawal_method", "valid_until")}
    return await ledger.append(**kept, granted=False, state=state, event=event, capacity=voice.capacity,
                               acted_by_id=voice.actor_id)


async def _record(actor: Actor, purpose: Purpose, state: ConsentState, event: ConsentEvent, language: str,
                  community: Community, scope: str, audience: str, voice: Voice) -> ConsentRecord:
    question, now = consent.PURPOSES[purpose], clock.now()
    given = state is ConsentState.GIVEN
    who = " · ".join(part for part in (community.association, community.name, community.contact) if part)
    return await ledger.append(
        actor=actor, purpose=purpose, scope=scope, granted=given, state=state, event=event, created_at=now,
        wording=question.version, language=language, text_digest=await ledger.keep_text(words(purpose, language, community)),
        subject=actor.key, acted_by_id=voice.actor_id or actor.id, capacity=voice.capacity, notice=f"dazzle:{purpose}",
        categories=question.categories, audience=audience or question.audience, controllers=who,
        recipients=question.recipients, storage_place=community.place, jurisdiction=community.country,
        retention=f"P{question.months}M" if question.months else UNTIL_TAKEN_BACK,
        withdrawal_method=origin_of(actor.uri) + PLACE_TO_TAKE_BACK,
        valid_until=consent.ends_at(purpose, now) if given else None)
