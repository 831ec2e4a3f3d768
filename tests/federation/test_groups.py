"""What several people say is carried out as it should be, one by one and in one transaction, whoever lies in between; and how
often each kind of activity asks the database.
"""
from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiosqlite
import pytest
from asyncpg.connection import Connection

from federation import groups
from federation.addresses import host_of
from federation.contexts import PUBLIC
from federation.handlers import HANDLERS
from federation.instance import Instance, Network, ensure_actor, open_instance
from federation.intake import Intake
from models import (
    Actor,
    Announce,
    Attachment,
    Block,
    Follow,
    Host,
    InboxItem,
    Like,
    Notification,
    Post,
    QuietConversation,
    Recipient,
    Revision,
    Tag,
    Tombstone,
    Unanswered,
    clock,
    memory,
)
from models.consent import Purpose
from models.delivery import ItemState
from models.host import Standing
from models.reach import Reach
from models.sqlite_readers import Readers
from server.actions import accounts, posts

ORIGIN = "https://here.example"
PEOPLE = ("ada", "bob", "cy", "dora")
CROWD = tuple(f"reader{number}" for number in range(12))
#: What is said -> how often the database is asked at most, looks into the queue too: as often where ten say it as where one does.
LIMITS = {"Answer": 25, "Like": 17, "EmojiReact": 17, "Announce": 20, "Update": 15, "Delete": 14, "Undo": 12}
Document = dict[str, Any]


@dataclass
class World:
    """A server elsewhere, whose people say things about messages of one member of ours. Half of a crowd has a server each."""

    host: str
    member: Actor
    messages: list[Post]

    def uri(self, name: str) -> str:
        return f"https://{f'{name}.' if name in CROWD[6:] else ''}{self.host}/users/{name}"

    def says(self, name: str, kind: str, thing: object, number: int = 0, **more: Any) -> Document:
        """An activity of somebody's."""
        me = self.uri(name)
        return {"id": f"{me}/{kind}/{number}", "type": kind, "actor": me, "to": [PUBLIC], "object": thing, **more}

    def note(self, name: str, number: int, text: str = "Hello", answers: str = "", **more: Any) -> Document:
        """A message of theirs; one that answers names our member too."""
        tag = [{"type": "Mention", "href": self.member.uri}, {"type": "Hashtag", "name": "#Sleep"}] if answers else []
        image = {"type": "Image", "mediaType": "image/png", "url": f"https://{self.host}/{number}.png", "name": "A graph"}
        me = self.uri(name)
        return {"id": f"{me}/notes/{number}", "type": "Note", "attributedTo": me, "content": f"<p>{text}</p>", "to": [PUBLIC],
                "cc": [f"{me}/followers"], "published": "2026-05-05T07:30:00Z", "tag": tag,
                "attachment": [image] if number % 2 else [], **({"inReplyTo": answers} if answers else {}), **more}


@pytest.fixture
async def instance(db: object) -> AsyncIterator[Instance]:
    await ensure_actor(ORIGIN)
    async with open_instance(Network(origin=ORIGIN)) as instance:
        yield instance


async def world(name: str, host: str, people: tuple[str, ...] = PEOPLE, messages: int = 4) -> World:
    """A member of ours who follows those people, all but the last."""
    newcomer = accounts.Newcomer(name=name, language="en", consents=(Purpose.MEMBERSHIP, Purpose.SHARED_OUT))
    member = (await accounts.create(ORIGIN, newcomer)).actor
    made = World(host, member, [])
    for number, one in enumerate(people):
        uri = made.uri(one)
        there = await Host.called(host_of(uri))
        await there.change(standing=Standing.PARTNER)
        actor = await Actor.create(uri=uri, name=one, host=there.name, inbox_uri=f"{uri}/inbox", followers_uri=f"{uri}/followers",
                                   fetched_at=clock.now())
        if number < len(people) - 1:
            await Follow.create(uri=f"{uri}/followed", follower=member, target=actor, accepted_at=clock.now())
    for number in range(messages):
        composition = posts.Composition(text=f"Ours {number}", reach=Reach.PARTNERS, undo_seconds=0)
        made.messages.append(await posts.publish(member, composition, ORIGIN))
    return made


async def carried_out(instance: Instance, said: list[Document]) -> None:
    """It came in, in this order, and is carried out."""
    for one in said:
        await InboxItem.create(activity_uri=one["id"], sender_uri=one["actor"], body=json.dumps(one))
    intake = Intake(instance)
    async with asyncio.timeout(30):
        while await InboxItem.filter(state=ItemState.NEW, attempts=0).exists() or intake._lanes:
            await intake._fill()
            if intake._lanes:
                await asyncio.wait(intake._lanes.values())
                intake._forget_finished()


def first(w: World) -> list[Document]:
    """What four people say: ada as people do, the others also what is not theirs to say."""
    ours, settled, foreign = w.messages[0].uri, w.messages[1].uri, f"{w.uri('ada')}/notes/1"
    return [
        w.says("ada", "Create", w.note("ada", 1)), w.says("bob", "Like", ours), w.says("cy", "EmojiReact", ours, content="❤"),
        w.says("dora", "Create", w.note("dora", 1, answers=ours)), w.says("ada", "Create", w.note("ada", 2, answers=ours), 1),
        w.says("bob", "Create", w.note("bob", 1, answers=settled)), w.says("cy", "Create", w.note("cy", 1, answers=ours)),
        w.says("dora", "Create", w.note("dora", 2), 1), w.says("ada", "Like", ours), w.says("ada", "Announce", ours),
        w.says("bob", "Announce", ours), w.says("bob", "Like", ours, 1), w.says("bob", "Create", w.note("ada", 3), 1),
        w.says("ada", "Like", {"type": "Note"}, 2), w.says("bob", "Create", w.note("bob", 2, answers=foreign), 2),
        w.says("dora", "Like", ours), w.says("dora", "Announce", ours), w.says("ada", "Delete", f"{w.uri('ada')}/notes/9"),
        w.says("bob", "Create", w.note("bob", 3, to=[w.member.uri], cc=[]), 3), w.says("dora", "Announce", foreign, 1)]


def second(w: World) -> list[Document]:
    """And afterwards, about what they said."""
    ours = w.messages[0].uri
    newer = {"updated": "2026-05-05T08:30:00Z"}
    return [
        w.says("ada", "Update", w.note("ada", 1, "Changed", **newer)), w.says("bob", "Undo", f"{w.uri('bob')}/Like/0"),
        w.says("cy", "Undo", {"id": f"{w.uri('cy')}/made-up", "type": "EmojiReact", "object": ours}),
        w.says("dora", "Delete", {"id": f"{w.uri('dora')}/notes/1", "type": "Tombstone"}),
        w.says("ada", "Update", w.note("ada", 2, "Older", ours, updated="2026-05-05T07:00:00Z"), 1),
        w.says("bob", "Delete", f"{w.uri('ada')}/notes/2"), w.says("bob", "Undo", f"{w.uri('ada')}/Like/0", 1),
        w.says("bob", "Update", w.note("ada", 2, "Forged", ours, **newer)), w.says("ada", "Create", w.note("ada", 9), 9),
        w.says("bob", "Update", w.note("bob", 2, "Fewer", f"{w.uri('ada')}/notes/1", to=[w.uri("ada")], cc=[], **newer), 1),
        w.says("bob", "Delete", "https://elsewhere.example/1", 1), w.says("ada", "Undo", f"{w.uri('ada')}/Announce/0"),
        w.says("bob", "Undo", f"{w.uri('bob')}/Announce/7", 2), w.says("bob", "Announce", w.messages[2].uri, 7),
        w.says("dora", "Create", w.note("dora", 1), 2), w.says("dora", "Like", w.messages[3].uri, 2)]


#: What there is afterwards.
BECOMES = {
    "posts": ["ada/notes/1 web <p>Changed</p>", "ada/notes/2 partners <p>Hello</p> below ours 0",
              "bob/notes/2 circle <p>Fewer</p> below ada/notes/1", "bob/notes/3 circle <p>Hello</p>",
              "dora/notes/1 partners gone below ours 0"],
    "likes": ["ada ours 0", "dora ours 0", "dora ours 3"], "announces": ["bob ours 0 partners", "dora ours 0 partners"],
    "news": ["mention bob bob/notes/2", "mention bob bob/notes/3", "passed_on bob ours 0", "passed_on dora ours 0",
             "reply ada ada/notes/2", "thanks ada ours 0", "thanks dora ours 0", "thanks dora ours 3"],
    "named": ["ada/notes/2 True", "bob/notes/2 True", "bob/notes/3 False"], "tags": ["ada/notes/2 sleep", "bob/notes/2 sleep"],
    "images": ["ada/notes/1 A graph", "bob/notes/3 A graph"], "unanswered": ["ours 1", "ours 2", "ours 3"],
    "revisions": ["ada/notes/1 <p>Hello</p>", "bob/notes/2 <p>Hello</p>"],
    "graves": ["ada/Like/0 bob", "ada/notes/9 ada", "bob/Announce/7 bob", "cy/made-up cy", "dora/notes/1 dora"],
    "refused": ["ada/Create/9 erased", "ada/Like/2 likes nothing", "bob/Create/0 settled", "bob/Create/1 writes in another name",
                "bob/Delete/1 deletes what is not theirs", "bob/Update/0 changes what is not theirs", "cy/Create/0 blocked"]}


async def state(w: World) -> dict[str, list[str]]:
    """What came of it, without what every world has of its own."""
    theirs = await Post.filter(author__host=w.host)
    name = {post.id: post.uri for post in theirs} | {one.id: f"ours {place}" for place, one in enumerate(w.messages)}
    who = {actor.id: actor.name for actor in await Actor.all()}
    said = f"https://{w.host}/users/"
    of_them = {"post__author__host": w.host}
    found = {
        "posts": [f"{post.uri} {post.reach} {'gone' if post.deleted_at else post.html}"
                  + (f" below {name[post.parent_id]}" if post.parent_id else "") for post in theirs],
        "likes": [f"{who[one.actor_id]} {name[one.post_id]}" for one in await Like.filter(actor__host=w.host)],
        "announces": [f"{who[one.actor_id]} {name[one.post_id]} {one.reach}"
                      for one in await Announce.filter(actor__host=w.host)],
        "news": [f"{one.kind} {who[one.actor_id or 0]} {name[one.post_id or 0]}"
                 for one in await Notification.filter(recipient=w.member)],
        "named": [f"{name[one.post_id]} {one.mentioned}" for one in await Recipient.filter(**of_them, actor=w.member)],
        "tags": [f"{name[one.post_id]} {one.name}" for one in await Tag.filter(**of_them)],
        "images": [f"{name[one.post_id]} {one.description}" for one in await Attachment.filter(**of_them)],
        "unanswered": [name[one.post_id] for one in await Unanswered.filter(author_id=w.member.id)],
        "revisions": [f"{name[one.post_id]} {one.html}" for one in await Revision.filter(**of_them)],
        "graves": [f"{one.uri} {one.actor_uri}" for one in await Tombstone.filter(actor_uri__contains=w.host)],
        "refused": [f"{one.activity_uri} {one.outcome}"
                    for one in await InboxItem.filter(sender_uri__contains=w.host, state=ItemState.REFUSED)]}
    return {what: sorted(line.replace(said, "") for line in lines) for what, lines in found.items()}


async def walled(w: World) -> None:
    """Our member blocks cy and wants no more of the last conversation; the second takes no more answers."""
    cy = await Actor.get(uri=w.uri("cy"))
    await Block.create(blocker=w.member, target=cy)
    await Post.filter(id=w.messages[1].id).update(settled_at=clock.now())
    await QuietConversation.create(owner=w.member, conversation=w.messages[3].uri)


async def test_what_becomes_of_it_one_by_one_and_together(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    alone, together = await world("anna", "one.example"), await world("bert", "two.example")
    sizes: list[int] = []
    real = groups._verdicts

    async def counted(found: Any) -> Any:
        sizes.append(sum(map(len, found.values())))
        return await real(found)

    mark = groups._mark

    async def failing(verdicts: Any) -> None:
        await mark(verdicts)
        if len(sizes) == 2:
            raise ValueError("of the second group nothing stays, and each of it goes by itself")

    async def nothing(*_: object) -> list[object]:
        return []
    await walled(alone)
    with monkeypatch.context() as patch:
        patch.setattr(groups, "_read", nothing)
        for one in [*first(alone), *second(alone)]:
            await carried_out(instance, [one])
    await walled(together)
    monkeypatch.setattr(groups, "_verdicts", counted)
    monkeypatch.setattr(groups, "_mark", failing)
    await carried_out(instance, first(together))
    await carried_out(instance, second(together))
    assert max(sizes) > len(PEOPLE)
    assert {handler.receive_all for handler in HANDLERS.values() if handler.receive_all} == {*groups.ORDER}
    for w in (alone, together):
        assert await state(w) == BECOMES, w.host


async def test_of_one_sender_nothing_overtakes_another_thing(instance: Instance) -> None:
    """A question goes by itself, and what takes it back waits for that; a sign that is given anew stays."""
    w = await world("anna", "one.example", messages=1)
    question, ours = w.note("ada", 1) | {"type": "Question", "oneOf": [{"type": "Note", "name": "Yes"}]}, w.messages[0].uri
    like, anew = w.says("bob", "Like", ours), w.says("bob", "Like", ours, 1)
    await carried_out(instance, [w.says("ada", "Create", question), w.says("ada", "Delete", question["id"]),
                                 like, w.says("bob", "Undo", like), anew])
    assert (await Post.get(uri=question["id"])).deleted_at and (await Like.get()).uri == anew["id"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement from now on, those that begin and end a transaction too."""
    found: list[str] = []
    answer = Readers._answer

    def counted(self: Readers, connection: Any, statements: Any) -> Any:
        found.extend(sql for sql, _ in statements)
        return answer(self, connection, statements)

    def counting(real: Any) -> Any:
        def run(self: Any, sql: str, *values: Any, **options: Any) -> Any:
            found.append(sql)
            return real(self, sql, *values, **options)
        return run
    monkeypatch.setattr(Readers, "_answer", counted)
    for name in ("execute", "execute_fetchall", "execute_insert", "executemany"):
        monkeypatch.setattr(aiosqlite.Connection, name, counting(getattr(aiosqlite.Connection, name)))
    for name in ("fetch", "execute", "executemany"):
        monkeypatch.setattr(Connection, name, counting(getattr(Connection, name)))
    return found


def each(w: World, kind: str, name: str, number: int) -> tuple[Document | None, Document]:
    """What somebody says of this kind, and before it what it is about."""
    ours, note = w.messages[number].uri, w.note(name, number * 2)
    match kind:
        case "Answer":
            return None, w.says(name, "Create", w.note(name, number * 2, answers=ours), number)
        case "Update":
            return w.says(name, "Create", note, number), w.says(name, kind, note | {"updated": "2026-05-05T08:30:00Z"}, number)
        case "Delete":
            return w.says(name, "Create", note, number), w.says(name, kind, note["id"], number)
        case "Undo":
            like = w.says(name, "Like", ours, number)
            return like, w.says(name, kind, like, number)
    return None, w.says(name, kind, ours, number)


async def test_how_often_the_database_is_asked(instance: Instance, asked: list[str]) -> None:
    w = await world("anna", "one.example", CROWD, messages=2 * len(LIMITS))
    memory.start()  # how we stand with that server was changed a moment ago, and would not be remembered
    counts: dict[str, tuple[int, int]] = {}
    for place, kind in enumerate(LIMITS):
        numbers = []
        for half, crowd in enumerate((CROWD[:1], CROWD[1:11])):
            said = [each(w, kind, name, 2 * place + half) for name in crowd]
            await carried_out(instance, [before for before, _ in said if before])
            numbers.append(await _asked_for(instance, [one for _, one in said], asked))
        counts[kind] = (numbers[0], numbers[1])
    assert await InboxItem.exclude(outcome="done").count() == 0
    assert all(max(of_one_and_of_ten) <= LIMITS[kind] for kind, of_one_and_of_ten in counts.items()), counts


async def _asked_for(instance: Instance, said: list[Document], asked: list[str]) -> int:
    """How many statements it took to carry these out, in one look."""
    for one in said:
        await InboxItem.create(activity_uri=one["id"], sender_uri=one["actor"], body=json.dumps(one))
    asked.clear()
    intake = Intake(instance)
    await intake._fill()
    count = len(asked)
    assert not intake._lanes and await InboxItem.filter(state=ItemState.NEW).count() == 0
    return count
