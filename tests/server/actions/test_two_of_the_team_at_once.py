"""Two of the team, two who tell, two browsers of one person: what one does is not lost on the other, and nothing stays behind."""
from __future__ import annotations

from datetime import timedelta

from federation import directories, domain_lists
from models import (
    Actor,
    Attachment,
    AuditEntry,
    Case,
    Draft,
    HostList,
    HostListEntry,
    Introduction,
    Member,
    Notification,
    Post,
    Report,
    Review,
    clock,
)
from models.case import Matter
from models.errors import NotHere
from models.host_list import ListKind
from models.member import MemberState, Role
from models.notification import Notice
from models.reach import Reach
from models.review import ReviewState
from moderation.signals import SIGNALS
from moderation.signals.facts import Consequence, Finding
from server.actions import cases, deaths, drafts, host_lists, introductions, posts, reports, reviews
from server.actions.drafts import Typed
from server.actions.posts import Composition
from server.actions.reports import Told
from server.actions.signals import Found
from server.keys import MEDIA
from tests.at_once import at_once
from tests.live import LiveServer
from tests.server.actions.test_two_at_once import both, in_one, row_of

HELD = Found(((SIGNALS[0], Finding(Consequence.HOLD)),))


async def test_a_death_that_two_tell_is_heard_and_one_that_was_refused_does_not_happen(alpha: LiveServer) -> None:
    rose, vita = await alpha.member("rose"), await alpha.member("vita")
    told = [await row_of(alpha, await alpha.member(name)) for name in ("anna", "bruno")]
    mod, other = [await row_of(alpha, await alpha.member(name, role=Role.MODERATOR)) for name in ("mod", "other")]

    async def tell_again() -> Member:
        for each in told:
            await deaths.report(rose, each, False, "x")
        return await Member.get(actor_id=rose.id).select_related("actor")

    await both(alpha, *(lambda each=each: deaths.report(rose, each, False, "x") for each in told))
    assert await alpha.ask(lambda: Notification.filter(kind=Notice.DEATH).count()) == 2
    subject = await row_of(alpha, rose)
    _, late = await alpha.ask(lambda: at_once(lambda: deaths.refuse(subject, mod, "No."), lambda: deaths.confirm(subject, other)))
    assert isinstance(late, deaths.NotYet) and (await row_of(alpha, rose)).state is MemberState.ACTIVE
    subject, third = await alpha.ask(tell_again), await row_of(alpha, vita)
    _, late = await alpha.ask(lambda: at_once(lambda: deaths.confirm(subject, other),
                                              lambda: deaths.report(rose, third, False, "x")))
    assert str(late) == "nobody here" and not await alpha.ask(lambda: deaths.told_of(rose))


async def test_the_last_that_is_let_go_closes_the_case_and_what_comes_then_has_one(alpha: LiveServer) -> None:
    vita = await alpha.member("vita")
    mod, other = [await row_of(alpha, await alpha.member(name, role=Role.MODERATOR)) for name in ("mod", "other")]
    written = [await alpha.write(vita, text) for text in ("One", "Two", "Three", "Four")]

    async def held(*numbers: int) -> list[Review]:
        for number in numbers:
            await in_one(reviews.hold(written[number], HELD))
        return await Review.filter(post_id__in=[written[number].id for number in numbers]).order_by("post_id")

    one, two = await alpha.ask(lambda: held(0, 1))
    await both(alpha, lambda: reviews.let_go(one, mod), lambda: reviews.let_go(two, other))
    assert not await alpha.ask(lambda: Case.filter(closed_at__isnull=True).exists())
    [three] = await alpha.ask(lambda: held(2))
    await both(alpha, lambda: in_one(reviews.hold(written[3], HELD)), lambda: reviews.let_go(three, mod))
    assert await alpha.ask(lambda: Review.filter(state=ReviewState.WAITING).count()) == 1
    assert await alpha.ask(lambda: Case.filter(closed_at__isnull=True).count()) == 1

    [four] = await alpha.ask(lambda: Review.filter(state=ReviewState.WAITING))
    as_read = await alpha.ask(lambda: Post.get(id=four.post_id).select_related("author"))
    other_words = Composition(text="What nobody of the team has read", reach=as_read.reach)
    _, late = await alpha.ask(lambda: at_once(lambda: reviews.let_go(four, mod),
                                              lambda: posts.edit(as_read, other_words, {}, alpha.origin)))
    assert isinstance(late, NotHere) and (await alpha.ask(lambda: Post.get(id=four.post_id))).text == "Four"


async def test_a_report_is_in_an_open_case_whatever_is_closed_meanwhile_and_pressed_twice_it_is_one(alpha: LiveServer) -> None:
    vita, anna, bruno = [await alpha.member(name) for name in ("vita", "anna", "bruno")]
    mod, us = await alpha.member("mod", role=Role.MODERATOR), await alpha.ask(Actor.instance)

    async def told(by: Actor, **more: object) -> Report:
        return await reports.report(us, by, vita, Told(text="x", **more))  # type: ignore[arg-type]

    async def open_ones() -> list[int]:
        return [row.reports_count for row in await Case.filter(closed_at__isnull=True)]

    first = await alpha.run(told(anna))
    case = await alpha.ask(lambda: Case.get(id=first.case_id))
    await both(alpha, lambda: cases.close(case, mod), lambda: told(bruno))
    assert await alpha.ask(open_ones) == [1]
    again, twice = await both(alpha, lambda: told(anna))
    assert again.id == twice.id != first.id and await alpha.ask(open_ones) == [2]
    await alpha.run(told(anna, matter=Matter.SCAM))
    assert await alpha.ask(open_ones) == [3], "something else"
    await both(alpha, lambda: reports.close(again, mod))
    assert await alpha.ask(lambda: AuditEntry.filter(action="report.resolve").count()) == 1


async def test_two_browsers_of_one_person_and_a_list_that_is_read_or_wanted_twice(alpha: LiveServer) -> None:
    parsed = domain_lists.parse("bad.example\nworse.example\n")

    def subscribe() -> object:
        return host_lists.subscribe(alpha.instance, "https://b.example/list", HostList(title="", kind=ListKind.BLOCKS), None)
    one, two = await both(alpha, subscribe)  # type: ignore[arg-type]
    assert one.id == two.id
    await both(alpha, lambda: host_lists.take_in(alpha.instance, one, parsed))
    assert await alpha.ask(lambda: HostListEntry.all().count()) == 2

    vita = await alpha.member("vita")
    rows = [await row_of(alpha, vita) for _ in range(2)]
    await both(alpha, lambda: rows[0].read_like(rest=True), lambda: rows[1].read_like(mode="dark"))
    assert (await row_of(alpha, vita)).reading == {"rest": True, "mode": "dark"}

    await alpha.run(directories.ensure(alpha.instance))
    soon = clock.now() + timedelta(days=1)
    asked = {"actor": vita, "host": "b.example", "is_asker": False, "listing_uri": "x", "ends_at": soon}
    waiting = [await alpha.ask(lambda uri=uri: Introduction.create(**asked, offer_uri=uri, pseudonym_uri=uri)) for uri in "ab"]
    await alpha.ask(lambda: Notification.tell(vita, Notice.INTRODUCTION, host="b.example"))
    await both(alpha, *(lambda key=each.key: introductions.answer(vita, key, False) for each in waiting))
    assert not await alpha.ask(lambda: Notification.exists(kind=Notice.INTRODUCTION))

    stored = {"owner": vita, "media_type": "image/webp", "stored_at": clock.now()}
    image, kept = [await alpha.ask(lambda key=key: Attachment.create(**stored, key=key)) for key in ("a", "b")]
    one, two = await both(alpha, lambda: drafts.save(vita, Typed(text="Hello", images=((image.key, ""), (kept.key, "")))))
    assert one.id == two.id
    await alpha.run(drafts.save(vita, Typed(text="Another", images=((kept.key, ""),))))
    sent = Composition(text="Hello", reach=Reach.COMMUNITY, attachments=(image,))
    await both(alpha, lambda: posts.publish(vita, sent, alpha.origin), lambda: drafts.discard(one, alpha.app[MEDIA]))
    assert await alpha.ask(lambda: Attachment.all().count()) == 2 and await alpha.ask(lambda: Draft.all().count()) == 1
