"""Messages that answer or name somebody, of several people in one transaction: what is asked is asked once for all of them.

Rules and rows are those of `federation.notes`. What is rarer goes its way: a message for few, of an organisation, with a quote,
a question or pictures in names, one whose id is known, and one that answers what is not here.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from federation import answering, notes, post_parts
from federation.errors import Refused
from federation.incoming import Alone, Incoming, Verdict
from federation.wire import Note
from models import Actor, Notification, Post, acts
from models.acts import Walls
from models.errors import CommunityError
from models.notification import News, Notice
from models.reach import Reach
from moderation import facts, hosts, policy
from moderation.facts import Asked
from moderation.policy import Verb

OPEN = frozenset({Reach.PARTNERS, Reach.WEB})


@dataclass(eq=False, slots=True)
class Said:
    """A message on its way to a row. `named`: those we know of whom it addresses; `verdict`: if it is not stored here."""

    note: Note
    author: Actor
    reach: Reach
    to_followers: bool
    parent_uri: str
    parent: Post | None = None
    is_followed: bool = False  # somebody here follows the author
    named: list[Actor] = field(default_factory=list)
    verdict: Verdict = None

    @property
    def addressed(self) -> set[str]:
        """Whom it is for, or names."""
        return {*self.note.to, *self.note.cc, *(mention.href for mention in self.note.mentions)}

    @property
    def is_wanted(self) -> bool:
        """As in `federation.handlers.create`: somebody here follows the author, is named, or is answered."""
        answers_us = self.parent is not None and self.parent.author.is_local and self.parent.reach in OPEN
        return self.is_followed or answers_us or any(actor.is_local for actor in self.named)

    @property
    def conversation(self) -> str:
        """Its first message, as far as we know it."""
        return self.parent.conversation if self.parent else self.parent_uri or self.note.id

    @property
    def columns(self) -> dict[str, object]:
        """Of its row."""
        context = self.parent.context_uri if self.parent else ""
        return notes.new_columns(self.note, self.author, self.reach, self.to_followers) | {
            "parent_id": self.parent.id if self.parent else None, "parent_uri": self.parent_uri,
            "conversation": self.conversation, "context_uri": context or notes.context_of(self.note, self.conversation)}


async def receive_all(incoming: Sequence[Incoming]) -> list[Verdict]:
    """Store these new messages, as far as somebody here is to read them."""
    read = [await _read(one) for one in incoming]
    said = [one for one in read if isinstance(one, Said)]
    await _leave_known(said)
    await _meet(_going(said))
    wanted = [one for one in _going(said) if one.is_wanted]
    await _place(wanted)
    await _store(_going(wanted))
    return [one.verdict if isinstance(one, Said) else one for one in read]


def _going(said: Sequence[Said]) -> list[Said]:
    return [one for one in said if one.verdict is None]


async def _read(one: Incoming) -> Said | CommunityError:
    """What an activity says, if it is a message of the sender's own with nothing rare in it."""
    try:
        note = one.embedded_note() if one.is_embedded else None
    except CommunityError as error:
        return error
    if note is None or _is_rare(note, one.sender):
        return Alone()
    author = one.sender
    reach, to_followers = await notes.reach_of(note, author)
    is_taken = reach in OPEN and hosts.may_bring(await hosts.standing(author.host), reach)
    return Said(note, author, reach, to_followers, note.in_reply_to or "") if is_taken else Alone()


def _is_rare(note: Note, author: Actor) -> bool:
    """Whether it is in another name, of an organisation, or more than words."""
    if note.attributed_to != author.uri or author.organised_as:
        return True
    return note.is_vote or bool(note.quote or note.poll or note.emojis)


async def _leave_known(said: Sequence[Said]) -> None:
    """Those whose id is known, erased or answered already, and those of whose messages somebody asked to be told."""
    taken = await acts.taken([one.note.id for one in said])
    followed = await acts.followed_here([one.author.id for one in said])
    for one in said:
        one.is_followed = one.author.id in followed
        if one.note.id in taken or followed.get(one.author.id):
            one.verdict = Alone()
        taken.add(one.note.id)


async def _meet(said: Sequence[Said]) -> None:
    """What they answer, and whom they name. What is wanted and answers something that is not here is left."""
    parents = await acts.kept({one.parent_uri for one in said if one.parent_uri})
    known = await acts.actors({uri for one in said for uri in one.addressed})
    for one in said:
        one.parent = parents.get(one.parent_uri)
        one.named = [actor for uri, actor in known.items() if uri in one.addressed]
        if one.parent_uri and one.parent is None and one.is_wanted:
            one.verdict = Alone()


async def _place(said: Sequence[Said]) -> None:
    """What answers a message of ours is no wider than that, and joins only what may be answered: `notes.save`."""
    _leave_unlet(said)
    answers = [(one, parent) for one in _going(said) if (parent := one.parent) and parent.author.is_local]
    known = await facts.of_all([Asked(one.author, parent.author, Reach.CIRCLE, parent) for one, parent in answers])
    for (one, parent), facts_ in zip(answers, known, strict=True):
        decision = policy.decide(Verb.ANSWER, facts_)
        if decision.reason in notes.NEVER_ANSWERED:
            one.verdict = Refused(decision.reason, host=one.author.host)
        elif not decision:
            one.parent, one.parent_uri = None, ""
        else:
            one.reach = one.reach.narrowed_to(parent.reach)
            if one.reach not in OPEN:
                one.verdict = Alone()


def _leave_unlet(said: Sequence[Said]) -> None:
    """Those that whom they answer has not let; a yes that they name has to be read."""
    for one in said:
        if one.parent and not answering.is_let(one.note, one.author, one.parent):
            one.verdict = Alone() if one.note.answer_stamp else Refused(answering.UNLET, host=one.author.host)


async def _store(said: Sequence[Said]) -> None:
    """Their rows, whom they are for, and who is told."""
    if not said:
        return
    ids = dict(zip(said, await acts.add_posts([one.columns for one in said]), strict=True))
    await _store_parts(ids)
    await acts.answered([(one.conversation, one.author.id) for one in said if one.parent_uri])
    walls = await acts.walls([(actor, one.author) for one in said for actor in _ours(one)], {one.conversation for one in said})
    await Notification.tell_all([news for one, id_ in ids.items() for news in _news(one, id_, walls)])


async def _store_parts(ids: Mapping[Said, int]) -> None:
    await acts.add_tags([(id_, name) for one, id_ in ids.items() for name in post_parts.topics(one.note)])
    for one, id_ in ids.items():
        await post_parts.save_images(id_, one.note, one.author)
    await acts.add_recipients([recipient for one, id_ in ids.items() for recipient in _recipients(one, id_)])


def _news(one: Said, id_: int, walls: Walls) -> list[News]:
    """For whom of ours, but for those who block its author or want to hear no more of the conversation."""
    return [News(actor, notice, one.author, id_) for actor, notice in _ours(one).items()
            if not walls.between(actor, one.author) and (actor.id, one.conversation) not in walls.quiet]


def _recipients(one: Said, id_: int) -> list[tuple[int, int, bool]]:
    named = {mention.href for mention in one.note.mentions}
    return [(id_, actor.id, actor.uri in named) for actor in one.named if not actor.is_gone and actor.id != one.author.id]


def _ours(one: Said) -> dict[Actor, Notice]:
    """Our members whom it names, or answers."""
    told = {actor: Notice.MENTION for actor in one.named if actor.is_local and not actor.is_gone}
    if one.parent and one.parent.author.is_local:
        told[one.parent.author] = Notice.REPLY
    return told
