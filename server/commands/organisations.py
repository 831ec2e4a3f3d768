"""`dazzle organisation …`: accounts of associations, hospitals, laboratories and companies."""
from __future__ import annotations

from typing import Annotated

import typer

from models.member import LinkPurpose
from server.actions import links, organisations
from server.actions.organisations import KINDS, TITLE_LIMIT_CHARACTERS, BadOrganisation, Typed
from server.commands.output import Misused, Output, table
from server.commands.rooms import community
from server.settings import Settings
from server.words.language import gettext_for

LIST_LIMIT = 500
WRONG = {"title": f"--title is empty, or longer than {TITLE_LIMIT_CHARACTERS} characters.",
         "email": "--email is no address that we can write to."}


async def create(settings: Settings, out: Output,
                 name: Annotated[str, typer.Argument(help="Its member name, without @.", show_default=False)],
                 title: Annotated[str, typer.Option(help="Its name, as people read it.")],
                 kind: Annotated[str, typer.Option(help="association, hospital, lab or company.")],
                 email: Annotated[str, typer.Option(help="E-mail address, taken as proven.")],
                 link: Annotated[bool, typer.Option("--link", help="Print a link to sign in with.")] = False) -> None:
    """Make the account of an organisation, labelled as what it is. JSON: {"name", "kind", "link" or null}."""
    if kind not in KINDS:
        raise Misused(f"--kind is one of {', '.join(KINDS)}.")
    async with community(settings):
        try:
            typed = Typed(name=name, title=title, kind=kind, email=email)
            member = await organisations.create(typed, settings.origin, settings.language, None, gettext_for("en"), proven=True)
        except BadOrganisation as error:
            raise Misused(error.why or WRONG[error.field]) from error
        token = await links.make(LinkPurpose.SIGN_IN, settings.sign_in_link_seconds, member, email) if link else ""
    url = f"{settings.origin}/signin/link/{token}" if token else None
    data = {"name": member.actor.name, "kind": kind, "link": url}
    out.show(data, f"{member.actor.address} is here now, as: {kind}.", *([f"Sign in, once, at {url}"] if url else []))


async def list_(settings: Settings, out: Output) -> None:
    """Show the organisations. JSON: a list of {"name", "title", "kind", "state"}."""
    async with community(settings):
        found = await organisations.listed(LIST_LIMIT)
    rows = [(one.actor.name, one.actor.shown_name, str(one.actor.organisation), str(one.state)) for one in found]
    names = ("name", "title", "kind", "state")
    out.show([dict(zip(names, row, strict=True)) for row in rows], *(table(names, rows) if rows else ["There is none."]))
