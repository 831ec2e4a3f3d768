"""Every address of this server, in one list: the site map."""
from __future__ import annotations

from dataclasses import dataclass

from server import peers
from server.doors import Handler, peer


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `handler` stands behind a door of `server.doors`."""

    method: str
    path: str
    handler: Handler


ROUTES: tuple[Route, ...] = (
    # other servers
    Route("POST", "/inbox", peer(peers.receive)),
    Route("POST", "/actor/inbox", peer(peers.receive)),
    Route("POST", "/actors/{key}/inbox", peer(peers.receive)),
    Route("GET", "/actor", peer(peers.instance)),
    Route("GET", "/actors/{key}", peer(peers.actor)),
    Route("GET", "/actors/{key}/outbox", peer(peers.outbox)),
    Route("GET", "/actors/{key}/followers", peer(peers.followers)),
    Route("GET", "/actors/{key}/following", peer(peers.following)),
    Route("GET", "/actors/{key}/featured", peer(peers.featured)),
    Route("GET", "/posts/{key}", peer(peers.post)),
    Route("GET", "/ns", peer(peers.terms)),
    Route("GET", "/.well-known/webfinger", peer(peers.webfinger)),
    Route("GET", "/.well-known/host-meta", peer(peers.host_meta)),
    Route("GET", "/.well-known/nodeinfo", peer(peers.nodeinfo_links)),
    Route("GET", "/nodeinfo/{version}", peer(peers.nodeinfo)),
)
