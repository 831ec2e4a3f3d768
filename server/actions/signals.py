"""The rules of `moderation.signals` asked about a message or a profile, and what they said written down."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models import Actor, Attachment, Community, Member, Post, Review, SignalHit, clock
from models.badge import BadgeKind
from models.case import CaseSource, Matter
from models.post import About
from models.reach import Reach
from models.review import ReviewCause, ReviewState
from models.signal import Consequence, HitOutcome
from moderation import image_rules, signals
from moderation import reviews as about_others
from moderation.image_rules import Pictures
from moderation.signals import Facts, Finding, Signal
from server.actions import cases
from server.community import extensions

FIRST = "first_messages"
OTHERS = "about_others"
DOSE = "dose"
#: With no first messages held, somebody who came by themselves is known after so long.
KNOWN_AFTER_DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody wants to say, to whom, and about whom."""

    texts: Sequence[str]
    reach: Reach
    language: str = ""
    about: About = About.UNSAID
    about_agrees: bool = False
    images: Sequence[Attachment] = ()  # of a message that has left, those alone that it gets
    shows_body: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules said, in their order."""

    said: tuple[tuple[Signal, Finding], ...] = ()

    @property
    def holding(self) -> tuple[tuple[Signal, Finding], ...]:
        """Those because of which the team reads it first."""
        return tuple(one for one in self.said if one[1].consequence is Consequence.HOLD)

    @property
    def holds(self) -> bool:
        """Whether the team reads it first."""
        return bool(self.holding)

    @property
    def cause(self) -> ReviewCause:
        """Of the first rule that holds."""
        return self.holding[0][0].cause

    @property
    def matter(self) -> Matter:
        """The same."""
        return self.holding[0][0].matter

    @property
    def words(self) -> list[str]:
        """What made the holding rules speak."""
        return list(dict.fromkeys(word for _, finding in self.holding for word in finding.words))

    @property
    def labels(self) -> list[str] | None:
        """The rules that put a sentence below the message; one that was held and let go has it too."""
        named = {signal.name for signal, finding in self.said if signal.name == DOSE or finding.consequence is Consequence.LABEL}
        return sorted(named) or None


async def look(author: Actor, said: Said, written_by: Actor | None = None) -> Found:
    """What the rules say of a message of this author; `written_by`: who writes it for them."""
    if said.reach.level < Reach.COMMUNITY.level:
        return Found()
    community = await Community.current()
    facts = await _facts(author, said, written_by, community)
    found = await _ask(facts, community)
    return Found((*found.said, *image_rules.findings(_pictures(author, said, facts), community.image_review)))


async def look_again(post: Post, said: Said, before: Sequence[str]) -> Found:
    """The same for a message that has left and is changed: what was in it before counts no more. The first messages of a
    newcomer cannot be changed into something else behind the team's back.
    """
    writer = await Actor.get_or_none(id=post.written_by_id) if post.written_by_id else None
    found = await look(post.author, said, writer)
    if not found.holds:
        return found
    earlier = await look(post.author, replace(said, texts=before, images=()))
    known = {signal.name: set(finding.words) for signal, finding in earlier.said}
    return Found(tuple((signal, finding) for signal, finding in found.said if finding.consequence is not Consequence.HOLD
                       or signal.name == FIRST or signal.name not in known or not set(finding.words) <= known[signal.name]))


async def note(post: Post, found: Found) -> None:
    """Write down which rules spoke. Inside the transaction that writes the message, or changes it."""
    for signal, finding in found.said:
        await _hit(post.author, post, signal, finding)


async def decided(post: Post, outcome: HitOutcome) -> None:
    """What became of a message that rules held."""
    await SignalHit.filter(post_id=post.id, consequence=Consequence.HOLD).update(outcome=outcome)


async def look_at_profile(texts: Sequence[str]) -> Found:
    """What the rules say of what somebody says about themselves."""
    community = await Community.current()
    return await _ask(Facts(texts=tuple(texts), is_profile=True, watched=_watched(community)), community)


async def note_profile(member: Member, found: Found) -> None:
    """A profile is never held: what a rule says of it is written down, and the team looks at what asks for money or promises a
    cure. Inside the transaction that saves it.
    """
    for signal, finding in found.said:
        is_new = await _hit(member.actor, None, signal, finding)
        if is_new and finding.consequence is Consequence.HOLD:
            await cases.open_(member.actor, signal.matter, CaseSource.SIGNAL)


def is_newcomer(member: Member | None, community: Community) -> bool:
    """Whether somebody came by themselves, and nobody has come to know them yet."""
    if member is None or member.newcomer_since is None:
        return False
    return community.first_held > 0 or (clock.now() - member.newcomer_since).days < KNOWN_AFTER_DAYS


async def let_go_count(actor_id: int, since: datetime) -> int:
    """How many messages of theirs the team has read and let go from then on."""
    return await Review.filter(post__author_id=actor_id, state=ReviewState.LET_GO, decided_at__gte=since).count()


async def _ask(facts: Facts, community: Community) -> Found:
    off = frozenset(community.signals_off or ()) | (set() if community.reviews_others else {OTHERS})
    return Found((*signals.findings(facts, off), *await extensions.findings(facts, off)))


async def _facts(author: Actor, said: Said, written_by: Actor | None, community: Community) -> Facts:
    people = await Member.filter(actor_id__in=[author.id, *([written_by.id] if written_by else [])]).only(
        "id", "newcomer_since", "created_at")
    new = [one.newcomer_since for one in people if one.newcomer_since and is_newcomer(one, community)]
    since, is_new = min(new, default=clock.now()), bool(new)
    born = min((one.created_at for one in people), default=clock.now())
    return Facts(
        texts=tuple(said.texts), reach=said.reach, language=said.language, is_newcomer=is_new, age_days=(clock.now() - born).days,
        let_go_count=await let_go_count(author.id, since) if is_new else 0, first_held=community.first_held, about=said.about,
        about_agrees=said.about_agrees, watched=_watched(community),
        others=about_others.rule_of(community.reviews_others, community.health_words))


def _pictures(author: Actor, said: Said, facts: Facts) -> Pictures:
    return Pictures(count=len(said.images), shows_body=said.shows_body, by_professional=author.badge == BadgeKind.HEALTH,
                    is_doubted=any(image.doubted_at for image in said.images), by_newcomer=facts.is_newcomer)


def _watched(community: Community) -> tuple[str, ...]:
    return tuple(community.watched_names or ())


async def _hit(owner: Actor, post: Post | None, signal: Signal, finding: Finding) -> bool:
    """Whether it is new, or says something else than before."""
    known = await SignalHit.get_or_none(owner=owner, post_id=post.id if post else None, rule=signal.name)
    if known and known.words == list(finding.words) and known.consequence is finding.consequence:
        return False
    hit = known or SignalHit(owner=owner, post=post, rule=signal.name)
    hit.update_from_dict({"consequence": finding.consequence, "words": list(finding.words), "outcome": HitOutcome.NONE})
    await hit.save()
    return True
