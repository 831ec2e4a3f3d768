"""Which server a URL names, and whether we may talk to it.

Two spellings of one origin compare equal and a trick is refused: the parsers of URLs disagree about userinfo,
full-width letters, trailing dots, backslashes and short forms of IPv4 (CVE-2023-42451, CVE-2022-0133).
"""
from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

import idna

from federation.dev_peers import DevPeers as DevPeers  # part of what this module offers
from federation.errors import Malformed, Refused

MAX_URL_CHARS = 2000
_PORTS = {"http": 80, "https": 443}
_NEVER_IN_URL = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")  # DNS carries underscores, and some servers have them
_LOOKS_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)")
_IN_BRACKETS = re.compile(r"\[[0-9A-Fa-f:.]+\](:[0-9]*)?")  # urlsplit overlooks what else stands around them
#: An ordinary URL: nothing in it that parsers disagree about. The host and the port before the path, and the path.
_ORDINARY = re.compile(r"(https?://[a-z0-9_.:-]{1,300})(/[!-\"$->@-\[\]-~]*)")
_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa", ".onion")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
#: IANA special-purpose registries, read 2026: everything that is not an ordinary host somewhere else.
_NOT_PUBLIC_V4 = tuple(ipaddress.IPv4Network(block) for block in (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
    "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"))
#: Global unicast is allowed, less the parts that embed IPv4 (Teredo, 6to4) or lead nowhere; so `::`, mapped,
#: NAT64, unique local, link-local, site-local and multicast are out because they are not inside it.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(ipaddress.IPv6Network(block) for block in (
    "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"))


@dataclass(frozen=True, slots=True)
class Address:
    """A URL taken apart, its host in the one spelling we use."""

    scheme: str
    host: str  # lower-case ASCII name, dotted quad, or compressed IPv6 without brackets
    port: int
    target: str  # path and query as sent, at least "/"

    @classmethod
    def parse(cls, url: str) -> Address:
        """Read an absolute http or https URL; Malformed if it is anything else or tries a trick."""
        if len(url) <= MAX_URL_CHARS and (parts := _ORDINARY.fullmatch(url)):  # most URLs are new, and most hosts are not
            server = _parsed(parts[1])
            return cls(server.scheme, server.host, server.port, parts[2])
        return _parsed(url)

    @classmethod
    def read(cls, url: str) -> Address:
        """The same, without a memory of what was read before."""
        if len(url) > MAX_URL_CHARS or _NEVER_IN_URL.search(url):
            raise Malformed("not a usable URL")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise Malformed("not a usable URL") from error
        if parts.scheme not in _PORTS or "@" in parts.netloc or port == 0:
            raise Malformed("not an absolute http URL")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.scheme, _canonical_host(parts), port or _PORTS[parts.scheme], target)

    @property
    def netloc(self) -> str:
        """`example.org`, `127.0.0.1:8080` or `[2001:db8::1]:8443`: the default port is dropped."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and netloc, as RFC 6454 serialises an origin."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def literal(self) -> IPAddress | None:
        """The IP address, if the host is one."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None


@lru_cache(maxsize=4096)  # one activity names the same few URLs a dozen times; at most 8 MB
def _parsed(url: str) -> Address:
    return Address.read(url)


def origin_of(url: str) -> str:
    """`https://example.org` for every spelling of that origin; Malformed if the URL is not usable."""
    return _origin(_server_part(url))


def host_of(url: str) -> str:
    """`example.org` or `127.0.0.1:8080`: what we call another host; Malformed if the URL is not usable."""
    return _host(_server_part(url))


def _server_part(url: str) -> str:
    """What stands before the path of an ordinary URL; any other URL as it is."""
    parts = _ORDINARY.fullmatch(url) if len(url) <= MAX_URL_CHARS else None
    return parts[1] if parts else url


@lru_cache(maxsize=4096)
def _origin(url: str) -> str:
    return Address.parse(url).origin


@lru_cache(maxsize=4096)
def _host(url: str) -> str:
    return Address.parse(url).netloc


def canonical(url: str) -> str:
    """The URL that we request and sign: canonical origin, path and query as given, no fragment."""
    address = Address.parse(url)
    return address.origin + address.target


def name_in(uri: str | None, folder: str) -> str:
    """What stands in an id after the address of what holds it; "" if it is not in it."""
    return uri.removeprefix(folder) if uri and uri.startswith(folder) else ""


def same_origin(first: str, second: str) -> bool:
    """Both are usable URLs of one origin; what is malformed has no origin in common with anything."""
    try:
        return origin_of(first) == origin_of(second)
    except Malformed:
        return False


def check_url(url: str, dev: DevPeers) -> None:
    """Raise unless we may send a request to this URL, as far as its text tells.

    The address behind a name is judged again when the socket is made (`client.py`). Raises Malformed for what
    is no URL and Refused for plain HTTP, odd ports, private names and addresses, unless `dev` names the host.
    """
    address = Address.parse(url)
    if not address.target.isascii():
        raise Malformed("the path must be percent-encoded")
    if dev.allows(address.host, address.port):
        return
    if address.scheme != "https" or address.port != _PORTS["https"]:
        raise Refused("only https on its own port", host=address.netloc)
    if (literal := address.literal) is not None and not is_public(literal):
        raise Refused("not a public address", host=address.netloc)
    if literal is None and ("." not in address.host or address.host.endswith(_PRIVATE_SUFFIXES)):
        raise Refused("not a public name", host=address.netloc)


def is_public(ip: str | IPAddress) -> bool:
    """Whether this is an ordinary address on the internet; text that is no address is not.

    An own list: `ip.is_global` is true of NAT64, 6to4, site-local and multicast addresses.
    """
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in block for block in _NOT_PUBLIC_V4)
    return (address.scope_id is None and address in _GLOBAL_V6
            and not any(address in block for block in _NOT_PUBLIC_V6))


def _canonical_host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if "[" in parts.netloc:
        try:
            return ipaddress.IPv6Address(host if _IN_BRACKETS.fullmatch(parts.netloc) else "").compressed
        except ValueError as error:
            raise Malformed("not an IPv6 address") from error
    name = _ascii_name(host.removesuffix("."))
    if _LOOKS_NUMERIC.fullmatch(name.rpartition(".")[2]):  # WHATWG URL: then the whole host is an IPv4 address
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError as error:
            raise Malformed("not an IPv4 address") from error
    return name


def _ascii_name(host: str) -> str:
    name = host.lower()
    try:
        if not name.isascii():
            name = idna.encode(name, uts46=True, std3_rules=True).decode("ascii").removesuffix(".")
        elif "xn--" in name and idna.encode(idna.decode(name)).decode("ascii") != name:
            raise Malformed("not a host name")
    except UnicodeError as error:  # idna's errors are a kind of it
        raise Malformed("not a host name") from error
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise Malformed("not a host name")
    return name
