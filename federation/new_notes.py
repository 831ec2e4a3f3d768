"""New messages of others, of one or of several people, to rows: what is asked is asked once for all of them. Inside the caller's
transaction, but for what is only loaded.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from federation import answering, notes, post_notices, post_parts
from federation.errors import Refused
from federation.incoming import Verdict
from federation.wire import Note
from models import Actor, Approval, Notification, Post, acts, vault
from models.acts import Walls
from models.notification import News, Notice
from models.post import AskedState
from models.reach import Reach
from models.stamp import StampKind
from moderation import facts, hosts, policy
from moderation.facts import Asked
from moderation.policy import Verb

OPEN = frozenset({Reach.PARTNERS, Reach.WEB})
NEVER_ANSWERED = ("blocked", "company", "settled")  # the reasons for which an answer is not taken at all


@dataclass(eq=False, slots=True)
class Said:
    """A message on its way to a row. `named`: those we know of whom it addresses; `verdict`: why it is not stored."""

    note: Note
    author: Actor
    parent: Post | None
    parent_uri: str
    named: list[Actor]
    is_followed: bool  # somebody here follows the author
    tells: bool  # and asked to be told of each message
    owner_id: int | None  # whose message we have, or had, under its id
    is_erased: bool
    is_answered: bool  # by something that came before it
    reach: Reach = Reach.CIRCLE
    to_followers: bool = False
    verdict: Verdict = None

    @property
    def is_wanted(self) -> bool:
        """Whether somebody here follows the author, is named, or is answered: addressing alone does not tell (§8.13)."""
        answers_us = self.parent is not None and self.parent.author.is_local and self.parent.reach in OPEN
        return self.is_followed or answers_us or any(actor.is_local for actor in self.named)

    @property
    def conversation(self) -> str:
        """Its first message as far as we know it, never what a stranger says of it."""
        return self.parent.conversation if self.parent else self.parent_uri or self.note.id

    @property
    def columns(self) -> dict[str, object]:
        """Of its row."""
        context = self.parent.context_uri if self.parent else ""
        return notes.new_columns(self.note, self.author, self.reach, self.to_followers) | {
            "parent_id": self.parent.id if self.parent else None, "parent_uri": self.parent_uri,
            "conversation": self.conversation, "context_uri": context or notes.context_of(self.note, self.conversation)}

    @property
    def holders(self) -> tuple[int, ...]:
        """Under whose keys it is kept if it is for few: of the members of ours whom it names, if it is for them alone."""
        ids = [] if self.to_followers else sorted(actor.id for actor in self.named if actor.is_local and not actor.is_gone)
        return tuple(ids) or (vault.HOUSE,)


async def load(given: Sequence[tuple[Note, Actor]]) -> list[Said]:
    """What has to be known of messages and their authors."""
    if not given:
        return []
    parents = await acts.kept({note.in_reply_to for note, _ in given if note.in_reply_to})
    actors = await acts.actors({uri for note, _ in given for uri in _addressed(note)})
    followed = await acts.followed_here([author.id for _, author in given])
    traces = await acts.traces([note.id for note, _ in given])
    return [Said(note, author, parents.get(note.in_reply_to or ""), note.in_reply_to or "", _named(note, actors),
                 author.id in followed, followed.get(author.id, False), traces.owners.get(note.id),
                 traces.is_erased(note.id, author.uri), note.id in traces.answered) for note, author in given]


def _addressed(note: Note) -> set[str]:
    return {*note.to, *note.cc, *(mention.href for mention in note.mentions)}


def _named(note: Note, actors: Mapping[str, Actor]) -> list[Actor]:
    return [actors[uri] for uri in _addressed(note) if uri in actors]


async def save(note: Note, author: Actor) -> Post:
    """The row of a message, made unless it is there; what we verified first stays (security.md, R16).

    Raises Refused if the author has erased it, if its reach is more than we exchange with that host, or if whom it answers has
    not let it.
    """
    (one,) = await load([(note, author)])
    await store([one])
    if one.verdict:
        raise one.verdict
    post = (await acts.kept([note.id]))[note.id]
    await notes.attach(post, note)
    return post


async def store(said: Sequence[Said]) -> None:
    """Make rows of those that are not there and that their authors have not erased; why not stands in their verdicts."""
    for one in said:
        if one.is_erased:
            one.verdict = Refused("erased", host=one.author.host)
    await _place(_going(said))
    if going := _going(said):
        ids = await _rows(going)
        await acts.add_recipients([recipient for one, id_ in ids.items() for recipient in _recipients(one, id_)])
        await post_parts.save([(id_, one.note, one.author) for one, id_ in ids.items()])
        await acts.answered([(one.conversation, one.author.id) for one in going if one.parent_uri])
        await _keep_yes(going)
        await _tell(ids)


def _going(said: Sequence[Said]) -> list[Said]:
    return [one for one in said if one.owner_id is None and one.verdict is None]


async def _place(said: Sequence[Said]) -> None:
    """Whom they are for, what they answer, and what speaks against that."""
    for one in said:
        one.reach, one.to_followers = await notes.reach_of(one.note, one.author)
        if not hosts.may_bring(await hosts.of(one.author), one.reach):
            one.verdict = Refused("reach", host=one.author.host)
    await _join([(one, parent) for one in _going(said) if (parent := one.parent) and parent.author.is_local])
    for one in _going(said):
        one.verdict = await _objection(one)


async def _join(answers: Sequence[tuple[Said, Post]]) -> None:
    """A conversation that their server was never shown, they cannot join. Refused if the two block each other."""
    known = await facts.of_all([Asked(one.author, parent.author, Reach.CIRCLE, parent) for one, parent in answers])
    for (one, _), facts_ in zip(answers, known, strict=True):
        decision = policy.decide(Verb.ANSWER, facts_)
        if decision.reason in NEVER_ANSWERED:
            one.verdict = Refused(decision.reason, host=one.author.host)
        elif not decision:
            one.parent, one.parent_uri = None, ""


async def _objection(one: Said) -> Verdict:
    """Why it is not stored, if it is not. What answers a message of ours is no wider than that."""
    if one.parent and not _is_let(one, one.parent):
        return Refused(answering.UNLET, host=one.author.host)
    if one.parent and one.parent.author.is_local:
        one.reach = one.reach.narrowed_to(one.parent.reach)
    return await _speaks_unasked(one) if one.author.organised_as else None


def _is_let(one: Said, parent: Post) -> bool:
    """Whether whom it answers has let it, or need not be asked: what is for named people is between them."""
    return one.reach.is_private and not one.to_followers or answering.is_let(one.note, one.author, parent)


async def _speaks_unasked(one: Said) -> Verdict:
    """What speaks against it where an organisation names a member of ours who neither follows it nor wrote to it."""
    for actor in one.named:
        is_answered = one.parent is not None and one.parent.author_id == actor.id
        if actor.is_local and not actor.is_gone and not is_answered:
            decision = policy.decide(Verb.NAME, await facts.between(one.author, actor, reach=one.reach))
            if decision.reason == "organisation":
                return Refused("organisation", host=one.author.host)
    return None


async def _rows(said: Sequence[Said]) -> dict[Said, int]:
    """Their rows, those of messages for few sealed."""
    plain = [one for one in said if not one.reach.is_private]
    ids = dict(zip(plain, await acts.add_posts([one.columns for one in plain]), strict=True))
    for one in said:
        if one.reach.is_private:
            post = Post(**one.columns)
            post.readers = one.holders
            await post.save(force_create=True)
            ids[one] = post.id
    return ids


async def _keep_yes(said: Sequence[Said]) -> None:
    """Where the yes of whom they answer stands, so that they end with it."""
    for one in said:
        if one.parent and one.note.is_let and one.note.answer_stamp:
            await Approval.create(kind=StampKind.REPLY, uri=one.note.id, actor=one.author, post=one.parent, reach=one.reach,
                                  state=AskedState.SHOWN, stamp_uri=one.note.answer_stamp)


async def _tell(ids: Mapping[Said, int]) -> None:
    """Tell whom they name or answer, then who quoted or asked to be told; answers that came first find them."""
    pairs, talks = [(actor, one.author) for one in ids for actor in _ours(one)], {one.conversation for one in ids}
    walls = await acts.walls(pairs, talks)
    await Notification.tell_all([news for one, id_ in ids.items() for news in _news(one, id_, walls)])
    rare = [one.note.id for one in ids if one.is_answered or one.tells or one.note.quote]
    for post in (await acts.kept(rare)).values():
        await notes.adopt_answers(post)
        await post_notices.of_new(post, post.author)


def _recipients(one: Said, id_: int) -> list[tuple[int, int, bool]]:
    named = {mention.href for mention in one.note.mentions}
    return [(id_, actor.id, actor.uri in named) for actor in one.named if not actor.is_gone and actor.id != one.author.id]


def _news(one: Said, id_: int, walls: Walls) -> list[News]:
    """For whom of ours, but for those who block its author or want to hear no more of the conversation."""
    return [News(actor, notice, one.author, id_) for actor, notice in _ours(one).items()
            if not walls.between(actor, one.author) and (actor.id, one.conversation) not in walls.quiet]


def _ours(one: Said) -> Mapping[Actor, Notice]:
    """Our members whom it names, or answers."""
    told = {actor: Notice.MENTION for actor in one.named if actor.is_local and not actor.is_gone}
    if one.parent and one.parent.author.is_local:
        told[one.parent.author] = Notice.REPLY
    return told
