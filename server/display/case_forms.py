"""The form of a case: what was typed, what can be chosen, and the prepared words."""
from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from aiohttp import web

from models import Actor, Case, Member, Post, clock
from models.case import Audience
from models.errors import CommunityError
from models.post import Note
from models.ruling import Act
from server.actions import verdicts
from server.actions.verdicts import Verdict
from server.community.house import rules_of
from server.display.case_views import CaseView
from server.entrance.forms import Form, whole_number
from server.keys import COMMUNITY, LANGUAGE
from server.views import Option
from server.words import case_words, ruling_words
from server.words.language import LANGUAGES, Words, gettext_for
from server.words.wording import note_name

TEXT_LIMIT = 4000  # characters of the facts, and of the words to the person
ANSWER_LIMIT = 2000
WORDS_LIMIT = 300  # of a note under a message, or of a content note
DAYS = (7, 30, 90)  # after which a limit or a pause ends by itself
Some = TypeVar("Some", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody of the team has filled in."""

    acts: tuple[Act, ...] = ()
    posts: tuple[int, ...] | None = None  # None: all
    rule: int = 0
    facts: str = ""
    text: str = ""
    words: str = ""
    topic: Note = Note.NONE
    days: int = 0
    answer: str = ""
    closes: bool = True
    note: str = ""
    audience: str = Audience.TEAM.value


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """What can be chosen."""

    acts: Sequence[Option]
    posts: Sequence[Option]
    rules: Sequence[Option]
    topics: Sequence[Option]
    days: Sequence[Option]
    audiences: Sequence[Option]


def read(form: Form) -> Typed:
    """The form as typed; what cannot be chosen is left out."""
    return Typed(
        acts=_known(Act, form.all("act")), posts=tuple(whole_number(text) for text in form.all("post")),
        rule=min(whole_number(form.get("rule")), 99), facts=form.get("facts").strip()[:TEXT_LIMIT],
        text=form.get("text").strip()[:TEXT_LIMIT], words=form.text("words", WORDS_LIMIT),
        topic=next(iter(_known(Note, form.all("topic"))), Note.NONE), days=whole_number(form.get("days")),
        answer=form.get("answer").strip()[:ANSWER_LIMIT], closes=not form.has("keep"))


def verdict(typed: Typed, posts: Sequence[Post]) -> Verdict:
    """What it decides, about these messages as far as they were chosen; about the only one without asking."""
    chosen = [post for post in posts if len(posts) == 1 or post.id in (typed.posts or ())]
    return Verdict(
        acts=typed.acts, posts=tuple(chosen), rule=typed.rule, facts=typed.facts, text=typed.text, words=typed.words,
        topic=typed.topic, until=clock.now() + timedelta(days=typed.days) if typed.days in DAYS else None,
        answer=typed.answer, closes=typed.closes)


async def prepared(case: Case, subject: Actor | None, typed: Typed) -> Typed:
    """With the prepared words where nothing was written yet: to the person in their language, to the others as they read them."""
    member = await Member.get_or_none(actor_id=subject.id) if subject else None
    lang = member.language if member and member.language in LANGUAGES else LANGUAGES[0]
    _ = gettext_for(lang)
    parts = ruling_words.templates([act for act in typed.acts if act is not Act.NOTHING], case.matter, _)
    answer = case_words.answer_nothing(_) if typed.acts == (Act.NOTHING,) else case_words.answer(case.matter, _)
    return replace(typed, text=typed.text or parts, answer=typed.answer or answer)


def form(request: web.Request, case: Case, subject: Actor | None, view: CaseView, typed: Typed) -> FormView:
    """What this case lets one choose, with what was chosen."""
    _ = gettext_for(request[LANGUAGE])
    rules = rules_of(request.app[COMMUNITY].row, request[LANGUAGE])
    return FormView(
        acts=[Option(value=act, title=case_words.act_title(act, _), hint=case_words.act_hint(act, _), checked=act in typed.acts)
              for act in verdicts.offered(case, subject, len(view.posts))],
        posts=_posts(view, typed, _), rules=_numbered(_("None of them"), rules, typed.rule),
        topics=[Option(value=note, title=note_name(note, _) or _("Own words"), checked=note is typed.topic) for note in Note],
        days=[Option(value="0", title=_("until we end it"), checked=not typed.days),
              *(Option(value=str(days), title=_("for %(num)s days", num=days), checked=typed.days == days) for days in DAYS)],
        audiences=_audiences(case, view, typed, _))


def field_of(error: CommunityError) -> str:
    """To which field an error belongs."""
    return "posts" if isinstance(error, verdicts.NoMessages) else "act"


def _posts(view: CaseView, typed: Typed, _: Words) -> list[Option]:
    """Nothing to choose where there is one."""
    return [Option(value=str(post.number), title=_("Message %(num)s", num=number), checked=typed.posts is None
                   or post.number in typed.posts) for number, post in enumerate(view.posts, 1)] if len(view.posts) > 1 else []


def _numbered(none: str, rules: Sequence[str], chosen: int) -> list[Option]:
    lines = [(0, none), *((number, f"{number}. {text}") for number, text in enumerate(rules, 1))]
    return [Option(value=str(number), title=text, checked=number == chosen) for number, text in lines]


def _audiences(case: Case, view: CaseView, typed: Typed, _: Words) -> list[Option]:
    found = [(Audience.TEAM.value, _("The team alone"))]
    if any(not told.host for told in view.told) and case.is_open:
        found.append((Audience.REPORTER.value, _("Those who reported, each by themselves")))
    found += [(f"{Audience.PEER} {host}", _("The moderators of %(host)s", host=host)) for host in view.peers]
    return [Option(value=value, title=title, checked=value == typed.audience) for value, title in found]


def _known(kind: type[Some], texts: Sequence[str]) -> tuple[Some, ...]:
    found: list[Some] = []
    for text in texts:
        with suppress(ValueError):
            found.append(kind(text))
    return tuple(dict.fromkeys(found))
