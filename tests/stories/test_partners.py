"""Two communities that never met become partners, and part again."""
from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation.errors import FederationError
from models import Host, Notification
from models.host import Standing
from models.member import Role
from models.notification import Notice
from models.reach import Reach
from server.actions import partners
from tests.browser import Browser
from tests.conftest import NewDatabase
from tests.live import LiveServer, settle
from tests.stories.scene import befriend, known


@pytest.fixture
async def far(new_database: NewDatabase, tmp_path: Path, alpha: LiveServer) -> AsyncIterator[LiveServer]:
    """A community that alpha has never heard of."""
    async with LiveServer(await new_database(), tmp_path / "far") as server:
        yield server


async def standing(server: LiveServer, other: LiveServer) -> Standing:
    """How a server stands with another."""
    found = await server.ask(lambda: Host.get_or_none(name=other.host))
    return found.standing if found else Standing.UNKNOWN


async def host(server: LiveServer, other: LiveServer) -> Host:
    """The row of another server."""
    return await server.ask(lambda: Host.get(name=other.host))


async def ask(server: LiveServer, other: LiveServer) -> None:
    """Ask to become partners, and wait until it has arrived."""
    await server.run(partners.ask(server.instance, other.origin, None))
    await settle(server, other)


async def test_one_asks_the_other_says_yes_and_messages_flow(alpha: LiveServer, far: LiveServer) -> None:
    hana = await far.member("hana", role=Role.HOST)
    await ask(alpha, far)
    assert (await standing(alpha, far), await standing(far, alpha)) == (Standing.UNKNOWN, Standing.UNKNOWN)
    assert (await far.ask(lambda: Notification.get(recipient_id=hana.id))).kind is Notice.PARTNER_REQUEST
    await far.ask(lambda: Host.filter(name=alpha.host).update(title="House A"))
    async with Browser(far, hana) as browser:
        assert f"House A ({alpha.host}) asks to become a partner community" in await browser.get("/notices")
        page = await browser.get(f"/admin/partners/{alpha.host}")
        assert 'value="accept"' in page and 'value="refuse"' in page

    await far.run(partners.accept(far.instance, await host(far, alpha), None))
    await settle(alpha, far)
    assert (await standing(alpha, far), await standing(far, alpha)) == (Standing.PARTNER, Standing.PARTNER)

    alice = await alpha.member("alice")
    await befriend(far, hana, alice, alpha)
    post = await alpha.write(alice, "Hello partners", Reach.PARTNERS)
    await settle(alpha, far)
    assert await known(far, post)
    assert (await host(alpha, far)).signature == (await host(far, alpha)).signature == "ed25519"  # as both announce


async def test_a_no_leaves_both_strangers_and_asking_again_works(alpha: LiveServer, far: LiveServer) -> None:
    await ask(alpha, far)
    await far.run(partners.refuse(far.instance, await host(far, alpha), None))
    await settle(alpha, far)
    assert (await standing(alpha, far), await standing(far, alpha)) == (Standing.UNKNOWN, Standing.UNKNOWN)
    assert (await host(alpha, far)).asked_them_at is None

    await ask(alpha, far)
    await far.run(partners.accept(far.instance, await host(far, alpha), None))
    await settle(alpha, far)
    assert await standing(alpha, far) is Standing.PARTNER


@pytest.mark.parametrize("who", ["asker", "asked"])
async def test_either_side_can_end_it(alpha: LiveServer, far: LiveServer, who: str) -> None:
    await ask(alpha, far)
    await far.run(partners.accept(far.instance, await host(far, alpha), None))
    await settle(alpha, far)

    one, other = (alpha, far) if who == "asker" else (far, alpha)
    await one.run(partners.end(one.instance, await host(one, other), None))
    await settle(alpha, far)
    assert (await standing(alpha, far), await standing(far, alpha)) == (Standing.UNKNOWN, Standing.UNKNOWN)


async def test_two_who_ask_each_other_at_the_same_time_are_partners_and_can_part(alpha: LiveServer, far: LiveServer) -> None:
    await alpha.run(partners.ask(alpha.instance, far.origin, None))
    await far.run(partners.ask(far.instance, alpha.origin, None))
    await settle(alpha, far)
    assert (await standing(alpha, far), await standing(far, alpha)) == (Standing.PARTNER, Standing.PARTNER)

    await alpha.run(partners.end(alpha.instance, await host(alpha, far), None))
    await settle(alpha, far)
    assert (await standing(alpha, far), await standing(far, alpha)) == (Standing.UNKNOWN, Standing.UNKNOWN)


async def test_a_suspended_server_cannot_ask(alpha: LiveServer, far: LiveServer) -> None:
    await far.run(partners.suspend(far.instance, alpha.origin, None, "test"))
    with pytest.raises(FederationError, match="answered 403"):
        await alpha.run(partners.ask(alpha.instance, far.origin, None))
    await settle(alpha, far)
    assert await standing(far, alpha) is Standing.SUSPENDED
    assert (await host(far, alpha)).asked_us_at is None
