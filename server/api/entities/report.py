"""Report (docs.joinmastodon.org/entities/Report): as its reporter keeps it, and as the team is told that there is one."""
from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypedDict

from models import Report as ReportRow
from models.case import Matter
from server.api.answers import instant, instant_or_none
from server.api.entities.account import Account


class Category(StrEnum):
    """What a report is about, in the words of the client API."""

    SPAM = "spam"
    LEGAL = "legal"
    VIOLATION = "violation"  # of rules, which `rule_ids` then names
    OTHER = "other"


def category_of(matter: Matter, rules: Sequence[int] | None) -> Category:
    """One of four, out of our nine and the rules that were named."""
    if rules:
        return Category.VIOLATION
    return {Matter.SCAM: Category.SPAM, Matter.PROMOTION: Category.SPAM, Matter.LAW: Category.LEGAL}.get(matter, Category.OTHER)


def matter_of(category: Category | None, before: Matter = Matter.OTHER) -> Matter:
    """The other way, as the more urgent one where an app says less than we ask; `before` stays where it fits."""
    if category is None or category in (category_of(before, None), Category.VIOLATION):
        return before
    return {Category.SPAM: Matter.SCAM, Category.LEGAL: Matter.LAW}.get(category, Matter.OTHER)


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
        "category": str(category_of(row.matter, row.rules)), "comment": row.text, "forwarded": row.forwarded_at is not None,
        "created_at": instant(row.created_at), "status_ids": [str(id_) for id_ in post_ids],
        "rule_ids": [str(number) for number in row.rules or ()], "target_account": target}


def told_of(row: ReportRow, target: Account) -> Report:
    """That there is one. Its words and messages stand in the report alone, where it is written down who read them."""
    return report(row, target, ()) | {"comment": ""}
