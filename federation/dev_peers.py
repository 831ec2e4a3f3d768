"""The one exception to the address gate: peers on loopback, for development (spec: product, Development federation)."""
from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_HOST_AND_PORT = re.compile(r"\[?(?P<host>[0-9A-Za-z.:-]+?)\]?:(?P<port>[0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class DevPeers:
    """Loopback peers that may be reached over plain HTTP and on any port; empty, the default, allows nothing."""

    hosts: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[_Network, ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> DevPeers:
        """Read `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, `127.0.0.0/8`.

        Raises ValueError, naming the entry, for whatever is not loopback.
        """
        hosts: set[tuple[str, int]] = set()
        networks: list[_Network] = []
        for entry in (text.strip() for text in entries):
            if "/" in entry:
                networks.append(_loopback_network(entry))
            else:
                hosts |= _loopback_hosts(entry)
        return cls(frozenset(hosts), tuple(networks))

    def __bool__(self) -> bool:
        return bool(self.hosts or self.networks)

    def allows(self, host: str, port: int) -> bool:
        """Whether this name or address (lower-case, no brackets) with this port is a development peer."""
        if (host, port) in self.hosts:
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return bool(self.networks) and _names_loopback(host)
        return any(address in network for network in self.networks)


def _names_loopback(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")  # RFC 6761 section 6.3


def _loopback_network(entry: str) -> _Network:
    try:
        network = ipaddress.ip_network(entry)
    except ValueError as error:
        raise ValueError(f"{entry!r} is not a network") from error
    if not network.is_loopback:
        raise ValueError(f"{entry!r} is not a loopback network")
    return network


def _loopback_hosts(entry: str) -> set[tuple[str, int]]:
    """The name, if it is one, and the addresses that it stands for."""
    if not (match := _HOST_AND_PORT.fullmatch(entry)) or not 0 < (port := int(match["port"])) < 65536:
        raise ValueError(f"{entry!r} is not host:port")
    host = match["host"].lower()
    if _names_loopback(host):
        return {(host, port), ("127.0.0.1", port), ("::1", port)}
    try:
        address = ipaddress.ip_address(host)
    except ValueError as error:
        raise ValueError(f"{entry!r} is not a loopback host") from error
    if not address.is_loopback:
        raise ValueError(f"{entry!r} is not a loopback host")
    return {(str(address), port)}
