"""Which messages of a page stay folded or out of sight for this reader: their own filters, and what newcomers are spared."""
from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from models import Community, FilteredPost, Member, Post, Tag, clock, filter
from moderation import first_month
from moderation.first_month import Spared
from server.actions.filters import Context, Treatment
from server.display.sieve import Sieve
from server.words.language import Words


@dataclass(slots=True)
class Sifted:
    """By message id. `why`: the words in front of what is folded; `hidden`: what a list leaves out."""

    why: dict[int, str] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)


async def sift(posts: Collection[Post], texts: Callable[[], Mapping[int, str]] | None, reader: Member, place: Context,
               _: Words, *, has_filters: bool = True) -> Sifted:
    """Look at the messages of a page, all but the reader's own. `texts`: makes what each says, as `server.display.sieve.text_of`
    puts it together, for those who filter something; None where only the messages themselves are known. `has_filters`: the reader
    may have some.
    """
    others, found = [post for post in posts if post.author_id != reader.actor_id], Sifted()
    if not others:
        return found
    if place is not Context.NOTIFICATIONS and (spares := await spared(reader)):  # who answers a newcomer is heard
        await _spare(found, others, spares, _)
    if has_filters and (rules := await filter.in_force(reader.actor_id)):
        await _filter(found, others, texts() if texts else {}, Sieve(rules, place), _)
    return found


async def spared(reader: Member, *, as_chosen: bool = True) -> Spared | None:
    """What this member is spared now; with `as_chosen` false, what they could be."""
    joined_at, now = reader.decided_at or reader.created_at, clock.now()
    if first_month.is_past(joined_at, now):
        return None
    days, notes, tags = await Community.sparing()
    return first_month.spared(joined_at, reader.reading if as_chosen else {}, days, notes, tags, now)


async def choose(reader: Member, wanted: bool) -> None:
    """A newcomer wants to be spared, or not."""
    await reader.read_like(**{first_month.CHOICE: "yes" if wanted else "no"})


async def _spare(found: Sifted, posts: Sequence[Post], spares: Spared, _: Words) -> None:
    tagged: dict[int, str] = {}
    if spares.tags:
        for tag in await Tag.filter(post_id__in=[post.id for post in posts], name__in=list(spares.tags)):
            tagged[tag.post_id] = f"#{tag.name}"
    for post in posts:
        if post.shown_note in spares.notes and post.shown_note:
            found.hidden.add(post.id)
            found.why.setdefault(post.id, "")  # its content note says it
        elif post.id in tagged:
            found.hidden.add(post.id)
            found.why[post.id] = tagged[post.id]


async def _filter(found: Sifted, posts: Sequence[Post], texts: Mapping[int, str], sieve: Sieve, _: Words) -> None:
    held: dict[int, set[int]] = {}
    for row in await FilteredPost.filter(rule_id__in=sieve.rule_ids or [0], post_id__in=[post.id for post in posts]):
        held.setdefault(row.post_id, set()).add(row.rule_id)
    for post in posts:
        for match in sieve.matches(texts.get(post.id, ""), held.get(post.id, set())):
            found.why[post.id] = _("Filtered: %(title)s", title=match.rule.title)
            if match.rule.action == Treatment.HIDE:
                found.hidden.add(post.id)
