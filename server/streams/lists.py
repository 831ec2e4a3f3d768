"""The lists behind the channels: the same as everywhere else."""
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from models import Actor, Follow, ListedPerson, PeopleList, Post
from moderation.visibility import Viewer
from server.actions.lists import PEOPLE_LIMIT, Replies
from server.display import timelines
from server.display.cards import Entry
from server.display.timelines import Page, Span, Wanted
from server.streams.channels import Channel


async def entries(channel: Channel, reader: Actor, span: Span) -> Page:
    """What stands in the list behind a channel that holds messages, for this reader."""
    kind, *rest = channel.name.split(":")
    viewer, wanted = Viewer.member(reader), Wanted(local="local" in rest, remote="remote" in rest, with_media="media" in rest)
    match kind:
        case "public":
            return await timelines.public(viewer, span, wanted)
        case "hashtag":
            return await timelines.tagged(channel.parameter, viewer, span, wanted)
        case "list":
            return await _of_list(int(channel.parameter), reader, span)
        case _:
            return await timelines.home(reader, span)


async def _of_list(list_id: int, reader: Actor, span: Span) -> Page:
    """What people on a list of the reader wrote, with answers to those to whom the list shows them."""
    row = await PeopleList.get_or_none(id=list_id, owner_id=reader.id)
    if row is None:  # it has gone meanwhile
        return Page(())
    people = {one.actor_id for one in await ListedPerson.filter(people_list=row).limit(PEOPLE_LIMIT)}
    page = await timelines.of_people(people, reader, span, Wanted(without_replies=row.replies == Replies.NONE))
    parents = await _answered(page)
    if row.replies == Replies.FOLLOWED:
        people = await _followed(reader, parents.values())
    return Page(tuple(entry for entry in page.entries if _is_for(entry, parents, people)))


async def _answered(page: Page) -> dict[int, int]:
    """Whose messages are answered in a list: author by post."""
    ids = [entry.post.parent_id for entry in page.entries if entry.post.parent_id and not entry.announce]
    return {post.id: post.author_id for post in await Post.filter(id__in=ids).only("id", "author_id")} if ids else {}


async def _followed(reader: Actor, authors: Iterable[int]) -> set[int]:
    """Those of them whom the reader follows, and the reader."""
    rows = await Follow.filter(follower_id=reader.id, accepted_at__isnull=False, target_id__in=[*authors, 0])
    return {row.target_id for row in rows} | {reader.id}


def _is_for(entry: Entry, parents: Mapping[int, int], people: Collection[int]) -> bool:
    """Whether it answers nobody, its own author, or one of these."""
    answered = None if entry.announce else parents.get(entry.post.parent_id or 0)
    return answered is None or answered == entry.post.author_id or answered in people
