"""Following across servers, as two members live it."""
from __future__ import annotations

from federation import resolve
from models import Actor, Follow, Notification
from models.notification import Notice
from server.actions import follows
from tests.live import LiveServer, settle


async def followers(server: LiveServer, name: str) -> list[str]:
    """The uris of those whose Follow of this member was accepted, as this server knows them."""
    async def query() -> list[str]:
        found = await Follow.filter(target__name=name, accepted_at__isnull=False).values_list("follower__uri", flat=True)
        return [str(uri) for uri in found]
    return await server.run(query())


async def see(server: LiveServer, actor: Actor) -> Actor:
    """How a server knows an actor of another: looked up by its member address, over WebFinger and a signed fetch."""
    host = actor.uri.split("/")[2]
    return await server.run(resolve.actor_at(server.instance, f"@{actor.name}@{host}"))


async def test_a_follow_is_accepted_and_both_servers_know_it(alpha: LiveServer, beta: LiveServer) -> None:
    """Alice on alpha follows Bea on beta, who lets everyone follow."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    bea_on_alpha = await see(alpha, bea)

    await alpha.run(follows.follow(alice, bea_on_alpha))
    await settle(alpha, beta)

    assert await followers(beta, "bea") == [alice.uri]
    assert await followers(alpha, "bea") == [alice.uri]


async def test_a_careful_member_is_asked_first_and_says_yes(alpha: LiveServer, beta: LiveServer) -> None:
    """Bea approves followers by hand: Alice waits, is told, and Bea's server remembers."""
    alice, bea = await alpha.member("alice"), await beta.member("bea", approves=True)
    bea_on_alpha = await see(alpha, bea)
    await alpha.run(follows.follow(alice, bea_on_alpha))
    await settle(alpha, beta)
    assert await followers(beta, "bea") == []
    assert await beta.run(notices(bea)) == [Notice.FOLLOW_REQUEST]

    await beta.run(say(True, bea, alice.uri))
    await settle(alpha, beta)

    assert await followers(alpha, "bea") == [alice.uri]
    assert await alpha.run(notices(alice)) == [Notice.FOLLOW_ACCEPTED]


async def test_a_no_clears_the_request(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea", approves=True)
    await alpha.run(follows.follow(alice, await see(alpha, bea)))
    await settle(alpha, beta)

    await beta.run(say(False, bea, alice.uri))
    await settle(alpha, beta)

    assert await alpha.run(how_many_follows()) == 0
    assert await beta.run(how_many_follows()) == 0


async def test_unfollowing_ends_it_on_both_sides_and_following_again_works(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    bea_on_alpha = await see(alpha, bea)
    for _ in range(2):
        await alpha.run(follows.follow(alice, bea_on_alpha))
        await settle(alpha, beta)
        assert await followers(beta, "bea") == [alice.uri]
        await alpha.run(follows.unfollow(alice, bea_on_alpha))
        await settle(alpha, beta)
        assert await followers(beta, "bea") == []


async def test_who_has_not_agreed_to_be_known_elsewhere_cannot_be_found(alpha: LiveServer, beta: LiveServer) -> None:
    """For a partner, a member without C5 and a name that nobody has look the same."""
    await beta.member("carol", shares=False)
    answers = []
    for name in ("carol", "nobody"):
        status, body = await alpha.fetch(f"{beta.origin}/.well-known/webfinger?resource=acct:{name}@{beta.host}")
        answers.append((status, body))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


async def how_many_follows() -> int:
    """Requests and follows that a server knows."""
    return await Follow.all().count()


async def notices(actor: Actor) -> list[Notice]:
    """The kinds of a member's notices, oldest first."""
    return [notice.kind for notice in await Notification.filter(recipient_id=actor.id).order_by("id")]


async def say(yes: bool, member: Actor, follower_uri: str) -> None:
    """Answer a request."""
    follower = await Actor.get(uri=follower_uri)
    await (follows.accept if yes else follows.refuse)(member, follower)
