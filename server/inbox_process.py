"""The process of the inbox: `python -m server.inbox_process`, started by `server.background.relay` where the setting `inbox_port`
says so.

It takes what other servers send, on a port of this computer, and carries it out; it serves no page, makes no delivery and does
no job but those that need what it alone has heard. It ends when its standard input does. What it keeps in memory is either its
own (whose key is whose, what waits of whom, which strangers knock too often, which followers drift) or remembered for seconds,
as it is in every process (`models.memory`); everything else that the two have to know of each other is in the database.
"""
from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from functools import partial

from aiohttp import web

from federation import synchronisation
from federation.instance import open_instance
from federation.intake import Intake
from models import set_back
from models.database import open_database
from server.app import HEADERS_LIMIT, LINE_BYTES, LINGERING_SECONDS
from server.background import logs
from server.background.relay import HERE
from server.background.tasks import beside, repeat
from server.cli import fastest_loop
from server.community.home import Home
from server.doors import peer
from server.entrance import connections, peers
from server.entrance.connections import each_exchange
from server.entrance.headers import add_headers
from server.entrance.limits import Limits
from server.entrance.precedence import Precedence
from server.keys import COMMUNITY, DATABASE, INSTANCE, LIMITS, PRECEDENCE, SETTINGS
from server.serving import BACKLOG, STOP_SECONDS, listening, rest_collector, until_stopped
from server.settings import Settings

#: The other process, or a reverse proxy, which say for whom they ask.
TRUSTED = ("127.0.0.0/8", "::1/128")
NICENESS = 5  # where both want the processor, those who read come first
SETTLE_SECONDS = 1.0
ADDED_HEADERS = 2  # by the relay


def inbox_settings(settings: Settings) -> Settings:
    """Those of the server, as they hold for this process."""
    return settings.model_copy(update={"listen_host": HERE, "listen_port": settings.inbox_port, "inbox_port": 0,
                                       "trusted_proxies": (*settings.trusted_proxies, *TRUSTED)})


def create_app(settings: Settings) -> web.Application:
    """An application that takes what other servers send, and nothing else."""
    limits = {"max_line_size": LINE_BYTES, "max_field_size": LINE_BYTES, "max_headers": HEADERS_LIMIT + ADDED_HEADERS,
              "keepalive_timeout": settings.idle_timeout_seconds, "lingering_time": LINGERING_SECONDS, "auto_decompress": False}
    app = web.Application(client_max_size=settings.inbox_limit_bytes, middlewares=[logs.each_request, each_exchange],
                          handler_args=limits)
    app[SETTINGS], app[COMMUNITY], app[LIMITS], app[PRECEDENCE] = settings, Home(), Limits(), Precedence()
    app.cleanup_ctx.extend([with_database, with_instance, with_intake])
    app.on_response_prepare.append(add_headers)
    for path in peers.INBOXES:
        app.router.add_post(path, peer(peers.receive))
    return app


async def with_database(app: web.Application) -> AsyncIterator[None]:
    """The process that started this one has brought it to this version."""
    async with open_database(app[SETTINGS].database_url, app[SETTINGS].vault()) as app[DATABASE]:
        await set_back.read_ids()
        yield


async def with_instance(app: web.Application) -> AsyncIterator[None]:
    """Who we are to the network: keys of others are fetched in its name."""
    async with open_instance(app[SETTINGS].network) as app[INSTANCE]:
        await app[COMMUNITY].load()
        yield


async def with_intake(app: web.Application) -> AsyncIterator[None]:
    """What has come in is carried out; and where followers are said to drift, which only this process hears, they are settled."""
    settle = partial(synchronisation.settle_due, app[INSTANCE])
    async with beside([Intake(app[INSTANCE]).run(), repeat("settle_followers", settle, SETTLE_SECONDS)]):
        yield


async def serve(settings: Settings) -> None:
    """Until standard input ends, or the process is asked to stop. Prints {"ready"} once it listens."""
    os.nice(NICENESS)
    logs.configure(settings)
    with listening(settings) as sock:
        runner = web.AppRunner(create_app(settings), access_log=None, shutdown_timeout=STOP_SECONDS)
        try:
            await runner.setup()
            connections.end_unread(sock, settings.idle_timeout_seconds)
            await web.SockSite(runner, sock, backlog=BACKLOG).start()
            rest_collector()
            print(json.dumps({"ready": True}), flush=True)
            await until_stopped(with_input=True)
        finally:
            await runner.cleanup()


def main() -> int:
    """Read the settings as every command does."""
    settings = inbox_settings(Settings.read(os.environ))
    with asyncio.Runner(loop_factory=fastest_loop()) as runner:
        runner.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
