"""My profile, line by line: what others can find me by, for whom each line is, why it is asked, and how rare it is."""
from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from models import ProfileLine, clock
from models.catalogue.records import Release
from models.catalogue.search import Kind
from models.consent import Purpose
from models.errors import NotHere
from models.profile import TEXT_LENGTH, Value
from models.reach import Reach
from moderation import consent, counts, lines, profile_codes
from server.actions import consents, profile_lines
from server.appearance import render
from server.doors import see
from server.entrance import acting
from server.entrance.forms import Form
from server.keys import CATALOGUE, COMMUNITY, FORM, LANGUAGE, LIMITS, MEMBER
from server.members import rarity
from server.views import FieldError, Option
from server.words import profile_words
from server.words.language import Words, gettext_for
from server.words.wording import reach_name

FOUND_LIMIT = 10
OWN_LINES = 12
KINDS = {ProfileLine.CONDITION: Kind.CONDITION, ProfileLine.SIGNS: Kind.SIGN}
YEARS = (ProfileLine.FIRST_SIGNS, ProfileLine.DIAGNOSED)
TOGETHER = (ProfileLine.ROLE, ProfileLine.CONDITION, ProfileLine.PLACE, ProfileLine.AGE)  # what points at somebody in few steps


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line in the list."""

    line: str
    title: str
    text: str  # "": nothing said
    reach: Reach
    is_rare: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a form holds."""

    values: tuple[Value, ...]
    reach: Reach
    question: str = ""

    @property
    def codes(self) -> set[str]:
        """The codes among the values."""
        return {one.code for one in self.values if one.code}

    @property
    def own(self) -> str:
        """Words of one's own, one a line."""
        return "\n".join(one.text for one in self.values if not one.code)


async def show(request: web.Request) -> web.Response:
    """GET /settings/lines: every line with what it says and who reads it."""
    member, _ = request[MEMBER], gettext_for(request[LANGUAGE])
    said = await profile_lines.of(member.actor_id)
    views = [await _line(request, ProfileLine(line), said.get(ProfileLine(line), ()), _) for line in lines.VALUES]
    shown = [(line, one.code) for line in TOGETHER for one in said.get(line, ())[:1]
             if one.code and lines.reach_of(member.actor, line).level >= Reach.COMMUNITY.level]
    least = counts.Thresholds.of(request.app[COMMUNITY].row)
    return render.page(request, "settings_lines.html", here="settings", lines=views, saved="saved" in request.query,
                       least=least.outside, together=len(shown) > 1 and await rarity.is_rare(shown, least),
                       releases=await _releases(request) if said.keys() & KINDS.keys() else ())


async def show_one(request: web.Request) -> web.Response:
    """GET /settings/lines/{line}."""
    line = _named(request)
    said = (await profile_lines.of(request[MEMBER].actor_id)).get(line, ())
    return await _form(request, line, Typed(values=said, reach=lines.reach_of(request[MEMBER].actor, line)))


async def save(request: web.Request) -> web.Response:
    """POST /settings/lines/{line}: save; with `search`, look in the catalogue; with `check`, only say how rare it is."""
    line, form, member, _ = _named(request), request[FORM], request[MEMBER], gettext_for(request[LANGUAGE])
    typed = await _typed(request, line, form)
    if form.has("search") or form.has("check"):
        request.app[LIMITS].take("act", member.actor.key)
        return await _form(request, line, typed, asked=form.has("check"))
    errors, voice = await _faults(request, line, typed, _), acting.voice(request)
    try:
        if form.has("agrees") or typed.reach.level > lines.reach_of(member.actor, line).level:
            voice = acting.voice_of_yes(request)
    except acting.AskTheChild as error:
        errors += (FieldError("assent", _(error.safe)),)
    if errors:
        return await _form(request, line, typed, errors)
    shown = profile_words.title(line, _), profile_words.in_words(line, typed.values, _)
    await profile_lines.say(member, line, typed.values, shown, typed.reach, request[LANGUAGE], request.app[COMMUNITY].row,
                            year=clock.now().year, agrees=form.has("agrees"), voice=voice)
    return see("/settings/lines?saved=1")


def _named(request: web.Request) -> ProfileLine:
    try:
        return ProfileLine(request.match_info["line"])
    except ValueError:
        raise NotHere("no such line") from None


async def _typed(request: web.Request, line: ProfileLine, form: Form) -> Typed:
    """What was typed, in order: codes that are ticked, then words of one's own. Names of the catalogue are put to their codes."""
    codes = list(dict.fromkeys(code.strip()[:40] for code in form.all("code") if code.strip()))[:FOUND_LIMIT + 40]
    named = await _labels(request, line, codes)
    region = form.text("region", TEXT_LENGTH + 1) if line is ProfileLine.PLACE else ""
    own = [*form.all("picked"), *form.get("own").split("\n")]
    own = list(dict.fromkeys(" ".join(one.split()) for one in own if one.strip()))[:OWN_LINES]
    values = [Value(code, region or named.get(code, "")) for code in codes] + [Value("", text) for text in own]
    chosen = form.text("reach")
    reach = Reach(chosen) if chosen in {one.value for one in Reach} else lines.reach_of(request[MEMBER].actor, line)
    return Typed(values=tuple(values), reach=reach, question=form.text("q", 200))


async def _labels(request: web.Request, line: ProfileLine, codes: Sequence[str]) -> dict[str, str]:
    if line not in KINDS or not codes:
        return {}
    return await asyncio.to_thread(request.app[CATALOGUE].labels, codes, request[LANGUAGE])


async def _faults(request: web.Request, line: ProfileLine, typed: Typed, _: Words) -> tuple[FieldError, ...]:
    """What is wrong, in words that say what to do."""
    faults, limit = list[FieldError](), profile_codes.LIMITS[line]
    if len(typed.values) > limit:
        faults.append(FieldError("code", _("Choose at most %(n)s.", n=limit)))
    if any(len(one.text) > TEXT_LENGTH for one in typed.values):
        where = "region" if line is ProfileLine.PLACE else "own"
        faults.append(FieldError(where, _("Write at most %(n)s characters.", n=TEXT_LENGTH)))
    if not faults and not await _are_values(request, line, typed):
        faults.append(FieldError("code", _("Write a year, such as 2014, that is not in the future.") if line in YEARS
                                 else _("Choose from the list, or use words of your own.")))
    return (*faults, *(await _not_agreed(request, line, typed, _) if typed.values else ()))


async def _not_agreed(request: web.Request, line: ProfileLine, typed: Typed, _: Words) -> list[FieldError]:
    """What the member has to agree to first, before the line is kept, or leaves."""
    faults = list[FieldError]()
    need, me = lines.NEEDS.get(line), request[MEMBER].actor
    if need and not request[FORM].has("agrees") and not await consent.permits(me.id, need):
        faults.append(FieldError("agrees", _("This line is kept only if you agree. Tick the box, or leave the line empty.")))
    beyond = (Reach.PARTNERS, Reach.WEB)
    if typed.reach in beyond and lines.reach_of(me, line) not in beyond and not await consent.may_leave(me.id):
        faults.append(FieldError("reach", _("For this, first say yes to copies on other servers, on the page My data.")))
    return faults


async def _are_values(request: web.Request, line: ProfileLine, typed: Typed) -> bool:
    try:
        profile_lines.check(line, typed.values, clock.now().year)
    except profile_lines.BadValue:
        return False
    return line not in KINDS or all(one.text for one in typed.values)


async def _line(request: web.Request, line: ProfileLine, values: tuple[Value, ...], _: Words) -> LineView:
    reach = lines.reach_of(request[MEMBER].actor, line)
    return LineView(line=line, title=profile_words.title(line, _), text=profile_words.in_words(line, values, _), reach=reach,
                    is_rare=reach.level >= Reach.COMMUNITY.level and await _is_rare(request, line, values))


async def _is_rare(request: web.Request, line: ProfileLine, values: Sequence[Value]) -> bool:
    """Whether one of these values is said by few. Words of one's own are not compared, and count as rare."""
    if line in (ProfileLine.ASK_ME, ProfileLine.LANGUAGES) or not values:
        return False
    if any(not one.code for one in values):
        return True
    least = counts.Thresholds.of(request.app[COMMUNITY].row)
    return await rarity.is_rare([(line, one.code) for one in values[:5]], least)


async def _form(request: web.Request, line: ProfileLine, typed: Typed, errors: tuple[FieldError, ...] = (), *,
                asked: bool = False) -> web.Response:
    lang, community, me = request[LANGUAGE], request.app[COMMUNITY].row, request[MEMBER].actor
    _, need = gettext_for(lang), lines.NEEDS.get(line)
    is_agreed = need is None or bool(await consent.permits(me.id, need))
    reaches = tuple(Option(value=reach.value, title=reach_name(reach, _), checked=reach is typed.reach)
                    for reach in Reach if reach.level <= community.ceiling.level)
    return render.page(
        request, "settings_line.html", status=422 if errors else 200, here="settings", errors=errors, line=str(line),
        title=profile_words.title(line, _), why=profile_words.why(line, _), options=await _options(request, line, typed),
        asks_too=acting.asks_too(request), picker=line in KINDS, question=typed.question, own=typed.own,
        is_free=line in profile_codes.FREE,
        year=next(iter(typed.codes), "") if line in YEARS else None, region=_region(line, typed), reaches=reaches,
        picks=_picks(community.treatments, typed) if line is ProfileLine.TREATMENTS else (),
        agree_words="" if is_agreed or need is None else consents.words(need, lang, community),
        line_words=consents.words(Purpose.FIELD, lang, community), limit=profile_codes.LIMITS[line],
        least=counts.Thresholds.of(community).outside, asked=asked, is_rare=await _is_rare(request, line, typed.values),
        releases=await _releases(request) if line in KINDS else ())


def _region(line: ProfileLine, typed: Typed) -> str | None:
    return next((one.text for one in typed.values), "") if line is ProfileLine.PLACE else None


def _picks(offered: Sequence[str] | None, typed: Typed) -> tuple[Option, ...]:
    said = {one.text for one in typed.values}
    return tuple(Option(value=text, title=text, checked=text in said) for text in offered or ())


async def _options(request: web.Request, line: ProfileLine, typed: Typed) -> tuple[Option, ...]:
    """What can be ticked: what the line holds, what was found, or all there is."""
    _, known = gettext_for(request[LANGUAGE]), dict[str, str]()
    if line is ProfileLine.ROLE:
        known = dict(profile_words.roles(_))
    elif line is ProfileLine.AGE:
        known = dict(profile_words.ages(_))
    elif line is ProfileLine.LANGUAGES:
        known = dict(profile_words.languages(request[LANGUAGE]))
    elif line is ProfileLine.PLACE:
        known = dict(profile_words.countries(request[LANGUAGE]))
    if line not in KINDS:
        return tuple(Option(value=code, title=title, checked=code in typed.codes) for code, title in known.items())
    kept = [Option(value=one.code, title=one.text or one.code, checked=True) for one in typed.values if one.code]
    found = await asyncio.to_thread(request.app[CATALOGUE].search, typed.question, KINDS[line], request[LANGUAGE], FOUND_LIMIT)
    return (*kept, *(Option(value=one.code, title=one.label, hint=one.matched) for one in found if one.code not in typed.codes))


async def _releases(request: web.Request) -> list[Release]:
    return await asyncio.to_thread(request.app[CATALOGUE].releases)
