"""The invented story, read from the TOML files beside this one."""
from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from models.community import SignUp
from models.member import Role
from models.post import About, Note, Voice
from models.reach import Reach

SIDES = ("first", "second")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody invented. `shares`: has agreed to be known elsewhere (C5); `found`: to be found among the people (C3)."""

    name: str
    display: str
    situation: str
    about: str = ""
    role: Role = Role.MEMBER
    found: bool = False
    shares: bool = True
    approves: bool = False  # answers by hand those who ask to follow
    waiting: bool = False  # has asked to join
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something invented that somebody wrote `days` ago. `reply` is the id of what it answers, which stands before it."""

    by: str
    text: str
    id: str = ""
    days: float = 0.0
    voice: Voice = Voice.NONE
    reach: Reach | None = None  # none: as what it answers, else the community
    note: Note = Note.NONE
    warning: str = ""
    reply: str = ""
    to: tuple[str, ...] = ()  # the circle
    image: str = ""  # a drawing of `pictures`
    alt: str = ""
    about: About = About.UNSAID  # of whom it speaks: what is about somebody else's health waits for the team


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """What the team of a community has before it, and has decided. Messages by their id."""

    mentor: str  # who welcomes newcomers
    badge: dict[str, str]  # by, profession, orcid
    report: dict[str, str]  # by, of, text
    note: dict[str, str]  # by, of, facts, words: under a message about medicines


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One community with its past."""

    language: str
    community: dict[str, Any]  # columns of Community
    people: tuple[Person, ...]
    messages: tuple[Message, ...]
    care: Care
    follows: dict[str, list[str]] = field(default_factory=dict)
    requests: dict[str, list[str]] = field(default_factory=dict)  # to follow somebody, not answered yet
    drafts: dict[str, str] = field(default_factory=dict)
    thanks: dict[str, list[str]] = field(default_factory=dict)  # id of a message -> who thinks of its writer
    passed_on: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that somebody does `on` one side and that reaches the other one."""

    on: str
    by: str
    does: str  # follow, write, answer, thank or pass_on
    who: str = ""
    to: str = ""
    message: Message | None = None


def story(side: str) -> Story:
    """The story of one side, "first" or "second"."""
    raw = _read(side)
    community = raw.pop("community")
    language = community.pop("language")
    community["sign_up"] = SignUp(community["sign_up"])
    people = tuple(Person(**{**one, "role": Role(one.get("role", Role.MEMBER))}) for one in raw.pop("people"))
    messages = tuple(_message(one) for one in raw.pop("messages"))
    return Story(language=language, community=community, people=people, messages=messages, care=Care(**raw.pop("care")), **raw)


def crossing() -> tuple[tuple[Act, ...], ...]:
    """What crosses, round after round."""
    return tuple(tuple(_act(one) for one in round_["acts"]) for round_ in _read("crossing")["rounds"])


def _act(raw: dict[str, Any]) -> Act:
    own = {key: raw.pop(key) for key in ("on", "by", "does", "who", "to") if key in raw}
    message = _message({**raw, "by": own["by"], "reach": Reach.PARTNERS}) if "text" in raw else None
    return Act(**own, message=message)


def _message(raw: dict[str, Any]) -> Message:
    kinds: dict[str, Callable[[Any], Any]] = {"voice": Voice, "reach": Reach, "note": Note, "about": About, "to": tuple,
                                              "text": str.strip}
    return Message(**{key: kinds[key](value) if key in kinds else value for key, value in raw.items()})


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("server.demo") / f"{name}.toml").read_text(encoding="utf-8"))
