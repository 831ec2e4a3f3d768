"""Erasing: who is told, and in which order."""
from __future__ import annotations

from federation import resolve
from models import Attachment, Delivery, Disclosure, OutgoingActivity, Post, clock
from models.delivery import DeliveryState
from models.reach import Reach
from models.ruling import Act
from server.actions import partners, posts, removal
from server.keys import MEDIA
from tests.live import LiveServer, settle
from tests.stories.scene import befriend, known, ruled, see, sees, withdraw


async def kinds(server: LiveServer, post: Post) -> list[tuple[str, str, DeliveryState]]:
    """What was to be sent about a message: kind, host, state."""
    async def query() -> list[tuple[str, str, DeliveryState]]:
        found = await Delivery.filter(object_uri=post.uri).order_by("id").select_related("activity")
        return [(delivery.activity.kind, delivery.host, delivery.state) for delivery in found]
    return await server.run(query())


async def test_only_those_who_had_it_are_asked_to_erase_it(alpha: LiveServer, beta: LiveServer, gamma: LiveServer) -> None:
    """The ledger knows that beta has it; gamma follows somebody else and learns nothing."""
    alice, amy = await alpha.member("alice"), await alpha.member("amy")
    bea, gil = await beta.member("bea"), await gamma.member("gil")
    await befriend(beta, bea, alice, alpha)
    await befriend(gamma, gil, amy, alpha)
    post = await alpha.write(alice, "Too much said", Reach.PARTNERS)
    await settle(alpha, beta)
    assert await sees(beta, bea, post.uri)

    await alpha.run(removal.delete(post, alpha.app[MEDIA]))
    await settle(alpha, beta, gamma)

    copy = await known(beta, post)
    assert copy and copy.deleted_at and not copy.html
    assert not await sees(beta, bea, post.uri)
    assert await kinds(alpha, post) == [("Create", beta.host, DeliveryState.DONE), ("Delete", beta.host, DeliveryState.DONE)]
    assert (await alpha.ask(lambda: Disclosure.get(object_uri=post.uri))).ended_at
    assert (await beta.fetch(post.uri))[0] == 410
    assert (await gamma.fetch(post.uri))[0] == 404  # whoever never had it learns nothing of it


async def test_a_message_that_never_left_is_called_back(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)

    async def write_and_erase() -> Post:
        composition = posts.Composition(text="Oh", reach=Reach.PARTNERS, undo_seconds=600)
        post = await posts.publish(alice, composition, alpha.origin)
        await Post.filter(id=post.id).update(held_until=clock.now())  # its time is over, its delivery has not been made
        await removal.delete(post, alpha.app[MEDIA])
        return post
    post = await alpha.run(write_and_erase())
    await settle(alpha, beta)

    assert await known(beta, post) is None
    assert await kinds(alpha, post) == [("Create", beta.host, DeliveryState.FAILED)]


async def test_who_fetched_a_message_is_told_of_its_end_too(alpha: LiveServer, beta: LiveServer) -> None:
    """Beta was never sent it, but read it: the ledger holds that as well."""
    alice = await alpha.member("alice")
    post = await alpha.write(alice, "Fetched", Reach.PARTNERS)
    copy = await beta.run(resolve.post(beta.instance, post.uri))
    assert copy.author.uri == alice.uri
    await see(alpha, await beta.member("bea"))

    await alpha.run(removal.delete(post, alpha.app[MEDIA]))
    await settle(alpha, beta)
    gone = await known(beta, post)
    assert gone and gone.deleted_at


async def test_a_delete_leaves_although_the_yes_is_taken_back(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    post = await alpha.write(alice, "Here", Reach.PARTNERS)
    await settle(alpha, beta)
    await alpha.run(withdraw(alice))
    await alpha.run(removal.delete(post, alpha.app[MEDIA]))
    await settle(alpha, beta)
    gone = await known(beta, post)
    assert gone and gone.deleted_at


async def test_a_suspended_member_is_no_longer_shown_or_heard(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    post = await alpha.write(alice, "Waiting", Reach.PARTNERS)

    await settle(alpha, beta)
    await ruled(alpha, Act.SUSPEND, alice)
    late = await alpha.write(alice, "Late", Reach.PARTNERS)
    await settle(alpha, beta)

    assert await known(beta, late) is None
    for uri in (post.uri, late.uri):
        assert (await beta.fetch(uri))[0] == 404
    status, body = await beta.fetch(alice.uri)
    assert status == 200 and b'"suspended": true' in body and b'"name"' not in body, "who knew her learns that, and no more"


async def test_nothing_is_taken_from_or_sent_to_a_suspended_server(alpha: LiveServer, beta: LiveServer) -> None:
    """Only a request to erase what it has still goes there."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    await befriend(alpha, alice, bea, beta)
    first = await alpha.write(alice, "Before", Reach.PARTNERS)
    theirs = await beta.write(bea, "Theirs", Reach.PARTNERS)
    await settle(alpha, beta)
    assert await sees(alpha, alice, theirs.uri)

    await alpha.run(partners.suspend(alpha.instance, beta.origin, None, "test"))
    after = await alpha.write(alice, "After", Reach.PARTNERS)
    answer = await beta.write(bea, "Hello?", Reach.PARTNERS)
    await settle(alpha, beta)

    assert await known(beta, after) is None and await known(alpha, answer) is None
    assert not await sees(alpha, alice, theirs.uri)
    for uri in (alice.uri, first.uri, f"{alice.uri}/outbox"):
        assert (await beta.fetch(uri))[0] == 403

    await alpha.run(removal.delete(first, alpha.app[MEDIA]))
    await settle(alpha, beta)
    gone = await known(beta, first)
    assert gone and gone.deleted_at


async def test_copies_of_images_go_with_the_message(alpha: LiveServer, beta: LiveServer) -> None:
    """The row loses its message and its words at once, so that the next cleaning takes the file."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)

    async def with_image() -> Post:
        image = await Attachment.create(owner=alice, media_type="image/webp", width=1, height=1, stored_at=clock.now(),
                                        description="A hand")
        composition = posts.Composition(text="Look", reach=Reach.PARTNERS, attachments=(image,))
        return await posts.publish(alice, composition, alpha.origin)
    post = await alpha.run(with_image())
    await settle(alpha, beta)
    copy = await known(beta, post)
    assert copy and (await beta.ask(lambda: Attachment.get(post_id=copy.id))).description == "A hand"

    await alpha.run(removal.delete(post, alpha.app[MEDIA]))
    await settle(alpha, beta)
    assert await beta.ask(lambda: Attachment.exclude(post_id=None).count()) == 0
    assert not any([image.description for image in await beta.ask(lambda: Attachment.all())])  # soon the row goes too
    assert await alpha.ask(lambda: OutgoingActivity.filter(object_uri=post.uri, kind="Create").exclude(body="").count()) == 0
