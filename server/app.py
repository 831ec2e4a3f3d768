"""Builds the application out of its settings."""
from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from federation import ledger
from federation.instance import open_instance
from models import set_back
from models.catalogue.catalogue import Catalogue
from models.database import open_database
from models.migration import migrate
from server import worker
from server.actions import charter
from server.appearance.theme import Theme
from server.background import logs, relay
from server.background.mail import PostOffice
from server.background.readiness import Readiness
from server.background.timekeeping import Timekeeper
from server.community.home import Home
from server.entrance.connections import each_exchange
from server.entrance.headers import add_headers
from server.entrance.limits import Limits
from server.entrance.precedence import Precedence
from server.keys import (
    CATALOGUE,
    COMMUNITY,
    DATABASE,
    INSTANCE,
    LIKENESS,
    LIMITS,
    LISTENERS,
    MAIL,
    MEDIA,
    PASSWORDS,
    PRECEDENCE,
    READINESS,
    RELAY,
    SETTINGS,
    THEME,
    TIMEKEEPER,
)
from server.members.likeness import Likeness
from server.members.passwords import Passwords
from server.pictures.media import MediaStore
from server.pictures.scanners import Scanner
from server.routes import ROUTES
from server.settings import Settings
from server.streams import tail
from server.streams.listeners import Listeners

#: Of the request line, and of one header.
LINE_BYTES = 8190
HEADERS_LIMIT = 100
#: How long a refused body may go on coming, so that its sender reads why.
LINGERING_SECONDS = 2.0


async def with_database(app: web.Application) -> AsyncIterator[None]:
    """First in `cleanup_ctx`: whatever starts later inherits the database."""
    await migrate(app[SETTINGS].database_url)
    async with open_database(app[SETTINGS].database_url, app[SETTINGS].vault()) as app[DATABASE]:
        await set_back.read_ids()
        yield


async def with_instance(app: web.Application) -> AsyncIterator[None]:
    """Who we are to the network, and the one client that speaks to it."""
    async with open_instance(app[SETTINGS].network) as app[INSTANCE]:
        app[TIMEKEEPER] = Timekeeper(app[INSTANCE].client.clocks, app[SETTINGS].var_dir)
        await app[COMMUNITY].load()
        await ledger.adopt()
        await charter.ensure(app[INSTANCE])
        yield


async def with_inbox(app: web.Application) -> AsyncIterator[None]:
    """Where the settings say so, the process of the inbox."""
    if RELAY not in app:
        yield
        return
    async with relay.inbox_process():
        yield
        app[RELAY].close()


async def with_worker(app: web.Application) -> AsyncIterator[None]:
    """The jobs, for as long as the server runs."""
    async with worker.running(app):
        yield


async def with_streams(app: web.Application) -> AsyncIterator[None]:
    """News for those who wait for them."""
    async with tail.following(app):
        yield


async def end_streams(app: web.Application) -> None:
    """Stopping waits for nobody who only listens."""
    app[LISTENERS].end_all()


def create_app(settings: Settings) -> web.Application:
    """An application that owns nothing global, so that two can live in one process."""
    app = web.Application(client_max_size=settings.upload_limit_bytes, middlewares=[logs.each_request, each_exchange],
                          handler_args={"max_line_size": LINE_BYTES, "max_field_size": LINE_BYTES, "max_headers": HEADERS_LIMIT,
                                        "keepalive_timeout": settings.idle_timeout_seconds, "lingering_time": LINGERING_SECONDS,
                                        "auto_decompress": False})  # nobody needs to send us packed bodies: a bomb stays packed
    app[SETTINGS], app[COMMUNITY], app[LIMITS] = settings, Home(), Limits()
    app[READINESS] = Readiness(settings)
    app[THEME] = Theme.load(settings.theme)
    app[MEDIA] = MediaStore(Path(settings.var_dir) / "media",
                            Scanner(settings.image_scanner, settings.image_scanner_timeout_seconds))
    app[CATALOGUE] = Catalogue(Path(settings.var_dir))
    app[LIKENESS] = Likeness(app[CATALOGUE])
    app[PASSWORDS], app[MAIL] = Passwords.of(settings), PostOffice(settings, app[THEME])
    app[LISTENERS], app[PRECEDENCE] = Listeners(), Precedence()
    if settings.inbox_port:
        app[RELAY] = relay.Relay(settings.inbox_port)
    app.cleanup_ctx.extend([with_database, with_instance, with_inbox, with_worker, with_streams])
    app.on_shutdown.append(end_streams)
    app.on_response_prepare.append(add_headers)
    for route in ROUTES:
        app.router.add_route(route.method, route.path, route.handler)
    return app
