"""Cases in the course of time: reports of before there were cases, and notes that have served theirs."""
from __future__ import annotations

from datetime import timedelta

from models import Case, CaseNote, Post, Report, Subquery, clock
from models.case import CaseSource
from models.database import in_transaction

AT_ONCE = 100
KEEP_NOTES = timedelta(days=365)  # after a case was closed: as long as somebody may ask for another look, and as much again


async def settle() -> int:
    """So many of them at once; how many."""
    return await take_in() + await forget()


async def take_in() -> int:
    """Reports of a version that had no cases get one."""
    waiting = await Report.filter(case_id__isnull=True, closed_at__isnull=True).order_by("id").limit(AT_ONCE)
    for report in waiting:
        about = report.target_id
        if about is None and (post := await Post.filter(uri__in=report.post_uris or [""]).first()):
            about = post.author_id
        async with in_transaction():
            case = await Case.open_(about, report.matter, CaseSource.REPORT, report.post_uris)
            await Report.filter(id=report.id).update(case_id=case.id)
    return len(waiting)


async def forget() -> int:
    """What was said about cases that were closed long ago."""
    old = Subquery(Case.filter(closed_at__lt=clock.now() - KEEP_NOTES).values("id"))
    return await CaseNote.filter(case_id__in=old).delete()
