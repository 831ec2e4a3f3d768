"""`dazzle member …` and `dazzle invite`."""
from __future__ import annotations

from typing import Annotated, Any

import typer

from models import Community, Member
from models.consent import Purpose
from models.member import LinkPurpose, MemberState, Role
from models.ruling import Act
from moderation import consent
from server.actions import accounts, departures, invitations, links, names, rulings
from server.actions.rulings import Decided
from server.commands.output import Failed, Misused, Output, table
from server.commands.rooms import community, member_named
from server.members import emails
from server.members.passwords import Passwords
from server.pictures.media import MediaStore
from server.settings import Settings
from server.words.language import gettext_for

LIST_LIMIT = 200
#: What can be said yes to when an account is made.
ASKED = {str(purpose): purpose for purpose in (Purpose.MEMBERSHIP, *consent.switches())}
Name = Annotated[str, typer.Argument(help="The member's name, without @.", show_default=False)]


async def create(
    settings: Settings, out: Output, name: Name,
    email: Annotated[str, typer.Option(help="E-mail address, taken as proven.")] = "",
    role: Annotated[Role, typer.Option(help="What the member may do.")] = Role.MEMBER,
    language: Annotated[str, typer.Option(help="fr or en; empty: the community's.")] = "",
    password: Annotated[bool, typer.Option("--password", help="Ask for a password, without showing it.")] = False,
    link: Annotated[bool, typer.Option("--link", help="Print a link to sign in with.")] = False,
    agree: Annotated[str, typer.Option(help="What the member has said yes to, to you: C0 (membership), C3 (may be found), "
                                            "C5 (may be known elsewhere), C14 (search engines), C15 (mails say what "
                                            "they are about).")] = "C0",
) -> None:
    """Make an account. JSON: {"name", "address", "role", "link" or null}."""
    wanted, address, language = names.normal(name), emails.normal(email), language or settings.language
    if email and not address:
        raise Misused("That is no e-mail address that can be used.")
    if language not in ("fr", "en"):
        raise Misused("The language is fr or en.")
    purposes = _purposes(agree)
    typed = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True) if password else ""
    words = gettext_for("en")
    async with community(settings):
        if fault := await names.fault(wanted, words):
            raise Failed(fault)
        kept = await _hashed(settings, typed, (wanted, address)) if typed else ""
        newcomer = accounts.Newcomer(name=wanted, email=address, confirmed=bool(address), role=role, language=language,
                                     consents=purposes, password_hash=kept)
        member = await accounts.create(settings.origin, newcomer)
        url = await _sign_in_link(settings, member) if link else None
    data = {"name": wanted, "address": f"@{wanted}@{settings.host}", "role": str(role), "link": url}
    out.show(data, f"{data['address']} is a {role} now.", *([f"Sign in, once, at {url}"] if url else []))


async def list_(settings: Settings, out: Output,
                page: Annotated[int, typer.Option(min=1, help=f"Which page of {LIST_LIMIT}.")] = 1) -> None:
    """List the members. JSON: [{"name", "role", "state", "language", "joined"}]."""
    async with community(settings):
        found = await Member.all().select_related("actor").order_by("id").offset((page - 1) * LIST_LIMIT).limit(LIST_LIMIT)
    data = [_row(member) for member in found]
    out.show(data, *table(("name", "role", "state", "language", "joined"), [tuple(row.values()) for row in data]))


async def suspend(settings: Settings, out: Output, name: Name,
                  reason: Annotated[str, typer.Option(help="Why; the member reads it.")]) -> None:
    """Stop an account: it is hidden, and signed out everywhere. JSON: as one row of `member list`."""
    async with community(settings):
        member = await member_named(name)
        decided = Decided(act=Act.SUSPEND, subject=member.actor, by=None, facts=reason)
        await rulings.rule(decided, MediaStore(settings.var_dir / "media"))
        await member.refresh_from_db(fields=["state"])
    out.show(_row(member), f"{member.actor.address} is suspended.")


async def restore(settings: Settings, out: Output, name: Name,
                  reason: Annotated[str, typer.Option(help="Why; the member reads it.")] = "") -> None:
    """Give a suspended account back. JSON: as one row of `member list`."""
    async with community(settings):
        member = await member_named(name)
        if member.state is MemberState.REFUSED:
            await accounts.decide_join(member, True, None, reason, MemberState.REFUSED)
        else:
            await rulings.give_back(member.actor, None, reason)
        await member.refresh_from_db(fields=["state"])
    out.show(_row(member), f"{member.actor.address} is back.")


async def erase(settings: Settings, out: Output, name: Name,
                reason: Annotated[str, typer.Option(help="Why; kept in the log of the team and told to the member.")],
                keep: Annotated[str, typer.Option(help="What stays without a name: messages, answers, private, images, "
                                                       "reactions, with commas between them.")] = "",
                yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False) -> None:
    """Erase a member for good, here and at every server that has a copy. JSON: {"name", "servers": asked to erase}."""
    try:
        keeps = [departures.Kind(part.strip()) for part in keep.split(",") if part.strip()]
    except ValueError as error:
        raise Misused(f"--keep takes {', '.join(departures.Kind)}, with commas between them.") from error
    async with community(settings):
        member = await member_named(name)
        if not yes and not typer.confirm(f"Erase {member.actor.address} for good?", err=True):
            raise Failed("Nothing was erased.")
        servers = await departures.erase(member, keeps, reason, MediaStore(settings.var_dir / "media"))
    out.show({"name": name, "servers": servers}, f"{name} is erased. Servers asked to erase: {', '.join(servers) or 'none'}.")


async def link(settings: Settings, out: Output, name: Name) -> None:
    """Print a link with which a member signs in, once. JSON: {"name", "link", "seconds"}."""
    async with community(settings):
        member = await member_named(name)
        if member.state is not MemberState.ACTIVE:
            raise Failed(f"{member.actor.address} is {member.state} and cannot sign in.")
        url = await _sign_in_link(settings, member)
    out.show({"name": member.actor.name, "link": url, "seconds": settings.sign_in_link_seconds}, url)


async def invite(settings: Settings, out: Output,
                 role: Annotated[Role, typer.Option(help="What who joins with it may do.")] = Role.MEMBER,
                 uses: Annotated[int, typer.Option(min=1, max=invitations.USES_LIMIT, help="How many may use it.")] = 1,
                 days: Annotated[int, typer.Option(min=1, max=invitations.DAYS_LIMIT, help="For how long.")] = 14) -> None:
    """Print a link with which people can join. JSON: {"link", "role", "uses", "days"}."""
    async with community(settings):
        token = await invitations.invite(None, role, uses, days)
        is_open = (await Community.current()).opened_at is not None
    url = f"{settings.origin}/invite/{token}"
    hint = () if is_open else ("The community is not open yet: `dazzle serve` prints the link that opens it.",)
    out.show({"link": url, "role": str(role), "uses": uses, "days": days}, url, *hint)


def _purposes(agree: str) -> tuple[Purpose, ...]:
    """The purposes in "C0,C5"; membership is the least, because nobody is a member without it. Misused."""
    try:
        said = [ASKED[part.strip().upper()] for part in agree.split(",") if part.strip()]
    except KeyError as error:
        raise Misused(f"--agree takes {', '.join(ASKED)}, with commas between them.") from error
    if Purpose.MEMBERSHIP not in said:
        raise Misused("Nobody can be a member without having agreed to it: --agree must hold C0.")
    return tuple(dict.fromkeys(said))


async def _hashed(settings: Settings, password: str, known: tuple[str, ...]) -> str:
    passwords = Passwords.of(settings)
    try:
        if fault := await passwords.fault(password, known, gettext_for("en")):
            raise Failed(fault)
        return await passwords.hash(password)
    finally:
        passwords.close()


async def _sign_in_link(settings: Settings, member: Member) -> str:
    token = await links.make(LinkPurpose.SIGN_IN, settings.sign_in_link_seconds, member, member.email or "")
    return f"{settings.origin}/signin/link/{token}"


def _row(member: Member) -> dict[str, Any]:
    return {"name": member.actor.name, "role": str(member.role), "state": str(member.state), "language": member.language,
            "joined": member.created_at.date().isoformat()}
