"""What a guardian may do for somebody else. Pure decisions over what `models.guardian` holds."""
from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from models.consent import ConsentEvent, ConsentState
from models.guardian import Guardianship


class Act(StrEnum):
    """What one can do for a managed profile."""

    VIEW = "view"
    WRITE = "write"
    CONSENT = "consent"


def may(tie: Guardianship | None, act: Act) -> bool:
    """Whether this guardianship lets its guardian do that, now."""
    if tie is None or tie.is_over:
        return False
    return {Act.VIEW: tie.may_view, Act.WRITE: tie.may_write, Act.CONSENT: tie.may_consent}[act]


def says_no(state: ConsentState | None, event: ConsentEvent | None) -> bool:
    """Whether a guardian's last word on a purpose was a no, or a pause."""
    return state in (ConsentState.WITHDRAWN, ConsentState.REFUSED) or event is ConsentEvent.PAUSED


def counts(wanted: bool, others_say_no: Iterable[bool]) -> bool:
    """Whether a guardian's word takes effect beside those of the others: the narrower wins, so a no always does."""
    return not wanted or not any(others_say_no)
