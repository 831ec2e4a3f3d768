"""Accounts: one transaction each, nobody left without a host, and everything written down."""
from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest

from models import Actor, AuditEntry, Community, ConsentRecord, Invitation, Member, Notification
from models.consent import Purpose
from models.errors import NotHere
from models.member import MemberState, Role
from models.ruling import Act
from moderation import consent
from server.actions import accounts, invitations, opening, rulings
from server.actions.accounts import LastHost, NameTaken, Newcomer, NotOneself
from server.actions.links import LinkSpent
from server.actions.rulings import Decided
from server.keys import MEDIA
from tests.live import LiveServer


async def made(server: LiveServer, name: str, **more: Any) -> Member:
    """An account."""
    return await server.run(accounts.create(server.origin, Newcomer(name=name, language="en", **more)))


async def test_an_account_has_an_actor_keys_and_the_agreement_in_the_words_read(alpha: LiveServer) -> None:
    member = await made(alpha, "ourse", email="ourse@example.org", consents=(Purpose.MEMBERSHIP, Purpose.FOUND_HERE))

    async def check() -> None:
        actor = await Actor.local(member.actor.uri)
        record = await ConsentRecord.newest(actor.id, Purpose.MEMBERSHIP)
        community = await Community.current()
        words = consent.PURPOSES[Purpose.MEMBERSHIP].in_words("en", community=community.name, condition=community.condition)
        assert record and record.granted and record.text_digest == consent.digest_of(words)
        assert actor.discoverable and not await consent.may_leave(actor.id)
        assert member.email is None and member.new_email == "ourse@example.org"
    await alpha.run(check())


async def test_a_name_is_given_once_also_to_two_at_the_same_time(alpha: LiveServer) -> None:
    await made(alpha, "ourse")
    with pytest.raises(NameTaken):
        await made(alpha, "ourse")
    assert await alpha.run(_count(Member)) == 1 and await alpha.run(_count(ConsentRecord)) == 1


async def _count(model: Any) -> int:
    return int(await model.all().count())


async def test_an_invitation_gives_its_role_and_is_spent_with_the_account(alpha: LiveServer) -> None:
    token = await alpha.run(invitations.invite(None, Role.MODERATOR, uses=1))
    member = await alpha.run(accounts.create(alpha.origin, Newcomer(name="mira"), invitation=token))
    assert member.role is Role.MODERATOR
    with pytest.raises(LinkSpent):
        await alpha.run(accounts.create(alpha.origin, Newcomer(name="second"), invitation=token))
    with pytest.raises(NotHere):
        await alpha.run(Actor.named("second"))


async def test_an_invitation_stays_when_the_account_could_not_be_made(alpha: LiveServer) -> None:
    await made(alpha, "ourse")
    token = await alpha.run(invitations.invite(None))
    with pytest.raises(NameTaken):
        await alpha.run(accounts.create(alpha.origin, Newcomer(name="ourse"), invitation=token))
    assert (await alpha.run(_first(Invitation))).uses_left == 1


async def _first(model: Any) -> Any:
    return await model.first()


async def test_who_waits_cannot_be_seen_until_the_team_says_yes(alpha: LiveServer) -> None:
    moderator = await made(alpha, "mira", role=Role.MODERATOR)
    member = await made(alpha, "ourse", state=MemberState.WAITING, email="ourse@example.org", answer="Hello")
    with pytest.raises(NotHere):
        await alpha.run(Actor.named("ourse"))

    async def story() -> None:
        assert await Notification.filter(recipient_id=moderator.actor_id).count() == 1
        await accounts.decide_join(member, True, moderator.actor, "")
        assert (await Actor.named("ourse")).id == member.actor_id
        assert await Notification.filter(recipient_id=moderator.actor_id).count() == 0
        await accounts.decide_join(member, False, moderator.actor, "too late")
        assert (await Member.get(id=member.id)).state is MemberState.ACTIVE
        assert await AuditEntry.filter(action="member.accept", actor_id=moderator.actor_id).count() == 1
    await alpha.run(story())


async def test_the_last_host_cannot_be_lost(alpha: LiveServer) -> None:
    host = await made(alpha, "hote", role=Role.HOST)
    suspend = Decided(act=Act.SUSPEND, subject=host.actor, by=None)
    for attempt in (accounts.set_role(host, Role.MEMBER, host.actor), rulings.rule(suspend, alpha.app[MEDIA])):
        with pytest.raises(LastHost):
            await alpha.run(_awaited(attempt))
    with pytest.raises(NotOneself):
        await alpha.run(rulings.rule(replace(suspend, by=host.actor), alpha.app[MEDIA]))
    await made(alpha, "second", role=Role.HOST)
    await alpha.run(accounts.set_role(host, Role.MEMBER, host.actor))
    assert host.role is Role.MEMBER


async def _awaited(work: Coroutine[Any, Any, None]) -> None:
    await work


async def test_the_opening_link_works_once_and_opens(alpha: LiveServer) -> None:
    first = await alpha.run(opening.opening_link(alpha.settings))
    link = await alpha.run(opening.opening_link(alpha.settings))
    assert first and link and link.startswith(f"{alpha.origin}/open/")
    with pytest.raises(LinkSpent):
        await alpha.run(accounts.create(alpha.origin, Newcomer(name="hote"), opening=first.rpartition("/")[2]))
    await alpha.run(accounts.create(alpha.origin, Newcomer(name="hote", role=Role.HOST), opening=link.rpartition("/")[2]))
    assert await alpha.run(opening.opening_link(alpha.settings)) is None
