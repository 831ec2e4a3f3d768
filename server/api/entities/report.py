"""Report (docs.joinmastodon.org/entities/Report): as its reporter keeps it, and as the team is told that there is one."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from models import Report as ReportRow
from server.api.answers import instant, instant_or_none
from server.api.entities.account import Account


class Report(TypedDict):
    """What somebody told the team about somebody."""

    id: str
    action_taken: bool
    action_taken_at: str | None
    category: str
    comment: str
    forwarded: bool
    created_at: str
    status_ids: list[str]
    rule_ids: list[str]
    target_account: Account


def report(row: ReportRow, target: Account, post_ids: Sequence[int]) -> Report:
    """Whole, for whoever made it."""
    return {
        "id": str(row.id), "action_taken": row.closed_at is not None, "action_taken_at": instant_or_none(row.closed_at),
        "category": str(row.category), "comment": row.text, "forwarded": row.forwarded_at is not None,
        "created_at": instant(row.created_at), "status_ids": [str(id_) for id_ in post_ids],
        "rule_ids": [str(number) for number in row.rules or ()], "target_account": target}


def told_of(row: ReportRow, target: Account) -> Report:
    """That there is one. Its words and messages stand in the report alone, where it is written down who read them."""
    return report(row, target, ()) | {"comment": ""}
