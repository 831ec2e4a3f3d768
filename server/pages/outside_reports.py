"""/report: telling the team about something without an account, and the answer (Regulation (EU) 2022/2065, article 16)."""
from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from aiohttp import web

from models import Report
from models.case import Matter
from models.errors import NotHere
from server.actions import outside_reports
from server.actions.outside_reports import NAME_LIMIT_CHARACTERS, TEXT_LIMIT_CHARACTERS, URL_LIMIT_CHARACTERS, Told
from server.appearance import render
from server.doors import see
from server.entrance.forms import Form
from server.entrance.proxies import bucket, client_address
from server.keys import FORM, INSTANCE, LANGUAGE, LIMITS, SETTINGS
from server.members import emails
from server.pages.reporting import matters
from server.views import FieldError
from server.words.language import gettext_for
from server.words.report_words import outcome_text
from server.words.wording import matter_name


async def ask(request: web.Request) -> web.Response:
    """GET /report?about=…: the form, for anybody."""
    form = Form({"url": [request.query.get("about", "")[:URL_LIMIT_CHARACTERS]]})
    return await _form(request, form)


async def tell(request: web.Request) -> web.Response:
    """POST /report. What is at the address, if anything, is told to the team alone."""
    form, _ = request[FORM], gettext_for(request[LANGUAGE])
    if errors := _wrong(request, form):
        return await _form(request, form, errors)
    request.app[LIMITS].take("report_outside", bucket(client_address(request, request.app[SETTINGS].trusted_proxies)))
    if email := emails.normal(form.text("email")):
        request.app[LIMITS].take("mail_address", email)
    told = Told(url=form.text("url"), matter=Matter(form.text("matter", 12)), text=form.get("text").strip(),
                name=form.text("name"), email=email, language=request[LANGUAGE])
    instance = request.app[INSTANCE]
    try:
        made = await outside_reports.report(instance.actor, instance.origin, told)
    except outside_reports.Flooded as error:
        return await _form(request, form, (FieldError("", _(error.safe)),))
    return see(f"/report/{made.key}?done=1")


async def show(request: web.Request) -> web.Response:
    """GET /report/{key}: how it stands, for whoever has the address; it holds none of what was told."""
    uri = f"{request.app[INSTANCE].origin}/reports/{request.match_info['key']}"
    row = await Report.get_or_none(uri=uri, reporter_id=None, sender_host="", forwarded_to="")
    if row is None:
        raise NotHere("no such report")
    _ = gettext_for(request[LANGUAGE])
    return render.page(
        request, "report_outside_one.html", is_new="done" in request.query,
        matter=matter_name(row.matter, _), when=row.created_at,
        is_open=row.closed_at is None, state=outcome_text(row.outcome, _) if row.closed_at else "", answer=row.answer,
        answered_at=row.closed_at, has_mail=bool(row.notifier_email), is_danger=row.matter in (Matter.DANGER, Matter.MINORS))


def _wrong(request: web.Request, form: Form) -> list[FieldError]:
    """What is to be put right: a notice needs an address, reasons, who tells it, and their word that they believe it."""
    _, errors = gettext_for(request[LANGUAGE]), list[FieldError]()
    needs_name = form.text("matter", 12) != Matter.MINORS
    if not outside_reports.is_of(request.app[INSTANCE].origin, form.text("url", URL_LIMIT_CHARACTERS)):
        errors.append(FieldError("url", _("Copy the whole address of the page here, as it stands at the top of your browser.")))
    if form.text("matter", 12) not in tuple(Matter):
        errors.append(FieldError("matter", _("Choose what is wrong.")))
    text = form.get("text").strip()
    if not text:
        errors.append(FieldError("text", _("Say why, so that the team can understand it.")))
    elif len(text) > TEXT_LIMIT_CHARACTERS:
        errors.append(FieldError("text", _("Make it shorter: at most %(n)s characters.", n=TEXT_LIMIT_CHARACTERS)))
    if needs_name and not form.text("name", NAME_LIMIT_CHARACTERS):
        errors.append(FieldError("name", _("Write your name. Only what harms a child can be told without one.")))
    if (needs_name or form.text("email")) and not emails.normal(form.text("email")):
        errors.append(FieldError("email", _("Write an email address to which the team can answer.")))
    if not form.has("faith"):
        errors.append(FieldError("faith-1", _("Confirm that you believe what you write.")))
    return errors


async def _form(request: web.Request, form: Form, errors: Sequence[FieldError] = ()) -> web.Response:
    _ = gettext_for(request[LANGUAGE])
    return render.page(
        request, "report_outside.html", status=422 if errors else 200, errors=errors, url=form.text("url", URL_LIMIT_CHARACTERS),
        matters=matters(form.text("matter", 12), _), text=form.get("text"), name=form.text("name"), email=form.text("email"),
        faith=form.has("faith"), limit=TEXT_LIMIT_CHARACTERS, own_url=_own(request, form.text("url", URL_LIMIT_CHARACTERS)))


def _own(request: web.Request, url: str) -> str:
    """Where somebody with an account reports a message or a person, after signing in; "" for anything else."""
    path = url.removeprefix(request.app[INSTANCE].origin)
    return f"/signin?next={quote(f'{path}/report', safe='')}" if path.startswith(("/m/", "/@")) and path.count("/") < 3 else ""
