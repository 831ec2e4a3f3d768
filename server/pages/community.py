"""What the host decides about the community, and how it opens."""
from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aiohttp import web
from babel import Locale

from models import Community
from models.catalogue.hpo_files import UNDIAGNOSED
from models.community import SignUp
from models.consent import Purpose
from models.errors import NotHere
from models.member import LinkPurpose, MemberState, Role
from models.reach import Reach
from server.actions import accounts, charter, consents, links, names, sharing
from server.actions import conditions as serving
from server.actions.accounts import Newcomer
from server.appearance import render
from server.community.house import rules_of
from server.doors import see
from server.entrance.forms import Form
from server.keys import CATALOGUE, COMMUNITY, FORM, INSTANCE, LANGUAGE, LIMITS, MEMBER, PASSWORDS, SETTINGS
from server.members import emails
from server.pages import conditions
from server.pages.entry import client, let_in
from server.views import FieldError, Option
from server.words.language import LANGUAGES, Words, gettext_for
from server.words.wording import reach_name

LINE_LIMIT = 100  # characters
ABOUT_LIMIT = 5000
RULES_LIMIT = 10
RULE_LIMIT = 300
STEPS = 3  # of opening
Errors = tuple[FieldError, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What the host writes, in one language. Rules are one a line."""

    code: str
    tagline: str
    condition: str  # "": as it stands in the one line for all languages
    about: str
    rules: str
    question: str


async def show(request: web.Request) -> web.Response:
    """GET /admin/community."""
    return _page(request, _columns_of(request.app[COMMUNITY].row))


async def save(request: web.Request) -> web.Response:
    """POST /admin/community: save, or with `preview` only show the colour."""
    form = request[FORM]
    columns, errors = _read(form, gettext_for(request[LANGUAGE]))
    if errors or form.has("preview"):
        return _page(request, columns, errors, preview=columns["hue"])
    try:
        await _change(request, columns)
    except charter.NeedsCare:
        _ = gettext_for(request[LANGUAGE])
        fault = FieldError("association", _("If somebody else runs this place now, say so on the page Charter."))
        return _page(request, columns, (fault,))
    return see("/admin/community?saved=1")


async def _change(request: web.Request, columns: dict[str, Any]) -> None:
    before = request.app[COMMUNITY].row.ceiling
    await charter.change(request.app[INSTANCE], columns, request[MEMBER].actor, action="community.change")
    await request.app[COMMUNITY].load()
    if request.app[COMMUNITY].row.ceiling.level < before.level:
        await sharing.narrow_lines()


def _columns_of(row: Community) -> dict[str, Any]:
    names_ = ("name", "tagline", "condition", "condition_words", "about", "rules", "question", "association", "place", "country",
              "contact", "hue", "sign_up", "ceiling", "is_open_federation")
    return {name: getattr(row, name) for name in names_}


def _read(form: Form, _: Words) -> tuple[dict[str, Any], Errors]:
    """The columns that a form means, and what is wrong with them."""
    contact, hue = form.text("contact", 254), form.text("hue", 5)
    columns: dict[str, Any] = {
        **_facts(form), "place": form.text("place", 200), "contact": emails.normal(contact) or contact,
        "tagline": {code: form.text(f"tagline_{code}", LINE_LIMIT) for code in LANGUAGES},
        "condition_words": {code: form.text(f"condition_{code}", 200) for code in LANGUAGES},
        "about": {code: form.get(f"about_{code}").strip()[:ABOUT_LIMIT] for code in LANGUAGES},
        "question": {code: form.text(f"question_{code}", 300) for code in LANGUAGES},
        "rules": {code: _lines(form.get(f"rules_{code}")) for code in LANGUAGES},
        "sign_up": _member_of(SignUp, form.text("sign_up"), SignUp.INVITATION), "hue": _hue(hue),
        "ceiling": _member_of(Reach, form.text("ceiling"), Reach.PARTNERS), "is_open_federation": form.has("is_open_federation")}
    errors = list(_faults_of_facts(columns, _))
    if contact and not emails.normal(contact):
        errors.append(FieldError("contact", _("Write an email address such as name@example.org.")))
    if not (hue.isascii() and hue.isdecimal() and int(hue) < 360):
        errors.append(FieldError("hue", _("Choose a number from 0 to 359.")))
    return columns, tuple(errors)


def _facts(form: Form) -> dict[str, Any]:
    """What the community cannot be without."""
    return {"name": form.text("name", LINE_LIMIT), "condition": form.text("condition", 200),
            "association": form.text("association", 200), "country": form.text("country", 2).upper()}


def _faults_of_facts(columns: dict[str, Any], _: Words) -> Errors:
    wanted = {"name": _("Write the name of the community."), "condition": _("Write which condition this place is about."),
              "association": _("Write who runs this place.")}
    faults = [FieldError(field, text) for field, text in wanted.items() if not columns[field]]
    if columns["country"] not in dict(_countries("en")):
        faults.append(FieldError("country", _("Choose a country.")))
    return tuple(faults)


def _lines(text: str) -> list[str]:
    return [line.strip()[:RULE_LIMIT] for line in text.split("\n") if line.strip()][:RULES_LIMIT]


def _hue(text: str) -> int:
    return int(text) % 360 if text.isascii() and text.isdecimal() else 158


def _member_of(kind: type[Any], value: str, otherwise: Any) -> Any:
    return kind(value) if value in {one.value for one in kind} else otherwise


def _page(request: web.Request, given: dict[str, Any], errors: Errors = (), preview: int | None = None) -> web.Response:
    lang = request[LANGUAGE]
    _ = gettext_for(lang)
    texts = [Texts(code=code, tagline=given["tagline"].get(code, ""),
                   condition=(given["condition_words"] or {}).get(code, ""), about=given["about"].get(code, ""),
                   rules="\n".join(given["rules"].get(code) or (rules_of(Community(), code) if not given["rules"] else ())),
                   question=given["question"].get(code, "")) for code in LANGUAGES]
    more = {} if preview is None else {"palette_url": f"/theme.css?hue={preview}"}
    return render.page(
        request, "admin_community.html", status=422 if errors else 200, here="community", errors=errors, given=given, texts=texts,
        countries=_country_options(lang, given["country"]), sign_ups=_sign_ups(_, given["sign_up"]),
        ceilings=_ceilings(_, given["ceiling"]), saved="saved" in request.query and not errors, previewed=preview is not None,
        dev_peers=request.app[SETTINGS].dev_peers, **more)


def _sign_ups(_: Words, chosen: str) -> tuple[Option, ...]:
    named = {SignUp.CLOSED: _("Nobody"), SignUp.INVITATION: _("People with an invitation"),
             SignUp.APPROVAL: _("Anybody who answers a question and gets a yes from the team"), SignUp.OPEN: _("Anybody")}
    return tuple(Option(value=mode.value, title=title, checked=mode == chosen) for mode, title in named.items())


def _ceilings(_: Words, chosen: str) -> tuple[Option, ...]:
    wide = (Reach.COMMUNITY, Reach.PARTNERS, Reach.WEB)
    return tuple(Option(value=reach.value, title=reach_name(reach, _), checked=reach == chosen) for reach in wide)


@lru_cache(maxsize=4)
def _countries(lang: str) -> tuple[tuple[str, str], ...]:
    """Codes of ISO 3166-1 alpha-2 and their names, in the order of the names."""
    named = [(code, name) for code, name in Locale.parse(lang).territories.items()
             if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ"}]
    return tuple(sorted(named, key=lambda pair: unicodedata.normalize("NFKD", pair[1])))


def _country_options(lang: str, chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value=code, title=name, checked=code == chosen) for code, name in _countries(lang))


async def show_opening(request: web.Request) -> web.Response:
    """GET /open/{token}: first what the community is, then the conditions that it serves, then its first host."""
    await links.find(request.match_info["token"], LinkPurpose.OPEN)
    row, step = request.app[COMMUNITY].row, request.query.get("step")
    if step not in ("2", "3") or not (row.name and row.condition):
        return _opening(request, 1, _columns_of(row))
    return await _conditions(request, row.conditions or (), row.condition) if step == "2" else _opening(request, 3, {})


async def open_(request: web.Request) -> web.Response:
    """POST /open/{token}: the facts of the community; with `step=2` its conditions, with `step=3` the account that opens it."""
    request.app[LIMITS].take("join", client(request))
    token, form = request.match_info["token"], request[FORM]
    await links.find(token, LinkPurpose.OPEN)
    if request.app[COMMUNITY].row.opened_at is not None:
        raise NotHere("open already")
    match form.text("step"):
        case "3":
            return await _open_account(request, token)
        case "2":
            return await _open_conditions(request)
    return await _open_facts(request)


async def _open_facts(request: web.Request) -> web.Response:
    columns = _facts(request[FORM])
    if errors := _faults_of_facts(columns, gettext_for(request[LANGUAGE])):
        return _opening(request, 1, columns, errors)
    await request.app[COMMUNITY].row.change(**columns)
    await request.app[COMMUNITY].load()
    return see(f"{request.path}?step=2")


async def _open_conditions(request: web.Request) -> web.Response:
    """What is ticked, or with `search` a look into the catalogue. Nothing ticked is said later, under Conditions."""
    form, row = request[FORM], request.app[COMMUNITY].row
    codes = conditions.codes_of(form)
    if form.has("search"):
        return await _conditions(request, codes, form.text("q", 200))
    try:
        await serving.change(row, request.app[CATALOGUE], codes, None)
    except (serving.UnknownCondition, serving.TooMany) as error:
        return await _conditions(request, codes, "", (conditions.fault(error, gettext_for(request[LANGUAGE])),))
    await request.app[COMMUNITY].load()
    return see(f"{request.path}?step=3")


async def _conditions(request: web.Request, codes: Sequence[str], question: str, errors: Errors = ()) -> web.Response:
    shown = await conditions.options(request, codes, question, offered=(UNDIAGNOSED,))
    releases = await asyncio.to_thread(request.app[CATALOGUE].releases)
    return render.page(request, "open2.html", status=422 if errors else 200, errors=errors, path=request.path, steps=STEPS,
                       step=2, options=shown, question=question, releases=releases)


async def _open_account(request: web.Request, token: str) -> web.Response:
    form, _, passwords = request[FORM], gettext_for(request[LANGUAGE]), request.app[PASSWORDS]
    name, email, password = names.normal(form.text("name", 60)), form.text("email", 300), form.get("password")
    faults = {"name": await names.fault(name, _)}
    if not emails.normal(email):
        faults["email"] = _("Write an email address such as name@example.org.")
    if password:
        faults["password"] = await passwords.fault(password, [name, email], _)
    if not form.has("agree"):
        faults["agree"] = _("To become a member, tick this box. Without it, nothing of you is kept.")
    if errors := tuple(FieldError(field, fault) for field, fault in faults.items() if fault):
        return _opening(request, 3, {"name": name, "email": email}, errors)
    member = await accounts.create(request.app[SETTINGS].origin, Newcomer(
        name=name, email=emails.normal(email), password_hash=await passwords.hash(password) if password else "", role=Role.HOST,
        state=MemberState.ACTIVE, language=request[LANGUAGE]), opening=token)
    await request.app[COMMUNITY].load()
    return await let_in(request, member, "/admin/community")


def _opening(request: web.Request, step: int, given: dict[str, Any], errors: Errors = ()) -> web.Response:
    lang, community = request[LANGUAGE], request.app[COMMUNITY].row
    return render.page(
        request, f"open{step}.html", status=422 if errors else 200, errors=errors, given=given, path=request.path, steps=STEPS,
        step=step,
        countries=_country_options(lang, str(given.get("country", community.country))),
        agreement=consents.words(Purpose.MEMBERSHIP, lang, community))
