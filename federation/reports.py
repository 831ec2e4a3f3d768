"""Reports to other servers. The community speaks, never the member who reported: nobody there learns who it was."""
from __future__ import annotations

from collections.abc import Sequence

from federation import audience, outbox
from models import Actor, Post
from models.ids import new_key

TEXT_LIMIT_CHARACTERS = 5000


async def flag(us: Actor, target: Actor, posts: Sequence[Post], text: str) -> None:
    """Tell the server of `target` about that person and these messages of theirs. `us` is the instance actor.

    One list of ids and no addressees, as Mastodon and GoToSocial take it. Inside the act's transaction.
    """
    theirs = [post.uri for post in posts if post.author_id == target.id]
    goes_to = {} if target.is_local else {audience.inbox_of(target): target.host}
    await outbox.send("Flag", us, [target.uri, *theirs], about=f"{us.uri}/reports/{new_key()}", goes_to=goes_to,
                      extra={"content": text[:TEXT_LIMIT_CHARACTERS]})
