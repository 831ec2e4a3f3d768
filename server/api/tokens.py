"""Who an app speaks for: the bearer token of a request (RFC 6750)."""
from __future__ import annotations

from aiohttp import web

from models import AccessToken, clock
from models.errors import CommunityError
from models.ids import digest
from models.signed_in import with_token

TOKEN_LIMIT_CHARACTERS = 200


class BadToken(CommunityError):
    """There is no token, or none that is in force: never was, revoked, or its member is suspended."""

    status = 401
    safe = "The access token is invalid"


class OutOfScope(CommunityError):
    """The token is good, and not for this."""

    status = 403
    safe = "This action is outside the authorized scopes"


class NeedsMember(CommunityError):
    """The token is an app's own, and this is about a member."""

    status = 422
    safe = "This method requires an authenticated user"


def bearer(request: web.Request) -> str:
    """The token in the Authorization header; "" if there is none. Never out of the address, which gets logged on the way."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


async def find(text: str) -> AccessToken | None:
    """The token in force, with its app, member and actor; that it was used today is written down."""
    if not text or len(text) > TOKEN_LIMIT_CHARACTERS:
        return None
    found = await with_token(digest(text))
    if found and found.used_on != (today := clock.now().date()):
        found.used_on = today
        await found.save(update_fields=["used_on"])
    return found
