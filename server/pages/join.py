"""The join wizard: four short pages, and nothing of anybody is kept before the last one's yes."""
from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from models import clock
from models.community import Community, SignUp
from models.consent import Purpose
from models.errors import CommunityError
from models.ids import digest, new_key
from models.member import MemberState
from models.reach import Reach
from server.actions import accounts, consents, invitations, names
from server.actions.accounts import Newcomer
from server.actions.links import LinkSpent
from server.appearance import render
from server.community.house import rules_of
from server.doors import see
from server.entrance import sessions
from server.entrance.forms import Form
from server.keys import COMMUNITY, FORM, LANGUAGE, LIMITS, MEMBER, PASSWORDS, SETTINGS
from server.members import answers as sealed
from server.members import emails
from server.members.answers import Answers
from server.pages.entry import client, let_in
from server.views import FieldError, Option
from server.words.language import Words, gettext_for
from server.words.wording import reach_name

STEPS = 4
ANSWER_LIMIT = 800  # characters
Errors = tuple[FieldError, ...]


class NotInvited(CommunityError):
    """Joining needs an invitation that can still be used, or is closed."""

    status = 403
    safe = "error.not_invited"


async def start(request: web.Request) -> web.Response:
    """GET /join: to the first step."""
    return see("/join/1")


async def show_invitation(request: web.Request) -> web.Response:
    """GET /invite/{token}: who invites to what."""
    invitation = await invitations.find(request.match_info["token"])
    by = invitation.made_by.shown_name if invitation.made_by else ""
    return render.page(request, "invitation.html", by=by, path=request.path)


async def take_invitation(request: web.Request) -> web.Response:
    """POST /invite/{token}: remember it in the browser and begin."""
    token = request.match_info["token"]
    await invitations.find(token)
    return await _go(request, replace(await _read(request), invitation=token), 1)


async def show(request: web.Request) -> web.Response:
    """GET /join/{step}: a step, or the first one before it that is not in order yet."""
    given, step = await _read(request), int(request.match_info["step"])
    if MEMBER in request:
        return see("/home")
    if not _may_join(request, given):
        return render.page(request, "join_closed.html", here="join", mode=request.app[COMMUNITY].row.sign_up.value)
    if step > given.done + 1:
        return see(f"/join/{given.done + 1}")
    if not given.key:
        return await _keep(request, _page(request, step, given := replace(given, key=new_key())), given)
    return _page(request, step, given)


async def answer(request: web.Request) -> web.Response:
    """POST /join/{step}: check one step and go on, or back; what was typed stays either way."""
    given, step, form = await _read(request), int(request.match_info["step"]), request[FORM]
    if step in (1, STEPS):  # the first hashes a password, the last makes an account
        request.app[LIMITS].take("join", client(request))
    if MEMBER in request or not _may_join(request, given):
        raise NotInvited("sign-up")
    if step > given.done + 1:
        return see(f"/join/{given.done + 1}")
    given = replace(given, key=given.key or new_key())
    given, errors = await CHECKS[step](request, given, form)
    if form.has("back") and step > 1:
        return await _go(request, given, step - 1)
    if errors or (step == 3 and _must_ask(given)):
        return await _keep(request, _page(request, step, given, errors, asks=not errors), given)
    if step == STEPS:
        return await _create(request, given)
    return await _go(request, replace(given, done=max(given.done, step)), step + 1)


async def wait(request: web.Request) -> web.Response:
    """GET /join/wait: what happens now, for those whose request the team reads."""
    return render.page(request, "join_wait.html", here="join")


async def _first(request: web.Request, given: Answers, form: Form) -> tuple[Answers, Errors]:
    """Name, address, and a password for those who want one. Only its hash goes into the cookie."""
    _, passwords = gettext_for(request[LANGUAGE]), request.app[PASSWORDS]
    name, typed, password = names.normal(form.text("name", 60)), form.text("email", 300), form.get("password")
    faults = {"name": await names.fault(name, _)}
    if not emails.normal(typed):
        faults["email"] = _("Write an email address such as name@example.org.")
    if password:
        faults["password"] = await passwords.fault(password, [name, typed], _)
    errors = tuple(FieldError(field, fault) for field, fault in faults.items() if fault)
    stored = await passwords.hash(password) if password and not errors else given.password_hash
    return replace(given, name=name, email=emails.normal(typed) or typed, password_hash=stored), errors


async def _second(request: web.Request, given: Answers, form: Form) -> tuple[Answers, Errors]:
    """The situation, or nothing."""
    known = {option.value for option in _situations(gettext_for(request[LANGUAGE]), "")}
    said = "" if form.has("skip") else form.text("situation")
    return replace(given, situation=said if said in known else ""), ()


async def _third(request: web.Request, given: Answers, form: Form) -> tuple[Answers, Errors]:
    """The reach that new messages start with. Partners only with a yes to C5; a no means the community."""
    _ = gettext_for(request[LANGUAGE])
    if form.get("reach") not in {reach.value for reach in _reaches(request.app[COMMUNITY].row)}:
        return given, (FieldError("reach", _("Choose who reads you by default.")),)
    given = replace(given, reach=form.get("reach"), shares=form.get("shares") == "yes")
    if given.reach == Reach.PARTNERS and form.get("shares") == "no":
        given = replace(given, reach=Reach.COMMUNITY.value)
    return given, ()


async def _fourth(request: web.Request, given: Answers, form: Form) -> tuple[Answers, Errors]:
    """The membership agreement, unticked, and the community's question where it asks one."""
    _ = gettext_for(request[LANGUAGE])
    given = replace(given, answer=form.get("answer")[:ANSWER_LIMIT].strip())
    errors = []
    if _waits(request, given) and not given.answer:
        errors.append(FieldError("answer", _("Write a few words for the team.")))
    if not form.has("agree"):
        errors.append(FieldError("agree", _("To become a member, tick this box. Without it, nothing of you is kept.")))
    return given, tuple(errors)


#: What each step checks.
CHECKS = {1: _first, 2: _second, 3: _third, 4: _fourth}


def _must_ask(given: Answers) -> bool:
    """Whether C5 has to be asked before going on."""
    return given.reach == Reach.PARTNERS and not given.shares


async def _create(request: web.Request, given: Answers) -> web.Response:
    """The account. Somebody may have taken the name meanwhile: then back to the first step, with everything kept."""
    if not (emails.normal(given.email) and given.done >= STEPS - 1):
        return see(f"/join/{min(given.done + 1, STEPS)}")
    _, settings = gettext_for(request[LANGUAGE]), request.app[SETTINGS]
    if fault := await names.fault(given.name, _):
        return await _keep(request, _page(request, 1, given, (FieldError("name", fault),)), replace(given, done=0))
    request.app[LIMITS].take("mail_client", client(request))
    request.app[LIMITS].take("mail_address", digest(given.email))
    waits = _waits(request, given)
    member = await accounts.create(settings.origin, Newcomer(
        name=given.name, key=given.key, email=given.email, password_hash=given.password_hash, language=request[LANGUAGE],
        state=MemberState.WAITING if waits else MemberState.ACTIVE, situation=given.situation,
        answer=given.answer if waits else "", more={} if given.invitation else {"newcomer_since": clock.now()},
        default_reach=Reach(given.reach or Reach.COMMUNITY),
        consents=(Purpose.MEMBERSHIP, Purpose.SHARED_OUT) if given.shares else (Purpose.MEMBERSHIP,)),
        invitation=given.invitation)
    response = see("/join/wait") if waits else await let_in(request, member, "/welcome")
    sessions.set_cookie(response, settings, sealed.COOKIE, "", 0)
    return response


def _page(request: web.Request, step: int, given: Answers, errors: Errors = (), *, asks: bool = False) -> web.Response:
    """One step, filled with what is known."""
    lang, community = request[LANGUAGE], request.app[COMMUNITY].row
    _ = gettext_for(lang)
    return render.page(
        request, f"join{step}.html", status=422 if errors else 200, here="join", errors=errors, given=given, step=step,
        steps=STEPS,
        rules=rules_of(community, lang), situations=_situations(_, given.situation), reaches=_reach_options(request, given),
        asks=asks and step == 3, sharing=consents.words(Purpose.SHARED_OUT, lang, community),
        agreement=consents.words(Purpose.MEMBERSHIP, lang, community), condition=community.condition_in(lang),
        question=_question(request) if _waits(request, given) else "", waits=_waits(request, given), answer_limit=ANSWER_LIMIT)


def _situations(_: Words, chosen: str) -> tuple[Option, ...]:
    named = (
        ("patient", _("I live with the condition"), _("Or a doctor has told you so")),
        ("parent", _("I am the parent of a child who has it"), ""),
        ("carer", _("I am close to somebody who has it"), _("Partner, friend, brother, sister, carer")),
        ("searching", _("I am looking for a diagnosis"), _("You have signs, but no answer yet")),
        ("professional", _("I care for people or do research"), ""),
        ("unsaid", _("I would rather not say"), ""),
    )
    return tuple(Option(value=value, title=title, hint=hint, checked=value == chosen) for value, title, hint in named)


def _reaches(community: Community) -> tuple[Reach, ...]:
    """What a default can be: never the web, and nothing wider than the host allows."""
    return tuple(reach for reach in (Reach.ME, Reach.COMMUNITY, Reach.PARTNERS) if reach.level <= community.ceiling.level)


def _reach_options(request: web.Request, given: Answers) -> tuple[Option, ...]:
    _ = gettext_for(request[LANGUAGE])
    hints = {
        Reach.ME: _("You open each message yourself when you are ready."),
        Reach.COMMUNITY: _("Members of this community. Nothing leaves this server."),
        Reach.PARTNERS: _("Members of communities that signed the same charter. Copies are kept on their servers."),
    }
    chosen = given.reach or Reach.COMMUNITY
    return tuple(Option(value=reach.value, title=reach_name(reach, _), hint=hints[reach], checked=reach == chosen)
                 for reach in _reaches(request.app[COMMUNITY].row))


def _question(request: web.Request) -> str:
    _, home = gettext_for(request[LANGUAGE]), request.app[COMMUNITY]
    return home.text(home.row.question, request[LANGUAGE]) or _("What brings you here? A few words are enough.")


def _waits(request: web.Request, given: Answers) -> bool:
    """Whether the team has to say yes first; whoever it invited has that yes already."""
    return request.app[COMMUNITY].row.sign_up is SignUp.APPROVAL and not given.invitation


def _may_join(request: web.Request, given: Answers) -> bool:
    community = request.app[COMMUNITY].row
    if community.opened_at is None or community.sign_up is SignUp.CLOSED:
        return False
    return bool(given.invitation) or community.sign_up in (SignUp.OPEN, SignUp.APPROVAL)


async def _is_usable(invitation: str) -> bool:
    try:
        return bool(await invitations.find(invitation))
    except LinkSpent:
        return False


async def _read(request: web.Request) -> Answers:
    cookie = request.cookies.get(sessions.cookie_name(request.app[SETTINGS], sealed.COOKIE), "")
    given = sealed.unseal(cookie, await sealed.sealer(request.app[COMMUNITY].instance))
    if given.invitation and not await _is_usable(given.invitation):
        return replace(given, invitation="")
    return given


async def _go(request: web.Request, given: Answers, step: int) -> web.Response:
    return await _keep(request, see(f"/join/{step}"), given)


async def _keep(request: web.Request, response: web.Response, given: Answers) -> web.Response:
    value = sealed.seal(given, await sealed.sealer(request.app[COMMUNITY].instance))
    sessions.set_cookie(response, request.app[SETTINGS], sealed.COOKIE, value, sealed.KEPT_SECONDS)
    return response
