"""`dazzle host …`: other servers."""
from __future__ import annotations

from typing import Annotated, Any

import typer

from federation import instances
from federation.errors import Malformed
from models import ActorKey, Host
from models.host import Standing
from server.actions import domains, partners
from server.actions.domains import Restriction, Severity
from server.commands.output import Failed, Misused, Output, table
from server.commands.rooms import community
from server.settings import Settings

LIST_LIMIT = 200


def _named(typed: str) -> str:
    try:
        return instances.host_named(typed)
    except Malformed as error:
        raise typer.BadParameter("Write the name of a server, such as community.example.") from error


Name = Annotated[str, typer.Argument(help="Host of the other server: community.example", show_default=False, parser=_named,
                                     metavar="name")]
Reason = Annotated[str, typer.Option(help="Why; kept in the log of the team.")]


async def allow(settings: Settings, out: Output, name: Name,
                open_: Annotated[bool, typer.Option("--open", help="As an ordinary server: public messages only.")] = False,
                limited: Annotated[bool, typer.Option("--limited", help="Public messages, shown to its followers only.")] = False,
                addresses: Annotated[str, typer.Option(
                    help="The domain in the addresses of its people, if that is another: it is let in too.")] = "",
                reason: Reason = "") -> None:
    """Exchange with a server, as a partner unless told otherwise. Its host has to allow yours too. JSON: as `host list`."""
    if open_ and limited:
        raise Misused("Choose one of --open and --limited.")
    standing = Standing.OPEN if open_ else Standing.LIMITED if limited else Standing.PARTNER
    async with community(settings) as instance:
        host = await partners.allow(instance, name, None, standing, reason, addresses=_named(addresses) if addresses else "")
    out.show(_row(host), f"{host.name} is {standing} now.")


async def list_(settings: Settings, out: Output,
                page: Annotated[int, typer.Option(min=1, help=f"Which page of {LIST_LIMIT}.")] = 1) -> None:
    """List the servers that are known. JSON: [{"name", "standing", "title", "reason", "rejects_media",
    "rejects_reports", "public_comment", "asks", "failures", "reached"}].
    """
    async with community(settings):
        found = await Host.all().order_by("name").offset((page - 1) * LIST_LIMIT).limit(LIST_LIMIT)
    data = [_row(host) for host in found]
    heads = ("name", "standing", "title", "reason", "asks", "failures", "reached")
    out.show(data, *table(heads, [tuple(row[head] for head in heads) for row in data]))


async def suspend(settings: Settings, out: Output, name: Name, reason: Reason = "") -> None:
    """Close the door to a server and its subdomains; follows with its people end. JSON: as one row of `host list`."""
    async with community(settings) as instance:
        host = await partners.suspend(instance, name, None, reason)
    out.show(_row(host), f"{host.name} is suspended: nothing is taken from it, nothing is sent to it.")


async def lift(settings: Settings, out: Output, name: Name, reason: Reason = "") -> None:
    """Take back that a server was suspended or limited: it stands as before. JSON: as one row of `host list`."""
    async with community(settings) as instance:
        host = await _known(name)
        await partners.lift(instance, host, None, reason)
    out.show(_row(host), f"{host.name} is {host.standing} again; follows that ended stay ended.")


async def rule(settings: Settings, out: Output, name: Name,
               severity: Annotated[Severity, typer.Option(help="noop: only what is refused beside it.")] = Severity.NOOP,
               reject_media: Annotated[bool, typer.Option(help="Fetch and show no images from there.")] = False,
               reject_reports: Annotated[bool, typer.Option(help="Drop what it reports.")] = False,
               obfuscate: Annotated[bool, typer.Option(help="Hide a part of the name on the public list.")] = False,
               public_comment: Annotated[str, typer.Option(help="Why, for those who may read the public list.")] = "",
               reason: Reason = "") -> None:
    """Set the whole rule for a server and its subdomains; what is not said is not so. JSON: as one row of `host list`."""
    wanted = Restriction(severity, reject_media, reject_reports, obfuscate, reason, public_comment)
    async with community(settings) as instance:
        host = await domains.restrict(instance, name, None, wanted)
    out.show(_row(host), f"The rule for {host.name} is set.")


async def end(settings: Settings, out: Output, name: Name, reason: Reason = "") -> None:
    """End a partnership, or lift a suspension: the server is unknown again. JSON: as one row of `host list`."""
    async with community(settings) as instance:
        host = await _known(name)
        await partners.end(instance, host, None, reason)
    out.show(_row(host), f"{host.name} is unknown now: nothing is exchanged with it.")


async def expire_keys(settings: Settings, out: Output, name: Name) -> None:
    """Forget the keys of a server's people: each is read anew when it signs next. JSON: {"name", "keys"}."""
    async with community(settings):
        count = await ActorKey.expire(name)
    out.show({"name": name, "keys": count}, f"{count} keys of {name} are forgotten; they are read anew when they are needed.")


async def _known(name: str) -> Host:
    host = await Host.get_or_none(name=name)
    if host is None:
        raise Failed(f"There is no server named {name} here.")
    return host


def _row(host: Host) -> dict[str, Any]:
    return {"name": host.name, "standing": str(host.standing), "title": host.title, "reason": host.reason,
            "rejects_media": host.rejects_media, "rejects_reports": host.rejects_reports, "public_comment": host.public_comment,
            "asks": host.asked_us_at is not None and host.standing is Standing.UNKNOWN, "failures": host.failures,
            "reached": host.reached_at.isoformat(timespec="seconds") if host.reached_at else None}
