"""One-time links: made, shown to whoever opens them, and spent."""
from __future__ import annotations

from datetime import timedelta

from models import Member, SignInLink, clock
from models.errors import CommunityError
from models.ids import digest, new_token
from models.member import LinkPurpose

DAY_SECONDS = 24 * 60 * 60
CONFIRM_SECONDS = 7 * DAY_SECONDS
ACCEPTED_SECONDS = 3 * DAY_SECONDS


class LinkSpent(CommunityError):
    """A one-time link that was used, is too old, or never was: the three are not told apart."""

    status = 410
    safe = "error.link_spent"


async def make(purpose: LinkPurpose, seconds: int, member: Member | None = None, email: str = "") -> str:
    """The token of a new link, which ends the older ones of its kind. `email`: the address it is mailed to."""
    await SignInLink.filter(purpose=purpose, member=member, used_at__isnull=True).delete()
    token = new_token()
    await SignInLink.create(member=member, purpose=purpose, token_digest=digest(token), email=email,
                            expires_at=clock.now() + timedelta(seconds=seconds))
    return token


async def find(token: str, purpose: LinkPurpose) -> SignInLink:
    """The link, with its member and actor, still to be spent; LinkSpent otherwise. Looking does not spend it."""
    found = await SignInLink.get_or_none(token_digest=digest(token), purpose=purpose, used_at__isnull=True,
                                         expires_at__gt=clock.now()).select_related("member__actor")
    if found is None:
        raise LinkSpent(purpose)
    return found


async def spend(token: str, purpose: LinkPurpose) -> SignInLink:
    """The link, used up; for the caller's transaction. Of two who come at once, one gets LinkSpent."""
    found = await find(token, purpose)
    if not await SignInLink.filter(id=found.id, used_at__isnull=True).update(used_at=clock.now()):
        raise LinkSpent(purpose)
    return found


async def prune() -> int:
    """Forget the links that nobody can use any more; returns how many there were."""
    return await SignInLink.filter(expires_at__lt=clock.now() - timedelta(days=1)).delete()
