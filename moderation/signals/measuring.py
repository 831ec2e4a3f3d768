"""How well the rules do on messages of which somebody has written down what should follow.

A set is a file of JSON lines: {"text", "language", "expect": {rule: consequence}}, and where it matters "newcomer" (true: their
first messages are over, "first": they are not) and "watched" (names). "expect" is empty for ordinary talk.
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.post import About
from models.signal import Consequence
from moderation import signals
from moderation.signals.facts import Facts

LEAST_RECALL = 0.9
MOST_FALSE_HOLDS = 0.05
FIRST_HELD = 2


@dataclass(frozen=True, slots=True)
class Example:
    """One message, and what should follow."""

    facts: Facts
    expect: dict[str, Consequence]


@dataclass(slots=True)
class Score:
    """Of one rule, or of all: how often it should speak and did, and how often it spoke of what it should not."""

    wanted: int = 0
    found: int = 0
    wrongly: int = 0

    @property
    def recall(self) -> float:
        """The share of what should be found that was."""
        return self.found / self.wanted if self.wanted else 1.0


@dataclass(slots=True)
class Result:
    """What came out of a set."""

    rules: dict[str, Score] = field(default_factory=dict)
    ordinary: int = 0  # messages that no rule should hold
    held_wrongly: int = 0  # of those
    missed: list[tuple[str, str]] = field(default_factory=list)  # rule, text
    wrong: list[tuple[str, str]] = field(default_factory=list)  # rule, text

    @property
    def recall(self) -> float:
        """Over all rules together."""
        wanted = sum(score.wanted for score in self.rules.values())
        return sum(score.found for score in self.rules.values()) / wanted if wanted else 1.0

    @property
    def false_holds(self) -> float:
        """The share of messages that nobody should hold, and a rule did."""
        return self.held_wrongly / self.ordinary if self.ordinary else 0.0

    @property
    def is_good(self) -> bool:
        """Whether it reaches both bars, each rule the first."""
        return all(score.recall >= LEAST_RECALL for score in self.rules.values()) and self.false_holds <= MOST_FALSE_HOLDS


def examples(lines: Iterable[str]) -> list[Example]:
    """A set, out of its lines. ValueError or KeyError for one that says something else."""
    return [_example(json.loads(line)) for line in lines if line.strip()]


def measure(given: Sequence[Example]) -> Result:
    """Every message past every rule."""
    result = Result(rules={signal.name: Score() for signal in signals.SIGNALS if any(signal.name in one.expect for one in given)})
    for one in given:
        _count(result, one)
    return result


def _example(line: dict[str, Any]) -> Example:
    is_new = bool(line.get("newcomer"))
    watched = tuple(name.lower() for name in line.get("watched", ()))
    facts = Facts(texts=(line["text"],), language=line["language"], is_newcomer=is_new, first_held=FIRST_HELD, about=About.ME,
                  let_go_count=0 if line.get("first") else FIRST_HELD, watched=watched)
    return Example(facts, {rule: Consequence(what) for rule, what in line["expect"].items()})


def _count(result: Result, one: Example) -> None:
    said = {signal.name: finding.consequence for signal, finding in signals.findings(one.facts)}
    for rule, consequence in one.expect.items():
        result.rules[rule].wanted += 1
        if said.get(rule) is consequence:
            result.rules[rule].found += 1
        else:
            result.missed.append((rule, one.facts.texts[0]))
    for rule in said.keys() - one.expect.keys():
        result.rules.setdefault(rule, Score()).wrongly += 1
        result.wrong.append((rule, one.facts.texts[0]))
    if Consequence.HOLD not in one.expect.values():
        result.ordinary += 1
        result.held_wrongly += Consequence.HOLD in said.values()
