"""`dazzle message …`."""
from __future__ import annotations

from typing import Annotated

import typer

from federation import resolve
from federation.instance import Instance
from models import Post
from models.errors import NotHere
from models.member import MemberState
from models.reach import Reach
from server.actions import posts
from server.actions.posts import Composition
from server.commands.output import Failed, Misused, Output
from server.commands.rooms import community, member_named
from server.settings import Settings


async def publish(
    settings: Settings, out: Output,
    name: Annotated[str, typer.Argument(help="Who writes: a member's name, without @.", show_default=False)],
    text: Annotated[str, typer.Argument(help="The message, in Markdown.", show_default=False)],
    reach: Annotated[Reach | None, typer.Option(help="Who may read it: me, community, partners or web. Else the member's "
                                                     "own choice, and for an answer the reach of what it answers.")] = None,
    language: Annotated[str, typer.Option(help="Language of the message; empty: the member's.")] = "",
    reply_to: Annotated[str, typer.Option(help="The message that it answers: its key, or its uri elsewhere.")] = "",
) -> None:
    """Publish a message for a member, at once, under the same rules as in the browser.

    JSON: {"key", "uri", "url", "reach"}.
    """
    if not text.strip() or len(text) > posts.TEXT_LIMIT_CHARACTERS:
        raise Misused(f"A message has 1 to {posts.TEXT_LIMIT_CHARACTERS} characters.")
    if reach is Reach.CIRCLE:
        raise Misused("Messages to named people are written in the browser, where they are named.")
    async with community(settings) as instance:
        member = await member_named(name)
        if member.state is not MemberState.ACTIVE:
            raise Failed(f"{member.actor.address} is {member.state} and cannot write.")
        parent = await _parent(instance, reply_to) if reply_to else None
        wide = reach or (parent.reach if parent else member.default_reach)
        post = await posts.publish(member.actor, Composition(text=text, reach=wide, parent=parent,
                                                             language=language or member.language), settings.origin)
    out.show({"key": post.key, "uri": post.uri, "url": post.url, "reach": str(post.reach)}, f"Published: {post.url}")


async def _parent(instance: Instance, key_or_uri: str) -> Post:
    """A message by its key here, or by its uri, fetched if need be. NotHere, FederationError."""
    if "://" not in key_or_uri:
        return await Post.with_key(key_or_uri)
    found = await resolve.post(instance, key_or_uri)
    if parent := await Post.kept(found.uri):
        return parent
    raise NotHere("the message is gone")
