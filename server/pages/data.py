"""My data: what I said yes to, receipts, where copies are, who looked. Nothing changes before a button is pressed."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from models import AuditEntry, ConsentRecord, ConsentText, Withdrawal
from models.consent import ConsentEvent, Purpose
from models.errors import NotHere
from models.withdrawal import WithdrawalState
from moderation import consent
from server.actions import charter, consents, copies, sharing
from server.appearance import render
from server.display import promises
from server.doors import see
from server.entrance import acting
from server.entrance.forms import whole_number
from server.keys import COMMUNITY, FORM, LANGUAGE, MEMBER
from server.pages.receipts import view
from server.views import FieldError, Pager
from server.words import agreements, differences
from server.words.differences import Part
from server.words.language import Words, gettext_for

PAGE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchView:
    """One agreement: its name, the exact words, and how it stands."""

    code: str
    title: str
    words: str
    level: int
    on: bool
    state: str
    since: datetime | None
    until: datetime | None
    changed: tuple[Part, ...] = ()  # what is new in the words since the last yes
    effects: agreements.Effects


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """A receipt in the list."""

    title: str
    state: str
    counts: bool
    given: datetime
    until: datetime | None
    url: str
    withdraw_url: str


@dataclass(frozen=True, slots=True)
class LookView:
    """That somebody of the team looked or did something."""

    who: str
    what: str
    why: str
    when: datetime


@dataclass(frozen=True, slots=True)
class AskedView:
    """One notice to a server: how it stands, of how many things, since when; its answer."""

    state: str
    count: int
    asked_at: datetime
    answered_at: datetime | None
    answer_url: str  # "" before there is one


async def show(request: web.Request) -> web.Response:
    """GET /data: every agreement with its switch, and the newest receipt of each."""
    return await _page(request)


async def _page(request: web.Request, chosen: set[str] | None = None, errors: tuple[FieldError, ...] = ()) -> web.Response:
    """`chosen`: the switches as they were typed, where they could not be taken."""
    member, _ = request[MEMBER], gettext_for(request[LANGUAGE])
    last = {(row.purpose, row.scope): row for row in await ConsentRecord.last_words(member.actor_id)}
    switches = [await _switch(request, purpose, last.get((purpose, "")), _) for purpose in consent.switches()]
    if chosen is not None:
        switches = [replace(one, on=one.code in chosen) for one in switches]
    lines = [_line(row, _) for row in sorted(last.values(), key=lambda row: -row.id)]
    return render.page(
        request, "data.html", status=422 if errors else 200, here="data", errors=errors, asks_too=acting.asks_too(request),
        switches=switches, receipts=lines, on=sum(one.on for one in switches),
        is_paused=any(row.event is ConsentEvent.PAUSED for row in last.values()), said=_said(request, _))


async def save(request: web.Request) -> web.Response:
    """POST /data: the switches as they stand now. Only what is new is written down."""
    form, member, community = request[FORM], request[MEMBER], request.app[COMMUNITY].row
    chosen = {purpose: form.has(f"on-{purpose}") for purpose in consent.switches()}
    new = {purpose: wanted for purpose, wanted in chosen.items()
           if wanted != bool(await consent.permits(member.actor_id, purpose))}
    try:
        voice = acting.voice_of_yes(request) if any(new.values()) else acting.voice(request)
    except acting.AskTheChild as error:
        said = FieldError("assent", gettext_for(request[LANGUAGE])(error.safe))
        return await _page(request, {str(purpose) for purpose, wanted in chosen.items() if wanted}, (said,))
    for purpose, wanted in new.items():
        await sharing.say(member, purpose, wanted, request[LANGUAGE], community, voice)
    if any(new.values()) and acting.asks_too(request):
        await AuditEntry.create(actor_id=voice.actor_id, action="consent.assent", target=f"member:{member.id}")
    return see("/data?said=saved")


async def pause(request: web.Request) -> web.Response:
    """POST /data/pause: every flow stops at once; nothing is erased."""
    await sharing.pause(request[MEMBER], acting.voice(request))
    return see("/data?said=paused")


async def resume(request: web.Request) -> web.Response:
    """POST /data/resume: a new yes to each thing that was paused, in the words that stand on the page."""
    await sharing.resume(request[MEMBER], request[LANGUAGE], request.app[COMMUNITY].row, acting.voice_of_yes(request))
    return see("/data?said=resumed")


async def show_receipt(request: web.Request) -> web.Response:
    """GET /data/receipts/{key}: one receipt of mine, with the links that others can check it by."""
    record = await _mine(request)
    return render.page(request, "receipt.html", here="data", is_mine=True, done="done" in request.query,
                       receipt=await view(record, gettext_for(request[LANGUAGE]), is_mine=True))


async def ask_withdraw(request: web.Request) -> web.Response:
    """GET /data/withdraw/{key}: what taking it back does, before it is done."""
    record, _ = await _stoppable(request), gettext_for(request[LANGUAGE])
    title = agreements.title(record.purpose, _, record.scope)
    return render.page(request, "withdraw.html", here="data", title=title, key=record.key,
                       effects=agreements.effects(record.purpose, _))


async def withdraw(request: web.Request) -> web.Response:
    """POST /data/withdraw/{key}. No reason is asked."""
    record, member = await _stoppable(request), request[MEMBER]
    if record.purpose is Purpose.FIELD:
        await sharing.take_line_back(member, record.scope, request[LANGUAGE], request.app[COMMUNITY].row, acting.voice(request))
    else:
        await sharing.say(member, record.purpose, False, request[LANGUAGE], request.app[COMMUNITY].row, acting.voice(request))
    newest = await ConsentRecord.newest(member.actor_id, record.purpose, record.scope)
    return see(f"/data/receipts/{newest.key}?done=1" if newest else "/data")


async def show_copies(request: web.Request) -> web.Response:
    """GET /data/copies: which servers have something of mine; with `host`, what."""
    actor, _, host = request[MEMBER].actor, gettext_for(request[LANGUAGE]), request.query.get("host", "")[:255]
    if not host:
        found = await copies.servers(actor)
        return render.page(request, "data_copies.html", here="data", servers=[
            (one, withdrawal_name(one.state, _) if one.state else "") for one in found],
            owners={host: promises.new_owner(one, _) for host, one in
                    (await charter.new_owners([one.host for one in found])).items()})
    before = whole_number(request.query["before"]) if request.query.get("before") else None
    things, more = await copies.at(actor, host, before)
    if not things:
        raise NotHere("nothing there")
    older = f"/data/copies?host={host}&before={more}" if more else ""
    notices = [] if before else await copies.asked_of(actor, host)
    return render.page(request, "data_copies_at.html", here="data", host=host, title=await copies.title_of(host),
                       pager=Pager(older_url=older), things=[(one, _thing(one.kind, _)) for one in things],
                       asked=[_asked(one, _) for one in notices])


async def show_answer(request: web.Request) -> web.Response:
    """GET /data/copies/answers/{key}: what a server signed, as it came, to keep."""
    row = await Withdrawal.get_or_none(key=request.match_info["key"], actor_id=request[MEMBER].actor_id)
    if row is None or not row.answer:
        raise NotHere("no answer")
    return web.Response(text=row.answer, content_type="application/activity+json", headers={
        "Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{row.key}.json"'})


async def show_access(request: web.Request) -> web.Response:
    """GET /data/access: who of the team opened or changed something of mine."""
    member, _ = request[MEMBER], gettext_for(request[LANGUAGE])
    before = request.query.get("before", "")
    found = AuditEntry.filter(target=f"member:{member.id}").exclude(actor_id=member.actor_id)
    page = await (found.filter(id__lt=whole_number(before)) if before else found).order_by("-id").limit(PAGE + 1)
    pager = Pager(older_url=f"/data/access?before={page[PAGE - 1].id}" if len(page) > PAGE else "")
    return render.page(request, "data_access.html", here="data", looks=[_look(row, _) for row in page[:PAGE]], pager=pager)


async def _switch(request: web.Request, purpose: Purpose, last: ConsentRecord | None, _: Words) -> SwitchView:
    words = consents.words(purpose, request[LANGUAGE], request.app[COMMUNITY].row)
    on = last is not None and consent.is_in_force(last)
    old = await ConsentText.get_or_none(digest=last.text_digest) if last and consent.is_frozen(last) else None
    state = agreements.state_name(consent.state_of(last), last.event if last else None, _)
    return SwitchView(code=str(purpose), title=agreements.title(purpose, _), words=words, level=agreements.level(purpose), on=on,
                      state=state, since=last.created_at if last else None, until=last.valid_until if last and on else None,
                      changed=differences.between(old.text, words) if old and old.text != words else (),
                      effects=agreements.effects(purpose, _))


def _line(row: ConsentRecord, _: Words) -> ReceiptLine:
    counts = consent.is_in_force(row)
    can_stop = counts and row.purpose not in consent.REQUIRED
    return ReceiptLine(title=agreements.title(row.purpose, _, row.scope), counts=counts, given=row.created_at,
                       until=row.valid_until, state=agreements.state_name(consent.state_of(row), row.event, _),
                       url=f"/data/receipts/{row.key}", withdraw_url=f"/data/withdraw/{row.key}" if can_stop else "")


async def _mine(request: web.Request) -> ConsentRecord:
    record = await ConsentRecord.get_or_none(key=request.match_info["key"], actor_id=request[MEMBER].actor_id)
    if record is None:
        raise NotHere("receipt")
    return record


async def _stoppable(request: web.Request) -> ConsentRecord:
    """A yes of mine that counts and can be taken back."""
    record = await _mine(request)
    if record.purpose in consent.REQUIRED or not await consent.permits(record.actor_id, record.purpose, record.scope):
        raise NotHere("nothing to take back")
    return record


def _said(request: web.Request, _: Words) -> str:
    return {"saved": _("Your choices are written down."),
            "paused": _("Everything is paused. Nothing was erased."),
            "resumed": _("What was paused runs again, with your new yes.")}.get(request.query.get("said", ""), "")


def withdrawal_name(state: WithdrawalState, _: Words) -> str:
    """How far a server is with erasing."""
    return {
        WithdrawalState.PENDING: _("Asked to erase, has not answered yet"),
        WithdrawalState.CONFIRMED: _("Has confirmed that all is erased"),
        WithdrawalState.FAILED: _("Did not answer for seven days"),
        WithdrawalState.NOT_CAPABLE: _("Says that it cannot erase everything"),
        WithdrawalState.ASKED: _("Asked to erase. It confirms nothing"),
    }[state]


def _asked(row: Withdrawal, _: Words) -> AskedView:
    answer = f"/data/copies/answers/{row.key}" if row.answer else ""
    return AskedView(withdrawal_name(row.state, _), len(row.object_uris), row.asked_at, row.answered_at, answer)


def _thing(kind: str, _: Words) -> str:
    return {
        "Profile": _("My profile"), "Note": _("A message"), "Create": _("A message that is erased here"),
        "Update": _("A message that is erased here"), "Vote": _("My answer to a question"),
        "listings": _("What I show in the directory"), "stamps": _("That somebody may quote a message of mine"),
        "Accept": _("My yes to somebody’s request"), "Move": _("That I moved to another account"),
        "fetch": _("Something that this server came to read"), "Follow": _("That I follow somebody"),
        "Like": _("A sign that I thought of somebody"), "Announce": _("That I passed a message on"),
        "WaitingList": _("That I wait for people with the same condition"),
    }.get(kind) or _("Something of another kind: %(kind)s", kind=kind)


def _other_look(action: str, _: Words) -> str:
    """Of the kinds that have several names."""
    if action.startswith("member.role"):
        return _("Your role was changed.")
    return _("The team decided something about you: see Decisions about me.") if action.startswith("ruling.") else _(
        "Something was changed.")


def _look(row: AuditEntry, _: Words) -> LookView:
    """Who, never by name: the team answers together."""
    what = {
        "member.create": _("Your account was made."), "member.open": _("Your page in the list of members was opened."),
        "member.list": _("You stood in a list that was opened."),
        "member.answer": _("Your answer to the question for new members was read."),
        "report.read": _("Messages of yours were read."), "report.open": _("Something about you was opened."),
        "case.open": _("Something about you was opened."), "review.read": _("A message of yours that was held was read."),
        "correction.read": _("What you asked to have put right was read."),
        "death.read": _("A report that somebody has died was read, and you are named there."),
        "guardian.read": _("Who acts for whom was read, and you are named there."),
        "member.correct": _("Something was corrected, as you asked."),
        "member.accept": _("Your request to join was accepted."), "member.refuse": _("Your request to join was refused."),
        "guardian.add": _("Somebody was named who acts for you."), "guardian.end": _("Somebody no longer acts for you."),
        "member.deceased": _("The team was told that you have died, and believed it."),
        "member.not_deceased": _("The team was told that you have died, and did not believe it."),
        "consent.assent": _("You were asked too, and agreed, as somebody said who acts for you."),
        "member.grew_up_at": _("You reached the age to agree yourself: what was agreed for you waits."),
        "member.came_of_age_at": _("You reached 18: what was agreed for you about research and pictures waits."),
        "review.let_go": _("A message of yours that was held was read, and has left."),
        "review.sent_back": _("A message of yours that was held was read, and came back to you."),
        "badge.list": _("You stood in the list of those who ask for a badge, and it was opened."),
        "badge.open": _("What you gave to get a badge was read."), "badge.agree": _("Somebody agreed to your badge."),
        "badge.give": _("You were given a badge."), "badge.refuse": _("You were not given a badge."),
        "badge.take": _("Your badge was taken away."), "image.list": _("A message of yours with pictures was opened."),
        "image.open": _("A picture of yours that waits was looked at."),
        "image.cover": _("A part of a picture of yours was covered."),
        "member.correction": _("The team answered what you asked to have put right."),
        "member.suspend": _("Your account was stopped."), "member.restore": _("Your account was given back."),
        "ruling.read": _("A decision about you stood in a list that was opened."),
        "signal.read": _("What rules noticed in a message of yours was read."),
        "member.trust": _("Your first messages no longer wait for the team."),
        "member.doubt": _("The team reads your next messages before the others do."),
    }.get(row.action, _other_look(row.action, _))
    return LookView(_("Somebody of the team") if row.actor_id else _("Whoever runs the server"), what, row.reason, row.created_at)
