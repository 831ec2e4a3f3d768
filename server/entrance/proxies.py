"""Who is really asking, behind a reverse proxy that the settings name."""
from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp import web


def client_address(request: web.Request, trusted: Sequence[str]) -> str:
    """The client's IP address: X-Forwarded-For is read from the right, and only as far as trusted proxies wrote it."""
    address = request.remote or ""
    hops = [hop.strip() for line in request.headers.getall("X-Forwarded-For", []) for hop in line.split(",")]
    for hop in reversed(hops):
        if not is_within(address, trusted):
            break
        address = hop
    return address


def bucket(address: str) -> str:
    """The part of an address that rate limits count by: an IPv6 household has a /64."""
    parsed = _parsed(address)
    if parsed is None:
        return address[:45]
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


def is_within(address: str, networks: Sequence[str]) -> bool:
    """Whether an IP address lies in one of these networks."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in ip_network(network) for network in networks)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """An address; of IPv4 also where it is written as IPv6 ("::ffff:192.0.2.1"), as a socket that takes both has it."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed
