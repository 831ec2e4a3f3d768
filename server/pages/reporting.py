"""Telling the team about a message, a person, or somebody of a partner's directory."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from models import Actor, Host, Listing, Post
from models.case import Matter
from models.errors import NotHere
from server.actions import reports
from server.actions.reports import TEXT_LIMIT_CHARACTERS, Told
from server.appearance import render
from server.community.house import rules_of
from server.display import cards
from server.doors import see
from server.entrance.forms import Form, whole_number
from server.keys import COMMUNITY, FORM, INSTANCE, LANGUAGE, LIMITS, MEMBER
from server.pages import directory, lookups
from server.views import FieldError, Option
from server.words.language import Words, gettext_for
from server.words.report_words import matter_line
from server.words.wording import excerpt


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a report is about. `url`: its page, below which the form is; `host`: of the other server, "" for ours."""

    url: str
    host: str
    target: Actor | None = None
    post: Post | None = None
    listing: Listing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it was sent."""

    matter: str = ""
    text: str = ""
    rule: int = 0
    forward: bool = False
    hides: bool = True


async def ask_post(request: web.Request) -> web.Response:
    """GET /m/{key}/report; without an account, the form for that."""
    if MEMBER not in request:
        return _without_account(request)
    return await _form(request, await _post(request), Typed())


async def tell_post(request: web.Request) -> web.Response:
    """POST /m/{key}/report."""
    return await _tell(request, await _post(request))


async def ask_person(request: web.Request) -> web.Response:
    """GET /@{address}/report; without an account, the form for that."""
    if MEMBER not in request:
        return _without_account(request)
    return await _form(request, await _person(request), Typed())


async def tell_person(request: web.Request) -> web.Response:
    """POST /@{address}/report."""
    return await _tell(request, await _person(request))


async def ask_listing(request: web.Request) -> web.Response:
    """GET /people/directory/{key}/report."""
    return await _form(request, await _listing(request), Typed())


async def tell_listing(request: web.Request) -> web.Response:
    """POST /people/directory/{key}/report."""
    return await _tell(request, await _listing(request))


def _without_account(request: web.Request) -> web.Response:
    """Whatever is there or not: the same answer."""
    about = f"{request.app[INSTANCE].origin}{request.path.removesuffix('/report')}"
    return see(f"/report?about={quote(about, safe='')}")


async def _post(request: web.Request) -> About:
    post = await lookups.post(request)
    if post.author_id == request[MEMBER].actor_id:
        raise NotHere("one's own")
    return About(url=f"/m/{post.key}", host=post.author.host, target=post.author, post=post)


async def _person(request: web.Request) -> About:
    actor = await lookups.person(request)
    if actor.id == request[MEMBER].actor_id:
        raise NotHere("oneself")
    return About(url=f"/{actor.address}", host=actor.host, target=actor)


async def _listing(request: web.Request) -> About:
    listing = await directory.listing_named(request)
    return About(url=f"/people/directory/{listing.key}", host=listing.host, listing=listing)


def matters(chosen: str, _: Words) -> tuple[Option, ...]:
    """The nine reasons in plain lines, the most urgent first."""
    lines = {matter: matter_line(matter, _) for matter in Matter}
    return tuple(Option(value=matter.value, title=title, hint=hint, checked=matter.value == chosen)
                 for matter, (title, hint) in lines.items())


async def _form(request: web.Request, about: About, typed: Typed, errors: Sequence[FieldError] = ()) -> web.Response:
    _ = gettext_for(request[LANGUAGE])
    rules = rules_of(request.app[COMMUNITY].row, request[LANGUAGE])
    options = [Option(value="", title=_("None of them, or I do not know"), checked=not typed.rule),
               *(Option(value=str(number), title=rule, checked=number == typed.rule) for number, rule in enumerate(rules, 1))]
    person = (await cards.people([about.target]))[0] if about.target else None
    return render.page(
        request, "report.html", status=422 if errors else 200, here="people", errors=errors, url=about.url, person=person,
        words=excerpt(about.post) if about.post else "", is_message=about.post is not None, matters=matters(typed.matter, _),
        rules=options if rules else (), text=typed.text, limit=TEXT_LIMIT_CHARACTERS, hides=typed.hides, forward=typed.forward,
        host=await _title(about.host) if await reports.may_forward(about.host) else "")


async def _tell(request: web.Request, about: About) -> web.Response:
    typed, me = _typed(request[FORM]), request[MEMBER].actor
    request.app[LIMITS].take("act", me.key)
    if errors := wrong(typed.matter, typed.text, gettext_for(request[LANGUAGE])):
        return await _form(request, about, typed, errors)
    told = Told(text=typed.text, post_ids=(about.post.id,) if about.post else (), matter=Matter(typed.matter),
                rules=(typed.rule,) if typed.rule else (), forward=typed.forward, hides=typed.hides)
    us = request.app[INSTANCE].actor
    try:
        made = (await reports.report_listing(us, me, about.listing, told) if about.listing else
                await reports.report(us, me, _there(about.target), told))
    except reports.TooManyOpen as error:
        return await _form(request, about, typed, (FieldError("", gettext_for(request[LANGUAGE])(error.safe)),))
    return see(f"/reports/{made.key}?done=1")


def _there(target: Actor | None) -> Actor:
    if target is None:
        raise NotHere("nobody")
    return target


def _typed(form: Form) -> Typed:
    return Typed(matter=form.text("matter", 12), text=form.get("text").strip(), rule=min(whole_number(form.text("rule", 3)), 999),
                 forward=form.has("forward"), hides=form.has("hide"))


def wrong(matter: str, text: str, _: Words) -> list[FieldError]:
    """What is to be put right in what was typed: there must be a reason, and not too many words."""
    errors = []
    if matter not in tuple(Matter):
        errors.append(FieldError("matter", _("Choose what is wrong.")))
    if len(text) > TEXT_LIMIT_CHARACTERS:
        errors.append(FieldError("text", _("Make it shorter: at most %(n)s characters.", n=TEXT_LIMIT_CHARACTERS)))
    return errors


async def _title(host: str) -> str:
    row = await Host.get_or_none(name=host) if host else None
    return (row.title if row else "") or host
