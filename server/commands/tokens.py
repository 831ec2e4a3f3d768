"""`dazzle token …`: what programs sign in with, for tests and bots."""
from __future__ import annotations

from typing import Annotated, Any

import typer

from models import AccessToken
from models.member import MemberState
from server.actions import apps
from server.commands.members import Name
from server.commands.output import Failed, Misused, Output, table
from server.commands.rooms import community, member_named
from server.settings import Settings
from server.words.scopes import SCOPES, parse


async def create(
    settings: Settings, out: Output, name: Name,
    scopes: Annotated[str, typer.Option(help="What it may do, as in the Mastodon API, with spaces between them.")],
    app: Annotated[str, typer.Option(help="What the member's list of apps calls it.")] = "Command line",
) -> None:
    """Make a token for a member. JSON: {"token", "id", "member", "app", "scopes"}."""
    wanted = parse(scopes)
    if wanted is None:
        raise Misused(f"--scopes takes some of: {' '.join(SCOPES)}.")
    async with community(settings):
        member = await member_named(name)
        if member.state is not MemberState.ACTIVE:
            raise Failed(f"{member.actor.address} is {member.state} and cannot sign in.")
        client, _ = await apps.register(app[:100], "", [apps.NOT_HERE], wanted)
        token, text = await apps.give(client, wanted, member)
    out.show({"token": text, "id": str(token.id), "member": member.actor.name, "app": client.name, "scopes": wanted}, text)


async def list_(settings: Settings, out: Output, name: Name) -> None:
    """List the tokens of a member. JSON: [{"id", "app", "scopes", "created", "used"}]."""
    async with community(settings):
        found = await apps.of_member(await member_named(name))
    data = [_row(token) for token in found]
    rows = [(row["id"], row["app"], " ".join(row["scopes"]), row["created"], row["used"]) for row in data]
    out.show(data, *table(("id", "app", "scopes", "created", "used"), rows))


async def revoke(settings: Settings, out: Output,
                 number: Annotated[int, typer.Argument(help="Its id, as `token list` shows it.", show_default=False)]) -> None:
    """End a token. JSON: as one row of `token list`."""
    async with community(settings):
        token = await AccessToken.get_or_none(id=number).select_related("app")
        if token is None:
            raise Failed("There is no such token.")
        await token.delete()
    out.show(_row(token), "The token is revoked.")


def _row(token: AccessToken) -> dict[str, Any]:
    return {"id": str(token.id), "app": token.app.name, "scopes": token.scopes, "created": token.created_at.date().isoformat(),
            "used": token.used_on.isoformat() if token.used_on else None}
