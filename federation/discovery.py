"""How others find us: WebFinger, host-meta, NodeInfo. Documents only; the doors are in `server.entrance.peers`."""
from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from federation import instances
from federation.addresses import host_of, same_origin
from federation.contexts import AS
from federation.errors import Malformed
from federation.instance import SOFTWARE, VERSION
from federation.withdrawal_notices import WITHDRAW
from models import Actor, Community
from models.actor import ActorKind
from models.community import SignUp
from models.errors import NotHere
from moderation import consent

SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
NODEINFO_SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"
NODEINFO_VERSIONS = ("2.0", "2.1")


async def find(origin: str, resource: str) -> Actor:
    """The actor of ours that a WebFinger resource names: acct:name@host, an actor's uri, a profile page, or our origin.

    A member is there for others only after saying yes to that (C5): before, the answer is the same as for a name that
    nobody has. Raises NotHere.
    """
    actor = await _named(origin, resource)
    if actor.kind is not ActorKind.APPLICATION and not await consent.may_leave(actor.id):
        raise NotHere("not known elsewhere")
    return actor


async def _named(origin: str, resource: str) -> Actor:
    try:
        if resource.startswith(("acct:", "@")):
            name, _, host = resource.removeprefix("acct:").removeprefix("@").rpartition("@")
            if host_of(f"https://{host}") == host_of(origin) or host_of(f"http://{host}") == host_of(origin):
                return await Actor.named(name)
        elif same_origin(resource, origin):
            path = urlsplit(resource).path.rstrip("/")
            if is_origin(resource, origin):
                return await Actor.instance()
            if path.startswith("/@"):
                return await Actor.named(path.removeprefix("/@"))
            return await Actor.local(resource)
    except Malformed:
        pass
    raise NotHere("no such resource")


def jrd(actor: Actor, origin: str, resource: str, rels: Collection[str] = ()) -> dict[str, Any]:
    """The WebFinger answer (RFC 7033) for an actor of ours, with links of these relations alone if any are named (§4.3).

    Asked about our origin it says who speaks for this server (FEP-d556), whose subject is the actor itself; `self` is there
    too for those who look for that alone, as in Mastodon's answer.
    """
    links = [{"rel": "self", "type": "application/activity+json", "href": actor.uri},
             {"rel": "self", "type": f'application/ld+json; profile="{AS}"', "href": actor.uri},
             {"rel": PROFILE_PAGE, "type": "text/html", "href": actor.url}]
    if actor.kind is not ActorKind.APPLICATION:
        links.append({"rel": SUBSCRIBE, "template": f"{origin}/people?address={{uri}}"})
    subject = f"acct:{actor.name}@{host_of(origin)}"
    if is_origin(resource, origin):
        links.insert(0, {"rel": instances.SERVICE, "type": "application/activity+json", "href": actor.uri})
        subject = actor.uri
    return {"subject": subject, "aliases": sorted({actor.uri, actor.url, f"acct:{actor.name}@{host_of(origin)}"} - {subject}),
            "links": [link for link in links if not rels or link["rel"] in rels]}


def is_origin(resource: str, origin: str) -> bool:
    """Whether a WebFinger resource is our origin itself, which stands for the server (FEP-d556)."""
    return same_origin(resource, origin) and urlsplit(resource).path.rstrip("/") == ""


def host_meta(origin: str) -> str:
    """XRD for those who ask the old way (RFC 6415): split domains of Akkoma, and some finders."""
    template = quoteattr(f"{origin}/.well-known/webfinger?resource={{uri}}")
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">'
            f'<Link rel="lrdd" type="application/jrd+json" template={template}/></XRD>\n')


def nodeinfo_links(origin: str, instance: Actor) -> dict[str, Any]:
    """Where NodeInfo is, and the instance actor (FEP-2677)."""
    links = [{"rel": f"{NODEINFO_SCHEMA}{version}", "href": f"{origin}/nodeinfo/{version}"} for version in NODEINFO_VERSIONS]
    return {"links": [*links, {"rel": instances.APPLICATION, "href": instance.uri}]}


def nodeinfo(version: str, origin: str, community: Community, source_url: str = "") -> dict[str, Any]:
    """NodeInfo without any count (FEP-0151 allows it): how many people have a disease is nobody's business. Only 2.1 has a place
    for the address of the source code. The metadata say that we exchange withdrawal notices, and where our charter is.
    """
    if version not in NODEINFO_VERSIONS:
        raise NotHere("no such version")
    software = {"name": SOFTWARE, "version": VERSION}
    if source_url and version != "2.0":
        software["repository"] = source_url
    return {"version": version, "software": software, "protocols": ["activitypub"], "services": {"inbound": [], "outbound": []},
            "openRegistrations": community.sign_up is SignUp.OPEN, "usage": {"users": {}},
            "metadata": {"dazzle": {"withdrawalNotices": f"{origin}/ns#{WITHDRAW}", "charter": f"{origin}/charter"}}}
