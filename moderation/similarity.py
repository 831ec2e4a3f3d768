"""How alike two people's signs are, and which of them may be named as the reason.

The measure is simGIC: the information content that two sets of terms share, of all that they hold, each set with everything that
its terms are a kind of (C. Pesquita et al., Metrics for GO based protein semantic similarity: a systematic evaluation, BMC
Bioinformatics 9 (2008) S4, doi:10.1186/1471-2105-9-S5-S4). Rare signs count more than frequent ones.
"""
from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

LEAST_BITS = 0.1  # what nearly every disease has says nothing
REASONS_LIMIT = 3


def sim_gic(mine: AbstractSet[int], theirs: AbstractSet[int], bits: Mapping[int, float]) -> float:
    """From 0, nothing in common, to 1. `bits`: the information content of each term; terms without count nothing."""
    both = sum(bits.get(term, 0.0) for term in mine & theirs)
    either = sum(bits.get(term, 0.0) for term in mine | theirs)
    return both / either if either else 0.0


@dataclass
class Crowd:
    """Many people's signs, turned round: for each term, who has it. It takes some hundred bytes a person."""

    bits: Mapping[int, float]
    people: list[int] = field(default_factory=list)
    totals: array[float] = field(default_factory=lambda: array("d"))
    having: dict[int, array[int]] = field(default_factory=dict)

    def add(self, person: int, terms: Iterable[int]) -> None:
        """One more person, with everything that their signs are a kind of."""
        at = len(self.people)
        self.people.append(person)
        telling = [term for term in terms if self.bits.get(term, 0.0) >= LEAST_BITS]
        self.totals.append(sum(self.bits[term] for term in telling))
        for term in telling:
            self.having.setdefault(term, array("H")).append(at)

    def ranked(self, mine: AbstractSet[int], count: int) -> list[tuple[int, float]]:
        """The people whose signs are most like these, with simGIC, best first; those who share nothing are left out."""
        telling = {term: self.bits[term] for term in mine if self.bits.get(term, 0.0) >= LEAST_BITS}
        total, shared = sum(telling.values()), [0.0] * len(self.people)
        for term, weight in telling.items():
            for at in self.having.get(term, ()):
                shared[at] += weight
        totals = zip(shared, self.totals, strict=True)
        scores = ((both / (total + its - both), -at) for at, (both, its) in enumerate(totals) if both)
        return [(self.people[-at], score) for score, at in heapq.nlargest(count, scores)]

    def reasons(self, mine: AbstractSet[int], theirs: AbstractSet[int], above: Mapping[int, AbstractSet[int]],
                least: int) -> list[int]:
        """The terms that say most of what two share, as far as at least `least` people here have all of them together: a reason
        points at nobody. What another one is a kind of is not named beside it. `above`: of each term, what it is a kind of.
        """
        chosen: list[int] = []
        group: set[int] | None = None
        for term in sorted(mine & theirs, key=lambda one: (-self.bits.get(one, 0.0), one)):
            if len(chosen) == REASONS_LIMIT or self.bits.get(term, 0.0) < LEAST_BITS:
                break
            if any(term in above.get(one, ()) for one in chosen):
                continue
            among = set(self.having.get(term, ())) if group is None else group & set(self.having.get(term, ()))
            if len(among) >= least:
                chosen.append(term)
                group = among
        return chosen


def closure(terms: Sequence[int], above: Mapping[int, AbstractSet[int]]) -> frozenset[int]:
    """Some terms with everything that they are a kind of."""
    return frozenset().union(*(above.get(term, frozenset()) for term in terms))
