"""Lists of people whose messages a member reads apart. Who is on one is not told."""
from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from models import Actor, Block, Follow, ListedPerson, PeopleList, Q, Subquery
from models.database import in_transaction
from models.errors import CommunityError, NotHere
from models.turns import take_turn

LISTS_LIMIT = 50
PEOPLE_LIMIT = 500
TITLE_LIMIT_CHARACTERS = 200


class Replies(StrEnum):
    """Answers to whom a list shows: anybody the member follows, people of the list, nobody."""

    FOLLOWED = "followed"
    LIST = "list"
    NONE = "none"


class TooManyLists(CommunityError):
    """The member has as many lists, or a list as many people, as there may be."""

    status = 422
    safe = "There are as many as fit. Remove one first."


async def find(owner: Actor, id_: int) -> PeopleList:
    """A list of this member; NotHere for anybody else's."""
    if found := await PeopleList.get_or_none(id=id_, owner=owner):
        return found
    raise NotHere("no such list of theirs")


async def make(owner: Actor, title: str, replies: Replies, *, is_exclusive: bool) -> PeopleList:
    """An empty list. Raises TooManyLists."""
    if await PeopleList.filter(owner=owner).count() >= LISTS_LIMIT:
        raise TooManyLists("lists")
    return await PeopleList.create(owner=owner, title=title, replies=replies, is_exclusive=is_exclusive)


async def change(row: PeopleList, title: str, replies: Replies, *, is_exclusive: bool) -> None:
    """Another title, other answers."""
    row.title, row.replies, row.is_exclusive = title, replies, is_exclusive
    await row.save(update_fields=["title", "replies", "is_exclusive"])


async def add(row: PeopleList, ids: Sequence[int]) -> None:
    """Put people on a list: members of this community, or followed. Raises NotHere if one is neither, TooManyLists."""
    followed = Subquery(Follow.filter(follower_id=row.owner_id, accepted_at__isnull=False).values("target_id"))
    blocking = Subquery(Block.filter(target_id=row.owner_id).values("blocker_id"))
    wanted = set(ids)
    known = Actor.filter(Actor.present(), Q(host="") | Q(id__in=followed), ~Q(id__in=blocking), id__in=list(wanted))
    if await known.count() != len(wanted):
        raise NotHere("somebody unknown")
    async with in_transaction():
        await take_turn("people list", row.id)
        there = {one.actor_id for one in await ListedPerson.filter(people_list=row)}
        if len(there | wanted) > PEOPLE_LIMIT:
            raise TooManyLists("people")
        await ListedPerson.bulk_create([ListedPerson(people_list=row, actor_id=id_) for id_ in sorted(wanted - there)])


async def remove(row: PeopleList, ids: Sequence[int]) -> None:
    """Take people off a list; who is not on it is off it already."""
    await ListedPerson.filter(people_list=row, actor_id__in=list(ids) or [0]).delete()
