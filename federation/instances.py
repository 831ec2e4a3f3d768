"""Who speaks for another server: its instance actor, as the server itself names it and nobody on it.

Asked in this order, until one answers:

    WebFinger of the origin       rel as:Service, or `self` where there is no such link (FEP-d556; Mastodon gives `self`)
    NodeInfo's list of links      rel as:Application (FEP-2677)
    WebFinger of acct:HOST@HOST   `self`: whoever has the name of the server itself (older Mastodon, GoToSocial, Lemmy)
    WebFinger of a RESERVED name  `self`: where NodeInfo says that it is software which gives that name to no person

There is no guess by path: an address such as /actor is whoever's the software lets have it. Who is named and is no Application (a
blog of WordPress, the only person of a small server) is nobody's voice but their own: the next way is tried. Who is found nowhere
speaks for nobody; their server is exchanged with all the same.
"""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from federation import resolve, webfinger
from federation.actors import NoApplication
from federation.addresses import Address, host_of, same_origin
from federation.answers import JRD
from federation.errors import FederationError, Gone, Malformed, Refused, Unreachable
from federation.fetches import signed
from federation.instance import Instance
from models import Actor, Host
from models.actor import ActorKind
from models.errors import NotHere
from models.host import PARTNERS

SERVICE: Final = "https://www.w3.org/ns/activitystreams#Service"
APPLICATION: Final = "https://www.w3.org/ns/activitystreams#Application"
NODEINFO: Final = "/.well-known/nodeinfo"
SCHEMAS: Final = tuple(f"http://nodeinfo.diaspora.software/ns/schema/{version}" for version in ("2.1", "2.0"))
NODEINFO_LIMIT_BYTES: Final = 262_144  # Pleroma says all its rules in it
_OF_MISSKEY: Final = ("misskey", "sharkey", "cherrypick", "firefish", "calckey", "foundkey", "iceshrimp", "iceshrimp.net")
#: Names of accounts that this software, by the name it has in NodeInfo, makes for itself and lets nobody else have: what people
#: there are called holds no dot (Misskey `localUsernameSchema`, Pleroma `extended_local_nickname_regex`, GoToSocial `username`).
#: Forks of Misskey keep its accounts. {host}: where the addresses may be on another domain, so that nobody else has found it.
RESERVED: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(_OF_MISSKEY, ("instance.actor", "system.actor")),
    "pleroma": ("internal.fetch",), "akkoma": ("internal.fetch",), "gotosocial": ("{host}",)}
#: They do not want to talk to us: asking in another way would be the same again.
UNWILLING = (401, 403)


class Supplanted(Refused):
    """Another speaks for that server, as it once said."""


def host_named(typed: str) -> str:
    """The canonical host in what somebody typed: "Example.ORG", "https://example.org/about". Malformed if there is none."""
    typed = typed.strip()
    return host_of(typed if "://" in typed else f"https://{typed}")


async def instance_actor(instance: Instance, host: str, *, anew: bool = False) -> Actor:
    """The actor that speaks for a whole server; from now on nobody else does. Network, one deadline over all of it.

    One that is known is never replaced by another, unless somebody of ours asks `anew` who it is, and the server is no partner.

    Raises NotHere if it has none, Refused if it names another than before, or does not talk to us; Unreachable, Malformed.
    """
    origin = webfinger.origin_at(instance, host)
    try:
        async with asyncio.timeout(2 * instance.network.fetch_timeout_seconds):
            return await _first_fit(instance, host, origin, anew)
    except TimeoutError as error:
        raise Unreachable("does not say in time who speaks for it", host=host) from error
    except Gone as error:
        raise NotHere("no community there") from error


async def _first_fit(instance: Instance, host: str, origin: str, anew: bool) -> Actor:
    unfit: FederationError | None = None
    async for uri in _named_by(instance, origin, fresh=anew):
        if not same_origin(uri, origin):  # before it is read: no request goes where somebody else sends it
            raise Malformed("names an actor of another server", host=host)
        try:
            await _check_known(host, uri, anew)
            actor = await resolve.fetch_actor(instance, uri, speaks_for_host=True)
        except (Supplanted, NoApplication) as error:
            unfit = error
            continue
        if actor.uri != uri:
            raise Malformed("not the instance actor that was named", host=host)
        return actor
    raise unfit or NotHere("no community there")


async def recognise(instance: Instance, sender: Actor) -> None:
    """Find out who speaks for the server of this sender, before something is taken that only its instance actor may say.

    Nothing is asked where that is known, or where this can be nobody who speaks for all. Raises Unreachable: try again.
    """
    if sender.kind is not ActorKind.APPLICATION or await Host.filter(name=sender.host).exclude(instance_uri="").exists():
        return
    try:
        await instance_actor(instance, sender.host)
    except Unreachable:
        raise
    except (FederationError, NotHere):
        return  # it names nobody, so that nobody speaks for it


def speaks(host: Host | None, actor: Actor) -> bool:
    """Whether this is the instance actor of that server: nobody else on it speaks for it."""
    return host is not None and host.name == actor.host and host.instance_uri == actor.uri


async def _check_known(host: str, uri: str, anew: bool) -> None:
    """Never let an actor take the place of a known one; where a person asks anew, forget that one first."""
    known = await Host.get_or_none(name=host)
    if known is None or known.instance_uri in ("", uri):
        return
    if not anew or known.standing in PARTNERS:
        raise Supplanted("somebody else speaks for that server", host=host)
    await known.change(instance_uri="")


async def _named_by(instance: Instance, origin: str, *, fresh: bool) -> AsyncIterator[str]:
    """The uris that a server gives for its instance actor, one way after the other, each asked once it is wanted."""
    if uri := of_origin(await _ask(instance, origin, webfinger.path(f"{origin}/"), fresh=fresh) or {}):
        yield uri
    nodeinfo = await _ask(instance, origin, NODEINFO, fresh=fresh) or {}
    if uri := of_nodeinfo(nodeinfo):
        yield uri
    host = Address.parse(origin).host
    if uri := await _of_account(instance, origin, host, fresh=fresh):
        yield uri
    for name in RESERVED.get(await _software(instance, origin, nodeinfo, fresh=fresh), ()):
        if uri := await _of_account(instance, origin, name.format(host=host), fresh=fresh, is_reserved=True):
            yield uri


async def _of_account(instance: Instance, origin: str, name: str, *, fresh: bool, is_reserved: bool = False) -> str:
    """The actor that has this name, on its server. A name that nobody else can have may be one of another domain (Akkoma)."""
    account = f"acct:{name}@{host_of(origin)}"
    answer = await _ask(instance, origin, webfinger.path(account), fresh=fresh) or {}
    said = str(answer.get("subject"))
    is_there_too = is_reserved and said.lower().startswith(f"acct:{name}@".lower())
    return of_account(answer, said if is_there_too else account)


async def _software(instance: Instance, origin: str, nodeinfo: Mapping[str, Any], *, fresh: bool) -> str:
    """What the server says that it runs; "" if it does not say it on its own origin."""
    hrefs = [str(link["href"]) for schema in SCHEMAS for link in webfinger.links(nodeinfo, schema)]
    if not hrefs or not same_origin(hrefs[0], origin):
        return ""
    path = urlsplit(hrefs[0]).path
    document = await _ask(instance, origin, path, fresh=fresh, limit_bytes=NODEINFO_LIMIT_BYTES) or {}
    software = document.get("software")
    return str(software.get("name")).lower() if isinstance(software, dict) else ""


async def _ask(instance: Instance, origin: str, path: str, *, fresh: bool,
               limit_bytes: int = webfinger.ANSWER_LIMIT_BYTES) -> Mapping[str, Any] | None:
    """What stands at an address that belongs to the server; None if nothing of this kind does. It may not lead elsewhere.

    Raises Unreachable: a server that is only slow is not asked in a weaker way. Raises Refused if it is unwilling.
    """
    headers_for = signed(instance, origin, stays=True)
    try:
        answered, document = await instance.client.get_document(
            f"{origin}{path}", kind=JRD, headers_for=headers_for, limit_bytes=limit_bytes, fresh=fresh)
    except (Gone, Malformed):
        return None
    except Refused as error:
        if error.http_status is None or error.http_status in UNWILLING:
            raise
        return None
    if not same_origin(answered, origin):  # somebody else asked for the same just now, for whom it might lead there
        raise Refused("leads to another server", host=host_of(origin))
    return document


def of_origin(document: Mapping[str, Any]) -> str:
    """FEP-d556: of several that speak for it in different roles the one without a role, else the first."""
    services = webfinger.links(document, SERVICE, webfinger.AS_TYPES)
    plain = [link for link in services if not link.get("properties")]
    chosen = plain or services or webfinger.links(document, webfinger.SELF, webfinger.AS_TYPES)
    return str(chosen[0]["href"]) if chosen else ""


def of_nodeinfo(document: Mapping[str, Any]) -> str:
    """FEP-2677."""
    found = webfinger.links(document, APPLICATION)
    return str(found[0]["href"]) if found else ""


def of_account(document: Mapping[str, Any], account: str) -> str:
    """The actor of this account, if the answer is about no other."""
    found = webfinger.links(document, webfinger.SELF, webfinger.AS_TYPES)
    is_that = str(document.get("subject")).lower() == account.lower()
    return str(found[0]["href"]) if found and is_that else ""
