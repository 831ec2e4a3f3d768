"""Log lines: what happened, never to whom. No names, addresses, texts or tokens; of an address only its pattern."""
from __future__ import annotations

import logging
import select
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from random import getrandbits
from typing import TextIO

import structlog
from aiohttp import web
from structlog.typing import EventDict, Processor

from models.availability import is_unavailable
from server.settings import Settings

REQUEST_ID_BITS = 32
FRAMES_LIMIT = 12
CAUSES_LIMIT = 4
SELDOM_SECONDS = 60.0
SAID_LIMIT = 1000
LINE_BYTES = 4000
#: Asked every few seconds by whatever watches the server; not worth a line each.
QUIET = frozenset({"/health", "/health/ready"})
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger()


def configure(settings: Settings) -> None:
    """Send our lines, and those of the libraries from warning on, to standard error in the format of the settings."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars, structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True), without_values]
    structlog.configure(
        processors=[Seldom(), *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level), logger_factory=structlog.stdlib.LoggerFactory())
    handler = Unblocked(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last(settings)]))
    handler.addFilter(without_addresses)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("aiohttp", "asyncio", "tortoise", "aiosqlite", "PIL"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


class Unblocked(logging.StreamHandler[TextIO]):
    """Drops lines while nobody takes them, and says how many it were: whoever collects the log must not stop the server."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._dropped, self._room, self._is_file = 0, select.poll(), True
        try:
            self._room.register(stream.fileno(), select.POLLOUT)
        except (OSError, ValueError):  # in memory, as in tests
            self._is_file = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, if that is possible at once: a pipe that has room takes LINE_BYTES whole (pipe(7), PIPE_BUF)."""
        if self._is_file and not self._room.poll(0):
            self._dropped += 1
            return
        super().emit(record)

    def format(self, record: logging.LogRecord) -> str:
        """The line, as long as it may be."""
        dropped, self._dropped = self._dropped, 0
        line = super().format(record)[:LINE_BYTES]
        return f"({dropped} lines before this one were lost)\n{line}" if dropped else line


class Seldom:
    """A processor: a database or a disk that cannot be used is said once a minute by everybody who notices, and not a thousand
    times a second, on a disk that may be the full one.
    """

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], float] = {}

    def __call__(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        error = event.get("exc_info")
        if not isinstance(error, BaseException) or not is_unavailable(error):
            return event
        name, now = (str(event.get("event")), str(event.get("job", ""))), time.monotonic()
        if now < self._said.get(name, 0.0):
            raise structlog.DropEvent
        if len(self._said) > SAID_LIMIT:
            self._said.clear()
        self._said[name] = now + SELDOM_SECONDS
        return event


def without_values(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A processor: of an exception only its type and where it came from. Its message may quote what somebody typed
    (PostgreSQL's do), and local variables certainly do.
    """
    raised = event.pop("exc_info", None)
    error = raised[1] if isinstance(raised, tuple) else sys.exc_info()[1] if raised is True else raised
    if isinstance(error, BaseException):
        event["error"] = " from ".join(type(one).__name__ for one in _with_causes(error))
        event["trace"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
                          for frame in traceback.extract_tb(error.__traceback__)[-FRAMES_LIMIT:]]
    return event


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    for _ in range(CAUSES_LIMIT):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__


def without_addresses(record: logging.LogRecord) -> bool:
    """A filter that keeps every line, and cuts what aiohttp says of a client: its address and what it sent."""
    if record.name == "aiohttp.server":
        record.msg, record.args = "a request could not be read or answered", ()
    return True


def _last(settings: Settings) -> list[Processor]:
    if settings.log_format == "json":
        return [structlog.processors.JSONRenderer()]
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]


@web.middleware
async def each_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """One line for each request, under an id that every line written meanwhile carries too."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=f"{getrandbits(REQUEST_ID_BITS):08x}")  # noqa: S311 - it names lines, and opens nothing
    started, status = time.perf_counter(), 500
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as error:
        status = error.status
        raise
    finally:
        resource = request.match_info.route.resource
        pattern = resource.canonical if resource else "no such address"
        line = log.debug if pattern in QUIET else log.info
        line("request", method=request.method, path=pattern, status=status, ms=round((time.perf_counter() - started) * 1000, 1))
    return response
