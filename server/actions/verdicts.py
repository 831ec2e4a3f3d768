"""Several decisions about one case at once, and the answer to those who reported."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models import Actor, Case, Post, Review, Ruling, Statement
from models.case import CaseSource
from models.errors import CommunityError
from models.post import Note
from models.review import ReviewState
from models.ruling import Act, AppealState
from server.actions import cases, colleagues, rulings
from server.actions.rulings import Decided
from server.pictures.media import MediaStore

ABOUT_MESSAGES = (Act.NOTE, Act.LABEL, Act.HIDE, Act.HOLD, Act.RESOLVE, Act.DELETE)
ABOUT_PEOPLE = (Act.WARN, Act.LIMIT, Act.FREEZE, Act.SUSPEND, Act.BAN)
#: Only where the person, or the message, is ours: elsewhere somebody else decides.
ONLY_OURS = (Act.HOLD, Act.WARN, Act.FREEZE)


class NothingChosen(CommunityError):
    """Nothing was decided."""

    status = 422
    safe = "Choose what to do, or that no rule was broken."


class BothWays(CommunityError):
    """No rule was broken, and yet something is done."""

    status = 422
    safe = "“No rule was broken” stands alone: take the other choices away, or this one."


class NoMessages(CommunityError):
    """An act about messages without a message."""

    status = 422
    safe = "Choose for which messages it is."


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What somebody of the team has made up their mind about; the texts as in `rulings.Decided`."""

    acts: tuple[Act, ...]
    posts: tuple[Post, ...] = ()  # for which messages, with their authors
    rule: int = 0
    facts: str = ""
    text: str = ""
    words: str = ""
    topic: Note = Note.NONE
    until: datetime | None = None
    answer: str = ""  # to those who reported; "": the prepared words, in the language of each
    closes: bool = True


def offered(case: Case, subject: Actor | None, posts: int) -> tuple[Act, ...]:
    """The acts that make sense for a case with so many messages."""
    is_ours = subject is not None and subject.is_local
    found = (*(ABOUT_MESSAGES if posts else ()), *(ABOUT_PEOPLE if subject else ()))
    return (*(act for act in found if is_ours or act not in ONLY_OURS), Act.NOTHING)


async def give(case: Case, verdict: Verdict, by: Actor, store: MediaStore) -> None:
    """Carry each act out, by itself, and close the case: all who reported are answered. It stays open as long as messages are
    held in it, until a second person has looked at a ban, and until an appeal has its answer. Without an act it is closed with
    what was decided before.

    Raises: as cases.own and rulings.rule; NothingChosen, BothWays, NoMessages before anything is done.
    """
    subject = await Actor.get_or_none(id=case.about_id) if case.about_id else None
    _check(verdict, await Ruling.exists(case_id=case.id, undoes_id__isnull=True))
    await cases.own(case, by)
    for decided in _decided(case, verdict, subject, by):
        await rulings.rule(decided, store)
    if Act.BAN in verdict.acts:
        await colleagues.ask_second(case, by)
    elif verdict.closes and not await _still_waits(case):
        await cases.close(case, by, verdict.answer)


async def _still_waits(case: Case) -> bool:
    """Whether it was closed with its last message, or a message is held that has to go, or to go back, first; or somebody waits
    for the answer to an appeal, which `appeals.hear` gives, and never who decided.
    """
    await case.refresh_from_db(["closed_at"])
    if await Statement.exists(case_id=case.id, state=AppealState.ASKED):
        return True
    held = Review.filter(post__author_id=case.about_id, state=ReviewState.WAITING)
    return not case.is_open or case.source is CaseSource.HELD and await held.exists()


def _check(verdict: Verdict, was_decided: bool) -> None:
    if not verdict.acts and not (was_decided and verdict.closes):
        raise NothingChosen("acts")
    if Act.NOTHING in verdict.acts and len(verdict.acts) > 1:
        raise BothWays("nothing")
    if not verdict.posts and any(act in ABOUT_MESSAGES for act in verdict.acts):
        raise NoMessages("posts")


def _decided(case: Case, verdict: Verdict, subject: Actor | None, by: Actor) -> list[Decided]:
    """The mildest first, each for each message or for the person."""
    found = []
    for act in sorted(verdict.acts, key=list(Act).index):
        about_messages = act in ABOUT_MESSAGES
        for post in verdict.posts if about_messages else verdict.posts[:1] or (None,):
            whom = post.author if post and about_messages else subject or (post.author if post else None)
            if whom is not None:
                found.append(Decided(
                    act=act, subject=whom, by=by, matter=case.matter, post=post if post and post.author_id == whom.id else None,
                    case=case, rule=verdict.rule, facts=verdict.facts, text=verdict.text, words=verdict.words,
                    topic=verdict.topic, until=verdict.until))
    return found
