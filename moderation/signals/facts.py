"""What a rule is given, what it answers, and what a rule is. Plain values: no database, no network, no clock."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from models.case import Matter
from models.post import About
from models.reach import Reach
from models.review import ReviewCause
from models.signal import Consequence
from moderation.reviews import Rule
from moderation.signals.reading import plain, squeezed

WORDS_LIMIT = 10  # that one rule names
WORD_LIMIT_CHARACTERS = 80


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One message, or one profile, as rules see it. `texts`: all that its writer has typed, and where links lead."""

    texts: tuple[str, ...]
    reach: Reach = Reach.COMMUNITY
    language: str = ""  # as its writer says, or ""
    is_newcomer: bool = False  # came without an invitation, and is not trusted yet
    age_days: int = 0  # of the account
    let_go_count: int = 0  # messages of this newcomer that the team has read and let go
    first_held: int = 0  # so many first messages of a newcomer wait
    is_profile: bool = False  # what somebody says about themselves, no message
    about: About = About.UNSAID
    about_agrees: bool = False
    others: Rule = field(default_factory=lambda: Rule(False, ()))  # the rule on others' health, as the host has set it
    watched: tuple[str, ...] = ()  # names of companies and products that the host watches

    @cached_property
    def plain(self) -> str:
        """All texts as `reading.plain` makes them, one a line."""
        return "\n".join(plain(text) for text in self.texts if text)

    @cached_property
    def squeezed(self) -> str:
        """The same without anything but letters and digits."""
        return squeezed(self.plain)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule speaks: what follows, and what it found, as words for the writer and the team. No words: nothing can be quoted."""

    consequence: Consequence
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        kept = dict.fromkeys(" ".join(word.split())[:WORD_LIMIT_CHARACTERS] for word in self.words if word.strip())
        object.__setattr__(self, "words", tuple(kept)[:WORDS_LIMIT])


Look = Callable[[Facts], Finding | None]


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule. `look` is pure: the same facts, the same answer."""

    name: str
    matter: Matter
    cause: ReviewCause
    look: Look
