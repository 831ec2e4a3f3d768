"""Which servers a fetch of ours may reach: a request says who we are."""
from __future__ import annotations

from federation.addresses import host_of, same_origin
from federation.client import HeadersFor
from federation.errors import Refused
from federation.instance import Instance
from federation.negotiation import Wish
from models import Actor
from moderation import hosts


async def check_host(uri: str) -> str:
    """The canonical host of a uri; Refused unless it is one that we exchange with. No request goes to a stranger."""
    host = host_of(uri)
    if not hosts.is_heard(await hosts.standing(host)):
        raise Refused("host", host=host)
    return host


def signed(instance: Instance, uri: str, *, stays: bool = False, by: Actor | None = None) -> HeadersFor:
    """What signs a fetch and what it is redirected to: an address on the origin of `uri`, or, unless it `stays` there, of a host
    that we exchange with. It raises Refused before any other is asked: a request says who we are, or who of ours it is `by`.
    """
    async def headers(method: str, url: str, wish: Wish | None) -> dict[str, str]:
        if not same_origin(url, uri):
            host = await check_host(url)
            if stays:
                raise Refused("leads to another server", host=host)
        return await instance.sign_get(method, url, wish, by)
    return headers
