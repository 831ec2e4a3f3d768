"""A double click, two apps, a job beside a request: what is the same is done once, what each said stays, and no error is met."""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from federation import asking_first, charters, directories, instance, waiting_meetings
from models import (
    AccessToken,
    Actor,
    Approval,
    Archive,
    Badge,
    Brought,
    Charter,
    ClientApp,
    Community,
    ConsentRecord,
    Contact,
    CrisisLine,
    Follow,
    Guardianship,
    Host,
    HostExclude,
    Introduction,
    ListedPerson,
    Member,
    Mentoring,
    OutgoingActivity,
    PeopleList,
    Poll,
    Post,
    ProfileValue,
    PushSubscription,
    Revision,
    Vote,
    Waiting,
    WaitingEntry,
    WaitingMatch,
)
from models.badge import BadgeKind, Evidence
from models.consent import Purpose
from models.crisis import LineKind
from models.database import in_transaction
from models.errors import NotHere
from models.guardian import Tie
from models.host import Standing
from models.member import Role
from models.profile import ProfileLine
from models.reach import Reach
from models.rights import BroughtKind
from models.stamp import StampKind
from models.turns import second_try
from models.waiting import MatchState
from server.actions import (
    archives,
    badges,
    brought,
    contacts,
    crisis,
    follows,
    guardians,
    host_lists,
    lists,
    mentors,
    moving,
    partners,
    posts,
    profile_lines,
    reactions,
    removal,
    sharing,
    subscriptions,
    votes,
    waiting,
)
from server.actions.badges import Asked
from server.actions.guardians import ALL
from server.actions.polls import PollDraft
from server.actions.posts import Composition
from server.actions.profile_lines import Value
from server.keys import MEDIA
from server.members.takeout import Line
from tests.at_once import at_once
from tests.live import LiveServer

DAY = date(2026, 1, 1)
Act = Callable[[], Awaitable[Any]]


async def both(server: LiveServer, first: Act, second: Act | None = None) -> list[Any]:
    """What each gave."""
    given = await server.ask(lambda: at_once(first, second))
    wrong = [one for one in given if isinstance(one, BaseException)]
    assert not wrong, wrong
    return given


async def in_one(act: Awaitable[Any]) -> None:
    """In a transaction, as whoever calls it has one."""
    async with in_transaction():
        await act


async def row_of(server: LiveServer, actor: Actor) -> Member:
    """A member as a request reads them."""
    return await server.ask(lambda: Member.get(actor_id=actor.id).select_related("actor"))


async def stranger(server: LiveServer, name: str) -> Actor:
    """Somebody elsewhere, of whom nothing is asked."""
    uri = f"https://b.example/{name}"
    return await server.ask(lambda: Actor.create(uri=uri, name=name, host="b.example", inbox_uri=f"{uri}/inbox"))


async def test_actors_are_made_when_somebody_needs_them(alpha: LiveServer) -> None:
    one, two = await both(alpha, lambda: directories.ensure(alpha.instance))
    assert one.id == two.id
    await alpha.ask(lambda: Actor.filter(id=alpha.instance.actor.id).delete())
    one, two = await both(alpha, lambda: instance.ensure_actor(alpha.origin))
    assert one.id == two.id

    async def found_or_made() -> Actor:
        """As what is read elsewhere while the inbox takes it in."""
        columns = {"name": "otto", "host": "b.example", "inbox_uri": "https://b.example/in"}
        return await Actor.get_or_none(uri="https://b.example/1") or await Actor.create(uri="https://b.example/1", **columns)
    one, two = await both(alpha, lambda: second_try(found_or_made))
    assert one.id == two.id


async def test_a_form_that_is_sent_twice(alpha: LiveServer) -> None:
    vita, anna, mod = await alpha.member("vita"), await alpha.member("anna"), await alpha.member("mod", role=Role.MODERATOR)
    me, staff, child = [await row_of(alpha, one) for one in (vita, mod, await alpha.member("child"))]
    await alpha.ask(lambda: Member.filter(id=child.id).update(role=Role.MANAGED))
    child.role, community = Role.MANAGED, await alpha.ask(Community.current)
    app = await alpha.ask(lambda: ClientApp.create(name="app"))
    token = await alpha.ask(lambda: AccessToken.create(token_digest="y", app=app, member=me, scopes=[]))
    list_ = await alpha.ask(lambda: PeopleList.create(owner=vita, title="friends"))
    contact = {"kind": "centre", "name": "House", "country": "FR", "source": "https://a.example", "date": "2026-01-01"}
    asked = Asked(kind=BadgeKind.RESEARCH, profession="Biologist", evidence=Evidence.ORCID, number="0000-0002-1825-0097")
    wanted = {"endpoint": "https://push.example/1", "public_key": "k", "secret": "s"}

    def lines() -> Awaitable[None]:
        line = CrisisLine(country="FR", kind=LineKind.EMERGENCY, number="15", source="https://a.example", checked_on=DAY)
        return crisis.set_lines("FR", [line], mod)

    await both(alpha, lambda: archives.ask(me))
    await both(alpha, lambda: badges.ask(me, asked, "en", community, alpha.origin))
    await both(alpha, lambda: mentors.seek(me))
    await both(alpha, lambda: lists.add(list_, [anna.id]))
    await both(alpha, lambda: subscriptions.subscribe(token, me, wanted))
    await both(alpha, lambda: guardians.add(child, me, Tie.PARENT, ALL, staff))
    await both(alpha, lambda: host_lists.exclude(["a.example"]))
    await both(alpha, lambda: contacts.add(contact, mod))
    await both(alpha, lines)
    await both(alpha, lambda: brought.bring(vita, [Line(BroughtKind.PROFILE, "x")]))
    kept = [Archive, Badge, Mentoring, ListedPerson, PushSubscription, HostExclude, Contact, CrisisLine, Brought]
    assert [await alpha.ask(lambda rows=rows: rows.all().count()) for rows in kept] == [1] * len(kept)
    assert await alpha.ask(lambda: Guardianship.filter(Guardianship.running()).count()) == 1


async def test_what_goes_out_goes_out_once(alpha: LiveServer) -> None:
    vita, otto = await alpha.member("vita"), await stranger(alpha, "otto")
    await alpha.ask(lambda: Host.filter(name="b.example").delete())
    await alpha.ask(lambda: Host.create(name="b.example", standing=Standing.PARTNER))
    theirs = await alpha.ask(lambda: Post.create(uri="https://b.example/1", author=otto, reach=Reach.WEB, conversation="c",
                                                   published_at=otto.created_at))
    await alpha.ask(lambda: Follow.create(uri=f"{otto.uri}/1", follower=otto, target=vita, accepted_at=otto.created_at))
    mine = await alpha.write(vita, "Hello.")

    async def sent(kind: str) -> int:
        return await alpha.ask(lambda: OutgoingActivity.filter(kind=kind).count())

    await both(alpha, lambda: follows.follow(vita, otto))
    await both(alpha, lambda: reactions.thank(vita, theirs))
    await both(alpha, lambda: reactions.pass_on(vita, theirs))
    assert [await sent(kind) for kind in ("Follow", "Like", "Announce", "Undo")] == [1, 1, 1, 0]
    await both(alpha, lambda: follows.unfollow(vita, otto))
    await both(alpha, lambda: reactions.take_thanks_back(vita, theirs))
    await both(alpha, lambda: reactions.take_back(vita, theirs))
    assert await sent("Undo") == 3
    await both(alpha, lambda: in_one(asking_first.ask(StampKind.LIKE, vita, theirs, Reach.CIRCLE)))
    assert await alpha.ask(lambda: Approval.all().count()) == 1
    fresh = [await alpha.ask(lambda: Post.get(id=mine.id).select_related("author")) for _ in range(2)]
    await both(alpha, lambda: removal.delete(fresh.pop(), alpha.app[MEDIA]))
    assert await sent("Delete") == 1

    await alpha.ask(lambda: Community.all().update(association="Us", country="FR", contact="a@a.example"))
    await both(alpha, lambda: in_one(charters.publish(alpha.instance.actor)))
    assert await alpha.ask(lambda: Charter.filter(host="").count()) == 1
    them = await alpha.ask(lambda: Actor.create(uri="https://c.example/actor", name="c", host="c.example", inbox_uri="https://c.example/in"))
    asking = {"asked_us_at": them.created_at, "offer_uri": "https://c.example/1", "instance_uri": them.uri}
    hosts = [await alpha.ask(lambda: Host.create(name="c.example", **asking))]
    hosts.append(await alpha.ask(lambda: Host.get(id=hosts[0].id)))
    _, late = await alpha.ask(lambda: at_once(lambda: partners.accept(alpha.instance, hosts[0], None),
                                              lambda: partners.refuse(alpha.instance, hosts[1], None)))
    assert isinstance(late, NotHere) and [await sent(kind) for kind in ("Accept", "Reject")] == [1, 0]


async def test_what_each_of_two_said_stays(alpha: LiveServer) -> None:
    vita, community = await alpha.member("vita"), await alpha.ask(Community.current)
    old, new = await row_of(alpha, vita), await row_of(alpha, vita)

    def say(member: Member, line: ProfileLine, text: str) -> Act:
        shown = (str(line), text)
        return lambda: profile_lines.say(member, line, [Value(text=text)], shown, Reach.COMMUNITY, "en", community, year=2026)

    await alpha.run(sharing.say(old, Purpose.HEALTH_PROFILE, True, "en", community))
    await both(alpha, say(old, ProfileLine.ASK_ME, "they"), say(new, ProfileLine.ROLE, "chess"))
    shown = (await row_of(alpha, vita)).actor
    assert {one["text"] for one in shown.details} == {"they", "chess"}
    assert {ProfileLine.ASK_ME, ProfileLine.ROLE} <= set(shown.line_words or {})

    old, new = await row_of(alpha, vita), await row_of(alpha, vita)
    await both(alpha, lambda: sharing.say(old, Purpose.FOUND_HERE, True, "en", community),
               lambda: sharing.say(new, Purpose.FOUND_HERE, False, "en", community))
    assert not (await row_of(alpha, vita)).actor.discoverable, "the last word was a no"
    told = await alpha.ask(lambda: ConsentRecord.filter(actor_id=vita.id, purpose=Purpose.FOUND_HERE).order_by("id"))
    assert [one.granted for one in told] == [True, False]

    one, two = await stranger(alpha, "one"), await stranger(alpha, "two")
    mine = [(await row_of(alpha, vita)).actor for _ in range(2)]
    await both(alpha, lambda: moving.name_old(mine[0], one), lambda: moving.name_old(mine[1], two))
    assert (await row_of(alpha, vita)).actor.aliases == [one.uri, two.uri]

    post = await alpha.write(vita, "First.")
    read = [await alpha.ask(lambda: Post.get(id=post.id).select_related("author")) for _ in range(2)]
    await both(alpha, *(lambda each=each, text=text: posts.edit(each, Composition(text=text, reach=each.reach), {}, alpha.origin)
                        for each, text in zip(read, ("Second.", "Third."), strict=True)))
    assert [row.text for row in await alpha.ask(lambda: Revision.filter(post=post).order_by("id"))] == ["First.", "Second."]

    other = Composition(text="Which?", reach=Reach.COMMUNITY, poll=PollDraft(("c", "d")))
    post = await alpha.write(vita, "Which?", Reach.COMMUNITY, poll=PollDraft(("a", "b")))
    anna = await alpha.member("anna")
    read = [await alpha.ask(lambda: Post.get(id=post.id).select_related("author")) for _ in range(2)]
    _, late = await alpha.ask(lambda: at_once(lambda: posts.edit(read[0], other, {}, alpha.origin),
                                              lambda: votes.choose(anna, read[1], [0])))
    [asked] = await alpha.ask(Poll.all)
    assert isinstance(late, NotHere) and asked.words == ["c", "d"] and not await alpha.ask(lambda: Vote.all().count())


async def test_two_who_begin_to_wait_at_the_same_moment_find_each_other(alpha: LiveServer) -> None:
    community, people = await alpha.ask(Community.current), [await alpha.member(name) for name in ("vita", "anna")]
    for actor in people:
        await alpha.ask(lambda actor=actor: ProfileValue.create(actor=actor, line=ProfileLine.CONDITION, code="ORPHA:324"))
        await alpha.run(sharing.say(await row_of(alpha, actor), Purpose.FOUND_BY_PARTNERS, True, "en", community))
    await both(alpha, *(lambda each=each: waiting.join(each, "ORPHA:324") for each in people))
    assert await alpha.ask(lambda: WaitingMatch.all().count()) == 2

    us, them = await alpha.run(directories.ensure(alpha.instance)), await stranger(alpha, "directory")
    mine = await alpha.ask(lambda: Waiting.get(actor=people[0]))
    told = {"host": them.host, "actor": people[0], "waiting": mine}
    await alpha.ask(lambda: WaitingEntry.create(**told, key="k", code=mine.code, epoch=1))
    found = await alpha.ask(lambda: WaitingMatch.create(**told, other=f"{them.uri}/waiting/1", state=MatchState.YES))
    await both(alpha, lambda: in_one(waiting_meetings.go_on(us, them, found)))
    assert await alpha.ask(lambda: Introduction.all().count()) == 1, "the page, the inbox and a job bring it on"
