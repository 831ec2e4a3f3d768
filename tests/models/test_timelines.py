"""Lists in SQL hold exactly what the rules say, whoever reads, however far away the messages are."""
from __future__ import annotations

import random
import re
from datetime import timedelta

import pytest

from models import (
    Actor,
    Announce,
    Attachment,
    Block,
    Follow,
    FollowedTag,
    Host,
    ListedPerson,
    Mute,
    PeopleList,
    Post,
    Recipient,
    Tag,
    clock,
    memory,
    newest,
    timelines,
)
from models.database import rows
from models.host import Standing
from models.ids import new_id
from models.reach import Reach
from moderation.visibility import Viewer, seen_by, visible_to
from server.display import timelines as lists
from server.display.timelines import Page, Span, Wanted

MEMBERS = (Reach.COMMUNITY, Reach.PARTNERS, Reach.WEB)
POSTS = 70


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows are many, so that every way of looking is taken."""
    monkeypatch.setattr(timelines, "NEWEST_ROWS", 4)
    monkeypatch.setattr(timelines, "NEAREST_AUTHORS", 2)


class World:
    """Some people here and elsewhere, what they think of each other, and what they wrote."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.actors: list[Actor] = []

    async def fill(self) -> None:
        dice = self.dice
        for name, standing in (("partner", Standing.PARTNER), ("limited", Standing.LIMITED), ("shut", Standing.SUSPENDED)):
            await Host.create(name=f"{name}.example", standing=standing)
        for number, host in enumerate(["", "", "", "partner.example", "partner.example", "limited.example", "shut.example"]):
            uri = f"https://{host or 'here.example'}/{number}"
            self.actors.append(await Actor.create(uri=uri, name=f"p{number}", host=host, inbox_uri=uri,
                                                  suspended_at=clock.now() if number == 4 and dice.random() < .3 else None))
        for one in self.actors:
            for other in self.actors:
                if one.id == other.id:
                    continue
                if dice.random() < .4:
                    await Follow.create(uri=f"f{one.id}{other.id}", follower=one, target=other,
                                        accepted_at=clock.now() if dice.random() < .8 else None)
                if dice.random() < .08:
                    await Block.create(blocker=one, target=other)
                if dice.random() < .1:
                    ends_at = clock.now() + timedelta(days=1) if dice.random() < .5 else clock.now() - timedelta(days=1)
                    await Mute.create(owner=one, target=other, ends_at=ends_at)
        me = self.actors[0]
        await FollowedTag.create(owner=me, name="tea")
        apart = await PeopleList.create(owner=me, title="Apart", is_exclusive=True)
        await ListedPerson.create(people_list=apart, actor=self.actors[2])
        await self._write()

    async def _write(self) -> None:
        dice, written = self.dice, list[Post]()
        for number in range(POSTS):
            author, parent = dice.choice(self.actors), dice.choice(written) if written and dice.random() < .3 else None
            reach = dice.choice([*Reach] if author.is_local else [Reach.CIRCLE, Reach.PARTNERS, Reach.WEB])
            post = await Post.create(
                id=new_id() - (dice.randrange(10**14) if dice.random() < .2 else 0), uri=f"u{number}", author=author,
                reach=reach, conversation="c",
                parent=parent, parent_uri=parent.uri if parent else "", to_followers=bool(author.host) and dice.random() < .5,
                is_listed=dice.random() < .8, deleted_at=clock.now() if dice.random() < .1 else None,
                held_until=clock.now() + timedelta(hours=dice.choice([-1, 1])) if dice.random() < .2 else None)
            written.append(post)
            if reach is Reach.CIRCLE:
                await Recipient.create(post=post, actor=dice.choice(self.actors))
            if dice.random() < .3:
                await Tag.create(post=post, name=dice.choice(["tea", "rain"]))
            if dice.random() < .2:
                await Attachment.create(post=post, owner=author)
            passer, passed = dice.choice(self.actors), dice.choice(written)
            if dice.random() < .4 and not await Announce.exists(actor=passer, post=passed):
                reach = dice.choice([Reach.WEB, Reach.PARTNERS, Reach.CIRCLE])
                await Announce.create(uri=f"a{number}", actor=passer, post=passed, reach=reach)


@pytest.mark.parametrize("seed", [1, 2])
async def test_lists_hold_what_the_rules_say(db: object, small: None, seed: int) -> None:
    """Also where it is kept already who wrote last (an odd seed), and where nobody has looked."""
    world = World(seed)
    await world.fill()
    for actor in world.actors if seed % 2 else ():
        memory.current().unsettled.put(actor.id, True)
    await newest.settle()
    for viewer, reader in [(Viewer(), None), *((Viewer.member(actor), actor) for actor in world.actors[:3])]:
        visible = {post.id: post for post in await Post.filter(visible_to(viewer)).select_related("author")}
        await _sql_agrees(viewer, set(visible))
        rules = await _Rules.of(reader, visible)
        for name, (listed, belongs, passed_by) in rules.lists(world.actors).items():
            expected = rules.expected(belongs, passed_by)
            for size in (3, 50):
                await _pages_are(f"{name}, {reader and reader.name}, {size}", listed, expected, size)


async def _sql_agrees(viewer: Viewer, visible: set[int]) -> None:
    """The rule has one meaning as a condition of Tortoise and as a piece of SQL, and nothing of one moment stays in that."""
    for one in (viewer, await Viewer.peer("partner.example"), await Viewer.peer("limited.example")):
        seen = seen_by(one)
        tables = '"post" LEFT OUTER JOIN "actor" "post__author" ON "post__author"."id"="post"."author_id"'
        found = await rows(f'SELECT "post".id FROM {tables} WHERE {seen.sql}', seen.values)  # noqa: S608
        wanted = visible if one is viewer else {post.id for post in await Post.filter(visible_to(one))}
        assert {row["id"] for row in found} == wanted
        assert not re.search(r"\d{4}-\d\d-\d\d", seen.sql)


class _Rules:
    """What belongs to which list, said in Python."""

    def __init__(self, reader: Actor | None, visible: dict[int, Post]) -> None:
        self.reader, self.visible = reader, visible
        self.followed, self.muted, self.named, self.apart = set[int](), set[int](), set[int](), set[int]()
        self.tags: dict[int, set[str]] = {}
        self.pictured, self.passed, self.blocks = set[int](), list[Announce](), set[int]()

    @classmethod
    async def of(cls, reader: Actor | None, visible: dict[int, Post]) -> _Rules:
        rules = cls(reader, visible)
        if reader:
            rules.followed = {one.target_id for one in await Follow.filter(follower=reader, accepted_at__isnull=False)}
            rules.muted = {one.target_id for one in await Mute.filter(owner=reader) if not one.ends_at
                           or one.ends_at > clock.now()}
            rules.blocks = {one.blocker_id for one in await Block.filter(target=reader)} | {
                one.target_id for one in await Block.filter(blocker=reader)}
            rules.named = {one.post_id for one in await Recipient.filter(actor=reader)}
            rules.apart = {one.actor_id for one in await ListedPerson.filter(people_list__owner=reader)}
        for tag in await Tag.all():
            rules.tags.setdefault(tag.post_id, set()).add(tag.name)
        rules.pictured = {one.post_id for one in await Attachment.all() if one.post_id}
        rules.passed = await Announce.all().select_related("actor")
        return rules

    def lists(self, actors: list[Actor]) -> dict[str, tuple[object, object, object]]:
        me, viewer = self.reader, Viewer.member(self.reader) if self.reader else Viewer()
        public = {
            "public": (lambda span: lists.public(viewer, span), self.is_public, None),
            "local": (lambda span: lists.public(viewer, span, Wanted(local=True)), lambda one: self.is_public(one)
                      and one.author.is_local, None),
            "remote": (lambda span: lists.public(viewer, span, Wanted(remote=True)), lambda one: self.is_public(one)
                       and bool(one.author.host), None),
            "pictures": (lambda span: lists.public(viewer, span, Wanted(with_media=True)),
                         lambda one: self.is_public(one) and one.id in self.pictured, None),
            "tagged": (lambda span: lists.tagged("tea", viewer, span), lambda one: "tea" in self.has(one)
                       and self.is_heard(one), None),
            "either tag, no picture of rain": (
                lambda span: lists.tagged("tea", viewer, span, Wanted(no_tags=["rain"]), others=["snow"]),
                lambda one: "tea" in self.has(one) and "rain" not in self.has(one) and self.is_heard(one), None),
            "a person": (lambda span: lists.of_person(actors[3], viewer, span), lambda one: one.author_id == actors[3].id,
                         {actors[3].id}),
        }
        if me is None:
            return public
        chosen = {actors[1].id, actors[3].id, actors[4].id}
        return public | {
            "home": (lambda span: lists.home(me, span), self.is_home, self.followed - self.apart),
            "followed": (lambda span: lists.home(me, span, followed_only=True),
                         lambda one: one.author_id in self.followed - self.apart and self.is_heard(one),
                         self.followed - self.apart),
            "a list": (lambda span: lists.of_people(chosen, me, span), lambda one: one.author_id in chosen
                       and self.is_heard(one), chosen),
        }

    def has(self, post: Post) -> set[str]:
        return self.tags.get(post.id, set())

    def is_heard(self, post: Post) -> bool:
        return post.author_id not in self.muted

    def is_public(self, post: Post) -> bool:
        return (post.reach in (MEMBERS if self.reader else (Reach.WEB,)) and post.is_listed and not post.parent_uri
                and self.is_heard(post))

    def is_home(self, post: Post) -> bool:
        assert self.reader
        ours = (post.author.is_local and post.reach in MEMBERS or post.author_id == self.reader.id) and post.parent_id is None
        to_me = post.reach is Reach.CIRCLE and post.id in self.named
        tagged = "tea" in self.has(post) and self.reader.name == "p0"
        is_near = post.author_id in self.followed or ours or to_me or tagged
        return is_near and post.author_id not in self.apart and self.is_heard(post)

    def expected(self, belongs: object, passed_by: object) -> list[tuple[int, int]]:
        """(place, message), newest first, with every message each time it stands there."""
        found = [(post.id, post.id) for post in self.visible.values() if belongs(post)]  # type: ignore[operator]
        for one in self.passed if passed_by is not None else ():
            is_person = isinstance(passed_by, set) and len(passed_by) == 1 and passed_by != self.followed - self.apart
            is_kept = one.actor_id not in self.muted and one.post_id in self.visible
            heard = is_person or is_kept and self.is_heard(self.visible[one.post_id])
            meant = one.reach in (MEMBERS if self.reader else (Reach.WEB,)) and one.actor.suspended_at is None
            meant = meant and one.actor_id not in self.blocks
            if one.actor_id in passed_by and one.post_id in self.visible and heard and meant:  # type: ignore[operator]
                found.append((one.id, one.post_id))
        return sorted(found, reverse=True)


async def _pages_are(name: str, listed: object, expected: list[tuple[int, int]], size: int) -> None:
    """Page after page, downwards and upwards, everything that belongs there stands there once a page."""
    down, before = [], timelines.END_OF_TIME
    for _ in range(200):
        page: Page = await listed(Span(before=before, size=size))  # type: ignore[operator]
        down += [(entry.id, entry.post.id) for entry in page.entries]
        assert len(page.entries) <= size
        if not page.older:
            break
        before = page.older
    assert set(down) <= set(expected) and [place for place, _ in down] == sorted((place for place, _ in down), reverse=True), name
    assert {post for _, post in down} == {post for _, post in expected}, name
    up, after = [], 0
    for _ in range(200):
        page = await listed(Span(after=after, upwards=True, size=size))  # type: ignore[operator]
        if not page.entries:
            break
        up += [(entry.id, entry.post.id) for entry in reversed(page.entries)]
        after = page.entries[0].id
    assert {post for _, post in up} == {post for _, post in expected} and set(up) <= set(expected), name
    some = [place for place, _ in expected[::2]]
    among = await listed(Span(among=some, size=len(expected) + 1)) if some else None  # type: ignore[operator]
    wanted = {post for place, post in expected if place in some}
    assert among is None or {entry.post.id for entry in among.entries} == wanted, name
