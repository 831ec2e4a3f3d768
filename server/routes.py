"""Every address of this server, in one list: the site map."""
from __future__ import annotations

from dataclasses import dataclass

from server import health, peers
from server.doors import Handler, Who, peer, person
from server.pages import about, community, files, join, look, members, partners, security, settings, signin, welcome


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `handler` stands behind a door of `server.doors`."""

    method: str
    path: str
    handler: Handler


ROUTES: tuple[Route, ...] = (
    # files and comfort
    Route("GET", "/static/{path:.+}", files.show),
    Route("GET", "/theme.css", files.palette),
    Route("GET", "/favicon.ico", files.favicon),
    Route("GET", "/health", health.show),
    # the team
    Route("GET", "/admin/partners", person(partners.show, Who.HOST)),
    Route("POST", "/admin/partners/ask", person(partners.ask, Who.HOST)),
    Route("GET", "/admin/partners/{host}", person(partners.one, Who.HOST)),
    Route("POST", "/admin/partners/{host}", person(partners.decide, Who.HOST)),
    # for everybody
    Route("GET", "/", person(about.front)),
    Route("GET", "/about", person(about.about)),
    Route("GET", "/rules", person(about.rules)),
    Route("GET", "/help", person(about.help_)),
    Route("GET", "/crisis", person(about.crisis)),
    Route("GET", "/privacy", person(about.privacy)),
    Route("GET", "/accessibility", person(about.accessibility)),
    # coming in
    Route("GET", "/join", person(join.start)),
    Route("GET", "/join/wait", person(join.wait)),
    Route("GET", "/join/{step:[1-4]}", person(join.show)),
    Route("POST", "/join/{step:[1-4]}", person(join.answer)),
    Route("GET", "/invite/{token}", person(join.show_invitation)),
    Route("POST", "/invite/{token}", person(join.take_invitation)),
    Route("GET", "/signin", person(signin.show)),
    Route("POST", "/signin", person(signin.sign_in)),
    Route("GET", "/signin/link", person(signin.ask_link)),
    Route("POST", "/signin/link", person(signin.send_link)),
    Route("GET", "/signin/lost", person(signin.ask_lost)),
    Route("POST", "/signin/lost", person(signin.send_lost)),
    Route("GET", "/signin/link/{token}", person(signin.show_link)),
    Route("POST", "/signin/link/{token}", person(signin.follow_link)),
    Route("GET", "/password/{token}", person(signin.show_password)),
    Route("POST", "/password/{token}", person(signin.set_password)),
    Route("GET", "/confirm/{token}", person(signin.show_confirm)),
    Route("POST", "/confirm/{token}", person(signin.confirm)),
    Route("POST", "/signout", person(signin.sign_out)),
    Route("GET", "/open/{token}", person(community.show_opening)),
    Route("POST", "/open/{token}", person(community.open_)),
    Route("GET", "/welcome", person(welcome.show, Who.MEMBER)),
    # settings
    Route("GET", "/settings", person(settings.show, Who.MEMBER)),
    Route("GET", "/settings/profile", person(settings.profile, Who.MEMBER)),
    Route("POST", "/settings/profile", person(settings.save_profile, Who.MEMBER)),
    Route("GET", "/settings/audience", person(settings.audience, Who.MEMBER)),
    Route("POST", "/settings/audience", person(settings.save_audience, Who.MEMBER)),
    Route("POST", "/settings/sharing", person(settings.share, Who.MEMBER)),
    Route("GET", "/settings/reading", person(settings.reading, Who.MEMBER)),
    Route("POST", "/settings/reading", person(settings.save_reading, Who.MEMBER)),
    Route("GET", "/settings/language", person(settings.language, Who.MEMBER)),
    Route("GET", "/settings/blocks", person(settings.blocks, Who.MEMBER)),
    Route("GET", "/settings/security", person(security.show, Who.MEMBER)),
    Route("POST", "/settings/security/password", person(security.change_password, Who.MEMBER)),
    Route("POST", "/settings/security/email", person(security.change_email, Who.MEMBER)),
    Route("POST", "/settings/security/end", person(security.end_one, Who.MEMBER)),
    Route("POST", "/settings/security/end-others", person(security.end_others, Who.MEMBER)),
    # the team
    Route("GET", "/admin/members", person(members.show, Who.TEAM)),
    Route("POST", "/admin/members/search", person(members.search, Who.TEAM)),
    Route("GET", "/admin/members/{name}", person(members.show_one, Who.TEAM)),
    Route("POST", "/admin/members/{name}/{verb:accept|refuse|suspend|restore|role}", person(members.decide, Who.TEAM)),
    Route("GET", "/admin/invitations", person(members.show_invitations, Who.TEAM)),
    Route("POST", "/admin/invitations", person(members.invite, Who.TEAM)),
    Route("POST", "/admin/invitations/withdraw", person(members.withdraw, Who.TEAM)),
    Route("GET", "/admin/community", person(community.show, Who.HOST)),
    Route("POST", "/admin/community", person(community.save, Who.HOST)),
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
