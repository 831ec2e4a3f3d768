"""The statement of reasons: what the person is told about a ruling (Regulation (EU) 2022/2065, article 17).

People elsewhere get none: there is no way to them. Neither does somebody about whom nothing was decided: it would only tell them
that somebody reported them.
"""
from __future__ import annotations

from datetime import timedelta

from models import Actor, Guardianship, Member, Notification, OutgoingMail, Ruling, SignInLink, Statement, clock
from models.database import in_transaction
from models.errors import NotHere
from models.ids import digest, new_token
from models.mail import Letter
from models.member import LinkPurpose, MemberState, Role
from models.notification import Notice
from models.ruling import Act
from server.actions import links, standing
from server.actions.remedies import Decided
from server.words import ruling_words
from server.words.language import LANGUAGES, Words, gettext_for

FACTS_LIMIT = 4000
TEXT_LIMIT = 8000
LINK_LIFE = timedelta(days=183)  # as long as one can ask for another look
ON_A_PAGE = 20


async def make(ruling: Ruling, decided: Decided) -> Statement | None:
    """Write it in the language of the person, and tell them that it is there. Inside the transaction of the ruling."""
    member = await Member.get_or_none(actor_id=ruling.subject_id).select_related("actor")
    if member is None or ruling.act is Act.NOTHING:
        return None
    _ = gettext_for(member.language if member.language in LANGUAGES else LANGUAGES[0])
    words = _words(ruling, _)
    made = await Statement.create(owner=member.actor, ruling_id=ruling.id, facts=decided.facts[:FACTS_LIMIT],
                                  text=(decided.text or words)[:TEXT_LIMIT], language=_.language)
    await tell(member, by_mail=ruling.act in standing.AWAY)
    if member.role is Role.MANAGED:
        await _tell_guardians(member)
    return made


def _words(ruling: Ruling, _: Words) -> str:
    if ruling.undoes_id:
        return ruling_words.end_template(ruling.act, _)
    return ruling_words.for_good(_) if ruling.second_id else ruling_words.template(ruling.act, ruling.matter, _)


async def tell(member: Member, *, by_mail: bool) -> None:
    """There is something to read: a notice, and a mail to whoever cannot sign in, which says nothing of what it is."""
    await Notification.filter(kind=Notice.RULING, recipient_id=member.actor_id).delete()  # an older one would swallow this one
    await Notification.tell(member.actor, Notice.RULING)
    if by_mail and member.email:
        await OutgoingMail.owe(Letter.RULING, member.email, member=member, language=member.language)


async def _tell_guardians(subject: Member) -> None:
    """A mail with a way in to those who act for somebody who reads no mail, as far as they may see what is theirs."""
    ties = await Guardianship.filter(Guardianship.running(), subject_id=subject.actor_id, may_view=True)
    for one in await Member.filter(actor_id__in=[tie.guardian_id for tie in ties] or [0], state=MemberState.ACTIVE).exclude(
            email=None).select_related("actor"):
        details = {"name": one.actor.shown_name, "of": subject.actor.shown_name}
        await OutgoingMail.owe(Letter.RULING, one.email or "", member=subject, language=one.language, details=details)


async def way_in(member: Member) -> str:
    """The token of a link to all statements of a member who cannot sign in. Unlike other links it is not spent by use, and ends
    none before it: it is in a mail that somebody may look for months later.
    """
    token = new_token()
    await SignInLink.create(member=member, purpose=LinkPurpose.STATEMENT, token_digest=digest(token),
                            expires_at=clock.now() + LINK_LIFE)
    return token


async def behind(token: str) -> Member:
    """Whose statements a link shows; links.LinkSpent when it shows none, any more or ever."""
    member = (await links.find(token, LinkPurpose.STATEMENT)).member
    if member is None:
        raise links.LinkSpent("statement")
    return member


async def of(owner: Actor, before: int = 0) -> list[tuple[Statement, Ruling]]:
    """Their statements with the rulings, newest first: one more than ON_A_PAGE if there are."""
    rows = Statement.filter(owner_id=owner.id)
    page = await (rows.filter(id__lt=before) if before else rows).order_by("-id").limit(ON_A_PAGE + 1)
    rulings = {row.id: row for row in await Ruling.filter(id__in=[row.ruling_id for row in page] or [0])}
    return [(row, rulings[row.ruling_id]) for row in page]


async def one(owner: Actor, id_: int) -> tuple[Statement, Ruling]:
    """A statement of theirs with its ruling, read from now on. NotHere."""
    row = await Statement.get_or_none(id=id_, owner_id=owner.id)
    if row is None:
        raise NotHere("no such statement")
    if row.read_at is None:
        async with in_transaction():
            await row.change(read_at=clock.now())
            await Notification.filter(kind=Notice.RULING, recipient_id=owner.id, read_at__isnull=True).update(read_at=clock.now())
    return row, await Ruling.get(id=row.ruling_id)


async def reads_by_link(member: Member) -> bool:
    """Whether somebody who cannot sign in has something to read all the same."""
    return member.state is MemberState.SUSPENDED and await Statement.exists(owner_id=member.actor_id)

