"""The list behind "people like me" while it is made anew: nobody waits for it who can use the old one."""
from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from models import clock
from models.catalogue.catalogue import Catalogue
from moderation.similarity import Crowd
from server.members.likeness import KEPT_SECONDS, Likeness


async def test_while_one_makes_it_anew_others_go_on_with_the_old_one(tmp_path: Path) -> None:
    likeness = Likeness(Catalogue(tmp_path))
    old = likeness.crowd = Crowd({})
    likeness._made_at = clock.now() - timedelta(seconds=KEPT_SECONDS + 1)
    async with likeness._one_at_a_time:
        assert await asyncio.wait_for(likeness._crowd(), 1) is old
