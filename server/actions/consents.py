"""A member says yes, or takes a yes back."""
from __future__ import annotations

from models import Actor, Community, ConsentRecord
from models.consent import Purpose
from moderation import consent


def words(purpose: Purpose, language: str, community: Community) -> str:
    """The exact words that are asked, for a reader of this language."""
    return consent.PURPOSES[purpose].in_words(language, community=community.name, condition=community.condition_in(language))


async def give(actor: Actor, purpose: Purpose, language: str, community: Community) -> ConsentRecord:
    """Write down that this member of ours said yes, now, to the words shown in this language."""
    return await _record(actor, purpose, True, language, community)


async def take_back(actor: Actor, purpose: Purpose, language: str, community: Community) -> ConsentRecord:
    """Write down that this member of ours no longer agrees."""
    return await _record(actor, purpose, False, language, community)


async def set_to(actor: Actor, purpose: Purpose, wanted: bool, language: str, community: Community) -> None:
    """Write down a yes or a no, unless it is what was said last."""
    if bool(await consent.in_force(actor.id, purpose)) != wanted:
        await _record(actor, purpose, wanted, language, community)


async def _record(actor: Actor, purpose: Purpose, granted: bool, language: str, community: Community) -> ConsentRecord:
    read = words(purpose, language, community)
    return await ConsentRecord.create(actor=actor, purpose=purpose, granted=granted, language=language,
                                      wording=consent.PURPOSES[purpose].version, text_digest=consent.digest_of(read))
