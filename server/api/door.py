"""The door for apps: a bearer token says who asks, its scopes what they may; what went wrong is said as JSON.

No cookie is read here, so that no page of somebody else's can make a browser act; that is why any page may ask (CORS, which
`server.entrance.headers` adds).
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from federation.errors import Busy
from models.errors import CommunityError, NotHere
from server.actions.apps import OAuthError
from server.api import arguments, tokens
from server.api.answers import answer
from server.api.arguments import Takes
from server.api.tokens import BadToken, NeedsMember, OutOfScope
from server.doors import Handler, unexpected
from server.entrance import freezing, path_words
from server.entrance.connections import allow_upload
from server.entrance.forms import LARGEST_NUMBER
from server.entrance.limits import TooOften
from server.entrance.proxies import bucket, client_address
from server.errors import StaffOnly, Unavailable
from server.keys import ALLOWANCE, COMMUNITY, FORM, LANGUAGE, LIMITS, MEMBER, SETTINGS, TOKEN
from server.words import scopes
from server.words.language import gettext_for

#: Scopes that are none: nobody is asked who they are, and any token will do, an app's own too.
ANYBODY, ANY_TOKEN = "", "app"
#: Where a browser may ask first whether a page may ask.
OPEN_PATHS = ("/api/{path:.*}", "/oauth/{word:token|revoke|userinfo}", "/.well-known/{path:.*}", "/nodeinfo/{version}",
              "/actors/{key}/{box:inbox|outbox}")
ApiHandler = Callable[[web.Request, Any], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of the client API.

    `scope`: what the token must cover; one of several, if there are spaces in it. `takes`: the class of what it is given.
    `gives`: the type of what it answers, for the OpenAPI document; None for nothing in particular. `visitors`: also without
    a token, for what anybody may see.
    """

    method: str
    path: str
    handler: ApiHandler
    scope: str
    takes: type[Takes] = Takes
    gives: Any = None
    visitors: bool = False


def api(endpoint: Endpoint) -> Handler:
    """What stands before an endpoint."""

    async def door(request: web.Request) -> web.StreamResponse:
        request[LANGUAGE] = request.app[SETTINGS].language
        try:
            await request.app[COMMUNITY].fresh()
            path_words.check(request)
            await _admit(request, endpoint)
            if endpoint.takes.uploads and MEMBER in request:
                allow_upload(request)
            response = await endpoint.handler(request, await arguments.read(request, endpoint.takes))
        except CommunityError as error:
            response = refusal(request, error)
        except (web.HTTPException, ConnectionResetError):
            raise
        except UnicodeError:
            response = refusal(request, arguments.BadInput("not UTF-8"))
        except Exception as error:  # an app never sees a traceback
            response = refusal(request, unexpected(error))
        finally:
            for upload in request[FORM].files if FORM in request else ():
                upload.file.close()
        if not response.prepared:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
    return door


async def _admit(request: web.Request, endpoint: Endpoint) -> None:
    """Who asks, whether they may, and not too often."""
    text = tokens.bearer(request) if endpoint.scope != ANYBODY else ""
    token = await tokens.find(text)
    if token:
        request[TOKEN] = token
        if token.member:
            request[MEMBER], request[LANGUAGE] = token.member, token.member.language or request[LANGUAGE]
    whom = f"member {token.member_id}" if token and token.member_id else client(request)
    request[ALLOWANCE] = request.app[LIMITS].take("api", whom)
    if endpoint.scope == ANYBODY:
        return
    if token is None:
        if endpoint.visitors and not text:
            return
        raise BadToken("none" if not text else "unknown")
    _check(request, endpoint)
    freezing.check_endpoint(request, endpoint.scope, endpoint.path)


def _check(request: web.Request, endpoint: Endpoint) -> None:
    token = request[TOKEN]
    if endpoint.scope == ANY_TOKEN:
        return
    if token.member is None:
        if endpoint.visitors:
            return
        raise NeedsMember("client credentials")
    if not scopes.covers(token.scopes, endpoint.scope):
        raise OutOfScope(endpoint.scope)
    if endpoint.scope.startswith("admin:") and not token.member.role.is_staff:
        raise StaffOnly("role")


def client(request: web.Request) -> str:
    """What rate limits count by, for those who are nobody's app."""
    return bucket(client_address(request, [str(network) for network in request.app[SETTINGS].trusted_proxies]))


def number(request: web.Request, name: str = "id") -> int:
    """An id in the address, such as {id}; NotHere for what cannot be one."""
    text = request.match_info[name]
    if not (text.isascii() and text.isdecimal() and len(text) <= 19 and int(text) <= LARGEST_NUMBER):
        raise NotHere("no id")
    return int(text)


def refusal(request: web.Request, error: CommunityError) -> web.Response:
    """An error as apps read it: `error` in the member's language, and for wrong input which field it was."""
    said = gettext_for(request[LANGUAGE]).gettext(error.safe)
    if isinstance(error, NotHere):
        said = "Record not found"
    body = {"error": said}
    if isinstance(error, arguments.BadInput):
        body = {"error": f"Validation failed: {error}", "error_description": said}
    if isinstance(error, OAuthError):
        body = {"error": error.code, "error_description": said}
    response = answer(body, error.status)
    if isinstance(error, TooOften | Busy | Unavailable):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Dazzle", error="invalid_token"'
    return response


async def preflight(_request: web.Request) -> web.Response:
    """OPTIONS of anything here: what a browser asks before it lets a page ask (Fetch, CORS-preflight)."""
    return web.Response(status=204)


async def nothing(request: web.Request) -> web.Response:
    """What is no endpoint: 404, or 405 where another method is. Some apps end addresses with a slash: they are sent on."""
    if request.path.endswith("/"):
        path, _, query = request.raw_path.partition("?")
        return web.Response(status=308, headers={"Location": path.rstrip("/") + ("?" + query if query else "")})
    allowed: set[str] = set()
    for resource in request.app.router.resources():
        if resource.canonical.startswith("/api/") and not resource.canonical.startswith("/api/{"):
            allowed |= (await resource.resolve(request))[1]
    if not allowed:
        return answer({"error": "Record not found"}, 404)
    response = answer({"error": "Method not allowed"}, 405)
    response.headers["Allow"] = ", ".join(sorted(allowed))
    return response
