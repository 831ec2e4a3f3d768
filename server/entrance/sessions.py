"""Signed-in browsers: a random token in a cookie, its digest in a row."""
from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from aiohttp import web

from models import Member, Session, clock
from models.ids import digest, new_token
from models.signed_in import SignedIn, signed_in
from server.settings import Settings

MASK_BYTES = 16


def cookie_name(settings: Settings, name: str = "session") -> str:
    """`__Host-` binds a cookie to this very host over HTTPS. Loopback servers share one host, so the port sets them apart."""
    parts = urlsplit(settings.origin)
    return f"__Host-{name}" if parts.scheme == "https" else f"{name}-{parts.port or 80}"


def set_cookie(response: web.StreamResponse, settings: Settings, name: str, value: str, seconds: int) -> None:
    """A first-party cookie that scripts cannot read and other sites cannot make a browser send with a POST."""
    response.set_cookie(cookie_name(settings, name), value, max_age=seconds, path="/", httponly=True, samesite="Lax",
                        secure=settings.origin.startswith("https:"))


async def start(response: web.StreamResponse, settings: Settings, member: Member, device: str) -> Session:
    """Sign a member in on this browser, with a new token whatever was there before."""
    token = new_token()
    expires_at = clock.now() + timedelta(seconds=settings.session_seconds)
    session = await Session.create(member=member, token_digest=digest(token), device=device, seen_on=clock.now().date(),
                                   expires_at=expires_at)
    set_cookie(response, settings, "session", token, settings.session_seconds)
    return session


async def find(request: web.Request, settings: Settings) -> SignedIn | None:
    """The session of the one who asks, with its member and actor; only an active member has one."""
    token = request.cookies.get(cookie_name(settings))
    found = await signed_in(digest(token)) if token else None
    if found and found.session.seen_on != (today := clock.now().date()):
        found.session.seen_on = today
        await found.session.save(update_fields=["seen_on"])
    return found


def csrf_token(session: Session, acts_for: int = 0) -> str:
    """The session's token against forged forms, masked anew for each page so that compression reveals nothing (BREACH).
    `acts_for`: the actor in whose name the form is, where it is another's: sent in any other name, it is refused.
    """
    mask = secrets.token_bytes(MASK_BYTES)
    return base64.urlsafe_b64encode(mask + _xor(mask, _secret(session, acts_for))).decode()


def is_csrf_token(session: Session, token: str, acts_for: int = 0) -> bool:
    """Whether a form was made by this server for this session, in this name."""
    try:
        raw = base64.urlsafe_b64decode(token.encode())
    except ValueError:
        return False
    return hmac.compare_digest(_xor(raw[:MASK_BYTES], raw[MASK_BYTES:]), _secret(session, acts_for))


def _secret(session: Session, acts_for: int) -> bytes:
    return hashlib.sha256(f"csrf {session.token_digest} {acts_for}".encode()).digest()[:MASK_BYTES]


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))


def device_of(user_agent: str) -> str:
    """What a person recognises of a browser: "Firefox, Android". The rest of the header would identify it."""
    browsers = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS",
               "Linux": "Linux"}
    named = [next((name for part, name in known.items() if part in user_agent), "") for known in (browsers, systems)]
    return ", ".join(name for name in named if name)
