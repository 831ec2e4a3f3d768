"""Finding the actor of another community: the one thing that we ask of a server before we exchange with it."""
from __future__ import annotations

from urllib.parse import quote

from federation import resolve
from federation.addresses import host_of
from federation.answers import JRD
from federation.errors import Gone, Malformed
from federation.instance import Instance
from models import Actor
from models.actor import ActorKind
from models.errors import NotHere


def host_named(typed: str) -> str:
    """The canonical host in what somebody typed: "Example.ORG", "https://example.org/about". Malformed if there is none."""
    typed = typed.strip()
    return host_of(typed if "://" in typed else f"https://{typed}")


async def instance_actor(instance: Instance, host: str) -> Actor:
    """The actor that signs for a whole server, by WebFinger of its origin (FEP-d556).

    Raises NotHere if it has none, Unreachable, Malformed.
    """
    origin = f"{resolve.scheme_for(instance, host)}://{host}"
    url = f"{origin}/.well-known/webfinger?resource={quote(f'{origin}/', safe='')}"
    try:
        _, document = await instance.client.get_document(url, kind=JRD, headers_for=instance.sign_get, fresh=True)
        actor = await resolve.fetch_actor(instance, resolve.self_link(document, host))
    except Gone as error:
        raise NotHere("no community there") from error
    if actor.kind is not ActorKind.APPLICATION or actor.host != host:
        raise Malformed("not an instance actor", host=host)
    return actor
