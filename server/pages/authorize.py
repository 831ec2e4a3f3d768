"""An app asks a member to be let in: what it may do, in plain words, and a yes and a no of the same size."""
from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from aiohttp import web

from models import ClientApp
from server.actions import apps
from server.actions.apps import NOT_HERE, Ask, OAuthError
from server.appearance import render
from server.doors import see
from server.entrance import headers, sessions
from server.errors import BadRequest
from server.keys import FORM, LANGUAGE, LIMITS, MEMBER, SETTINGS
from server.pages.entry import WAY_COOKIE
from server.words.language import gettext_for
from server.words.rights import rights_of

FIELDS = ("client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method")
VALUE_LIMIT = 2000  # characters
WAY_SECONDS = 30 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AppView:
    """An app, as it calls itself."""

    name: str
    website: str
    goes_to: str  # host or scheme that gets the answer; empty: this page shows a code


async def show(request: web.Request) -> web.Response:
    """GET /oauth/authorize: the question. Who is not signed in does that first, and comes back here."""
    given = {name: request.query.get(name, "")[:VALUE_LIMIT] for name in FIELDS}
    app, redirect_uri = await _registered(given)
    if MEMBER not in request:
        answer = see(f"/signin?next={quote(request.path_qs, safe='')}")
        sessions.set_cookie(answer, request.app[SETTINGS], WAY_COOKIE, quote(request.path_qs, safe=""), WAY_SECONDS)
        return answer
    try:
        ask = _ask(app, redirect_uri, given)
    except OAuthError as error:
        return _back(request, redirect_uri, given["state"], error=error.code, error_description=error.safe)
    _ = gettext_for(request[LANGUAGE])
    view = AppView(name=app.name, website=urlsplit(app.website).hostname or "", goes_to=_target(redirect_uri))
    page = render.page(request, "authorize.html", app=view, rights=rights_of(ask.scopes, _),
                       fields=[(name, value) for name, value in given.items() if value])
    allowed = f"form-action 'self' {_source(redirect_uri)}"
    page.headers["Content-Security-Policy"] = headers.POLICY.replace("form-action 'self'", allowed)
    return page


async def decide(request: web.Request) -> web.Response:
    """POST /oauth/authorize: yes or no. Everything is checked again; a no is told to the app too."""
    form = request[FORM]
    given = {name: form.get(name)[:VALUE_LIMIT] for name in FIELDS}
    app, redirect_uri = await _registered(given)
    request.app[LIMITS].take("act", request[MEMBER].actor.key)
    try:
        ask = _ask(app, redirect_uri, given)
        if form.text("answer") != "yes":
            raise OAuthError("access_denied", "The member said no.")
    except OAuthError as error:
        return _back(request, redirect_uri, given["state"], error=error.code, error_description=error.safe)
    code = await apps.allow(ask, request[MEMBER])
    if redirect_uri == NOT_HERE:
        return render.page(request, "authorize_code.html", app_name=app.name, code=code, minutes=apps.CODE_SECONDS // 60)
    return _back(request, redirect_uri, given["state"], code=code)


async def _registered(given: dict[str, str]) -> tuple[ClientApp, str]:
    """The app and an address that it has registered, to the letter; otherwise nobody is sent anywhere (RFC 9700 §4.1.3)."""
    app = await ClientApp.get_or_none(key=given["client_id"][:22].replace("\0", ""))
    if app is None or app.key != given["client_id"]:
        raise BadRequest("unknown app")
    redirect_uri = given["redirect_uri"] or (app.redirect_uris[0] if len(app.redirect_uris) == 1 else "")
    if redirect_uri not in app.redirect_uris:
        raise BadRequest("an address that the app has not registered")
    return app, redirect_uri


def _ask(app: ClientApp, redirect_uri: str, given: dict[str, str]) -> Ask:
    if given["response_type"] != "code":
        raise OAuthError("unsupported_response_type", "This server gives codes.")
    return apps.checked(app, redirect_uri, given["scope"], given["code_challenge"], given["code_challenge_method"])


def _back(request: web.Request, redirect_uri: str, state: str, **told: str) -> web.Response:
    """To the app with an answer; `iss` says whose it is (RFC 9207)."""
    if redirect_uri == NOT_HERE:
        return see("/home")
    told |= {"iss": request.app[SETTINGS].origin} | ({"state": state} if state else {})
    return see(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(told)}")


def _target(redirect_uri: str) -> str:
    parts = urlsplit(redirect_uri)
    return "" if redirect_uri == NOT_HERE else parts.netloc if parts.scheme in ("https", "http") else f"{parts.scheme}:"


def _source(redirect_uri: str) -> str:
    """Where the form's answer may lead: browsers hold redirects of forms to the policy, too."""
    parts = urlsplit(redirect_uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("https", "http") else f"{parts.scheme}:"
