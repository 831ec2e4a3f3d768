"""`dazzle check`: is everything ready for people to come?"""
from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urlsplit

from federation.addresses import DevPeers
from federation.client import Client, Limits
from federation.errors import FederationError
from models import Delivery, InboxItem, Post, clock
from models.database import DatabaseError, is_sqlite, open_database, sqlite_path
from models.delivery import DeliveryState, ItemState
from models.errors import CommunityError
from models.migration import missing
from server.background import failures, timekeeping
from server.commands.output import Output
from server.serving import CannotServe, check_keys, check_origin
from server.settings import Settings, is_loopback

ANSWER_SECONDS = 5.0
CLOCK_SECONDS = 30.0


class Verdict(StrEnum):
    """How one check ended. WARN: works, but not as it should for real people."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    name: str
    verdict: Verdict
    text: str


async def check(settings: Settings, out: Output) -> int:
    """Look whether this server can run as it is set up; 1 if something fails. JSON: [{"check", "verdict", "text"}]."""
    findings = [Finding("settings", Verdict.OK, f"read; the origin is {settings.origin}")]
    for one in CHECKS:
        findings.extend(await one(settings))
    out.show([{"check": found.name, "verdict": str(found.verdict), "text": found.text} for found in findings],
             *(f"{found.verdict:4}  {found.name}: {found.text}" for found in findings))
    return int(any(found.verdict is Verdict.FAIL for found in findings))


async def database(settings: Settings) -> list[Finding]:
    """It opens, has this version's tables, and belongs to this origin. A file that is not there yet is left so."""
    url = settings.database_url
    if is_sqlite(url) and not sqlite_path(url).exists():
        return [Finding("database", Verdict.WARN, f"{sqlite_path(url)} is not there yet; `dazzle serve` makes it")]
    try:
        if lacking := await missing(url):
            names = ", ".join(lacking)
            return [Finding("database", Verdict.WARN, f"lacks {names}; `dazzle migrate` or `dazzle serve` applies them")]
        async with open_database(url):
            await check_origin(settings)
    except (CommunityError, DatabaseError, OSError) as error:
        return [Finding("database", Verdict.FAIL, str(error))]
    return [Finding("database", Verdict.OK, "opens, and is up to date")]


async def keys(settings: Settings) -> list[Finding]:
    """The keys that private messages are kept under are there, and open."""
    url, vault = settings.database_url, settings.vault()
    try:
        check_keys(vault)
        if vault.has_keys() or is_sqlite(url) and not sqlite_path(url).exists():
            return [Finding("keys", Verdict.OK, "of private messages: they open" if vault.has_keys() else "none yet")]
        async with open_database(url):
            is_sealed = await Post.filter(sealed__isnull=False).exists()
    except CannotServe as error:
        return [Finding("keys", Verdict.FAIL, str(error))]
    except (CommunityError, DatabaseError, OSError):
        return []  # `database` has said it
    finally:
        vault.close()
    if is_sealed:
        return [Finding("keys", Verdict.FAIL, f"those of private messages are not in {vault.folder}: put them back, or bring back"
                        " a copy with `dazzle keys restore`; until then such messages look erased")]
    return [Finding("keys", Verdict.OK, "none yet")]


async def work(settings: Settings) -> list[Finding]:
    """What the server does by itself: jobs that failed since it started, activities that broke, deliveries that were given up."""
    failed = {job: sum(kinds.values()) for job, kinds in failures.read(settings.var_dir).items()}
    jobs = ", ".join(f"{job} {count} times" for job, count in failed.items())
    found = [Finding("jobs", Verdict.WARN if failed else Verdict.OK,
                     f"failed since the server started: {jobs}; the log says why" if failed else "none has failed")]
    url = settings.database_url
    if is_sqlite(url) and not sqlite_path(url).exists():
        return found
    try:
        async with open_database(url):
            broken = await InboxItem.filter(state=ItemState.BROKEN).count()
            lost = await Delivery.filter(state=DeliveryState.FAILED).count()
    except (CommunityError, DatabaseError, OSError):
        return found  # `database` has said it
    said = f"{broken} activities that came in broke; {lost} deliveries were given up (`dazzle deliveries --failed`)"
    return [*found, Finding("queues", Verdict.WARN if broken or lost else Verdict.OK, said)]


async def folder(settings: Settings) -> list[Finding]:
    """Files can be written."""
    try:
        settings.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=settings.var_dir):
            free = os.statvfs(settings.var_dir)
    except OSError as error:
        return [Finding("folder", Verdict.FAIL, f"{settings.var_dir} cannot be written to: {error.strerror}")]
    gigabytes = free.f_bavail * free.f_frsize / 1e9
    verdict = Verdict.OK if gigabytes > 1 else Verdict.WARN
    return [Finding("folder", verdict, f"{settings.var_dir} can be written to; {gigabytes:.1f} GB free")]


async def origin(settings: Settings) -> list[Finding]:
    """The name leads somewhere, a server answers there, and its clock is ours."""
    parts = urlsplit(settings.origin)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return [Finding("origin", Verdict.FAIL, f"{host} has no address in the DNS")]
    local = await asyncio.to_thread(is_loopback, host)
    found = [Finding("origin", Verdict.WARN, "is this computer only: nobody else can reach it")] if local else []
    dev = DevPeers.parse([parts.netloc]) if local and parts.port else DevPeers()
    try:
        async with Client(user_agent="dazzle-check", dev=dev, limits=Limits(total_seconds=ANSWER_SECONDS)) as client:
            answer = await client.get(f"{settings.origin}/health", accept="text/plain")
    except FederationError as error:
        return [*found, Finding("answer", Verdict.WARN, f"nothing answers at {settings.origin} now: {error.detail}")]
    skew = abs((parsedate_to_datetime(answer.headers["Date"]) - clock.now()).total_seconds()) if "Date" in answer.headers else 0.0
    clocks = Finding("clock", Verdict.OK if skew < CLOCK_SECONDS else Verdict.FAIL, f"{skew:.0f} s from that of the answer")
    return [*found, Finding("answer", Verdict.OK, "a server answers at the origin"), clocks]


async def clock_of_others(settings: Settings) -> list[Finding]:
    """What the server heard of the time elsewhere, in the answers of others."""
    told = timekeeping.read(settings.var_dir)
    if not told:
        return []
    side = "ahead of" if told["ahead_seconds"] > 0 else "behind"
    return [Finding("time", Verdict.FAIL, f"the clock is {abs(told['ahead_seconds'])} s {side} {told['servers']} other servers:"
                    " they refuse what is sent, and we what they send; have this computer set its clock by itself (NTP)")]


async def mail(settings: Settings) -> list[Finding]:
    """Letters can go out."""
    if not settings.smtp_host:
        return [Finding("mail", Verdict.WARN, f"no smtp_host: mails are only written to {settings.var_dir / 'mail'}")]
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await asyncio.get_running_loop().getaddrinfo(settings.smtp_host, settings.smtp_port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError):
        return [Finding("mail", Verdict.FAIL, f"{settings.smtp_host} has no address in the DNS")]
    plain = settings.smtp_tls == "none" and not is_loopback(settings.smtp_host)
    return [Finding("mail", Verdict.WARN if plain else Verdict.OK, f"goes out through {settings.smtp_host}"
                    + (", without encryption" if plain else ""))]


async def development(settings: Settings) -> list[Finding]:
    """What is set for development only."""
    loose = [name for name in ("dev_peers", "dev_ca_file") if getattr(settings, name)]
    if not loose:
        return [Finding("development", Verdict.OK, "nothing is set that is for development only")]
    return [Finding("development", Verdict.WARN, f"{' and '.join(loose)} set: for development only")]


#: In the order of the report.
CHECKS: tuple[Callable[[Settings], Awaitable[list[Finding]]], ...] = (
    database, keys, folder, work, origin, clock_of_others, mail, development)
