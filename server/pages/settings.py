"""The settings of a member, one subject a page; nothing changes before the button is pressed."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aiohttp import web

from models import Member
from models.consent import Purpose
from models.post import Note
from models.reach import Reach
from moderation import consent
from server.actions import consents, profiles, sharing
from server.appearance import render
from server.appearance.look import MODES, TEXT_SIZES, Look, local_path
from server.display import cards, sifting
from server.doors import see
from server.keys import COMMUNITY, FORM, LANGUAGE, MEMBER
from server.views import FieldError, Option
from server.words import event_times
from server.words.language import LANGUAGES, gettext_for, name_of
from server.words.wording import note_name, reach_name

UNDO_SECONDS = (0, 10, 30)
WRITTEN_LANGUAGES = ("fr", "en", "de", "es", "it", "pt", "nl", "pl", "ro", "ar", "tr", "uk")


async def show(request: web.Request) -> web.Response:
    """GET /settings: the list."""
    return render.page(request, "settings.html", here="settings")


async def audience(request: web.Request) -> web.Response:
    """GET /settings/audience."""
    return await _audience(request, request[MEMBER].default_reach.value, request[MEMBER].undo_seconds)


async def save_audience(request: web.Request) -> web.Response:
    """POST /settings/audience: the reach that new messages start with, and the time to undo."""
    form, member, _ = request[FORM], request[MEMBER], gettext_for(request[LANGUAGE])
    chosen, undo = form.text("reach"), form.text("undo")
    allowed = {reach.value for reach in _reaches(request)}
    errors = []
    if chosen not in allowed:
        errors.append(FieldError("reach", _("Choose who reads you by default.")))
    elif Reach(chosen).leaves and not await consent.may_leave(member.actor_id):
        errors.append(FieldError("reach", _("For this, first say yes to copies on other servers, further down.")))
    if undo not in map(str, UNDO_SECONDS):
        errors.append(FieldError("undo", _("Choose how long you can undo.")))
    if errors:
        return await _audience(request, chosen, int(undo) if undo.isdecimal() and undo.isascii() else 30, tuple(errors))
    await profiles.choose_audience(member, Reach(chosen), int(undo))
    await profiles.allow_quotes(member.actor, form.text("quotes") == "yes")
    return see("/settings/audience?saved=1")


async def share(request: web.Request) -> web.Response:
    """POST /settings/sharing: yes or no to C5."""
    wanted = request[FORM].text("c5") == "yes"
    await sharing.say(request[MEMBER], Purpose.SHARED_OUT, wanted, request[LANGUAGE], request.app[COMMUNITY].row)
    return see(f"/settings/audience?{'given' if wanted else 'taken'}=1")


def _reaches(request: web.Request) -> tuple[Reach, ...]:
    """What a default can be: the web is asked for each time."""
    ceiling = request.app[COMMUNITY].row.ceiling
    return tuple(reach for reach in (Reach.ME, Reach.COMMUNITY, Reach.PARTNERS) if reach.level <= ceiling.level)


def _quotes(request: web.Request) -> tuple[Option, ...]:
    """Nothing to choose where no message is for the whole web."""
    _, allowed = gettext_for(request[LANGUAGE]), request[MEMBER].actor.allows_quotes
    if request.app[COMMUNITY].row.ceiling is not Reach.WEB:
        return ()
    return (Option(value="no", title=_("Nobody"), checked=not allowed),
            Option(value="yes", title=_("Everybody who can read them"), checked=allowed))


async def _audience(request: web.Request, chosen: str, undo: int, errors: tuple[FieldError, ...] = ()) -> web.Response:
    _, member = gettext_for(request[LANGUAGE]), request[MEMBER]
    reaches = tuple(Option(value=reach.value, title=reach_name(reach, _), checked=reach == chosen) for reach in _reaches(request))
    times = tuple(Option(value=str(seconds), checked=seconds == undo, title=(
        _.ngettext("%(num)d second", "%(num)d seconds", seconds) if seconds else _("Not at all: messages leave at once")))
        for seconds in UNDO_SECONDS)
    agreed = await consent.may_leave(member.actor_id)
    return render.page(
        request, "settings_audience.html", status=422 if errors else 200, here="settings", errors=errors, reaches=reaches,
        times=times, quotes=_quotes(request),
        words=consents.words(Purpose.SHARED_OUT, request[LANGUAGE], request.app[COMMUNITY].row),
        agreed_at=agreed.created_at if agreed else None, saved=_saved(request), given="given" in request.query,
        taken="taken" in request.query)


async def reading(request: web.Request) -> web.Response:
    """GET /settings/reading: comfort, and what to do with each content note."""
    _, member = gettext_for(request[LANGUAGE]), request[MEMBER]
    look = Look.of(member.reading)
    modes = {"": _("As my device says"), "light": _("Light"), "dark": _("Dark")}
    kept = member.reading.get("notes")
    chosen = kept if isinstance(kept, dict) else {}
    ways = {cards.OPEN: _("Show"), cards.FOLD: _("Fold"), cards.HIDE: _("Hide")}
    notes = [(topic, title, tuple(Option(value=way, title=words, checked=chosen.get(topic, cards.FOLD) == way)
                                  for way, words in ways.items())) for topic, title in _topics(request)]
    return render.page(
        request, "settings_reading.html", here="settings", rest=look.rest, notes=notes, saved=_saved(request),
        month=await month(request),
        modes=tuple(Option(value=mode, title=modes[mode], checked=mode == look.mode) for mode in MODES),
        sizes=tuple(Option(value=str(size), title=f"{size} %", checked=size == look.text) for size in TEXT_SIZES))


async def save_reading(request: web.Request) -> web.Response:
    """POST /settings/reading."""
    form, member = request[FORM], request[MEMBER]
    look = Look.of({"rest": "1" if form.has("rest") else "", "mode": form.text("mode"), "text": form.text("text")})
    notes = {topic: form.text(f"note-{topic}") for topic, _ in _topics(request)}
    kept = {topic: way for topic, way in notes.items() if way in (cards.OPEN, cards.FOLD, cards.HIDE)}
    await member.read_like(**look.reading(), notes=kept)
    return see("/settings/reading?saved=1")


@dataclass(frozen=True, slots=True)
class MonthView:
    """What a newcomer is spared, in words, until which day, and whether they want that."""

    topics: tuple[str, ...]
    until: date
    is_on: bool


async def month(request: web.Request) -> MonthView | None:
    """For the first weeks of a member; nothing afterwards."""
    member, _ = request[MEMBER], gettext_for(request[LANGUAGE])
    if not (could := await sifting.spared(member, as_chosen=False)):
        return None
    topics = [note_name(note, _) for note in Note if note and note.value in could.notes]
    return MonthView((*topics, *(f"#{tag}" for tag in sorted(could.tags))), could.until.date(),
                     await sifting.spared(member) is not None)


async def spare(request: web.Request) -> web.Response:
    """POST /settings/spared: the first month without the hard subjects, or with them."""
    await sifting.choose(request[MEMBER], request[FORM].text("spared") == "yes")
    return see(local_path(request[FORM].text("back", 2000), "/settings/reading?saved=1"))


def _topics(request: web.Request) -> list[tuple[str, str]]:
    _ = gettext_for(request[LANGUAGE])
    named = [(note.value, note_name(note, _)) for note in Note if note is not Note.NONE]
    return [*named, (cards.NO_TOPIC, _("Marked as sensitive by its server"))]


async def language(request: web.Request) -> web.Response:
    """GET /settings/language: the language, whose form posts to /look, like the button on every page, and the time zone."""
    _, own = gettext_for(request[LANGUAGE]), cards.zone_of(request[MEMBER])
    choices = tuple(Option(value=code, title=name_of(code, code).capitalize(), checked=code == request[LANGUAGE])
                    for code in LANGUAGES)
    zones = (Option(value="", title=_("No place chosen"), checked=not own),
             *(Option(value=zone, title=title, checked=zone == own) for zone, title in event_times.choices(request[LANGUAGE])))
    return render.page(request, "settings_language.html", here="settings", choices=choices, zones=zones, saved=_saved(request))


async def save_zone(request: web.Request) -> web.Response:
    """POST /settings/language: by which clock the member lives."""
    zone = request[FORM].text("zone")
    known = zone in dict(event_times.choices(request[LANGUAGE]))
    await request[MEMBER].read_like(zone=zone if known else "")
    return see("/settings/language?saved=1")


def _saved(request: web.Request) -> bool:
    return "saved" in request.query


def known_by(member: Member) -> list[str]:
    """What a guesser would try first as this member's password."""
    return [member.actor.name, member.actor.display_name, member.email or member.new_email]
