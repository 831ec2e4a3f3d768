"""Who is at a signed-in browser. Every page asks it, so it is one statement."""
from __future__ import annotations

from dataclasses import dataclass

from models import clock
from models.actor import Actor
from models.database import tuples
from models.loading import join, makers, selected
from models.member import Member, MemberState, Session

UNREAD_LIMIT = 10  # nobody is told of more

_UNREAD = f"""SELECT COUNT(*) FROM (SELECT 1 FROM notification n
    WHERE n.recipient_id = member.actor_id AND n.read_at IS NULL LIMIT {UNREAD_LIMIT}) AS listed"""  # noqa: S608 - a number


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session with its member and that one's actor, and how many notices are unread, up to UNREAD_LIMIT."""

    session: Session
    unread: int


async def signed_in(token_digest: str) -> SignedIn | None:
    """The session with this token, unless it has run out or its member may not sign in."""
    wanted = ", ".join((selected(Session, "session"), selected(Member, "member"), selected(Actor, "actor")))
    found = await tuples(
        f'SELECT {wanted}, ({_UNREAD}) FROM session'  # noqa: S608
        ' INNER JOIN member ON member.id = session.member_id INNER JOIN actor ON actor.id = member.actor_id'
        ' WHERE session.token_digest = ? AND session.expires_at > ? AND member.state = ?',
        [token_digest, clock.now(), str(MemberState.ACTIVE)])
    if not found:
        return None
    session_of, member_of, actor_of = makers(Session, Member, Actor)
    session, member = session_of(found[0]), member_of(found[0])
    join(member, "actor", actor_of(found[0]))
    join(session, "member", member)
    return SignedIn(session, int(found[0][-1]))
