"""Tags that a member reads, and tags that they show on their page."""
from __future__ import annotations

from models import Actor, FeaturedTag, FollowedTag
from models.errors import CommunityError, NotHere
from server.words.markdown import is_tag

FOLLOWED_LIMIT = 100
FEATURED_LIMIT = 10


class NoTag(CommunityError):
    """These letters cannot be a tag."""

    status = 422
    safe = "This cannot be a tag. Use letters and digits, without spaces."


class TooManyTags(CommunityError):
    """The member has as many tags as there may be."""

    status = 422
    safe = "You have as many tags as fit. Remove one first."


def spelled(typed: str) -> str:
    """A tag as rows hold it: without its sign, in lower case. Raises NoTag."""
    name = typed.strip().removeprefix("#").lower()
    if not is_tag(name):
        raise NoTag("tag")
    return name


async def follow(owner: Actor, name: str) -> FollowedTag:
    """Read what carries a tag, as `spelled` gives it; following twice is following once. Raises TooManyTags."""
    if found := await FollowedTag.get_or_none(owner=owner, name=name):
        return found
    if await FollowedTag.filter(owner=owner).count() >= FOLLOWED_LIMIT:
        raise TooManyTags("followed")
    return (await FollowedTag.get_or_create(owner=owner, name=name))[0]


async def unfollow(owner: Actor, name: str) -> None:
    """No longer."""
    await FollowedTag.filter(owner=owner, name=name).delete()


async def feature(owner: Actor, name: str) -> FeaturedTag:
    """Show a tag on one's own page. Raises TooManyTags."""
    if found := await FeaturedTag.get_or_none(owner=owner, name=name):
        return found
    if await FeaturedTag.filter(owner=owner).count() >= FEATURED_LIMIT:
        raise TooManyTags("featured")
    return (await FeaturedTag.get_or_create(owner=owner, name=name))[0]


async def unfeature(owner: Actor, id_: int) -> None:
    """No longer show it. Raises NotHere for a row that is not theirs."""
    if not await FeaturedTag.filter(owner=owner, id=id_).delete():
        raise NotHere("no such tag of theirs")
