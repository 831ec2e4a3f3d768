"""OAuth for apps: registration, tokens, revocation, and what is said about all that (RFC 6749, 7009, 8414; no passwords)."""
from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, TypedDict
from urllib.parse import unquote, urlsplit

from aiohttp import web
from pydantic import Field

from models import AccessToken, ClientApp
from server.actions import apps
from server.actions.apps import NOT_HERE, OAuthError
from server.api import pushes
from server.api.answers import Nothing, answer
from server.api.arguments import BadInput, Takes
from server.api.door import client
from server.keys import LIMITS, MEMBER, SETTINGS, TOKEN
from server.words import scopes

NAME_LIMIT = 100
REDIRECTS_LIMIT = 10
#: What a browser would run or read instead of handing the code to an app.
FORBIDDEN_SCHEMES = frozenset({"javascript", "data", "vbscript", "file", "about", "blob", "ftp", "ws", "wss", "view-source",
                               "filesystem", "mailto", "urn"})
HERE = ("localhost", "127.0.0.1", "::1")
GRANTS = ("authorization_code", "client_credentials")
_HOST = re.compile(r"[a-zA-Z0-9.-]{1,253}(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?")  # and nothing that has a meaning in headers
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,60}")


class Registration(Takes):
    """POST /api/v1/apps."""

    client_name: str = Field(min_length=1, max_length=NAME_LIMIT)
    redirect_uris: list[str] = Field(min_length=1, max_length=REDIRECTS_LIMIT)
    scopes: str = Field("", max_length=scopes.TEXT_LIMIT)
    website: str = Field("", max_length=500)


class Application(TypedDict):
    """An app (docs.joinmastodon.org/entities/Application)."""

    id: str
    name: str
    website: str | None
    scopes: list[str]
    redirect_uris: list[str]
    redirect_uri: str
    vapid_key: str


class CredentialApplication(Application):
    """An app, as it is told once about itself."""

    client_id: str
    client_secret: str
    client_secret_expires_at: int


class TokenAsk(Takes):
    """POST /oauth/token."""

    grant_type: str = ""
    client_id: str = ""
    client_secret: str = ""
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str = Field("", max_length=128)
    scope: str = ""


class Token(TypedDict):
    """A token, as the app gets it, once."""

    access_token: str
    token_type: Literal["Bearer"]
    scope: str
    created_at: int


class Revocation(Takes):
    """POST /oauth/revoke."""

    client_id: str = ""
    client_secret: str = ""
    token: str = ""


class UserInfo(TypedDict):
    """Who the member is, in the words of OpenID Connect Core §5.1."""

    iss: str
    sub: str
    name: str
    preferred_username: str
    profile: str
    picture: str


class Metadata(TypedDict):
    """What this server can do (RFC 8414)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    userinfo_endpoint: str
    app_registration_endpoint: str
    service_documentation: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    response_modes_supported: list[str]
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    code_challenge_methods_supported: list[str]
    authorization_response_iss_parameter_supported: bool


async def register(request: web.Request, given: Registration) -> web.Response:
    """POST /api/v1/apps: an app makes itself known. Nobody has checked what it says of itself."""
    request.app[LIMITS].take("app_made", client(request))
    wanted = scopes.parse(given.scopes)
    if wanted is None:
        raise BadInput("scopes: not all of them are known")
    redirects = [uri for text in given.redirect_uris for uri in text.split()]
    if not 1 <= len(redirects) <= REDIRECTS_LIMIT or not all(map(is_redirect, redirects)):
        raise BadInput("redirect_uris: https addresses, an app's own scheme, or urn:ietf:wg:oauth:2.0:oob")
    if not (name := readable(given.client_name)):
        raise BadInput("client_name: can't be blank")
    website = given.website if urlsplit(given.website).scheme in ("https", "http") else ""
    app, secret = await apps.register(name, website, redirects, wanted)
    told: CredentialApplication = {
        **application(app, await pushes.public_key()), "client_id": app.key, "client_secret": secret,
        "client_secret_expires_at": 0}
    return answer(told)


def readable(name: str) -> str:
    """A name as members can read it: without what shows nothing, or turns the rest of a line around (Unicode, category C)."""
    return " ".join("".join(letter for letter in name if letter.isspace() or unicodedata.category(letter)[0] != "C").split())


def is_redirect(uri: str) -> bool:
    """Whether a code may be sent there: https, http on this very computer, an app's own scheme, or nowhere (shown on a page)."""
    if uri == NOT_HERE:
        return True
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return False
    if len(uri) > 2000 or not uri.isprintable() or " " in uri or "#" in uri or parts.scheme in FORBIDDEN_SCHEMES:
        return False
    if parts.scheme in ("https", "http"):
        return bool(_HOST.fullmatch(parts.netloc)) and (parts.scheme == "https" or host in HERE)
    return bool(_SCHEME.fullmatch(parts.scheme))


def application(app: ClientApp, vapid_key: str) -> Application:
    """An app, without its secret. `vapid_key`: what it subscribes to pushes with."""
    return {"id": str(app.id), "name": app.name, "website": app.website or None, "scopes": app.scopes,
            "redirect_uris": app.redirect_uris, "redirect_uri": "\n".join(app.redirect_uris), "vapid_key": vapid_key}


async def verify_app(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/apps/verify_credentials: which app this token is of."""
    return answer(application(request[TOKEN].app, await pushes.public_key()))


async def token(request: web.Request, given: TokenAsk) -> web.Response:
    """POST /oauth/token: a token for a code, or for the app itself."""
    request.app[LIMITS].take("app_token", client(request))
    app = await _app(request, given.client_id, given.client_secret)
    request.app[LIMITS].take("app_token", f"app {app.id}")
    if given.grant_type == "authorization_code":
        made, text = await apps.exchange(app, given.code, given.redirect_uri, given.code_verifier)
    elif given.grant_type == "client_credentials":
        made, text = await apps.give(app, _own(app, given.scope))
    else:
        raise OAuthError("unsupported_grant_type", f"This server knows {' and '.join(GRANTS)}, and never takes passwords.")
    return _token(made, text)


def _own(app: ClientApp, scope: str) -> Sequence[str]:
    wanted = scopes.parse(scope)
    if wanted is None or not scopes.within(wanted, app.scopes):
        raise OAuthError("invalid_scope", "The app asks for more than it registered for.")
    return wanted


def _token(made: AccessToken, text: str) -> web.Response:
    told: Token = {"access_token": text, "token_type": "Bearer", "scope": " ".join(made.scopes),
                   "created_at": int(made.created_at.timestamp())}
    response = answer(told)
    response.headers["Cache-Control"] = "no-store"
    return response


async def revoke(request: web.Request, given: Revocation) -> web.Response:
    """POST /oauth/revoke: end a token of this app. Whether it was one is not told."""
    request.app[LIMITS].take("app_token", client(request))
    await apps.revoke(await _app(request, given.client_id, given.client_secret), given.token)
    done: Nothing = {}
    return answer(done)


async def _app(request: web.Request, key: str, secret: str) -> ClientApp:
    """The app that proves itself, in the form or by HTTP Basic (RFC 6749 §2.3.1). OAuthError (401)."""
    kind, _, packed = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            key, _, secret = base64.b64decode(packed, validate=True).decode().partition(":")
        except ValueError:
            key = ""
        key, secret = unquote(key), unquote(secret)
    app = await ClientApp.get_or_none(key=key[:22].replace("\0", ""))
    if app is None or app.key != key or not apps.is_secret(app, secret):
        raise OAuthError("invalid_client", "The app is unknown, or its secret is another.", 401)
    return app


async def user_info(request: web.Request, _given: Takes) -> web.Response:
    """GET and POST /oauth/userinfo."""
    actor, origin = request[MEMBER].actor, request.app[SETTINGS].origin
    told: UserInfo = {"iss": origin, "sub": actor.uri, "name": actor.shown_name, "preferred_username": actor.name,
                      "profile": f"{origin}/{actor.address}", "picture": f"{origin}/coats/{actor.key}.png"}
    return answer(told)


async def metadata(request: web.Request, _given: Takes) -> web.Response:
    """GET /.well-known/oauth-authorization-server."""
    origin = request.app[SETTINGS].origin
    told: Metadata = {
        "issuer": origin, "authorization_endpoint": f"{origin}/oauth/authorize", "token_endpoint": f"{origin}/oauth/token",
        "revocation_endpoint": f"{origin}/oauth/revoke", "userinfo_endpoint": f"{origin}/oauth/userinfo",
        "app_registration_endpoint": f"{origin}/api/v1/apps", "service_documentation": "https://docs.joinmastodon.org/",
        "scopes_supported": list(scopes.SCOPES), "response_types_supported": ["code"], "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS), "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "authorization_response_iss_parameter_supported": True}
    return answer(told)
