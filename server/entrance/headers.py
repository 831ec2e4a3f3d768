"""The headers that every answer carries."""
from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from models import clock
from server.keys import ALLOWANCE, SETTINGS

#: Nothing inline, nothing from elsewhere. Pages need no script; the one they offer is our own.
POLICY = "; ".join((
    "default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "manifest-src 'self'",
))
ROBOTS = "X-Robots-Tag"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # same-origin and not no-referrer: the latter makes browsers send "Origin: null" with our own forms (Fetch §3.2)
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    ROBOTS: "noindex",  # unless a page says otherwise, where everybody on it agreed (server.appearance.indexing)
}
HSTS = "max-age=31536000; includeSubDomains"

#: What pages of anybody may ask with a script, because no cookie counts there (Fetch, CORS protocol).
OPEN = ("/api/", "/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/.well-known/", "/nodeinfo/", "/actors/")
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
    "Access-Control-Expose-Headers": "Link, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset",
    "Access-Control-Max-Age": "86400",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """For `on_response_prepare`: also error answers that aiohttp makes itself get them."""
    if request.path.startswith(OPEN):
        response.headers.update(CORS)
    if allowance := request.get(ALLOWANCE):
        reset = clock.now() + timedelta(seconds=allowance.reset_seconds)
        response.headers.update({"X-RateLimit-Limit": str(allowance.limit), "X-RateLimit-Remaining": str(allowance.left),
                                 "X-RateLimit-Reset": reset.strftime("%Y-%m-%dT%H:%M:%S.000Z")})
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.app[SETTINGS].origin.startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    response.headers["Server"] = "dazzle"
