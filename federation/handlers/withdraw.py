"""Withdraw: a community names what its members take back (our extension, FEDERATION.md). Only about things of its own server."""
from __future__ import annotations

from federation import erasure, instances, resolve, values
from federation.addresses import same_origin
from federation.errors import Malformed, Refused
from federation.incoming import Incoming
from federation.instance import Instance
from federation.withdrawal_notices import OBJECTS_LIMIT, digest_of, speaks
from models import ErasureRequest, Host


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """A server that we do not know to speak so may have learned it since: its own actor is read anew. Who that is, is asked there
    if we do not know. Of people who are named, most goes now.
    """
    await instances.recognise(instance, incoming.sender)
    host = await Host.get_or_none(name=incoming.sender.host)
    if host is None or not host.takes_withdrawals:
        await resolve.fetch_actor(instance, incoming.sender.uri)
    await erasure.take_back_people(await _checked(incoming), incoming.sender)
    return incoming


async def receive(incoming: Incoming) -> None:
    """Erase what is named, now; the answer leaves when the files are gone too (`server.actions.erasures`). A notice that comes
    again is carried out and answered again: the first answer may have been lost.
    """
    sender, uris = incoming.sender, await _checked(incoming)
    await erasure.take_back(uris, sender)
    columns = {"sender_uri": sender.uri, "digest": digest_of(uris), "count": len(uris)}
    request, is_new = await ErasureRequest.get_or_create(columns, uri=incoming.activity.id)
    if not is_new and request.sender_uri == sender.uri:
        await ErasureRequest.filter(id=request.id).update(**columns, answered_at=None)


async def _checked(incoming: Incoming) -> list[str]:
    """The ids that are named, all of the sender's server, for which the sender speaks. Raises Refused, Malformed."""
    activity, sender = incoming.activity, incoming.sender
    if not speaks(await Host.get_or_none(name=sender.host), sender):
        raise Refused("withdraws, and does not speak for its server", host=sender.host)
    uris = named(activity.object)
    if not all(same_origin(uri, sender.uri) for uri in (activity.id, *uris)):
        raise Refused("withdraws what is not theirs", host=sender.host)
    return uris


def named(thing: object) -> list[str]:
    """The ids in a notice. Malformed unless all of them are ids, and no more than one notice may hold: none is left out."""
    things = thing if isinstance(thing, list) else [thing]
    uris = [uri for uri in things if isinstance(uri, str) and values.is_id(uri)]
    if not 0 < len(uris) <= OBJECTS_LIMIT or len(uris) < len(things):
        raise Malformed("names what cannot be erased")
    return uris
