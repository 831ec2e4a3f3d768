"""What can be done with one message."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from markupsafe import Markup

from models import Announce, Approval, Attachment, Delivery, Disclosure, Host, Like, Pin, Post, Revision
from models.delivery import DeliveryState
from models.stamp import StampKind
from server.actions import crisis, held, pins, posts, reactions, removal, votes
from server.actions.drafts import Typed
from server.appearance import render
from server.display import cards, composer
from server.doors import see
from server.entrance.forms import whole_number
from server.errors import Refused
from server.keys import FORM, LANGUAGE, LIMITS, MEDIA, MEMBER, SETTINGS
from server.pages import lookups
from server.pages.agreement import act_and_return
from server.pages.compose import notes, voices
from server.views import FieldError, ImageView
from server.words.language import Words, gettext_for

POLL_CHOICES_LIMIT = 100


async def thank(request: web.Request) -> web.Response:
    """POST /m/{key}/thanks: "thinking of you", or no longer."""
    post, actor = await lookups.post(request), request[MEMBER].actor
    request.app[LIMITS].take("act", actor.key)
    said = await Like.exists(actor=actor, post=post) or await Approval.exists(kind=StampKind.LIKE, actor=actor, post=post)
    act = reactions.take_thanks_back(actor, post) if said else reactions.thank(actor, post)
    return await act_and_return(request, act, f"/m/{post.key}", place=f"m-{post.key}")


async def pass_on(request: web.Request) -> web.Response:
    """POST /m/{key}/pass-on: pass on, or no longer."""
    post, actor = await lookups.post(request), request[MEMBER].actor
    request.app[LIMITS].take("act", actor.key)
    done = await Announce.exists(actor=actor, post=post) or await Approval.exists(kind=StampKind.ANNOUNCE, actor=actor, post=post)
    act = reactions.take_back(actor, post) if done else reactions.pass_on(actor, post)
    return await act_and_return(request, act, f"/m/{post.key}", place=f"m-{post.key}")


async def pin(request: web.Request) -> web.Response:
    """POST /m/{key}/pin: keep one's message on top of one's page, or no longer."""
    post, actor = await lookups.own_post(request), request[MEMBER].actor
    request.app[LIMITS].take("act", actor.key)
    act = pins.unpin(actor, post) if await Pin.exists(actor=actor, post=post) else pins.pin(actor, post)
    return await act_and_return(request, act, f"/m/{post.key}", place=f"m-{post.key}")


async def vote(request: web.Request) -> web.Response:
    """POST /m/{key}/vote: choose an answer to a question."""
    post, actor = await lookups.post(request), request[MEMBER].actor
    request.app[LIMITS].take("act", actor.key)
    typed = request[FORM].all("choice")[:POLL_CHOICES_LIMIT]
    places = [whole_number(one, POLL_CHOICES_LIMIT) for one in typed]
    return await act_and_return(request, votes.choose(actor, post, places), f"/m/{post.key}", [("choice", one) for one in typed],
                                place=f"m-{post.key}")


async def undo(request: web.Request) -> web.Response:
    """POST /m/{key}/undo: call a held message back and go on writing it."""
    draft = await held.undo(await lookups.own_post(request))
    return see(f"/compose?draft={draft.key}")


async def send_now(request: web.Request) -> web.Response:
    """POST /m/{key}/send-now: do not wait for the time of undoing."""
    post = await lookups.own_post(request)
    await held.send_now(post)
    return see(f"/m/{post.key}?said=left")


async def ask_delete(request: web.Request) -> web.Response:
    """GET /m/{key}/delete: what erasing will do, and where copies are."""
    post = await lookups.own_post(request)
    _ = gettext_for(request[LANGUAGE])
    card = await cards.posts([cards.Entry(post)], request[MEMBER], _, with_hidden=True)
    return render.page(request, "delete.html", post=card[0], copies=await copies_of(post, _))


async def delete(request: web.Request) -> web.Response:
    """POST /m/{key}/delete: erase it, here at once and elsewhere by asking."""
    await removal.delete(await lookups.own_post(request), request.app[MEDIA])
    return see("/home?said=erased")


@dataclass(frozen=True, slots=True)
class CopyView:
    """One server that has, or was to get, a copy."""

    name: str
    state: str
    when: datetime | None


async def show_copies(request: web.Request) -> web.Response:
    """GET /m/{key}/copies: for its author, who received the message."""
    post = await lookups.own_post(request)
    _ = gettext_for(request[LANGUAGE])
    card = await cards.posts([cards.Entry(post)], request[MEMBER], _, with_hidden=True)
    return render.page(request, "copies.html", post=card[0], copies=await copies_of(post, _))


async def copies_of(post: Post, _: Words) -> list[CopyView]:
    """The ledger first; then deliveries on their way to servers that have nothing yet."""
    told = await Disclosure.filter(object_uri=post.uri).order_by("host")
    known = {row.host for row in told}
    sent = {row.host: row for row in await Delivery.filter(object_uri=post.uri).order_by("id") if row.host not in known}
    titles = {host.name: host.title or host.name for host in await Host.filter(name__in=known | sent.keys() or {""})}
    words = {DeliveryState.WAITING: _("On its way"), DeliveryState.DONE: _("Has a copy"),
             DeliveryState.FAILED: _("Could not be delivered")}
    return [*(_kept(row, titles.get(row.host, row.host), _) for row in told),
            *(CopyView(titles.get(row.host, row.host), words[row.state], row.done_at) for row in sent.values())]


def _kept(row: Disclosure, name: str, _: Words) -> CopyView:
    if row.ended_at:
        return CopyView(name, _("This server says that it has erased its copy"), row.ended_at)
    return CopyView(name, _("Has a copy"), row.last_at)


@dataclass(frozen=True, slots=True)
class RevisionView:
    """What a message said until an edit."""

    html: Markup
    warning: str
    when: datetime


async def show_history(request: web.Request) -> web.Response:
    """GET /m/{key}/history: what it said before, for everyone who sees the message."""
    post = await lookups.post(request)
    card = await cards.posts([cards.Entry(post)], request.get(MEMBER), gettext_for(request[LANGUAGE]), with_hidden=True)
    rows = await Revision.filter(post=post).order_by("-id").limit(50)
    revisions = [RevisionView(Markup(row.html), row.warning, row.written_at) for row in rows]  # noqa: S704 - cleaned when written
    return render.page(request, "history.html", post=card[0], key=post.key, revisions=revisions)


async def show_edit(request: web.Request) -> web.Response:
    """GET /m/{key}/edit. A message that is still held is called back instead."""
    post = await lookups.own_post(request)
    if cards.is_held(post) and not post.is_in_review:
        return see(f"/m/{post.key}")
    images = await Attachment.filter(post=post).order_by("position")
    typed = Typed(text=post.text, voice=post.voice, note=post.note, warning=post.warning, language=post.language,
                  images=tuple((image.key, image.description) for image in images))
    return _edit_page(request, post, typed, images)


async def edit(request: web.Request) -> web.Response:
    """POST /m/{key}/edit."""
    post = await lookups.own_post(request)
    if cards.is_held(post) and not post.is_in_review:
        return see(f"/m/{post.key}")
    typed, images = composer.read(request[FORM]), await Attachment.filter(post=post).order_by("position")
    if errors := composer.text_errors(typed, request[LANGUAGE]):
        return _edit_page(request, post, typed, images, errors=tuple(errors), status=422)
    request.app[LIMITS].take("post", request[MEMBER].actor.key)
    written = posts.Composition(
        text=typed.text.strip(), reach=post.reach, voice=composer.voice_of(typed), note=composer.note_of(typed),
        warning=composer.warning_of(typed, gettext_for(request[LANGUAGE])), language=composer.language_of(typed),
        is_sensitive=post.sensitive)
    try:
        await posts.edit(post, written, dict(typed.images), request.app[SETTINGS].origin)
    except Refused as refused:
        said = FieldError("text", gettext_for(request[LANGUAGE])(refused.safe))
        return _edit_page(request, post, typed, images, errors=(said,), status=refused.status)
    return see(f"/m/{post.key}?{'care=1' if crisis.speaks_of_danger(post) else 'said=changed'}")


def _edit_page(request: web.Request, post: Post, typed: Typed, images: Sequence[Attachment], *, errors: tuple[object, ...] = (),
               status: int = 200) -> web.Response:
    _ = gettext_for(request[LANGUAGE])
    alts: dict[str, str] = dict(typed.images)
    pictures: list[tuple[str, ImageView, str]] = [(image.key, cards.image_view(image), alts.get(image.key, image.description))
                                                  for image in images]
    return render.page(
        request, "edit.html", status=status, errors=errors, key=post.key, typed=typed, images=pictures, reach=post.reach.level,
        limit=posts.TEXT_LIMIT_CHARACTERS,
        voices=voices(typed, _), notes=notes(typed, _))
