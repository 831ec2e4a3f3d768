"""The lists behind the channels: the same as everywhere else."""
from __future__ import annotations

from models import Actor, Follow, ListedPerson, PeopleList, Post
from moderation.visibility import Viewer
from server import timelines
from server.actions.lists import PEOPLE_LIMIT, Replies
from server.streams.channels import Channel
from server.timelines import Page, Span, Wanted


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
    answered = {entry.post.parent_id for entry in page.entries if entry.post.parent_id and not entry.announce}
    if not answered:
        return page
    parents = {post.id: post.author_id for post in await Post.filter(id__in=list(answered)).only("id", "author_id")}
    if row.replies == Replies.FOLLOWED:
        followed = Follow.filter(follower_id=reader.id, accepted_at__isnull=False, target_id__in=list(parents.values()) or [0])
        people = {one.target_id for one in await followed} | {reader.id}
    return Page(tuple(entry for entry in page.entries if entry.announce or parents.get(entry.post.parent_id or 0) in (
        None, entry.post.author_id, *people)))
