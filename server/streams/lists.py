"""The lists behind the channels: the same as everywhere else."""
from __future__ import annotations

from models import Actor, ListedPerson
from moderation.visibility import Viewer
from server import timelines
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
            people = await ListedPerson.filter(people_list_id=int(channel.parameter)).values_list("actor_id", flat=True)
            return await timelines.of_people([int(str(id_)) for id_ in people], reader, span)
        case _:
            return await timelines.home(reader, span)
