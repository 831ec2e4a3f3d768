"""Runs the server: one process, from the first request until it is asked to stop."""
from __future__ import annotations

import asyncio
import ctypes
import errno
import fcntl
import gc
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from models import Actor, vault
from models.actor import ActorKind
from models.catalogue.catalogue import ROOT, Catalogue
from models.database import is_sqlite, prepare_file, sqlite_path
from models.errors import CommunityError
from models.migration import migrate
from models.vault import Vault
from server.app import create_app
from server.background import logs
from server.background.tasks import MOMENT_SECONDS, beside
from server.entrance import connections
from server.keys import CATALOGUE
from server.settings import Settings

#: How long answers under way may take when the server is asked to stop. aiohttp waits for it twice.
STOP_SECONDS = 0.5
BACKLOG = 1024
INPUT_BYTES = 1024
COLLECT_AFTER = (10_000, 10, 10)  # new objects, then collections of younger ones
log = structlog.get_logger()


class CannotServe(CommunityError):
    """The server cannot start; the message says why, in one sentence for the operator."""

    status = 500

    @property
    def sentence(self) -> str:
        """What to tell the operator."""
        return str(self)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[str]:
    """The server, listening, for as long as the block lasts; gives the address that it listens on.

    Raises: CannotServe; models.migration.MigrationFailed; models.database.BadDatabaseUrl.
    """
    logs.configure(settings)
    with listening(settings) as sock, alone(settings.database_url):
        migrate_apart(settings.database_url)
        app = create_app(settings)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_SECONDS)
        try:
            await runner.setup()
            await check_origin(settings)
            check_keys(vault.current())
            connections.end_unread(sock, settings.idle_timeout_seconds)
            await web.SockSite(runner, sock, backlog=BACKLOG).start()
            host, port = sock.getsockname()[:2]
            exempt = (*connections.HERE, *settings.trusted_proxies)
            rest_collector()
            async with connections.bounded(runner, settings.connections_per_client, exempt), beside([index(app[CATALOGUE])]):
                yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
        finally:
            await runner.cleanup()


async def index(catalogue: Catalogue) -> None:
    """Make the index of the catalogue a moment after the first start of a release, so that no member who searches waits for it;
    neither the first answer nor the end of this server does.
    """
    await asyncio.sleep(MOMENT_SECONDS)
    if command := await asyncio.to_thread(catalogue.making):
        child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=DEVNULL, stderr=DEVNULL)
        try:
            if await child.wait():
                log.error("no index of the catalogue")
        finally:
            with suppress(ProcessLookupError):
                child.kill()


def migrate_apart(database_url: str) -> None:
    """Bring the database to this version in a child, because what that needs (12 MB) would stay in pieces with the server.

    This process has no other thread yet. If the child fails, the migration of the application says why.
    """
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        with suppress(Exception):
            asyncio.run(migrate(database_url))
    finally:
        os._exit(0)


def rest_collector() -> None:
    """What is there at the start stays: the garbage collector need not walk through it again and again, nor look after
    every few hundred objects, when each request makes more than that.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    give_back()


def give_back() -> None:
    """What the start needed and nobody needs any more goes back to the system: some 4 MB, which glibc would keep."""
    with suppress(AttributeError, OSError):  # other C libraries have no malloc_trim, and keep less
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The socket of the settings, bound before anything else starts; CannotServe if it cannot be had."""
    address = (settings.listen_host, settings.listen_port)
    try:
        family = socket.getaddrinfo(*address, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        sock = socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as error:
        where = f"{settings.listen_host}:{settings.listen_port}"
        if error.errno == errno.EADDRINUSE:
            raise CannotServe(f"Another program listens on {where} already; stop it, or set another listen_port.") from error
        raise CannotServe(f"Listening on {where} is not possible: {error.strerror or error}.") from error
    with sock:
        yield sock


def is_free(host: str, port: int) -> bool:
    """Whether this port of an address of ours can be listened on."""
    try:
        with socket.create_server((host, port)):
            return True
    except (OSError, OverflowError):
        return False


@contextmanager
def alone(database_url: str) -> Iterator[None]:
    """Holds an SQLite file for this one server: two would both believe that the other's leases are those of the dead.

    The system drops the lock when the process dies. The command line does not take it, and works meanwhile.
    """
    if not is_sqlite(database_url):
        yield
        return
    path = sqlite_path(database_url)
    prepare_file(path)
    handle = os.open(f"{path}.serving", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotServe(f"Another server is using the database {path} already; stop it first.") from error
        yield
    finally:
        os.close(handle)


async def check_origin(settings: Settings) -> None:
    """CannotServe if the database belongs to another origin: every id in it would be a lie."""
    instance = await Actor.get_or_none(host="", kind=ActorKind.APPLICATION)
    if instance and not instance.uri.startswith(f"{settings.origin}/"):
        parts = urlsplit(instance.uri)
        raise CannotServe(f"The database belongs to {parts.scheme}://{parts.netloc} and the setting origin says "
                          f"{settings.origin}; an origin never changes.")


def check_keys(keys: Vault) -> None:
    """CannotServe if the secret is not the one under which the keys of private messages are: all of them would look erased, and
    nothing private could be written.
    """
    if not keys.fits():
        raise CannotServe(f"The keys of private messages in {keys.folder} do not open: keys_secret, or the file instance.secret,"
                          " is not the one that they were made with; put it back.")


async def until_stopped(*, with_input: bool = False) -> None:
    """Return when the process is asked to stop: SIGTERM, or SIGINT from Ctrl-C.

    `with_input`: also when standard input ends, which happens when the program that holds its other end dies, however.
    """
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if with_input:
        loop.add_reader(sys.stdin.fileno(), lambda: stop.set() if not os.read(sys.stdin.fileno(), INPUT_BYTES) else None)
    await stop.wait()
