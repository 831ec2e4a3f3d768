"""Somebody whose writing the team has paused: reads everything, writes nothing to others, keeps every right over what is theirs.

Whatever is not named here is shut, so that a new way of writing cannot be forgotten. `moderation.policy` says the same once more
for what was begun before, such as a message that was to go out today.
"""
from __future__ import annotations

from aiohttp import web

from models.errors import CommunityError
from server.keys import GUARDIAN, MEMBER

READS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Rights, peace from others, calling for help, and what is about the browser itself.
OPEN_BELOW = ("/data", "/rulings", "/statements/", "/settings/security", "/settings/reading", "/settings/blocks",
              "/settings/apps", "/settings/moving", "/settings/audience", "/settings/sharing", "/settings/filters", "/signin",
              "/oauth/", "/return/", "/growing", "/reports", "/report", "/admin/break")
OPEN = frozenset({
    "/look", "/signout", "/acting/stop", "/notices/read", "/m/{key}/delete", "/m/{key}/undo", "/m/{key}/reach", "/m/{key}/report",
    "/drafts/{key}/discard", "/@{address}/block", "/@{address}/unblock", "/@{address}/mute", "/@{address}/unmute",
    "/@{address}/report", "/@{address}/unfollow", "/@{address}/refuse", "/people", "/people/directory",
    "/people/directory/{key}/report"})
#: The same for apps, by what they ask to be allowed.
OPEN_SCOPES = ("read", "write:blocks", "write:mutes", "write:filters", "write:notifications", "write:conversations",
               "write:reports", "write:lists", "write:bookmarks", "push", "profile")
OPEN_ENDPOINTS = frozenset({
    ("DELETE", "/api/v1/statuses/{id}"), ("DELETE", "/api/v1/scheduled_statuses/{id}"), ("DELETE", "/api/v1/media/{id}"),
    ("POST", "/api/v1/statuses/{id}/unreblog"), ("POST", "/api/v1/statuses/{id}/unfavourite"), ("POST", "/api/v1/markers"),
    ("POST", "/api/v1/accounts/{id}/unfollow"), ("POST", "/api/v1/accounts/{id}/remove_from_followers"),
    ("POST", "/api/v1/follow_requests/{id}/reject"), ("POST", "/api/v1/statuses/{id}/quotes/{quoting_id}/revoke")})


class Frozen(CommunityError):
    """The team has paused this member's writing."""

    status = 403
    safe = "refused.frozen"


def check(request: web.Request) -> None:
    """Raise Frozen where a page would let somebody write whose writing is paused."""
    if request.method in READS or not _is_frozen(request):
        return
    resource = request.match_info.route.resource
    path = resource.canonical if resource else ""
    if path not in OPEN and not path.startswith(OPEN_BELOW):
        raise Frozen(path)


def check_endpoint(request: web.Request, scope: str, path: str) -> None:
    """The same for apps. `scope` and `path`: of the endpoint."""
    if request.method in READS or not _is_frozen(request):
        return
    if (request.method, path) not in OPEN_ENDPOINTS and not scope.startswith(OPEN_SCOPES):
        raise Frozen(path)


def _is_frozen(request: web.Request) -> bool:
    """Whoever acts, or in whose name."""
    people = [request[key] for key in (MEMBER, GUARDIAN) if key in request]
    return any(person.actor.frozen_at is not None for person in people)
