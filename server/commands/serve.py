"""`dazzle serve`, `dazzle migrate`, `dazzle version`."""
from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from federation.instance import SOFTWARE, VERSION
from models.catalogue.catalogue import Catalogue
from models.migration import migrate as apply_missing
from server.actions.opening import opening_link
from server.commands.output import Output
from server.serving import serving, until_stopped
from server.settings import Settings


async def serve(
    settings: Settings, out: Output,
    with_input: Annotated[bool, typer.Option("--with-input", help="Stop also when standard input ends.")] = False,
) -> None:
    """Run this community until SIGTERM or Ctrl-C. JSON, once it is ready: {"ready", "origin", "listening", "open" or null}."""
    async with serving(settings) as listening:
        link = await opening_link(settings)
        opening = (f"Nobody runs this community yet. Open it with this link, once: {link}",) if link else ()
        out.show({"ready": True, "origin": settings.origin, "listening": listening, "open": link},
                 f"Ready: {settings.origin} (listening on {listening})", *opening)
        await until_stopped(with_input=with_input)
        out.say("Stopping.")


async def migrate(settings: Settings, out: Output) -> None:
    """Bring the database and the index of the catalogue to this version. `serve` does it too. JSON: {"applied": [names]}."""
    applied = await apply_missing(settings.database_url)
    await asyncio.to_thread(Catalogue(settings.var_dir).prepare)
    out.show({"applied": applied}, f"Applied: {', '.join(applied)}." if applied else "The database is up to date.")


async def version(_: Settings, out: Output) -> None:
    """Tell which version this is. JSON: {"software", "version"}."""
    out.show({"software": SOFTWARE, "version": VERSION}, f"{SOFTWARE} {VERSION}")
