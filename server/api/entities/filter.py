"""Filter, FilterResult and V1::Filter (docs.joinmastodon.org/entities/Filter)."""
from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import TypedDict

from models import Filter as FilterRow
from models import FilteredPost, FilterKeyword
from models.filter import InForce
from server.api.answers import instant_or_none

_WORD = re.compile(r"\w+")


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


class Sieve:
    """The filters of a reader for one place, ready to look at many messages."""

    def __init__(self, rules: Sequence[InForce], context: str) -> None:
        self._rules = [(rule, [_Wanted.of(word, whole) for _, word, whole in rule.keywords])
                       for rule in rules if context in rule.contexts]

    def results(self, post_id: int, text: str, held: set[int]) -> list[FilterResult]:
        """The filters that hold a message, by its words or because it is in them (`held`: ids of filters)."""
        found, lower = list[FilterResult](), text.lower()
        there = frozenset(_WORD.findall(lower))
        for rule, words in self._rules:
            matches = [wanted.word for wanted in words if wanted.stands_in(lower, there)]
            if matches or rule.id in held:
                found.append({"filter": _summary(rule), "keyword_matches": matches or None,
                              "status_matches": [str(post_id)] if rule.id in held else None})
        return found


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A keyword, ready to be looked for thousands of times: a pattern for each took seconds for one page."""

    word: str
    lower: str
    whole: bool
    is_one: bool  # a single word, which stands in a text or does not

    @classmethod
    def of(cls, word: str, whole: bool) -> _Wanted:
        lower = word.lower()
        return cls(word, lower, whole, bool(whole and lower[:1].isalnum() and lower[-1:].isalnum() and _WORD.fullmatch(lower)))

    def stands_in(self, text: str, words: Set[str]) -> bool:
        """Whether it is in a text, in lower case both, whose words are these."""
        if self.is_one:
            return self.lower in words
        return self.lower in text and (not self.whole or _between_words(self.lower, text))


def _between_words(phrase: str, text: str) -> bool:
    """The letters as they are, between letters that are none."""
    start, end = (r"\b" if phrase[:1].isalnum() else ""), (r"\b" if phrase[-1:].isalnum() else "")
    return re.search(f"{start}{re.escape(phrase)}{end}", text) is not None


def _summary(rule: InForce) -> Filter:
    return {"id": str(rule.id), "title": rule.title, "context": list(rule.contexts), "filter_action": rule.action,
            "expires_at": instant_or_none(rule.expires_at), "keywords": [], "statuses": []}
