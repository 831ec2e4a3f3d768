"""My profile: what I say about myself, for whom each line is, and how others see it."""
from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from markupsafe import Markup

from models import Actor
from models.consent import Purpose
from models.reach import Reach
from moderation import consent, lines
from server.actions import consents, profiles
from server.actions.profiles import ABOUT_LIMIT, LINE_LIMIT, LINE_NAME_LIMIT, NAME_LIMIT, Line, Profile
from server.appearance import render
from server.doors import see
from server.entrance.forms import Form
from server.keys import COMMUNITY, FORM, LANGUAGE, MEMBER, SETTINGS
from server.pages.settings import WRITTEN_LANGUAGES
from server.views import FieldError, Option
from server.words import profile_words
from server.words.language import Words, gettext_for, name_of
from server.words.wording import reach_name


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One more line in the form: its two fields, and who reads it."""

    name: str  # of the field, "line-1"
    typed: Line
    reaches: tuple[Option, ...]


async def show(request: web.Request) -> web.Response:
    """GET /settings/profile."""
    member = request[MEMBER]
    actor = member.actor
    found = bool(await consent.in_force(actor.id, Purpose.FOUND_HERE))
    return _page(request, Profile(
        display_name=actor.display_name, about=member.about, writes_in=actor.language or member.language,
        approves_followers=actor.approves_followers, found_here=found, lines=profiles.typed(actor),
        reaches={line: lines.reach_of(actor, line) for line in lines.LINES}))


async def save(request: web.Request) -> web.Response:
    """POST /settings/profile."""
    form, _, member = request[FORM], gettext_for(request[LANGUAGE]), request[MEMBER]
    typed = tuple(Line(form.text(f"{line}-name", LINE_NAME_LIMIT + 1), form.text(line, LINE_LIMIT + 1)) for line in lines.OTHERS)
    wanted = Profile(
        display_name=form.text("display_name", NAME_LIMIT + 1), about=form.get("about").strip(),
        writes_in=form.text("writes_in") if form.text("writes_in") in WRITTEN_LANGUAGES else "", lines=typed,
        approves_followers=form.has("approves_followers"), found_here=form.has("found_here"),
        reaches=_reaches(form, member.actor))
    errors = _faults(wanted, _)
    if _widened(wanted, member.actor) and not await consent.may_leave(member.actor_id):
        errors.append(FieldError("reach-about", _("For this, first say yes to copies on other servers, on the page My data.")))
    if errors:
        return _page(request, wanted, tuple(errors))
    await profiles.change(member, wanted, request[LANGUAGE], request.app[COMMUNITY].row, request.app[SETTINGS].origin)
    return see("/settings/profile?saved=1")


def _reaches(form: Form, actor: Actor) -> dict[str, Reach]:
    """Who reads each line, as chosen; what the form does not hold stays as it is."""
    known = {reach.value for reach in Reach}
    return {line: Reach(chosen) if (chosen := form.text(f"reach-{line}")) in known else lines.reach_of(actor, line)
            for line in lines.LINES}


def _widened(wanted: Profile, actor: Actor) -> bool:
    """Whether a line is to leave that did not."""
    beyond = (Reach.PARTNERS, Reach.WEB)
    return any(reach in beyond and lines.reach_of(actor, line) not in beyond for line, reach in wanted.reaches.items())


def _faults(wanted: Profile, _: Words) -> list[FieldError]:
    faults = []
    if len(wanted.display_name) > NAME_LIMIT:
        faults.append(FieldError("display_name", _("Choose a name of at most %(n)s characters.", n=NAME_LIMIT)))
    if len(wanted.about) > ABOUT_LIMIT:
        faults.append(FieldError("about", _("Write at most %(n)s characters.", n=ABOUT_LIMIT)))
    for line, one in zip(lines.OTHERS, wanted.lines or (), strict=True):
        if len(one.name) > LINE_NAME_LIMIT or len(one.text) > LINE_LIMIT:
            faults.append(FieldError(line, _("Write at most %(n)s characters.", n=LINE_LIMIT)))
        elif bool(one.name) is not bool(one.text):
            faults.append(FieldError(line, _("Write both what the line is about and what it says, or neither.")))
    return faults


def _page(request: web.Request, given: Profile, errors: tuple[FieldError, ...] = ()) -> web.Response:
    lang, community = request[LANGUAGE], request.app[COMMUNITY].row
    languages = tuple(Option(value=code, title=name_of(code, lang), checked=code == given.writes_in)
                      for code in WRITTEN_LANGUAGES)
    more = [LineView(name=line, typed=typed, reaches=_choices(request, given.reaches[line]))
            for line, typed in zip(lines.OTHERS, given.lines or (), strict=True)]
    return render.page(
        request, "settings_profile.html", status=422 if errors else 200, here="settings", errors=errors, given=given,
        address=request[MEMBER].actor.address, coat_seed=request[MEMBER].actor.key, languages=languages, about_limit=ABOUT_LIMIT,
        found_words=consents.words(Purpose.FOUND_HERE, lang, community), saved="saved" in request.query, more=more,
        line_words=consents.words(Purpose.FIELD, lang, community), about_reaches=_choices(request, given.reaches[lines.ABOUT]))


def _choices(request: web.Request, chosen: Reach) -> tuple[Option, ...]:
    _, ceiling = gettext_for(request[LANGUAGE]), request.app[COMMUNITY].row.ceiling
    return tuple(Option(value=reach.value, title=reach_name(reach, _), checked=reach is chosen)
                 for reach in Reach if reach.level <= ceiling.level)


def words_of(actor: Actor, readers: Reach, _: Words) -> tuple[Markup, tuple[tuple[str, Markup], ...]]:
    """What somebody says of themselves, as it goes into pages for these readers, the lines named in the language of the page."""
    told = lines.read_by(actor, readers, profile_words.titles(_))
    return Markup(told.about), tuple((name, Markup(value)) for name, value in told.details)  # noqa: S704 - cleaned when stored
