"""Who gets a copy: what the database chooses is what the rule says, asked of each actor and each host in turn, in any scene."""
from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest
from tortoise.context import TortoiseContext

from federation import audience
from models import Actor, Community, Delivery, Disclosure, Follow, Host, HostBlock, OutgoingActivity, clock, fan_out
from models.database import in_transaction
from models.delivery import DeliveryState
from models.fan_out import NOBODY, Audience
from models.host import Rule, Standing
from models.ids import new_key
from models.reach import Reach
from tests.properties.test_domains import any_name, asked

THING = "https://here.example/posts/1"
#: product.md, Standing of another host; what stays here goes to none.
REACHES = {Standing.PARTNER: {Reach.CIRCLE, Reach.PARTNERS, Reach.WEB}, Standing.NARROWED: {Reach.WEB},
           Standing.OPEN: {Reach.WEB}, Standing.LIMITED: {Reach.WEB}}
ENDS = ((DeliveryState.DONE, 1, 202), (DeliveryState.WAITING, 0, 0), (DeliveryState.FAILED, 0, 0), (DeliveryState.FAILED, 3, 0),
        (DeliveryState.FAILED, 1, 404), (DeliveryState.FAILED, 1, 503))


@dataclass
class Scene:
    """Actors and hosts as they were made, and what is known of them beside the rows."""

    alice: Actor
    chance: random.Random
    is_open: bool
    own: dict[str, Rule] = field(default_factory=dict)
    people: list[Actor] = field(default_factory=list)
    following: set[int] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    had: dict[str, str] = field(default_factory=dict)

    def may_have(self, host: str, reach: Reach, domain: str = "") -> bool:
        """Whether something of this reach may go to that host, for somebody with an address on that domain."""
        standing, there = asked(self.own, host).standing, asked(self.own, domain).standing if domain else Standing.UNKNOWN
        if there is Standing.SUSPENDED or there is Standing.LIMITED and reach is not Reach.WEB:
            return False
        if standing is Standing.UNKNOWN and self.is_open:
            standing = Standing.OPEN
        return reach in REACHES.get(standing, set())

    def readers(self, reach: Reach, named: list[Actor], had: bool) -> dict[str, str]:
        """Where a message goes, by the rule."""
        wanted = {shared(one): one.host for one in self.people if self.blocked.isdisjoint(one.servers)
                  and self.may_have(one.host, reach, one.domain)
                  and (one.id in self.following and reach is not Reach.CIRCLE or one in named)
                  and one.suspended_at is None and one.deleted_at is None}
        all_ = (self.had if had else {}) | wanted
        return {inbox: host for inbox, host in all_.items() if host and self.may_have(host, reach)}


def shared(actor: Actor) -> str:
    """Where an actor is read, beside others of that server."""
    return actor.shared_inbox_uri or actor.inbox_uri


async def activity_of(actor: Actor, kind: str, about: str) -> OutgoingActivity:
    """An activity of somebody, on its way to nobody yet."""
    return await OutgoingActivity.create(key=new_key(), uri=f"{about}/{kind}", actor=actor, kind=kind, object_uri=about,
                                         body="{}")


async def any_scene(chance: random.Random, is_open: bool = False) -> Scene:
    """Hosts below and beside each other under any rules, people there and here who follow, or asked to, or are gone."""
    await (await Community.current()).change(is_open_federation=is_open)
    alice = await Actor.create(uri="https://here.example/alice", name="alice", inbox_uri="x")
    scene = Scene(alice, chance, is_open)
    for name in sorted({f"{any_name(chance)}.{root}" for root in ("net", "org", "test") for _ in range(5)}):
        scene.own[name] = Rule(chance.choice((*Standing, Standing.PARTNER, Standing.PARTNER, Standing.UNKNOWN)))
        await (await Host.called(name)).decide(scene.own[name])
    hosts = [*scene.own, ""]
    for number in range(30):
        host, now = chance.choice(hosts), clock.now()
        inbox = f"https://{host}/{number}/inbox"
        actor = await Actor.create(
            uri=f"https://{host}/{number}", name=str(number), host=host, inbox_uri=inbox,
            domain=chance.choice(("", "", *scene.own)) if host else "",
            shared_inbox_uri=chance.choice(("", f"https://{host}/inbox", f"https://{host}/inbox")),
            suspended_at=chance.choice((None, None, None, now)), deleted_at=chance.choice((None, None, None, now)))
        scene.people.append(actor)
        if chance.random() < 0.7:
            let_in = chance.random() < 0.7
            await Follow.create(uri=f"{inbox}/f", follower=actor, target=scene.alice, accepted_at=now if let_in else None)
            scene.following |= {actor.id} if let_in else set()
    for host in chance.sample([*scene.own], 2):
        await HostBlock.create(owner=scene.alice, host=host)
        scene.blocked.add(host)
    await HostBlock.create(owner=chance.choice(scene.people), host=chance.choice([*scene.own]))  # somebody else's
    await _send_before(scene)
    return scene


async def _send_before(scene: Scene) -> None:
    """Some have the thing already, by a delivery or because they fetched it; or never got it."""
    chance = scene.chance
    create = await activity_of(scene.alice, "Create", THING)
    for host in chance.sample([*scene.own], 4):
        state, tries, status = chance.choice(ENDS)
        await Delivery.create(activity=create, host=host, inbox_uri=f"https://{host}/old", object_uri=THING, state=state,
                              attempts=tries, status=status)
        if state is not DeliveryState.FAILED or tries and (status == 0 or status >= 500):
            scene.had[f"https://{host}/old"] = host
    for host in chance.sample([*scene.own], 5):
        ended = chance.choice((None, None, clock.now()))
        await Disclosure.create(object_uri=THING, host=host, actor=scene.alice, kind="fetch", ended_at=ended)
        there = sorted((one for one in scene.people if one.host == host and one.suspended_at is None and one.deleted_at is None),
                       key=lambda one: (one.shared_inbox_uri == "", one.id))
        if ended is None and there and host not in scene.had.values():
            scene.had[shared(there[0])] = host


@pytest.mark.parametrize("seed", range(4))
async def test_it_goes_where_the_rule_says_and_nowhere_else(db: TortoiseContext, seed: int) -> None:
    chance = random.Random(seed)
    async with in_transaction():
        scene = await any_scene(chance, is_open=seed % 2 == 1)
    for _ in range(3):
        for reach in Reach:
            named = chance.sample(scene.people, 4)
            for had in (False, True):
                chosen = await audience.readers(scene.alice, reach, named, had=THING if had else "")
                expected = scene.readers(reach, named, had)
                assert await fan_out.inboxes(chosen) == expected and await fan_out.reaches(chosen) is bool(expected), (reach, had)
            among = chance.sample([*scene.own], 6)
            chosen = await audience.readers(scene.alice, reach, named, among=among)
            assert await fan_out.inboxes(chosen) == {
                inbox: host for inbox, host in scene.readers(reach, named, had=False).items() if host in among}
        assert await fan_out.inboxes(audience.holders(THING)) == scene.had
        but = [*scene.had.values()][:1]
        assert set((await fan_out.inboxes(audience.holders(THING, but))).values()) == {*scene.had.values()} - {*but}
        name = chance.choice([*scene.own])  # and again, once the rule of one has changed
        scene.own[name] = Rule(chance.choice((*Standing,)))
        await (await Host.get(name=name)).change(standing=scene.own[name].standing)


async def test_single_people_are_reached_at_their_own_inboxes_however_we_stand_with_them(db: TortoiseContext) -> None:
    scene = await any_scene(random.Random(5))
    elsewhere = [one for one in scene.people if one.host]
    assert await fan_out.inboxes(audience.people(*scene.people)) == {one.inbox_uri: one.host for one in elsewhere}
    assert await fan_out.inboxes(audience.servers_of(*scene.people)) == {shared(one): one.host for one in elsewhere}
    for nobody in (NOBODY, audience.people(scene.alice), Audience(followers_of=scene.alice.id, standings=[])):
        assert not await fan_out.inboxes(nobody) and not await fan_out.reaches(nobody)


async def test_each_inbox_gets_one_delivery_in_the_order_of_writing(db: TortoiseContext) -> None:
    scene = await any_scene(random.Random(6))
    activities = [await activity_of(scene.alice, kind, "x") for kind in ("Create", "Update")]
    everybody = Audience(followers_of=scene.alice.id)
    for activity in (*activities, activities[0]):  # and once more
        await fan_out.add_deliveries(activity.id, "x", everybody, clock.now())
    await fan_out.add_deliveries(activities[0].id, "x", NOBODY, clock.now())
    expected = await fan_out.inboxes(everybody)
    written = [await Delivery.filter(activity_id=activity.id).order_by("id") for activity in activities]
    assert [{one.inbox_uri: one.host for one in rows} for rows in written] == [expected, expected]
    assert written[0][-1].id < written[1][0].id  # a Create goes before what it is followed by
    assert all(one.state is DeliveryState.WAITING and one.object_uri == "x" and one.attempts == 0 for one in written[0])


async def test_followers_of_others_members_of_ours_and_who_has_something_else_get_no_copy(db: object) -> None:
    ada, bea, cy, dan, eve = [
        await Actor.create(uri=f"https://{host or 'here.example'}/{name}", name=name, host=host, inbox_uri=f"https://{host}/{name}")
        for name, host in (("ada", ""), ("bea", ""), ("cy", "c.example"), ("dan", "d.example"), ("eve", "e.example"))]
    for follower, target in ((cy, ada), (bea, ada), (dan, bea)):
        await Follow.create(uri=new_key(), follower=follower, target=target, accepted_at=clock.now())
    assert await fan_out.inboxes(Audience(followers_of=ada.id)) == {cy.inbox_uri: "c.example"}
    assert await fan_out.inboxes(Audience(people=[bea.id, dan.id])) == {dan.inbox_uri: "d.example"}
    for uri, reader in ((THING, cy), (f"{THING}0", dan)):
        sent = await OutgoingActivity.create(key=new_key(), uri=new_key(), actor=ada, kind="Create", object_uri=uri, body="")
        await Delivery.create(activity=sent, host=reader.host, inbox_uri=reader.inbox_uri, object_uri=uri)
    assert await fan_out.inboxes(Audience(holders_of=THING)) == {cy.inbox_uri: "c.example"}
    await Disclosure.create(object_uri=f"{THING}0", host=eve.host, actor=ada, kind="fetch")
    assert await fan_out.inboxes(Audience(holders_of=THING)) == {cy.inbox_uri: "c.example"}
    assert await fan_out.inboxes(Audience(holders_of=f"{THING}0")) == {dan.inbox_uri: "d.example", eve.inbox_uri: "e.example"}
