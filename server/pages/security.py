"""Password, e-mail address and signed-in browsers. Changing the first two asks who is there once more (ASVS 7.5.1)."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from aiohttp import web

from models import Member, Session, clock
from models.ids import digest
from server.actions import accounts
from server.appearance import render
from server.doors import see
from server.entrance import acting
from server.entrance.forms import whole_number
from server.keys import FORM, LANGUAGE, LIMITS, MEMBER, PASSWORDS, SESSION
from server.members import emails
from server.pages.settings import known_by
from server.views import FieldError
from server.words.language import gettext_for

FRESH = timedelta(minutes=30)  # without a password, a sign-in this young shows who is there


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserView:
    """A signed-in browser. `number` names it in the form."""

    number: int
    device: str
    seen_on: date | None
    is_this: bool


async def show(request: web.Request) -> web.Response:
    """GET /settings/security."""
    return await _page(request)


async def change_password(request: web.Request) -> web.Response:
    """POST /settings/security/password: a new one; every other browser is signed out."""
    form, member, passwords = request[FORM], request[MEMBER], request.app[PASSWORDS]
    errors = await who_is_there(request, "old")
    if not errors and (fault := await passwords.fault(form.get("new"), known_by(member), gettext_for(request[LANGUAGE]))):
        errors = (FieldError("new", fault),)
    if errors:
        return await _page(request, errors)
    await accounts.change_password(member, await passwords.hash(form.get("new")), request[SESSION])
    return see("/settings/security?saved=password")


async def change_email(request: web.Request) -> web.Response:
    """POST /settings/security/email: a mail goes to the new address, which counts once its link was used."""
    form, member = request[FORM], request[MEMBER]
    errors = await who_is_there(request, "proof")
    address = emails.normal(form.text("email", 300))
    if not address:
        _ = gettext_for(request[LANGUAGE])
        errors += (FieldError("email", _("Write an email address such as name@example.org.")),)
    if errors:
        return await _page(request, errors, email=form.text("email", 300))
    request.app[LIMITS].take("mail_client", f"member {member.id}")
    request.app[LIMITS].take("mail_address", digest(address))
    await accounts.ask_for_email(member, address)
    return see("/settings/security?saved=email")


async def end_one(request: web.Request) -> web.Response:
    """POST /settings/security/end: sign one browser out; only one of one's own."""
    number = whole_number(request[FORM].text("number"))
    await Session.filter(id=number, member=request[MEMBER]).delete()
    return see("/settings/security?saved=ended")


async def end_others(request: web.Request) -> web.Response:
    """POST /settings/security/end-others: sign out everywhere but here, apps too."""
    await accounts.sign_out_elsewhere(request[MEMBER], request[SESSION])
    return see("/settings/security?saved=ended")


async def who_is_there(request: web.Request, field: str) -> tuple[FieldError, ...]:
    """Nothing when the member, or the guardian who acts for them, has shown again who is there, else what to do."""
    member, _ = acting.one_who_acts(request), gettext_for(request[LANGUAGE])
    request.app[LIMITS].take("sign_in_account", f"member {member.id}")
    if member.password_hash:
        right = await request.app[PASSWORDS].fits(member.password_hash, request[FORM].get(field))
        return () if right else (FieldError(field, _("This is not your password.")),)
    if abs(clock.now() - request[SESSION].created_at) < FRESH:
        return ()
    return (FieldError("", _(
        "You signed in a while ago. Sign out, sign in again with a link, and come back within half an hour.")),)


async def _page(request: web.Request, errors: tuple[FieldError, ...] = (), *, email: str = "") -> web.Response:
    member: Member = request[MEMBER]
    rows = await Session.filter(member=member, expires_at__gt=clock.now()).order_by("-id").limit(50)
    here = request[SESSION].id
    browsers = [BrowserView(number=row.id, device=row.device, seen_on=row.seen_on, is_this=row.id == here) for row in rows]
    return render.page(
        request, "settings_security.html", status=422 if errors else 200, here="settings", errors=errors, browsers=browsers,
        has_password=bool(member.password_hash), email=email, current=member.email or "", asked=member.new_email,
        saved=request.query.get("saved", ""))
