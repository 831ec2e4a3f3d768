"""Every address of this server, in one list: the site map."""
from __future__ import annotations

from dataclasses import dataclass

from server import health, peers
from server.api import door, openapi
from server.api.door import Endpoint
from server.api.routes import API
from server.doors import Handler, Who, peer, person
from server.pages import (
    about,
    coats,
    community,
    compose,
    conversation,
    files,
    follows,
    home,
    images,
    join,
    members,
    messages,
    notices,
    partners,
    people,
    profile,
    security,
    settings,
    signin,
    tags,
    welcome,
)


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
    # reading and writing
    Route("GET", "/home", person(home.show, Who.MEMBER)),
    Route("GET", "/home/follows", person(home.show, Who.MEMBER)),
    Route("GET", "/compose", person(compose.show, Who.MEMBER)),
    Route("POST", "/compose", person(compose.send, Who.MEMBER, upload=True)),
    Route("GET", "/drafts", person(compose.show_drafts, Who.MEMBER)),
    Route("POST", "/drafts/{key}/discard", person(compose.discard, Who.MEMBER)),
    Route("GET", "/m/{key}", person(conversation.show)),
    Route("GET", "/m/{key}/history", person(messages.show_history)),
    Route("GET", "/m/{key}/copies", person(messages.show_copies, Who.MEMBER)),
    Route("GET", "/m/{key}/edit", person(messages.show_edit, Who.MEMBER)),
    Route("POST", "/m/{key}/edit", person(messages.edit, Who.MEMBER)),
    Route("GET", "/m/{key}/delete", person(messages.ask_delete, Who.MEMBER)),
    Route("POST", "/m/{key}/delete", person(messages.delete, Who.MEMBER)),
    Route("POST", "/m/{key}/thanks", person(messages.thank, Who.MEMBER)),
    Route("POST", "/m/{key}/pass-on", person(messages.pass_on, Who.MEMBER)),
    Route("POST", "/m/{key}/undo", person(messages.undo, Who.MEMBER)),
    Route("POST", "/m/{key}/send-now", person(messages.send_now, Who.MEMBER)),
    Route("POST", "/m/{key}/vote", person(messages.vote, Who.MEMBER)),
    Route("GET", "/media/{key}", person(images.show)),
    Route("GET", "/emoji/{key}", person(images.emoji)),
    Route("GET", "/coats/{key:[0-9A-Za-z]{22}}.png", coats.show),
    Route("GET", "/coats/{key:[0-9A-Za-z]{22}}/wide.png", coats.show_wide),
    Route("GET", "/tags/{name}", person(tags.show)),
    Route("GET", "/notices", person(notices.show, Who.MEMBER)),
    Route("POST", "/notices/read", person(notices.mark_read, Who.MEMBER)),
    # people
    Route("GET", "/people", person(people.show, Who.MEMBER)),
    Route("POST", "/people", person(people.search, Who.MEMBER)),
    Route("GET", "/follows", person(follows.show, Who.MEMBER)),
    Route("GET", "/follows/me", person(follows.show, Who.MEMBER)),
    Route("GET", "/follows/requests", person(follows.show, Who.MEMBER)),
    Route("GET", "/@{address}", person(profile.show)),
    Route("GET", "/@{address}/follow", person(profile.ask_follow, Who.MEMBER)),
    Route("POST", "/@{address}/follow", person(profile.follow, Who.MEMBER)),
    Route("POST", "/@{address}/unfollow", person(profile.unfollow, Who.MEMBER)),
    Route("POST", "/@{address}/accept", person(profile.accept, Who.MEMBER)),
    Route("POST", "/@{address}/refuse", person(profile.refuse, Who.MEMBER)),
    Route("POST", "/@{address}/mute", person(profile.mute, Who.MEMBER)),
    Route("POST", "/@{address}/unmute", person(profile.unmute, Who.MEMBER)),
    Route("GET", "/@{address}/block", person(profile.ask_block, Who.MEMBER)),
    Route("POST", "/@{address}/block", person(profile.block, Who.MEMBER)),
    Route("POST", "/@{address}/unblock", person(profile.unblock, Who.MEMBER)),
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
    Route("GET", "/actor/{collection:outbox|followers|following|featured}", peer(peers.nothing)),
    Route("GET", "/actors/{key}", peer(peers.actor)),
    Route("GET", "/actors/{key}/outbox", peer(peers.outbox)),
    Route("GET", "/actors/{key}/followers", peer(peers.followers)),
    Route("GET", "/actors/{key}/following", peer(peers.following)),
    Route("GET", "/actors/{key}/featured", peer(peers.featured)),
    Route("GET", "/posts/{key}", peer(peers.post)),
    Route("GET", "/posts/{key}/replies", peer(peers.replies)),
    Route("GET", "/posts/{key}/context", peer(peers.context)),
    Route("GET", "/stamps/{key}", peer(peers.stamp)),
    Route("GET", "/ns", peer(peers.terms)),
    Route("GET", "/.well-known/webfinger", peer(peers.webfinger)),
    Route("GET", "/.well-known/host-meta", peer(peers.host_meta)),
    Route("GET", "/.well-known/nodeinfo", peer(peers.nodeinfo_links)),
    Route("GET", "/nodeinfo/{version}", peer(peers.nodeinfo)),
    # apps
    *(Route(one.method, one.path, door.api(one)) for one in API),
    Route("GET", "/api/openapi.json", door.api(Endpoint("GET", "/api/openapi.json", openapi.serve(API), door.ANYBODY))),
    *(Route("OPTIONS", path, door.preflight) for path in door.OPEN_PATHS),
    Route("*", "/api/{path:.*}", door.nothing),
    # everything else
    Route("GET", "/{path:.*}", person(about.nothing)),
)
