"""What rules notice in messages before anybody reads them. Pure: no rule writes, holds or erases; `server.actions.signals` acts.

Each rule looks at the same `Facts` and answers a `Finding` or nothing; all of them are asked, in the order of SIGNALS. The first
that holds gives the message its cause. A host can switch each off, and add more (`moderation.signals.added`).
"""
from __future__ import annotations

from collections.abc import Collection, Sequence

from models.case import Matter
from models.reach import Reach
from models.review import ReviewCause
from moderation.signals import (
    about_others,
    contact_data,
    cures,
    doses,
    first_messages,
    machines,
    payments,
    products,
)
from moderation.signals.facts import Facts as Facts
from moderation.signals.facts import Finding as Finding
from moderation.signals.facts import Signal as Signal

SIGNALS: tuple[Signal, ...] = (
    Signal("payment", Matter.SCAM, ReviewCause.PAYMENT, payments.look),
    Signal("cure", Matter.MEDICAL, ReviewCause.CURE, cures.look),
    Signal("dose", Matter.MEDICAL, ReviewCause.DOSE, doses.look),
    Signal("contact", Matter.PRIVACY, ReviewCause.CONTACT, contact_data.look),
    Signal("about_others", Matter.PRIVACY, ReviewCause.ABOUT_OTHERS, about_others.look),
    Signal("product", Matter.PROMOTION, ReviewCause.PRODUCT, products.look),
    Signal("machine", Matter.OTHER, ReviewCause.OTHER, machines.look),
    Signal("first_messages", Matter.OTHER, ReviewCause.FIRST, first_messages.look),
)


def findings(facts: Facts, off: Collection[str] = ()) -> tuple[tuple[Signal, Finding], ...]:
    """What our rules say of a message, in their order, without those that are switched off.

    Nothing about a note to oneself or a message to named people: that the team read those would take more than it protects.
    """
    if facts.reach.level < Reach.COMMUNITY.level:
        return ()
    said = ((signal, signal.look(facts)) for signal in SIGNALS if signal.name not in off)
    return tuple((signal, finding) for signal, finding in said if finding)


def names(found: Sequence[tuple[Signal, Finding]]) -> tuple[str, ...]:
    """Which rules spoke."""
    return tuple(signal.name for signal, _ in found)
