"""FEP-4f05: who is not its author says that a message is gone, or it is put away: what stands at its id decides."""
from __future__ import annotations

from models import Post
from tests.live import LiveServer
from tests.peer import Peer
from tests.stories.scene import deliver, follow


async def test_what_is_gone_is_asked_about_where_it_lives(alpha: LiveServer, peer: Peer) -> None:
    """A moderator there is believed as far as the document is gone; a Tombstone counts as gone, also with status 200."""
    alice, otto, mod = await alpha.member("alice"), peer.actor("otto"), peer.actor("mod")
    await follow(alpha, alice, otto)
    notes = [otto.note(text) for text in ("stays", "goes", "put away", "put away by its author", "changed")]
    for note in notes:
        peer.show(note["id"], note)
        await deliver(alpha, peer, otto, otto.does("Create", note))
    stays, goes, away, by_author, changed = notes

    async def html(note: dict[str, object]) -> str:
        post = await alpha.ask(lambda: Post.get(uri=note["id"]))
        return "" if post.deleted_at else post.html

    peer.show(goes["id"], "", status=404)
    peer.show(away["id"], {"id": away["id"], "type": "Tombstone"})
    peer.show(changed["id"], changed | {"content": "<p>without the name</p>", "updated": "2026-05-06T07:30:00Z"})
    for note in (stays, goes, away, changed):
        await deliver(alpha, peer, mod, mod.does("Delete", note["id"]))
    assert [await html(note) for note in (stays, goes, away, changed)] == ["<p>stays</p>", "", "", "<p>without the name</p>"]

    async with Peer() as other:
        await other.become(alpha)
        eve = other.actor("eve")
        await deliver(alpha, other, eve, eve.does("Delete", stays["id"]))
        assert await html(stays), "nobody of another server is even a hint"
    await deliver(alpha, peer, mod, mod.does("Update", {"id": by_author["id"], "type": "Tombstone"}))
    assert await html(by_author)
    await deliver(alpha, peer, otto, otto.does("Update", {"id": by_author["id"], "type": "Tombstone"}))
    assert not await html(by_author)
