"""A Note or Question of a client as a message that may be published."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from federation import values
from federation.contexts import PUBLIC
from models import Actor, Attachment, Post, clock
from models.post import Voice
from models.reach import Reach
from server.actions.people import split_address
from server.actions.posts import TEXT_LIMIT_CHARACTERS, Composition
from server.api import writing
from server.api.arguments import BadInput
from server.api.client_to_server import activities, addressing
from server.api.client_to_server.activities import WRITABLE, Wanted
from server.api.client_to_server.addressing import Audience, UnknownAddressee
from server.api.client_to_server.markdown_of import markdown_of
from server.api.writing import AskPoll, PostStatus
from server.display.composer import WARNING_LIMIT_CHARACTERS
from server.keys import MEMBER, SETTINGS
from server.words.markdown import mentions_in

MARKDOWN = ("text/markdown", "text/plain")
OPTIONS_READ = 20
IMAGES_READ = 20
HTML_LIMIT_CHARACTERS = 20_000


async def composition(request: web.Request, wanted: Wanted) -> Composition:
    """What a Create would publish. Raises: BadInput, UnknownAddressee, NotHere."""
    member, note = request[MEMBER], wanted.thing
    check_kind(note)
    audience = await addressing.read(member.actor, wanted.document, note)
    parent = await activities.post_of(request, uri) if (uri := values.link(note.get("inReplyTo"))) else None
    text = await text_of(note)
    given = PostStatus(
        status=text, spoiler_text=warning_of(note), sensitive=note.get("sensitive") is True, language=language_of(note),
        media_ids=await _images(member.actor, note), in_reply_to_id=parent.id if parent else None, poll=_poll(note),
        dazzle_voice=_voice(note), **_reach(audience, wanted, note))
    written = await writing.composition(request.app, member, given)
    if audience.wanted is Reach.CIRCLE:
        return replace(written, reach=Reach.CIRCLE, recipients=audience.people, undo_seconds=min(
            member.undo_seconds, request.app[SETTINGS].undo_seconds))
    _check_named(audience, text, parent, request.app[SETTINGS].origin)
    return written


def check_kind(note: Mapping[str, Any]) -> None:
    """Raises: BadInput for what members here do not write."""
    if not set(values.many(note.get("type"), values.MAX_TYPES)) & WRITABLE:
        raise BadInput("object: a Note or a Question is written here")


async def text_of(note: Mapping[str, Any]) -> str:
    """The Markdown of a note: its `source`, or its HTML read back. Raises: BadInput."""
    source = note.get("source")
    if isinstance(source, dict) and source.get("mediaType") in MARKDOWN and isinstance(source.get("content"), str):
        return _short(source["content"])
    html = _short(_html(note), HTML_LIMIT_CHARACTERS)
    tags = values.objects(note.get("tag"), addressing.RECIPIENTS_LIMIT)
    hrefs = [values.link(tag.get("href")) or "" for tag in tags if tag.get("type") == "Mention"]
    named = await Actor.filter(Actor.present(), uri__in=hrefs or [""])
    return _short(markdown_of(html, {spelled: one.address for one in named for spelled in {one.uri, one.url or one.uri}}))


def _html(note: Mapping[str, Any]) -> str:
    """The content, or the first of its languages."""
    by_language = note.get("contentMap")
    html = note.get("content") or (next(iter(by_language.values()), "") if isinstance(by_language, dict) else "") or ""
    if not isinstance(html, str):
        raise BadInput("content: must be a text")
    return html


def _short(text: str, limit: int = TEXT_LIMIT_CHARACTERS) -> str:
    if len(text) > limit:
        raise BadInput(f"content: at most {limit} characters")
    return text.replace("\0", "").strip()


def warning_of(note: Mapping[str, Any]) -> str:
    """The summary, as far as it fits."""
    return (values.text(note.get("summary"), WARNING_LIMIT_CHARACTERS) or "").replace("\0", "")


def language_of(note: Mapping[str, Any]) -> str:
    """The one language of `contentMap`, or nothing."""
    by_language = note.get("contentMap")
    return str(next(iter(by_language))) if isinstance(by_language, dict) and len(by_language) == 1 else ""


def _voice(note: Mapping[str, Any]) -> Voice:
    return Voice(note["voice"]) if note.get("voice") in list(Voice) else Voice.NONE


def _reach(audience: Audience, wanted: Wanted, note: Mapping[str, Any]) -> dict[str, Any]:
    """As an app would say it. Names of our own (`partners`, the community's actor) are meant as they are, and refused where
    the member may not reach so far; Public and followers are as narrow as in apps that know four visibilities.
    """
    if audience.wanted is Reach.WEB:
        first = {uri for one in (wanted.document, note) for uri in values.audience(one.get("to"), addressing.RECIPIENTS_LIMIT)}
        return {"visibility": "public" if PUBLIC in first else "unlisted"}
    if audience.followers:
        return {"visibility": "private"}
    return {"dazzle_reach": Reach.ME if audience.wanted is Reach.CIRCLE else audience.wanted}


def _check_named(audience: Audience, text: str, parent: Post | None, origin: str) -> None:
    """A wider message reaches the people that its text names, and the one whom it answers; nobody else is added unseen."""
    named = {split_address(address, origin) for address in mentions_in(text)}
    for actor in audience.people:
        if (actor.name.lower(), actor.host) not in named and not (parent and parent.author_id == actor.id):
            raise UnknownAddressee("addressed, and not named in the text")


async def _images(owner: Actor, note: Mapping[str, Any]) -> list[int]:
    """Uploads of the member's own, by the address that the upload gave, in order. Raises: BadInput for anything else."""
    keys = [_key_of(item) for item in values.many(note.get("attachment"), IMAGES_READ)]
    found = dict(await Attachment.filter(owner=owner, key__in=keys or [""]).values_list("key", "id"))
    if any(key not in found for key in keys):
        raise BadInput("attachment: upload images first, and give the address that the upload answers")
    return [int(found[key]) for key in keys]


def _key_of(item: object) -> str:
    uri = values.link(item.get("url") if isinstance(item, dict) and "url" in item else item) or ""
    return urlsplit(uri).path.rpartition("/")[2]


def _poll(note: Mapping[str, Any]) -> AskPoll | None:
    for name, several in (("oneOf", False), ("anyOf", True)):
        if options := _names(values.objects(note.get(name), OPTIONS_READ)):
            ends = values.instant(note.get("endTime"), timedelta(days=400))
            seconds = round((ends - clock.now()).total_seconds()) if ends else 24 * 60 * 60
            return AskPoll(options=options, expires_in=max(0, seconds), multiple=several)
    return None


def _names(options: Iterable[Mapping[str, Any]]) -> list[str]:
    return [str(option.get("name", "")) for option in options]
