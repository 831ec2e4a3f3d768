"""The filters of a member, ready to look at many messages: for pages and for apps alike."""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from models import Post
from models.filter import InForce
from moderation import markup

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Match:
    """A filter that holds a message: by these words, or because the message itself is in it."""

    rule: InForce
    words: tuple[str, ...]
    is_named: bool


class Sieve:
    """The filters of a reader for one place (a word of `Filter.contexts`)."""

    def __init__(self, rules: Sequence[InForce], context: str) -> None:
        self._rules = [(rule, [_Wanted.of(word, whole) for _, word, whole in rule.keywords])
                       for rule in rules if context in rule.contexts]

    @property
    def rule_ids(self) -> list[int]:
        """The filters that work in this place."""
        return [rule.id for rule, _ in self._rules]

    def matches(self, text: str, held: Set[int]) -> list[Match]:
        """The filters that hold a message, by its words or because it is in them (`held`: ids of filters)."""
        found, lower = list[Match](), text.lower()
        there = frozenset(_WORD.findall(lower))
        for rule, words in self._rules:
            matches = tuple(wanted.word for wanted in words if wanted.stands_in(lower, there))
            if matches or rule.id in held:
                found.append(Match(rule, matches, rule.id in held))
        return found


def text_of(post: Post, pictures: Iterable[str], answers: Iterable[str]) -> str:
    """What filters look at: its words, its content note, what its pictures show, the answers to choose."""
    return "\n".join([post.title, post.shown_warning, markup.plain(post.html), *pictures, *answers])


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
