"""A day with Mastodon.py, the public client library, as its users write it."""
from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from mastodon import Mastodon, StreamListener

from tests.browser import picture
from tests.clients.scene import Scene

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
SCOPES = ["read", "write", "follow", "push"]
PATIENCE_SECONDS = 15.0


class Ears(StreamListener):  # type: ignore[misc]
    """Keeps what a stream says."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []

    def on_update(self, status: Any) -> None:
        self.heard.append(("update", status))

    def on_notification(self, notification: Any) -> None:
        self.heard.append(("notification", notification))

    def on_abort(self, err: Exception) -> None:
        """The server has stopped, or the token is revoked."""


def until(found: Callable[[], Any]) -> Any:
    """What `found` gives, as soon as it gives something."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        if value := found():
            return value
        time.sleep(0.05)
    raise AssertionError("it did not come")


async def test_a_day_with_mastodon_py(stage: Scene) -> None:
    base = stage.here.origin
    app = await asyncio.to_thread(
        Mastodon.create_app, "Day", scopes=SCOPES, redirect_uris=OUT_OF_BAND, api_base_url=base)
    client = await asyncio.to_thread(lambda: Mastodon(client_id=app[0], client_secret=app[1], api_base_url=base))
    url = await asyncio.to_thread(lambda: client.auth_request_url(scopes=SCOPES, allow_http=True))
    code = await stage.code(url)
    await asyncio.to_thread(lambda: client.log_in(code=code, scopes=SCOPES, allow_http=True))
    loop = asyncio.get_running_loop()

    def answer(uri: str, text: str) -> None:
        asyncio.run_coroutine_threadsafe(stage.answer(uri, text), loop).result(PATIENCE_SECONDS)
    await asyncio.to_thread(day, client, stage, answer)


def day(client: Any, stage: Scene, answer: Callable[[str, str], None]) -> None:
    """Everything that a member does in a day."""
    me = client.account_verify_credentials()
    assert me.acct == "camille" and me.source.privacy == "private" and client.instance_v2().configuration.statuses.max_characters
    assert client.timeline_home() == [] and client.preferences() and client.app_verify_credentials().name == "Day"

    # follow somebody of another server
    bea = client.search_v2(f"@bea@{stage.there.host}", resolve=True, result_type="accounts").accounts[0]
    client.account_follow(bea)
    until(lambda: client.account_relationships(bea)[0].following)
    assert [one.acct for one in client.account_following(me)] == [f"bea@{stage.there.host}"]

    # write, with a photo, a warning and our own words; then a question
    sent = client.media_post(picture(), mime_type="image/jpeg", description="A garden")
    photo = until(lambda: (one := client.media(sent)).url and one)
    post = client.status_post("Hello **everybody** #rest", media_ids=[photo], spoiler_text="calm", visibility="private",
                              language="en")
    assert post.media_attachments[0].description == "A garden" and post.visibility == "private" and post.tags[0].name == "rest"
    poll = client.make_poll(["tea", "coffee"], expires_in=3600)
    question = client.status_post("What do you drink?", poll=poll, idempotency_key="k1")
    assert client.status_post("What do you drink?", poll=poll, idempotency_key="k1").id == question.id
    assert [option.title for option in client.poll(question.poll).options] == ["tea", "coffee"]
    assert [status.id for status in client.timeline_home()] == [question.id, post.id]
    assert client.timeline_home(max_id=question.id)[0].id == post.id and client.timeline_home(since_id=question.id) == []

    # hear an answer from the other server while it comes
    ears = Ears()
    client.stream_user(ears, run_async=True, reconnect_async=False)  # its close() would wait for the next heartbeat
    until(lambda: client.stream_healthy())
    time.sleep(0.5)
    answer(post.uri, "Good morning, Camille")
    until(lambda: any(kind == "notification" and one.type == "mention" for kind, one in ears.heard))
    reply = until(lambda: client.status_context(post).descendants)[0]
    assert reply.account.acct == f"bea@{stage.there.host}" and reply.in_reply_to_id == post.id
    mention = next(one for one in client.notifications() if one.status and one.status.id == reply.id)
    assert mention.type == "mention" and client.notifications_unread_count().count >= 1
    client.markers_set(["notifications"], [mention.id])

    # answer, react, keep
    mine = client.status_reply(reply, "Good morning, Béa")
    assert mine.in_reply_to_id == reply.id and "@bea" in mine.content
    assert client.status_favourite(reply).favourited and client.status_reblog(reply).reblog.id == reply.id
    assert client.status_bookmark(reply).bookmarked and [one.id for one in client.bookmarks()] == [reply.id]
    assert [one.id for one in client.favourites()] == [reply.id]
    assert not client.status_unfavourite(reply).favourited and not client.status_unreblog(reply).reblogged

    # change one's mind
    source = client.status_source(post)
    assert source.text == "Hello **everybody** #rest"
    edited = client.status_update(post, status="Hello again", spoiler_text="")
    assert edited.edited_at and "Hello again" in edited.content and len(client.status_history(post)) == 2
    client.status_delete(mine)
    assert mine.id not in [one.id for one in client.timeline_home()]

    # order
    found = client.search_v2("again", result_type="statuses").statuses
    assert [one.id for one in found] in ([post.id], [])
    friends = client.list_create("Friends")
    client.list_accounts_add(friends, [bea])
    assert [one.id for one in client.list_accounts(friends)] == [bea.id]
    assert reply.id in [one.id for one in client.timeline_list(friends)] or client.timeline_list(friends) == []
    rule = client.create_filter_v2("Weather", ["home"], "warn", keywords_attributes=[{"keyword": "weather", "whole_word": True}])
    assert rule.title == "Weather" and [one.id for one in client.filters_v2()] == [rule.id]
    client.delete_filter_v2(rule)
    assert client.account_mute(bea).muting and client.mutes()[0].id == bea.id and not client.account_unmute(bea).muting
    assert client.blocks() == [] and client.follow_requests() == [] and client.conversations() == []
    assert client.account_statuses(me)[0].id == question.id and client.custom_emojis() == []
    client.revoke_access_token(allow_http=True)


