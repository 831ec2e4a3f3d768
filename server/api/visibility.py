"""The four visibilities that apps know, and our five reaches. Our reach itself travels beside it, for apps that know it."""
from __future__ import annotations

from typing import Literal

from models.reach import Reach

Visibility = Literal["public", "unlisted", "private", "direct"]


def visibility_of(reach: Reach, *, is_listed: bool = True) -> Visibility:
    """What an app is told: never more public than the truth."""
    if reach is Reach.WEB:
        return "public" if is_listed else "unlisted"
    return "private" if reach in (Reach.COMMUNITY, Reach.PARTNERS) else "direct"
