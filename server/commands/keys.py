"""`dazzle keys …`: those with which members, and the community itself, sign; and those that private messages are kept under."""
from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from federation import rotation
from models import Actor, clock
from models.vault import NotKeys
from server.commands.output import Failed, Misused, Output
from server.commands.rooms import community, member_named
from server.settings import Settings


async def rotate(settings: Settings, out: Output,
                 name: Annotated[str, typer.Argument(help="A member; without one, the community's own actor.")] = "",
                 all_: Annotated[bool, typer.Option("--all", help="Everybody here, and the community's own actor.")] = False,
                 retire: Annotated[bool, typer.Option("--retire", help="End the old keys at once: they are stolen.")] = False,
                 ) -> None:
    """Make new keys; the old ones are shown for a week more. JSON: {"rotated", "retired"}: how many, and whether at once."""
    if name and all_:
        raise Misused("Give a name or --all, not both.")
    async with community(settings):
        actors = await _actors(name, all_)
        for actor in actors:
            await rotation.rotate(actor, retire_now=retire)
    ending = "Their old keys have ended." if retire else "Their old keys are shown for a week more."
    out.show({"rotated": len(actors), "retired": retire}, f"{len(actors)} have new keys. {ending}")


async def backup(settings: Settings, out: Output,
                 folder: Annotated[Path, typer.Argument(help="Where to write it: not where backups of the database are kept.")],
                 days: Annotated[int, typer.Option(min=7, max=30, help="Older copies in this folder are deleted.")] = 14) -> None:
    """Copy the keys of private messages, against the loss of a disk. Who is erased stays readable in old backups of the database
    for as long as a copy of their key exists: keep it apart, and no longer than `days`. The secret that wraps the keys is not
    in it. JSON: {"file", "keys", "deleted"}.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = clock.now()
    target = folder / f"dazzle-keys-{now:%Y%m%d-%H%M%S}.sqlite3"
    vault = settings.vault()
    try:
        count = vault.copy(target)
    finally:
        vault.close()
    oldest = (now - timedelta(days=days)).timestamp()
    old = [path for path in folder.glob("dazzle-keys-*.sqlite3") if path.stat().st_mtime < oldest]
    for path in old:
        path.unlink()
    out.show({"file": str(target), "keys": count, "deleted": len(old)},
             f"{count} keys copied to {target}. Delete it within {days} days; the next copy in this folder does it for you.")


async def restore(settings: Settings, out: Output,
                  file: Annotated[Path, typer.Argument(help="What `dazzle keys backup` wrote.")]) -> None:
    """Bring back keys that are missing here. Those of members who were erased here stay destroyed. JSON: {"keys"}."""
    if not file.is_file():
        raise Failed(f"There is no file {file}.")
    vault = settings.vault()
    try:
        count = vault.bring_back(file)
    except NotKeys as error:
        raise Failed(f"{file} is no copy of keys.") from error
    finally:
        vault.close()
    out.show({"keys": count}, f"{count} keys are back.")


async def _actors(name: str, all_: bool) -> list[Actor]:
    if all_:
        return await Actor.filter(Actor.present(), host="").order_by("id")
    return [(await member_named(name)).actor if name else await Actor.instance()]
