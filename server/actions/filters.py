"""Filters: the words and messages that a member would rather not read, and where."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import Actor, Filter, FilteredPost, FilterKeyword, Post
from models.database import in_transaction
from models.errors import CommunityError, NotHere

FILTERS_LIMIT = 50
KEYWORDS_LIMIT = 100
POSTS_LIMIT = 500
TITLE_LIMIT_CHARACTERS = 200


class Context(StrEnum):
    """Where a filter works."""

    HOME = "home"
    NOTIFICATIONS = "notifications"
    PUBLIC = "public"
    THREAD = "thread"
    ACCOUNT = "account"


class Treatment(StrEnum):
    """What a client does with a message that a filter has found."""

    WARN = "warn"
    HIDE = "hide"
    BLUR = "blur"


class TooManyFilters(CommunityError):
    """The member has as many filters, words or messages in them as there may be."""

    status = 422
    safe = "There are as many as fit. Remove one first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """Words to look for. With `id` a row that is there is meant; `is_gone` removes it."""

    keyword: str = ""
    whole_word: bool = False
    id: int = 0
    is_gone: bool = False


async def find(owner: Actor, id_: int) -> Filter:
    """A filter of this member; NotHere for anybody else's."""
    if found := await Filter.get_or_none(id=id_, owner=owner):
        return found
    raise NotHere("no such filter of theirs")


async def find_keyword(owner: Actor, id_: int) -> FilterKeyword:
    """A keyword of a filter of this member, with its filter; NotHere for anybody else's."""
    if found := await FilterKeyword.get_or_none(id=id_, rule__owner=owner).select_related("rule"):
        return found
    raise NotHere("no such keyword of theirs")


async def find_post(owner: Actor, id_: int) -> FilteredPost:
    """A message in a filter of this member; NotHere for anybody else's."""
    if found := await FilteredPost.get_or_none(id=id_, rule__owner=owner):
        return found
    raise NotHere("no such filtered message of theirs")


async def make(owner: Actor, title: str, contexts: Sequence[Context], action: Treatment, expires_at: datetime | None,
               keywords: Sequence[Keyword]) -> Filter:
    """A filter with its words. Raises TooManyFilters."""
    if await Filter.filter(owner=owner).count() >= FILTERS_LIMIT or len(keywords) > KEYWORDS_LIMIT:
        raise TooManyFilters("filters")
    async with in_transaction():
        row = await Filter.create(owner=owner, title=title, contexts=[str(one) for one in contexts], action=action,
                                  expires_at=expires_at)
        await FilterKeyword.bulk_create([FilterKeyword(rule=row, keyword=one.keyword, whole_word=one.whole_word)
                                         for one in keywords if one.keyword and not one.is_gone])
    return row


async def change(row: Filter, *, title: str, contexts: Sequence[Context], action: Treatment, expires_at: datetime | None,
                 keywords: Sequence[Keyword] = ()) -> None:
    """Other words, other places. Keywords that are not named stay. Raises NotHere (another filter's keyword), TooManyFilters."""
    async with in_transaction():
        row.title, row.contexts, row.action, row.expires_at = title, [str(one) for one in contexts], action, expires_at
        await row.save(update_fields=["title", "contexts", "action", "expires_at"])
        for one in keywords:
            await _change_keyword(row, one)


async def _change_keyword(row: Filter, wanted: Keyword) -> None:
    if not wanted.id:
        await add_keyword(row, wanted.keyword, whole_word=wanted.whole_word)
        return
    found = await FilterKeyword.get_or_none(id=wanted.id, rule=row)
    if found is None:
        raise NotHere("no such keyword in this filter")
    if wanted.is_gone:
        await found.delete()
    else:
        await change_keyword(found, wanted.keyword or found.keyword, whole_word=wanted.whole_word)


async def add_keyword(row: Filter, keyword: str, *, whole_word: bool) -> FilterKeyword:
    """One more word. Raises TooManyFilters."""
    if await FilterKeyword.filter(rule=row).count() >= KEYWORDS_LIMIT:
        raise TooManyFilters("keywords")
    return await FilterKeyword.create(rule=row, keyword=keyword, whole_word=whole_word)


async def change_keyword(row: FilterKeyword, keyword: str, *, whole_word: bool) -> None:
    """Other words."""
    row.keyword, row.whole_word = keyword, whole_word
    await row.save(update_fields=["keyword", "whole_word"])


async def add_post(row: Filter, post: Post) -> FilteredPost:
    """Hold back one message. Raises TooManyFilters."""
    if await FilteredPost.filter(rule=row).count() >= POSTS_LIMIT:
        raise TooManyFilters("posts")
    return (await FilteredPost.get_or_create(rule=row, post=post))[0]


async def drop_keyword(row: FilterKeyword) -> None:
    """One word less; a filter in which nothing is left goes too."""
    rule = row.rule
    async with in_transaction():
        await row.delete()
        if not await FilterKeyword.exists(rule=rule) and not await FilteredPost.exists(rule=rule):
            await rule.delete()
