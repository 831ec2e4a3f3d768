"""Filter, FilterResult and V1::Filter (docs.joinmastodon.org/entities/Filter)."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from models import Filter as FilterRow
from models import FilteredPost, FilterKeyword
from models.filter import InForce
from server.api.answers import instant_or_none
from server.display.sieve import Match


class Keyword(TypedDict):
    """Words that a filter looks for."""

    id: str
    keyword: str
    whole_word: bool


class FilterStatus(TypedDict):
    """A message that a filter holds."""

    id: str
    status_id: str


class Filter(TypedDict):
    """A filter."""

    id: str
    title: str
    context: list[str]
    expires_at: str | None
    filter_action: str
    keywords: list[Keyword]
    statuses: list[FilterStatus]


class FilterResult(TypedDict):
    """Why a filter holds a message."""

    filter: Filter
    keyword_matches: list[str] | None
    status_matches: list[str] | None


class V1Filter(TypedDict):
    """One keyword of a filter, as the first version of the API knew filters."""

    id: str
    phrase: str
    context: list[str]
    whole_word: bool
    expires_at: str | None
    irreversible: bool


def keyword(row: FilterKeyword) -> Keyword:
    """One keyword."""
    return {"id": str(row.id), "keyword": row.keyword, "whole_word": row.whole_word}


def filter_status(row: FilteredPost) -> FilterStatus:
    """One message."""
    return {"id": str(row.id), "status_id": str(row.post_id)}


async def filters(rows: Sequence[FilterRow]) -> list[Filter]:
    """Filters with what is in them, in two queries."""
    ids = [row.id for row in rows] or [0]
    words, posts = dict[int, list[Keyword]](), dict[int, list[FilterStatus]]()
    for word in await FilterKeyword.filter(rule_id__in=ids).order_by("id"):
        words.setdefault(word.rule_id, []).append(keyword(word))
    for post in await FilteredPost.filter(rule_id__in=ids).order_by("id"):
        posts.setdefault(post.rule_id, []).append(filter_status(post))
    return [{"id": str(row.id), "title": row.title, "context": list(row.contexts), "expires_at": instant_or_none(row.expires_at),
             "filter_action": row.action, "keywords": words.get(row.id, []), "statuses": posts.get(row.id, [])} for row in rows]


def v1_filter(row: FilterKeyword) -> V1Filter:
    """One keyword with its filter."""
    rule = row.rule
    return {"id": str(row.id), "phrase": row.keyword, "context": list(rule.contexts), "whole_word": row.whole_word,
            "expires_at": instant_or_none(rule.expires_at), "irreversible": rule.action == "hide"}


def results(post_id: int, matches: Sequence[Match]) -> list[FilterResult]:
    """Why filters hold a message."""
    return [{"filter": _summary(match.rule), "keyword_matches": list(match.words) or None,
             "status_matches": [str(post_id)] if match.is_named else None} for match in matches]


def _summary(rule: InForce) -> Filter:
    return {"id": str(rule.id), "title": rule.title, "context": list(rule.contexts), "filter_action": rule.action,
            "expires_at": instant_or_none(rule.expires_at), "keywords": [], "statuses": []}
