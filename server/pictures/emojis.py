"""Small pictures in the text that other servers define: fetched by us, shown from here, named in words."""
from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from functools import partial
from types import MappingProxyType

from markupsafe import Markup

from federation.errors import FederationError
from federation.instance import Instance
from models import Actor, Emoji, Host, Post, Q, Subquery, clock
from moderation import markup
from server.pictures import fetching
from server.pictures.media import ACCEPT, BadImage, MediaStore

LIMIT_BYTES = 512 * 1024
FETCH_WAITS = (timedelta(), timedelta(minutes=1), timedelta(minutes=15))  # before each attempt, from when we learnt of it
SHOWN_IN_A_POST = 100
PICTURE = '<img class="emoji" src="/emoji/{}" alt="{}" loading="lazy" decoding="async">'
_NAME = re.compile(r":([\w.@+-]{1,100}):")
#: Tags, whole with their quoted attributes, so that only what stands between them is looked at.
_TAG = re.compile(r"(<(?:[^<>\"]|\"[^\"]*\")*>)")


async def of_posts(posts: Iterable[Post], people: Iterable[Actor] = (),
                   choices: Mapping[int, Iterable[str]] = MappingProxyType({})) -> dict[str, dict[str, str]]:
    """The pictures that these messages use, and the profiles of these people, and that are here: host -> name -> key.
    `choices`: the answers that they let choose, by id.
    """
    wanted: dict[str, set[str]] = {}
    for post in posts:
        words = " ".join([post.title, post.warning, post.html, post.author.display_name, *(post.translations or {}).values(),
                          *choices.get(post.id, ())])
        if post.author.host and (names := set(_NAME.findall(words))):
            wanted.setdefault(post.author.host, set()).update(names)
    for actor in people:
        if actor.host and (names := set(_NAME.findall(profile_words(actor)))):
            wanted.setdefault(actor.host, set()).update(names)
    return await _here(wanted)


def profile_words(actor: Actor) -> str:
    """Everything in a profile that may hold pictures."""
    return " ".join([actor.display_name, actor.summary, *(f"{one['name']} {one['value']}" for one in actor.details)])


async def of_names(actors: Iterable[Actor]) -> dict[str, dict[str, str]]:
    """The pictures that the names of these people use and that are here: host -> name -> key."""
    wanted: dict[str, set[str]] = {}
    for actor in actors:
        if actor.host and (names := set(_NAME.findall(actor.display_name))):
            wanted.setdefault(actor.host, set()).update(names)
    return await _here(wanted)


async def _here(wanted: Mapping[str, set[str]]) -> dict[str, dict[str, str]]:
    if not wanted:
        return {}
    which = Q(*(Q(host=host, name__in=names) for host, names in wanted.items()), join_type="OR")
    found: dict[str, dict[str, str]] = {}
    for emoji in await Emoji.filter(which, stored_at__isnull=False):
        found.setdefault(emoji.host, {})[emoji.name] = emoji.key
    return found


def shown(html: str, keys: Mapping[str, str]) -> str:
    """Cleaned HTML with its ":name:" as pictures, as far as they are here; the name is what is read aloud."""
    if not keys:
        return html
    left = SHOWN_IN_A_POST

    def picture(match: re.Match[str]) -> str:
        nonlocal left
        key = keys.get(match[1])
        if key is None or left == 0:
            return match[0]
        left -= 1
        return PICTURE.format(key, markup.escape(match[1]))
    return "".join(part if part.startswith("<") else _NAME.sub(picture, part) for part in _TAG.split(html))


def pictured(words: str, keys: Mapping[str, str]) -> Markup:
    """Words that are no HTML, escaped, with their pictures as far as they are here."""
    escaped = markup.escape(words)
    return Markup(shown(escaped, keys) if keys else escaped)  # noqa: S704 - escaped, and pictures of ours


def spoken(name: str) -> str:
    """A name without pictures, for titles of pages, buttons and what is read aloud; whole if nothing would be left."""
    return " ".join(_NAME.sub(" ", name).split()) or name if ":" in name else name


async def fetch_wanted(instance: Instance, store: MediaStore) -> int:
    """A job: bring in pictures, so that no reader's browser asks another server for one. Returns how many were looked for."""
    async def choose(sites: Collection[str], ids: Collection[int]) -> list[tuple[str, Emoji]]:
        now = clock.now()
        due = Q(*(Q(fetch_attempts=made, created_at__lte=now - wait) for made, wait in enumerate(FETCH_WAITS)), join_type="OR")
        dark = Subquery(Host.filter(Host.without_media()).values("name"))
        there = Emoji.filter(due, stored_at__isnull=True).exclude(host__in=dark)
        others = there.exclude(fetching.below("host", sites) | Q(id__in=list(ids) or [0]))
        return [(one.host, one) for one in await others.order_by("fetch_attempts", "id").limit(fetching.LANES)]

    return await fetching.fairly(choose, partial(_fetch, instance, store))


async def _fetch(instance: Instance, store: MediaStore, emoji: Emoji) -> None:
    await Emoji.filter(id=emoji.id).update(fetch_attempts=emoji.fetch_attempts + 1)
    try:
        answer = await instance.client.get(emoji.remote_uri, accept=ACCEPT, headers_for=instance.sign_get,
                                           limit_bytes=LIMIT_BYTES)
        with tempfile.TemporaryFile() as file:
            file.write(answer.body)
            file.seek(0)
            await store.store(file, emoji.key)
    except (FederationError, BadImage):
        return
    except OSError:  # of our disk: that was no attempt
        await Emoji.filter(id=emoji.id).update(fetch_attempts=emoji.fetch_attempts)
        raise
    await Emoji.filter(id=emoji.id).update(stored_at=clock.now())
