"""Signing in: by password, or by a link that comes by mail; and signing out."""
from __future__ import annotations

from aiohttp import web

from models import Actor, Member, OutgoingMail, Session
from models.database import in_transaction
from models.ids import digest
from models.mail import Letter
from models.member import LinkPurpose
from server.actions import accounts, links, names
from server.appearance import render
from server.appearance.look import local_path
from server.background.mail import member_of
from server.doors import see
from server.entrance import sessions
from server.keys import FORM, LANGUAGE, LIMITS, MEMBER, PASSWORDS, SESSION, SETTINGS
from server.members import emails
from server.pages.entry import client, let_in
from server.views import FieldError
from server.words.language import gettext_for


async def show(request: web.Request) -> web.Response:
    """GET /signin: name or address, and password. `next` is where to go after."""
    following = local_path(request.query.get("next", ""), "/home")
    if MEMBER in request:
        return see(following)
    return render.page(request, "signin.html", here="signin", who="", next=following)


async def sign_in(request: web.Request) -> web.Response:
    """POST /signin. The same answer, after the same time, whether the account or the password is wrong."""
    form, limits, passwords = request[FORM], request.app[LIMITS], request.app[PASSWORDS]
    who, password = form.text("who"), form.get("password")
    limits.take("sign_in", client(request))
    limits.take("sign_in_account", digest(who.lower()))
    member = await called(who)
    if not await passwords.fits(member.password_hash if member else "", password) or member is None:
        _ = gettext_for(request[LANGUAGE])
        wrong = FieldError("who", _(
            "This does not fit together. Look at the name and the password again, or take a link by mail."))
        return render.page(request, "signin.html", status=422, here="signin", who=who, errors=(wrong,),
                           next=local_path(form.text("next", 2000), "/home"))
    if passwords.is_dated(member.password_hash):
        await Member.filter(id=member.id).update(password_hash=await passwords.hash(password))
    return await let_in(request, member, local_path(form.text("next", 2000), "/home"))


async def called(who: str) -> Member | None:
    """The member with this name or e-mail address, with the actor."""
    if address := emails.normal(who):
        return await member_of(address)
    actor = await Actor.get_or_none(name=names.normal(who), host="")
    return await Member.get_or_none(actor_id=actor.id).select_related("actor") if actor else None


async def ask_link(request: web.Request) -> web.Response:
    """GET /signin/link: for which address."""
    return render.page(request, "signin_link.html", here="signin", email="", lost=False)


async def ask_lost(request: web.Request) -> web.Response:
    """GET /signin/lost: for which address."""
    return render.page(request, "signin_link.html", here="signin", email="", lost=True)


async def send_link(request: web.Request) -> web.Response:
    """POST /signin/link: queue a letter with a link to sign in."""
    return await _queue(request, Letter.SIGN_IN)


async def send_lost(request: web.Request) -> web.Response:
    """POST /signin/lost: queue a letter with a link to choose a new password."""
    return await _queue(request, Letter.PASSWORD)


async def _queue(request: web.Request, kind: Letter) -> web.Response:
    """Whether anybody has the address is not looked up here, so that neither words nor time can tell."""
    typed = request[FORM].text("email")
    address = emails.normal(typed)
    if not address:
        _ = gettext_for(request[LANGUAGE])
        wrong = FieldError("email", _("Write an email address such as name@example.org."))
        return render.page(request, "signin_link.html", status=422, here="signin", email=typed, lost=kind is Letter.PASSWORD,
                           errors=(wrong,))
    request.app[LIMITS].take("mail_client", client(request))
    request.app[LIMITS].take("mail_address", digest(address))
    await OutgoingMail.owe(kind, address, language=request[LANGUAGE])
    return render.page(request, "mail_sent.html", here="signin", minutes=request.app[SETTINGS].sign_in_link_seconds // 60)


async def show_link(request: web.Request) -> web.Response:
    """GET /signin/link/{token}: a button. Looking spends nothing, because mail scanners look at every link."""
    link = await links.find(request.match_info["token"], LinkPurpose.SIGN_IN)
    assert link.member is not None
    return render.page(request, "signin_button.html", here="signin", name=link.member.actor.shown_name, path=request.path)


async def follow_link(request: web.Request) -> web.Response:
    """POST /signin/link/{token}: spend the link; whoever has it reads that mailbox, so the address is proven."""
    async with in_transaction():
        link = await links.spend(request.match_info["token"], LinkPurpose.SIGN_IN)
        assert link.member is not None
        await _prove(link.member, link.email)
    return await let_in(request, link.member)


async def _prove(member: Member, address: str) -> None:
    """Somebody may have joined with an address that is not theirs, and wait for its owner with a password.

    So the first link to an unproven address ends what was set up before, unless a person of the team looked at the
    account: its mail then named it.
    """
    if not address or member.email == address:
        return
    if member.email is None and member.decided_at is None:
        await accounts.change_password(member, "")
    await accounts.confirm_email(member, address)


async def show_password(request: web.Request) -> web.Response:
    """GET /password/{token}: choose a new one."""
    await links.find(request.match_info["token"], LinkPurpose.PASSWORD)
    return render.page(request, "password.html", here="signin", path=request.path)


async def set_password(request: web.Request) -> web.Response:
    """POST /password/{token}: the new password; every other browser is signed out."""
    token, password = request.match_info["token"], request[FORM].get("password")
    request.app[LIMITS].take("sign_in", client(request))
    member = (await links.find(token, LinkPurpose.PASSWORD)).member
    assert member is not None
    passwords = request.app[PASSWORDS]
    known = [member.actor.name, member.email or member.new_email]
    if fault := await passwords.fault(password, known, gettext_for(request[LANGUAGE])):
        return render.page(request, "password.html", status=422, here="signin", path=request.path,
                           errors=(FieldError("password", fault),))
    stored = await passwords.hash(password)
    async with in_transaction():
        link = await links.spend(token, LinkPurpose.PASSWORD)
        await accounts.confirm_email(member, link.email)
        await accounts.change_password(member, stored)
    return await let_in(request, member)


async def show_confirm(request: web.Request) -> web.Response:
    """GET /confirm/{token}: a button that says whose address this becomes."""
    link = await links.find(request.match_info["token"], LinkPurpose.CONFIRM)
    assert link.member is not None
    return render.page(request, "confirm.html", name=link.member.actor.shown_name, path=request.path, done=False)


async def confirm(request: web.Request) -> web.Response:
    """POST /confirm/{token}: the address is theirs. Signs nobody in."""
    async with in_transaction():
        link = await links.spend(request.match_info["token"], LinkPurpose.CONFIRM)
        assert link.member is not None
        await accounts.confirm_email(link.member, link.email)
    return render.page(request, "confirm.html", name=link.member.actor.shown_name, path=request.path, done=True)


async def sign_out(request: web.Request) -> web.Response:
    """POST /signout: end this session; the browser forgets what it kept of the pages."""
    answer = see("/")
    if session := request.get(SESSION):
        await Session.filter(id=session.id).delete()
    sessions.set_cookie(answer, request.app[SETTINGS], "session", "", 0)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer
