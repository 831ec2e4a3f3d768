"""People like me: who here has signs like mine. Only members who chose to be found and show their signs to the community."""
from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from models import Actor, ProfileLine, ProfileValue, Q, clock
from models.catalogue.catalogue import Catalogue, SignFacts
from models.catalogue.records import number, sign_code
from models.consent import Purpose
from models.member import MemberState
from models.reach import Reach
from moderation import consent, lines
from moderation.similarity import Crowd, closure, sim_gic

PEOPLE_LIMIT = 5000
KEPT_SECONDS = 300
PAGE = 50
CLOSER_LOOK = 60


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody whose signs are like mine: how much, from 0 to 1, and what may be named of what is shared, as codes."""

    actor: Actor
    score: float
    reasons: tuple[str, ...]


class Likeness:
    """The signs of all who can be found, kept for some minutes and then forgotten. What it finds is asked of the database anew,
    so that nobody who took a yes back is still found.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.crowd: Crowd | None = None
        self._made_at = clock.now()
        self._one_at_a_time = asyncio.Lock()

    async def people(self, me: Actor, among: Q, count: int, least: int) -> list[Alike]:
        """Those most like me, best first. `among`: whom I may find at all; `least`: how many must have what a reason names."""
        mine = _terms(await ProfileValue.filter(actor_id=me.id, line=ProfileLine.SIGNS))
        if not mine:
            return []
        crowd = await self._crowd()
        facts = await asyncio.to_thread(self.catalogue.signs, mine)
        above = {term: fact.above for term, fact in facts.items()}
        wanted = closure(mine, above)
        best = [person for person, _ in crowd.ranked(wanted, CLOSER_LOOK) if person != me.id]
        return await self._checked(crowd, best, wanted, among, count, least)

    async def _checked(self, crowd: Crowd, best: Sequence[int], wanted: frozenset[int], among: Q, count: int,
                       least: int) -> list[Alike]:
        """The same people as they are now: found, shown, and with the signs that they say now."""
        allowed = await Actor.filter(among, _found_here(), id__in=list(best) or [0])
        there = {actor.id: actor for actor in allowed if _shows(actor)}
        said: dict[int, list[ProfileValue]] = {}
        for row in await ProfileValue.filter(actor_id__in=list(there) or [0], line=ProfileLine.SIGNS):
            said.setdefault(row.actor_id, []).append(row)
        terms = {term for rows in said.values() for term in _terms(rows)} | wanted
        facts = await asyncio.to_thread(self.catalogue.signs, terms)
        above, bits = {term: fact.above for term, fact in facts.items()}, _bits(facts)
        found = []
        for one, rows in said.items():
            theirs = closure(_terms(rows), above)
            reasons = crowd.reasons(wanted, theirs, above, least)
            found.append(Alike(there[one], sim_gic(wanted, theirs, {**bits, **crowd.bits}), tuple(map(sign_code, reasons))))
        return sorted((one for one in found if one.score), key=lambda one: (-one.score, one.actor.id))[:count]

    async def _crowd(self) -> Crowd:
        """That of the last minutes; while one makes it anew, all others go on with the old one."""
        if self.crowd is not None and (self._is_fresh() or self._one_at_a_time.locked()):
            return self.crowd
        async with self._one_at_a_time:
            if self.crowd is None or not self._is_fresh():
                self.crowd, self._made_at = await self._made(), clock.now()
            return self.crowd

    def _is_fresh(self) -> bool:
        return (clock.now() - self._made_at).total_seconds() <= KEPT_SECONDS

    async def _made(self) -> Crowd:
        """Everybody's signs, read by pages so small that whoever else is here waits for some milliseconds only."""
        signs: dict[int, list[int]] = {}
        after = 0
        while len(signs) < PEOPLE_LIMIT:
            page = await Actor.filter(Actor.present(), id__gt=after, host="", discoverable=True).order_by("id").limit(PAGE).only(
                "id", "host", "line_words")
            if not page:
                break
            after = page[-1].id
            shown = [actor.id for actor in page if _shows(actor)]
            values = ProfileValue.filter(actor_id__in=shown or [0], line=ProfileLine.SIGNS).exclude(code="")
            for person, code in await values.values_list("actor_id", "code"):
                signs.setdefault(int(str(person)), []).append(number(str(code)))
        return await asyncio.to_thread(self._filled, dict(list(signs.items())[:PEOPLE_LIMIT]))

    def _filled(self, signs: dict[int, list[int]]) -> Crowd:
        facts = self.catalogue.signs({term for terms in signs.values() for term in terms})
        above = {term: fact.above for term, fact in facts.items()}
        crowd = Crowd(_bits(facts | self.catalogue.signs({term for fact in facts.values() for term in fact.above})))
        for person, terms in signs.items():
            crowd.add(person, closure(terms, above))
        return crowd


def _found_here() -> Q:
    return Q(Actor.present(), consent.those_who_allow(Purpose.FOUND_HERE), host="", member__state=MemberState.ACTIVE)


def _shows(actor: Actor) -> bool:
    return lines.reach_of(actor, ProfileLine.SIGNS).level >= Reach.COMMUNITY.level


def _terms(rows: Sequence[ProfileValue]) -> list[int]:
    return [number(row.code) for row in rows if row.code]


def _bits(facts: dict[int, SignFacts]) -> dict[int, float]:
    return {term: fact.information for term, fact in facts.items()}
