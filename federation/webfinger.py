"""WebFinger of others (RFC 7033): asked, and read."""
from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import quote

from federation.addresses import host_of
from federation.answers import JRD
from federation.errors import Malformed
from federation.fetches import signed
from federation.instance import Instance

ADDRESS = re.compile(r"@?(?P<name>[^@\s/]{1,100})@(?P<host>[^@\s/]{1,255})")
ANSWER_LIMIT_BYTES = 65_536
SELF: Final = "self"
AS_TYPES: Final = ("application/activity+json", 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"')


def scheme_for(instance: Instance, host: str) -> str:
    """HTTPS, but for the development peers of product.md."""
    name, _, port = host.rpartition(":")
    is_dev = bool(name) and port.isdigit() and instance.network.dev_peers.allows(name.strip("[]"), int(port))
    return "http" if is_dev and not instance.network.ca_file else "https"


def origin_at(instance: Instance, host: str) -> str:
    """Where a host of this name is asked."""
    return f"{scheme_for(instance, host)}://{host}"


async def account(instance: Instance, name: str, host: str) -> Mapping[str, Any]:
    """What a host says of name@host. It may lead on to no server that we do not exchange with. Raises Gone, Unreachable, Refused,
    Malformed.
    """
    origin = origin_at(instance, host)
    _, answer = await instance.client.get_document(
        f"{origin}{path(f'acct:{name}@{host}')}", kind=JRD, headers_for=signed(instance, origin), limit_bytes=ANSWER_LIMIT_BYTES)
    return answer


def path(resource: str) -> str:
    """Where a server is asked about a resource."""
    return f"/.well-known/webfinger?resource={quote(resource, safe='')}"


def links(document: Mapping[str, Any], rel: str, types: Collection[str] = ()) -> list[dict[str, Any]]:
    """The links of a JRD (RFC 7033 §4.4.4) with this relation that lead somewhere, to one of these types if any are named."""
    given = document.get("links")
    return [link for link in (given if isinstance(given, list) else [])
            if isinstance(link, dict) and link.get("rel") == rel and isinstance(link.get("href"), str)
            and (not types or link.get("type") in types)]


def self_link(document: Mapping[str, Any], host: str) -> str:
    """The actor's uri in a WebFinger answer; Malformed if there is none."""
    if found := links(document, SELF, AS_TYPES):
        return str(found[0]["href"])
    raise Malformed("no actor in the answer", host=host)


def domain_in(address: Any, name: str) -> str:
    """The canonical domain of an address ("acct:name@domain", "@name@domain") with exactly this name; "" if it is no such one."""
    match = ADDRESS.fullmatch(address.strip().removeprefix("acct:")) if isinstance(address, str) else None
    if match is None or match["name"].casefold() != name.casefold():
        return ""
    try:
        return host_of(f"https://{match['host']}")
    except Malformed:
        return ""
