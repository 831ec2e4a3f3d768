"""How far a server is with erasing what a member took back: decided out of what is known, here alone."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.withdrawal import WithdrawalState

TRIED_FOR = timedelta(days=7)  # health.md §3.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is known about one server that was asked.

    `answers`: its software speaks the withdrawal notices of Dazzle. `delivered`: it took the notice, or the Delete.
    `said`: what its signed acknowledgement says, "erased" or anything else; None before one came.
    """

    answers: bool
    delivered: bool
    asked_at: datetime
    said: str | None = None
    given_up: bool = False  # the delivery was refused for good


def state(asking: Asking, now: datetime) -> WithdrawalState:
    """CONFIRMED only by a signed answer; silence becomes FAILED after seven days, and a plain server is never more than ASKED."""
    if asking.said is not None:
        return WithdrawalState.CONFIRMED if asking.said == "erased" else WithdrawalState.NOT_CAPABLE
    if asking.delivered and not asking.answers:
        return WithdrawalState.ASKED
    if asking.given_up or now - asking.asked_at > TRIED_FOR:
        return WithdrawalState.FAILED
    return WithdrawalState.PENDING


def is_cut_off(asked_at: datetime, decided_at: datetime | None, now: datetime, limit: timedelta) -> bool:
    """Whether a server that still owes an answer is sent and served nothing any more: `limit` after it was asked
    (`moderation.charters.silence_limit`). Once a person of our team has decided about it after that, the decision stands.
    """
    until = asked_at + limit
    return now > until and (decided_at is None or decided_at < until)
