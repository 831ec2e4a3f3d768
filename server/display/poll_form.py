"""The part of the composer that asks a question with answers to choose."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.actions.drafts import Typed
from server.actions.polls import LONGEST, OPTIONS_LIMIT, BadPoll, PollDraft
from server.entrance.forms import Form
from server.views import FieldError, Option
from server.words.language import Words, gettext_for

FIELDS_AT_FIRST = 4
ENDS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "three": timedelta(days=3),
        "week": timedelta(days=7), "month": LONGEST}
USUAL = "three"
KEPT_CHARACTERS = 1000  # what is too long comes back to be shortened


def read(form: Form) -> dict[str, Any]:
    """The fields of `Typed` that are about it. Fields that were left empty count for nothing."""
    choices = tuple(choice[:KEPT_CHARACTERS] for choice in form.all("choice")[:OPTIONS_LIMIT] if choice.strip())
    return {"choices": choices, "several": form.text("several", 1), "ends": form.text("ends", 10)}


def asked(typed: Typed) -> PollDraft | None:
    """What is asked, unless no answer to choose was typed."""
    if not typed.choices:
        return None
    return PollDraft(typed.choices, is_multiple=bool(typed.several), ends_in=ENDS.get(typed.ends, ENDS[USUAL]))


def errors(typed: Typed, lang: str) -> list[FieldError]:
    """What is wrong with it."""
    try:
        if draft := asked(typed):
            draft.check()
    except BadPoll as error:
        return [FieldError("choice-1", gettext_for(lang)(error.safe))]
    return []


def fields(typed: Typed, wants_more: bool) -> tuple[str, ...]:
    """What stands in the fields for the answers: as many fields as one mostly needs, or all."""
    number = OPTIONS_LIMIT if wants_more or len(typed.choices) > FIELDS_AT_FIRST else FIELDS_AT_FIRST
    return (*typed.choices, *[""] * (number - len(typed.choices)))


def ends(typed: Typed, _: Words) -> tuple[Option, ...]:
    """For how long answers are taken."""
    names = {"hour": _("1 hour"), "day": _("1 day"), "three": _("3 days"), "week": _("1 week"), "month": _("1 month")}
    chosen = typed.ends if typed.ends in ENDS else USUAL
    return tuple(Option(value=value, title=name, checked=value == chosen) for value, name in names.items())
