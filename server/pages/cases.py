"""One case of the queue: opening it claims it; everything that can be done about it stands on one page."""
from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from models import Actor, Case, Review
from models.case import NOTE_LIMIT_CHARACTERS
from models.errors import CommunityError, NotHere
from server.actions import appeals, cases, colleagues, looks, reviews, verdicts
from server.appearance import render
from server.display import case_forms, case_views, desk_views
from server.display.case_forms import Typed
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import FORM, LANGUAGE, MEDIA, MEMBER
from server.views import FieldError
from server.words.language import gettext_for

QUEUE = "/admin/queue"


async def show(request: web.Request) -> web.Response:
    """GET /admin/cases/{id}: it is the reader's from now on, unless a colleague has it open, or it is closed."""
    case = await _named(request)
    if case.is_open:
        await cases.claim(case, request[MEMBER].actor)
    return await _page(request, case, Typed())


async def decide(request: web.Request) -> web.Response:
    """POST /admin/cases/{id}/decide: all that was chosen; `keep` leaves the case open, `prepare` only fills in words."""
    case, typed = await _named(request), case_forms.read(request[FORM])
    if request[FORM].has("prepare"):
        return await _page(request, case, await case_forms.prepared(case, case.about, typed))
    verdict = case_forms.verdict(typed, await case_views.reported(case))
    try:
        await verdicts.give(case, verdict, request[MEMBER].actor, request.app[MEDIA])
    except cases.CaseClosed:
        raise
    except CommunityError as error:
        return await _page(request, case, typed, _said(request, case_forms.field_of(error), error.safe))
    return await _onwards(request, case)


async def note(request: web.Request) -> web.Response:
    """POST /admin/cases/{id}/note: for the team, for those who reported, or for the team of another server."""
    case, form = await _named(request), request[FORM]
    text, (audience, _, host) = form.get("note").strip(), form.text("audience", 300).partition(" ")
    try:
        await colleagues.say(case, request[MEMBER].actor, audience, text[:NOTE_LIMIT_CHARACTERS], host)
    except (colleagues.NothingSaid, colleagues.NotToThem, cases.CaseTaken) as error:
        typed = Typed(note=text, audience=form.text("audience", 300))
        return await _page(request, case, typed, _said(request, "note", error.safe))
    return see(f"/admin/cases/{case.id}#notes")


async def pass_on(request: web.Request) -> web.Response:
    """POST /admin/cases/{id}/{verb}: take it over, leave it, hand it over, ask for a second opinion."""
    case, by, verb = await _named(request), request[MEMBER].actor, request.match_info["verb"]
    try:
        if verb == "take-over":
            await cases.claim(case, by, takes_over=True)
            return see(f"/admin/cases/{case.id}")
        if verb == "leave":
            await cases.release(case, by)
        elif verb == "second":
            await colleagues.ask_second(case, by)
        else:
            await colleagues.hand_over(case, whole_number(request[FORM].get("colleague")), by)
    except (colleagues.NobodyElse, cases.CaseTaken) as error:
        return await _page(request, case, Typed(), _said(request, "colleague", error.safe))
    return see(f"{QUEUE}?done=passed")


async def held(request: web.Request) -> web.Response:
    """POST /admin/cases/{id}/held: a message that a rule held back goes, or goes back to its writer."""
    case, form = await _named(request), request[FORM]
    review = await Review.get_or_none(id=whole_number(form.get("review")), post__author_id=case.about_id)
    if review is None:
        raise NotHere("review")
    if form.get("do") in ("let-go", "trust"):
        await reviews.let_go(review, request[MEMBER], trusts=form.get("do") == "trust", seen=form.text("seen", 64))
    else:
        try:
            await reviews.send_back(review, request[MEMBER], form.text(f"reason-{review.id}"))
        except reviews.NoReason as error:
            return await _page(request, case, Typed(), _said(request, f"reason-{review.id}", error.safe))
    return await _onwards(request, case)


async def hear(request: web.Request) -> web.Response:
    """POST /admin/cases/{id}/hear: the answer to somebody who asked for another look."""
    case, form = await _named(request), request[FORM]
    heard = await appeals.of_case(case)
    if heard is None:
        raise NotHere("appeal")
    text = form.get("answer").strip()[:appeals.TEXT_LIMIT]
    if not text:
        return await _page(request, case, Typed(), _said(request, "answer", "Write the reason."))
    try:
        await appeals.hear(heard[0], request[MEMBER].actor, form.get("do") == "grant", text)
    except appeals.NotToHear as error:
        return await _page(request, case, Typed(answer=text), _said(request, "answer", error.safe))
    return await _onwards(request, case)


async def _onwards(request: web.Request, case: Case) -> web.Response:
    """To the case as long as it is the reader's, else to the queue, which says what became of it."""
    now = await Case.get(id=case.id)
    if now.closed_at is None and now.claimed_by_id == request[MEMBER].actor_id:
        return see(f"/admin/cases/{case.id}")
    return see(f"{QUEUE}?done={'passed' if now.closed_at is None else 'closed'}")


def _said(request: web.Request, field: str, words: str) -> tuple[FieldError, ...]:
    return (FieldError(field, gettext_for(request[LANGUAGE])(words)),)


async def _named(request: web.Request) -> Case:
    return await cases.named(whole_number(request.match_info["id"]), request[MEMBER].actor)


async def _page(request: web.Request, case: Case, typed: Typed, errors: Sequence[FieldError] = ()) -> web.Response:
    me, _ = request[MEMBER], gettext_for(request[LANGUAGE])
    posts, team = await case_views.reported(case), await colleagues.at_hand(case, me.actor)
    await looks.note(me.actor, (case.about_id, *(post.author_id for post in posts)), "case.open")
    view = await case_views.view(case, posts, me.actor, _)
    holder = await Actor.get_or_none(id=case.holder_id) if case.holder_id else None
    return render.page(
        request, "admin_case.html", status=422 if errors else 200, here="queue", errors=errors, number=case.id,
        row=desk_views.row(case, holder, me, _), case=view, typed=typed, is_open=case.is_open, limit=NOTE_LIMIT_CHARACTERS,
        held=await case_views.held(posts), appeal=await case_views.appeal(case, _),
        proposal=await case_views.proposal(case, me.actor), form=case_forms.form(request, case, case.about, view, typed),
        colleagues=await desk_views.colleagues(me, team))
