"""Reads what was typed into the composer, keeps it, and says what is missing."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from federation import resolve
from models import Actor, Attachment, Member, Post
from models.errors import CommunityError
from models.post import About, Note, Voice
from models.reach import Reach
from moderation.visibility import Viewer, visible_to
from server.actions import people
from server.actions.drafts import Typed
from server.actions.posts import DESCRIPTION_LIMIT_CHARACTERS, IMAGES_LIMIT, TEXT_LIMIT_CHARACTERS, Composition
from server.display import audiences, poll_form
from server.entrance.forms import Form
from server.keys import COMMUNITY, FORM, INSTANCE, LANGUAGE, LIMITS, MEDIA, MEMBER, SETTINGS
from server.pictures.media import BadImage, receive
from server.views import FieldError
from server.words.language import Words, gettext_for, number
from server.words.wording import note_name

RECIPIENTS_LIMIT = 20
WARNING_LIMIT_CHARACTERS = 200
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was typed, as rows and values; `errors` tells what keeps it from being sent."""

    reach: Reach
    parent: Post | None
    recipients: tuple[Actor, ...]
    images: tuple[Attachment, ...]
    errors: tuple[FieldError, ...] = ()
    quoted: Post | None = None


def read(form: Form) -> Typed:
    """The fields of the form. An image whose button "remove" was pressed is left out."""
    kept = [key for key in form.all("image")[:IMAGES_LIMIT] if not form.has(f"remove-{key}")]
    return Typed(
        text=form.get("text"), reach=form.text("reach"), voice=form.text("voice"), note=form.text("note"),
        warning=form.text("warning", WARNING_LIMIT_CHARACTERS), language=form.text("language", 20), reply=form.text("reply", 30),
        quote="" if form.has("unquote") else form.text("quote", 30),
        to=form.text("to", 2000), about=form.text("about", 20), agrees=form.text("agrees", 1), body=form.text("body", 1),
        **poll_form.read(form),
        images=tuple((key, form.get(f"alt-{key}")[:DESCRIPTION_LIMIT_CHARACTERS]) for key in kept))


async def take_files(request: web.Request, typed: Typed) -> tuple[Typed, list[FieldError]]:
    """Keep uploaded images at once, so that no later mistake loses them. Only the first IMAGES_LIMIT in all."""
    _ = gettext_for(request[LANGUAGE])
    images, errors = list(typed.images), list[FieldError]()
    only = request[FORM].get("alt-new") if len(request[FORM].files) == 1 else ""  # one description fits one image
    for upload in request[FORM].files:
        if len(images) >= IMAGES_LIMIT:
            errors.append(FieldError("files", _("At most %(limit)s images go with one message.", limit=IMAGES_LIMIT)))
            break
        request.app[LIMITS].take("upload", request[MEMBER].actor.key)
        try:
            image = await receive(request.app[MEDIA], request[MEMBER].actor, upload.file)
            images.append((image.key, only[:DESCRIPTION_LIMIT_CHARACTERS]))
        except BadImage as error:
            errors.append(FieldError("files", _(error.safe)))
    return replace(typed, images=tuple(images)), errors


async def check(request: web.Request, typed: Typed) -> Checked:
    """Look at every field; all errors at once, in the order of the page."""
    member, _ = request[MEMBER], gettext_for(request[LANGUAGE])
    errors = text_errors(typed, request[LANGUAGE]) + poll_form.errors(typed, request[LANGUAGE])
    parent, quoted = await _seen(member, typed.reply), await _seen(member, typed.quote)
    if typed.reply and parent is None:
        errors.append(FieldError("text", _("The message you answer is no longer visible to you. Your text is kept.")))
    if typed.quote and quoted is None:
        errors.append(FieldError("quote", _("The message you quote is no longer visible to you. Your text is kept.")))
    if quoted and not audiences.allowed(request.app[COMMUNITY].row, parent, quoted):
        errors.append(FieldError("quote", _("refused.quoted_for_few")))
        quoted = None
    reach = _reach(request, typed, parent, quoted)
    if typed.reach not in ("", reach):
        errors.append(FieldError("reach", _("Choose who will read it.")))
    recipients, wrong = await _circle(request, typed, reach, parent)
    return Checked(reach, parent, recipients, await own_images(member.actor, typed), (*errors, *wrong), quoted)


def _reach(request: web.Request, typed: Typed, parent: Post | None, quoted: Post | None) -> Reach:
    """What was chosen, if it may be, else the suggestion."""
    community = request.app[COMMUNITY].row
    allowed = audiences.allowed(community, parent, quoted)
    suggested = audiences.suggested(request[MEMBER], community, parent)
    wanted = [reach for reach in (typed.reach, suggested, *allowed) if reach in allowed]
    return Reach(wanted[0]) if wanted else suggested


async def _circle(request: web.Request, typed: Typed, reach: Reach,
                  parent: Post | None) -> tuple[tuple[Actor, ...], list[FieldError]]:
    """The people named for a circle. An answer within a circle needs none: it goes to those who are in it."""
    _ = gettext_for(request[LANGUAGE])
    if reach is not Reach.CIRCLE or (parent and parent.reach is Reach.CIRCLE):
        return (), []
    recipients, unknown = await _recipients(request, typed.to)
    errors = [FieldError("to", _("We know nobody with the member address %(address)s.", address=address)) for address in unknown]
    if not recipients and not unknown and parent is None:
        errors.append(FieldError("to", _("Name at least one person who may read this message.")))
    return recipients, errors


def text_errors(typed: Typed, lang: str) -> list[FieldError]:
    """What is wrong with the text."""
    _ = gettext_for(lang)
    if not typed.text.strip() and not typed.images:
        return [FieldError("text", _("Write something first, or add an image."))]
    if len(typed.text) > TEXT_LIMIT_CHARACTERS:
        count, limit = number(len(typed.text), lang), number(TEXT_LIMIT_CHARACTERS, lang)
        return [FieldError("text", _("Your message has %(count)s characters. At most %(limit)s fit. Shorten it or make it two.",
                                     count=count, limit=limit))]
    return []


def composition(typed: Typed, checked: Checked, member: Member, undo_limit_seconds: int, _: Words) -> Composition:
    """What is published. A note for oneself is not held: there is nobody to take it back from."""
    return Composition(
        text=typed.text.strip(), reach=checked.reach, voice=voice_of(typed), note=note_of(typed), warning=warning_of(typed, _),
        language=language_of(typed), parent=checked.parent, quoted=checked.quoted, recipients=checked.recipients,
        attachments=checked.images,
        undo_seconds=0 if checked.reach is Reach.ME else min(member.undo_seconds, undo_limit_seconds),
        is_sensitive=bool(note_of(typed) or typed.warning), poll=poll_form.asked(typed),
        about=about_of(typed), about_agrees=bool(typed.agrees), shows_body=bool(typed.body))


def about_of(typed: Typed) -> About:
    """About whom it is, or that it was not said."""
    return About(typed.about) if typed.about in list(About) else About.UNSAID


def voice_of(typed: Typed) -> Voice:
    """The voice that was chosen, or none."""
    return Voice(typed.voice) if typed.voice in list(Voice) else Voice.NONE


def note_of(typed: Typed) -> Note:
    """The topic of the content note, or none."""
    return Note(typed.note) if typed.note in list(Note) else Note.NONE


def warning_of(typed: Typed, _: Words) -> str:
    """The content note in words: those of the member, else the name of the topic, because peers know no topics."""
    return typed.warning or note_name(note_of(typed), _)


def language_of(typed: Typed) -> str:
    """The language tag that was chosen (BCP 47), or nothing."""
    return typed.language if _LANGUAGE.fullmatch(typed.language) else ""


async def own_images(owner: Actor, typed: Typed) -> tuple[Attachment, ...]:
    """The uploads among the typed keys that are this member's and in no message yet, with the descriptions as typed."""
    found = {image.key: image for image in await Attachment.filter(
        owner_id=owner.id, key__in=[key for key, _ in typed.images] or [""], post_id__isnull=True)}
    for key, description in typed.images:
        if key in found:
            found[key].description = description
    return tuple(found[key] for key, _ in typed.images if key in found)


async def _seen(member: Member, key: str) -> Post | None:
    if not key:
        return None
    return await Post.filter(visible_to(Viewer.member(member.actor)), key=key).select_related("author").first()


async def _recipients(request: web.Request, typed: str) -> tuple[tuple[Actor, ...], Sequence[str]]:
    """The people of a circle, and the addresses that nobody has. Strangers on partner servers are looked up there."""
    origin, addresses = request.app[SETTINGS].origin, re.findall(r"[^\s,;]+", typed)[:RECIPIENTS_LIMIT]
    found = await people.known(addresses, origin)
    for address in addresses:
        name, host = people.split_address(address, origin)
        if address in found or not host:
            continue
        request.app[LIMITS].take("look_up", request[MEMBER].actor.key)
        try:
            found[address] = await resolve.actor_at(request.app[INSTANCE], f"{name}@{host}")
        except CommunityError:  # of theirs or of the network: to the writer both mean that nobody is there
            continue
    chosen = {actor.id: actor for actor in found.values() if actor.id != request[MEMBER].actor_id}
    return tuple(chosen.values()), [address for address in addresses if address not in found]
