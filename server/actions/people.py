"""Finding the people a member names or looks for."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from federation.addresses import host_of
from models import Actor, Q
from models.actor import ActorKind
from moderation import facts, policy
from moderation.policy import Decision, Verb
from server.errors import Refused

ADDRESS_LIMIT_CHARACTERS = 320
NAME_LIMIT_CHARACTERS = 100  # as models.Actor keeps them
HOST_LIMIT_CHARACTERS = 255


def may_search(actor: Actor) -> Decision:
    """Whether a member of ours may look for people, in any list of them."""
    return policy.decide(Verb.SEARCH, facts.about_searching(actor))


def check_search(actor: Actor) -> None:
    """Raise Refused unless they may."""
    if not (decision := may_search(actor)):
        raise Refused(decision.reason or "")


def split_address(address: str, origin: str) -> tuple[str, str]:
    """Name and host of "@bea", "bea@example.org" or "@bea@our.host"; the host is empty for ours."""
    name, _, host = address.strip().lstrip("@")[:ADDRESS_LIMIT_CHARACTERS].partition("@")
    host = host.lower()
    return (name, "" if host == host_of(origin) else host)


async def known(addresses: Iterable[str], origin: str) -> dict[str, Actor]:
    """Those of these people that this server knows and that are present, by address as it was given. One query."""
    given = {address: split_address(address, origin) for address in addresses}
    wanted = {address: (name, host) for address, (name, host) in given.items()
              if len(name) <= NAME_LIMIT_CHARACTERS and len(host) <= HOST_LIMIT_CHARACTERS}
    if not wanted:
        return {}
    found = await Actor.filter(Actor.present(), _named(list(wanted.values()))).exclude(kind=ActorKind.APPLICATION).order_by("-id")
    by_name = {(actor.name.lower(), actor.host): actor for actor in found}
    by_name |= {(actor.name.lower(), actor.domain): actor for actor in found if actor.domain}  # whom that domain has named itself
    spelled = {address: by_name.get((name.lower(), host)) for address, (name, host) in wanted.items()}
    return {address: actor for address, actor in spelled.items() if actor}


def _named(wanted: Sequence[tuple[str, str]]) -> Q:
    """Any of these names on any of these hosts; the caller picks the pairs."""
    ours = Q(host="", name__in=[name.lower() for name, host in wanted if not host] or [""])
    names = _spellings(name for name, host in wanted if host)
    return ours | Q(Actor.of_servers(*{host for _, host in wanted if host}), name__in=names)


def _spellings(names: Iterable[str]) -> list[str]:
    """As written and in lower case: remote names keep the case of their server."""
    given = list(names)
    return list({*given, *(name.lower() for name in given)}) or [""]
