"""The three doors of this server: people, other servers, and files. A handler behind a door may trust what the door says.

    person   session, role, language, protection against forged forms, the form itself, pages as errors
    peer     signature (where one is given), size, problem documents as errors (RFC 9457)
    plain    nothing at all: files of the theme, health
"""
from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from enum import Enum, auto
from urllib.parse import quote

import structlog
from aiohttp import web

from federation import negotiation, signatures
from federation.addresses import host_of
from federation.errors import Busy, FederationError, Refused, Unproven, Unreachable
from federation.signatures import Request
from models import Member
from models.availability import is_unavailable
from models.errors import CommunityError
from models.host import Standing
from models.ids import new_key
from models.member import Role
from moderation import hosts
from server.actions import guardians
from server.appearance import render
from server.appearance.look import LANGUAGE_COOKIE, local_path
from server.entrance import acting, forms, freezing, path_words, sessions
from server.entrance.connections import allow_upload
from server.entrance.limits import TooOften
from server.errors import BadRequest, Forged, SignInFirst, StaffOnly, Unavailable
from server.keys import COMMUNITY, CSRF, FORM, GUARDIAN, LANGUAGE, ME, MEMBER, SESSION, SETTINGS, TIE
from server.views import MeView
from server.words import language

KEY_PATH = "/actor"
UNREACHABLE_SECONDS = 60
KEPT_CHARACTERS = 30  # what is longer took time to type
#: No page repeats these: passwords, and what the form brought along.
NEVER_SHOWN = frozenset({"csrf", "back", "next", "password", "new", "proof"})
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger()


class Who(Enum):
    """For whom a page is."""

    ANYONE = auto()
    MEMBER = auto()
    TEAM = auto()  # moderators and hosts
    HOST = auto()


ROLES = {Who.MEMBER: set(Role), Who.TEAM: {Role.MODERATOR, Role.HOST}, Who.HOST: {Role.HOST}}


def person(handler: Handler, who: Who = Who.ANYONE, *, upload: bool = False) -> Handler:
    """A page or a form. `upload`: the form may hold files, up to the setting `upload_limit_bytes`."""

    async def door(request: web.Request) -> web.StreamResponse:
        request[LANGUAGE] = request.app[SETTINGS].language
        try:
            await _recognise(request)
            path_words.check(request)
            await _read_form(request, upload)
            acting.check(request)
            _admit(request, who)
            freezing.check(request)
            response = await handler(request)
        except CommunityError as error:
            response = refusal(request, error)
        except web.HTTPException:
            raise
        except Exception as error:  # a person never sees a traceback, and keeps what was typed
            response = refusal(request, unexpected(error))
        finally:
            for upload_ in request[FORM].files if FORM in request else ():
                upload_.file.close()
        if not response.prepared:  # a visitor's page is in the reader's language, and shows what may be taken back at any time
            response.headers.setdefault("Cache-Control", "no-store" if MEMBER in request else "private, no-cache")
        return response
    return door


def refusal(request: web.Request, error: CommunityError) -> web.Response:
    """The page that says what went wrong, in the reader's language, with what was typed still there to be copied."""
    if isinstance(error, SignInFirst) and request.method == "GET":
        return web.Response(status=303, headers={"Location": f"/signin?next={quote(request.path_qs, safe='')}"})
    form = request[FORM] if FORM in request else forms.Form()
    kept = [text for name, texts in form.fields.items() if name not in NEVER_SHOWN
            for text in texts if len(text) > KEPT_CHARACTERS]
    response = render.page(request, "error.html", status=error.status, code=error.safe, kept=kept,
                           back=local_path(form.text("back", 2000), ""),
                           reference=getattr(error, "reference", ""), needs_sign_in=isinstance(error, SignInFirst))
    if isinstance(error, TooOften | Unavailable):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def see(path: str) -> web.Response:
    """Send the browser on after a form. A value and not an exception: raising it would undo an open transaction."""
    return web.Response(status=303, headers={"Location": path})


def unexpected(error: Exception) -> CommunityError:
    """Our fault: logged under a code that the person can quote. A database that cannot be used just now is told apart."""
    if is_unavailable(error):
        log.error("database unavailable", exc_info=error)
        return Unavailable("database")
    fault = CommunityError("unexpected")
    fault.status, fault.reference = 500, new_key()[:8]  # type: ignore[attr-defined]
    level = logging.ERROR
    log.log(level, "unexpected", code=fault.reference, exc_info=error)  # type: ignore[attr-defined]
    return fault


async def _recognise(request: web.Request) -> None:
    """Who asks, and in which language."""
    settings = request.app[SETTINGS]
    await request.app[COMMUNITY].fresh()
    found = await sessions.find(request, settings)
    if found:
        request[SESSION], request[MEMBER] = found.session, found.session.member
        request[ME] = _me(found.session.member, found.unread)
        await _act_for(request)
        request[CSRF] = sessions.csrf_token(found.session, _acts_for(request))
    request[LANGUAGE] = language.choose(
        request.headers.get("Accept-Language", ""), request.cookies.get(sessions.cookie_name(settings, LANGUAGE_COOKIE), ""),
        found.session.member.language if found else "", settings.language)


async def _act_for(request: web.Request) -> None:
    """From here on, MEMBER is the managed profile for which this browser acts, if it does."""
    if found := await guardians.acting(request[SESSION], request[MEMBER]):
        request[GUARDIAN], (request[MEMBER], request[TIE]) = request[MEMBER], found
        request[ME] = replace(_me(request[MEMBER], 0), guardian=request[GUARDIAN].actor.shown_name)


def _me(member: Member, unread: int) -> MeView:
    return MeView(name=member.actor.name, display_name=member.actor.shown_name, coat=member.actor.key, role=member.role,
                  organisation=member.actor.organised_as, unread=unread,
                  grows_up=member.grew_up_at is not None and member.took_over_at is None)


async def _read_form(request: web.Request, upload: bool) -> None:
    """Read a POST and refuse it if another site sent it: by Origin or Sec-Fetch-Site, and by the session's token."""
    if request.method in ("GET", "HEAD"):
        return
    settings = request.app[SETTINGS]
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forged("sec-fetch-site")
    if request.headers.get("Origin", settings.origin) != settings.origin:
        raise Forged("origin")
    if upload and SESSION in request:
        allow_upload(request)
    request[FORM] = await forms.read(request, settings.upload_limit_bytes if upload else 0)
    if SESSION in request and not sessions.is_csrf_token(request[SESSION], request[FORM].get("csrf"), _acts_for(request)):
        await _check_other_names(request)


def _acts_for(request: web.Request) -> int:
    return request[MEMBER].actor_id if GUARDIAN in request else 0


async def _check_other_names(request: web.Request) -> None:
    """A form of this browser's that was opened in another name than it acts in now: a tie has ended, or another page changed
    it. What only concerns the browser may go on. Raises acting.OtherName; Forged.
    """
    me, form = request.get(GUARDIAN, request[MEMBER]), request[FORM].get("csrf")
    if not any(sessions.is_csrf_token(request[SESSION], form, one) for one in (0, *await guardians.ever(me.actor_id))):
        raise Forged("token")
    if request.path not in acting.OF_THE_BROWSER:
        raise acting.OtherName("form")


def _admit(request: web.Request, who: Who) -> None:
    if who is Who.ANYONE:
        return
    if MEMBER not in request:
        raise SignInFirst("signed out")
    if request[MEMBER].role not in ROLES[who]:
        raise StaffOnly("role")


def peer(handler: Handler) -> Handler:
    """What other servers ask: errors are problem documents, and say no more than the code."""

    async def door(request: web.Request) -> web.StreamResponse:
        try:
            path_words.check(request)
            await _turn_away(request)
            return await handler(request)
        except CommunityError as error:
            return problem(error, _hints(request, error))
        except (web.HTTPException, ConnectionResetError):
            raise
        except UnicodeError:
            return problem(BadRequest("not UTF-8"))
        except Exception as error:
            return problem(unexpected(error))
    return door


async def _turn_away(request: web.Request) -> None:
    """Refused for whoever says to be a suspended server, whatever it asks for, but for the document with the key that our
    requests to erase are signed with. Nobody has to prove that: it is of no use to lie about.
    """
    if request.method != "GET" or "Signature" not in request.headers or request.path == KEY_PATH:
        return
    try:
        host = host_of(signatures.parse(Request("GET", "", request.headers, b"")).key_id)
    except FederationError:
        return  # the page says itself what it thinks of that
    if await hosts.standing(host) is Standing.SUSPENDED:
        raise Refused("host", host=host)


def _hints(request: web.Request, error: CommunityError) -> dict[str, str]:
    """To whom is not proven: how we want requests to be signed (RFC 9421 §5.1)."""
    if not isinstance(error, Unproven):
        return {}
    wanted = negotiation.WANTED if request.method == "POST" else negotiation.WANTED_OF_A_FETCH
    return {negotiation.HEADER: wanted, "Vary": "Signature, Accept", "Cache-Control": "no-store"}


def problem(error: CommunityError, more: Mapping[str, str] | None = None) -> web.Response:
    """An error as a problem document (RFC 9457); the detail stays in the log. `more`: headers."""
    body = {"type": "about:blank", "title": error.safe, "status": error.status}
    headers = {"Retry-After": str(error.retry_after_seconds)} if isinstance(error, TooOften | Busy | Unavailable) else {}
    if isinstance(error, Unreachable):  # theirs, when their key could not be read: or too much of it was asked for lately
        headers["Retry-After"] = str(math.ceil(error.retry_after_seconds or UNREACHABLE_SECONDS))
    headers |= more or {}
    return web.json_response(body, status=error.status, content_type="application/problem+json", headers=headers)
