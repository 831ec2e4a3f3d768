"""Writing a message, and what is kept for later."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from models import Actor, Draft, Post
from models.badge import BadgeKind
from models.post import About, Note, Voice
from models.reach import Reach
from moderation import asking, hosts
from server.actions import crisis, drafts, posts
from server.actions.addressees import circle_of
from server.actions.drafts import Typed
from server.appearance import render
from server.display import audiences, cards, composer, poll_form
from server.display.composer import Checked
from server.doors import see
from server.entrance import acting
from server.entrance.forms import Form
from server.errors import Refused
from server.keys import COMMUNITY, FORM, LANGUAGE, LIMITS, MEDIA, MEMBER, SETTINGS
from server.members import personal_data
from server.pages import agreement
from server.views import AudienceOption, FieldError, ImageView, Option, PostView
from server.words.language import Words, gettext_for, name_of
from server.words.wording import about_name, beginning, note_name, voice_name

WRITTEN_IN = ("fr", "en", "de", "es", "it", "nl", "pt", "ar")
EXCERPT_CHARACTERS = 120
MORE = "more-choices"  # the button for more fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Compose:
    """Everything that the composer shows."""

    typed: Typed
    draft_key: str
    images: tuple[tuple[str, ImageView], ...]
    voices: tuple[Option, ...]
    notes: tuple[Option, ...]
    abouts: tuple[Option, ...]
    languages: tuple[Option, ...]
    audience: tuple[AudienceOption, ...]
    parent: PostView | None
    quoted: PostView | None
    asks_first: bool  # whom it answers, elsewhere, has to let the answer
    told_of_web: bool  # whom it answers hears of it only if it is for the web
    asks_names: bool  # for the people of a circle
    undo_seconds: int
    choices: tuple[str, ...] = ()  # of a question, with room for more
    ends: tuple[Option, ...] = ()
    hints: tuple[str, ...] = ()  # of server.members.personal_data
    agreement: str = ""  # the words of C5, when they must be read first
    is_taken_for_advice: bool = False  # the writer has the badge of a health professional

    @property
    def chosen(self) -> AudienceOption:
        """The audience that is marked."""
        return next((option for option in self.audience if option.checked), self.audience[0])


async def show(request: web.Request) -> web.Response:
    """GET /compose?reply=key&to=@name&draft=key&quote=key: empty, an answer, to somebody, a draft taken up again, or a quote."""
    key = request.query.get("draft", "")[:30]
    if key:
        typed = Typed.of_form((await drafts.find(request[MEMBER].actor, key)).form)
    else:
        to = request.query.get("to", "")[:320]
        reply, reach = request.query.get("reply", "")[:30], Reach.CIRCLE if to else ""
        typed = Typed(reply=reply, to=to, reach=reach, language=request[LANGUAGE], quote=request.query.get("quote", "")[:30])
    checked = await composer.check(request, typed)
    return await _page(request, typed, replace(checked, errors=()), draft_key=key)


async def send(request: web.Request) -> web.Response:
    """POST /compose: publish, keep as a draft, or show again with what is missing. Nothing typed is ever lost."""
    form, member = request[FORM], request[MEMBER]
    key = form.text("draft-key", 30)
    typed, file_errors = await composer.take_files(request, composer.read(form))
    if form.has("draft"):
        await drafts.save(member.actor, typed, key)
        return see("/drafts")
    if covered := _pressed(form, "blur-"):
        draft = await drafts.save(member.actor, typed, key)
        return see(f"/images/{covered}/blur?draft={draft.key}")
    checked = await composer.check(request, typed)
    if form.has("attach") or form.has(MORE) or form.has("unquote") or _pressed(form, "remove-"):
        return await _page(request, typed, replace(checked, errors=tuple(file_errors)), draft_key=key)
    errors = (*file_errors, *checked.errors)
    if errors:
        return await _page(request, typed, replace(checked, errors=errors), draft_key=key, status=422)
    hints = personal_data.found_in(typed.text) if checked.reach is not Reach.ME else ()
    if hints and not form.has("anyway"):
        return await _page(request, typed, checked, draft_key=key, hints=hints)
    return await _publish(request, typed, checked, key)


def _pressed(form: Form, button: str) -> str:
    """The key of the image whose button this was, or nothing."""
    return next((name.removeprefix(button)[:22] for name in form.fields if name.startswith(button)), "")


async def _publish(request: web.Request, typed: Typed, checked: Checked, key: str) -> web.Response:
    form, member, _ = request[FORM], request[MEMBER], gettext_for(request[LANGUAGE])
    if form.text("c5") == "no":
        said = FieldError("reach", _("Nothing has left. Choose a smaller audience, or keep your message as a draft."))
        return await _page(request, typed, replace(checked, errors=(said,)), draft_key=key)
    if form.text("c5") == "yes":
        await agreement.give(request)
    request.app[LIMITS].take("post", member.actor.key)
    settings = request.app[SETTINGS]
    try:
        guardian, tie = acting.writer(request)
        written = replace(composer.composition(typed, checked, member, settings.undo_seconds, _), written_by=guardian,
                          written_as=tie)
        post = await posts.publish(member.actor, written, settings.origin)
    except (Refused, posts.NobodyNamed) as refused:
        if refused.safe == agreement.NEEDED:
            return await _page(request, typed, checked, draft_key=key, words=agreement.question(request))
        said = FieldError("to" if checked.reach is Reach.CIRCLE else "reach", _(refused.safe))
        return await _page(request, typed, replace(checked, errors=(said,)), draft_key=key, status=refused.status)
    await drafts.sent(member.actor, key)
    return see(f"/m/{post.key}?{'care=1' if crisis.speaks_of_danger(post) else 'said=written'}")


async def form_for(request: web.Request, typed: Typed, checked: Checked, *, draft_key: str = "", hints: Sequence[str] = (),
                   words: str = "") -> Compose:
    """The composer's view, filled with what was typed."""
    member, lang, community = request[MEMBER], request[LANGUAGE], request.app[COMMUNITY].row
    _ = gettext_for(lang)
    parent, recipients = checked.parent, list(checked.recipients)
    is_circle = parent is not None and parent.reach is Reach.CIRCLE
    if parent and is_circle:
        recipients = [actor for actor in await circle_of(parent) if actor.id != member.actor_id]
    answered, quoted = [await cards.posts([cards.Entry(one)], member, _, with_hidden=True) if one else []
                        for one in (parent, checked.quoted)]
    return Compose(
        typed=typed, draft_key=draft_key, images=tuple((image.key, cards.image_view(image)) for image in checked.images),
        voices=voices(typed, _), notes=notes(typed, _), abouts=abouts(typed, _),
        languages=_languages(typed, member.language or lang, lang),
        audience=await audiences.options(member.actor, community, checked.reach, parent, recipients, _, lang, checked.quoted),
        parent=next(iter(answered), None), quoted=next(iter(quoted), None),
        asks_first=_asks_first(member.actor, parent), told_of_web=await _told_of_web(parent),
        asks_names=not is_circle and checked.quoted is None,
        choices=poll_form.fields(typed, FORM in request and request[FORM].has(MORE)), ends=poll_form.ends(typed, _),
        undo_seconds=min(member.undo_seconds, request.app[SETTINGS].undo_seconds), hints=tuple(hints), agreement=words,
        is_taken_for_advice=member.actor.badge == BadgeKind.HEALTH)


def _asks_first(author: Actor, parent: Post | None) -> bool:
    return parent is not None and parent.reach is not Reach.CIRCLE and asking.must_ask(author, parent, asking.REPLY)


async def _told_of_web(parent: Post | None) -> bool:
    return (parent is not None and not parent.author.is_local
            and not hosts.may_receive(await hosts.of(parent.author), Reach.PARTNERS))


def voices(typed: Typed, _: Words) -> tuple[Option, ...]:
    """The three voices to choose from."""
    return tuple(Option(value=voice, title=voice_name(voice, _), checked=typed.voice == voice) for voice in Voice if voice)


def notes(typed: Typed, _: Words) -> tuple[Option, ...]:
    """The topics of a content note to choose from, none first."""
    chosen = composer.note_of(typed)
    return (Option(value="", title=_("No content note"), checked=not chosen),
            *(Option(value=note, title=note_name(note, _), checked=note is chosen) for note in Note if note))


def abouts(typed: Typed, _: Words) -> tuple[Option, ...]:
    """About whom it can be. One speaks for oneself unless one says something else."""
    chosen = composer.about_of(typed) or About.ME
    hints = {About.SOMEONE_ELSE: _("If it tells of their health and they have not agreed, the team reads it first.")}
    return tuple(Option(value=about, title=about_name(about, _), hint=hints.get(about, ""), checked=about is chosen)
                 for about in About if about)


def _languages(typed: Typed, preferred: str, lang: str) -> tuple[Option, ...]:
    """The languages to choose from, the reader's own first, and the one that was typed."""
    chosen = composer.language_of(typed) or lang
    return tuple(Option(value=code, title=name_of(code, lang), checked=code == chosen)
                 for code in dict.fromkeys((lang, preferred, *WRITTEN_IN, chosen)))


async def _page(request: web.Request, typed: Typed, checked: Checked, *, draft_key: str, status: int = 200,
                hints: Sequence[str] = (), words: str = "") -> web.Response:
    compose = await form_for(request, typed, checked, draft_key=draft_key, hints=hints, words=words)
    return render.page(request, "compose.html", status=status, here="write", errors=checked.errors, compose=compose,
                       limit=posts.TEXT_LIMIT_CHARACTERS, is_paused=request[MEMBER].actor.frozen_at is not None)


@dataclass(frozen=True, slots=True)
class DraftView:
    """One line of the list of drafts."""

    key: str
    excerpt: str
    when: datetime
    images: int


async def show_drafts(request: web.Request) -> web.Response:
    """GET /drafts: what is kept, newest first."""
    kept = await Draft.filter(owner_id=request[MEMBER].actor_id).order_by("-edited_at", "-id").limit(drafts.DRAFTS_LIMIT)
    lines = [DraftView(draft.key, beginning(str(draft.form.get("text", "")), EXCERPT_CHARACTERS), draft.edited_at,
                       len(draft.form.get("images", []))) for draft in kept]
    return render.page(request, "drafts.html", here="write", drafts=lines)


async def discard(request: web.Request) -> web.Response:
    """POST /drafts/{key}/discard: erase a draft with its images."""
    await drafts.discard(await drafts.find(request[MEMBER].actor, request.match_info["key"]), request.app[MEDIA])
    return see("/drafts")
