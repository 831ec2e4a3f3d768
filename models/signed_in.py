"""Who is at a signed-in browser, or behind the token of an app. Every page and every answer asks it, so it is one statement."""
from __future__ import annotations

from dataclasses import dataclass

from models import clock
from models.actor import Actor
from models.client import AccessToken, ClientApp
from models.database import together
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
    found, = await together([(
        f'SELECT {wanted}, ({_UNREAD}) FROM session'  # noqa: S608
        ' INNER JOIN member ON member.id = session.member_id INNER JOIN actor ON actor.id = member.actor_id'
        ' WHERE session.token_digest = ? AND session.expires_at > ? AND member.state = ?',
        [token_digest, clock.now(), str(MemberState.ACTIVE)])])
    if not found:
        return None
    session_of, member_of, actor_of = makers(Session, Member, Actor)
    session, member = session_of(found[0]), member_of(found[0])
    join(member, "actor", actor_of(found[0]))
    join(session, "member", member)
    return SignedIn(session, int(found[0][-1]))


async def with_token(token_digest: str) -> AccessToken | None:
    """The token of an app that is in force, with its app, and its member and actor if it has one; a member who is not active
    has none.
    """
    models = ((AccessToken, "token"), (ClientApp, "app"), (Member, "member"), (Actor, "actor"))
    found, = await together([(
        f'SELECT {", ".join(selected(*one) for one in models)} FROM access_token token'  # noqa: S608
        f' INNER JOIN {ClientApp._meta.db_table} app ON app.id = token.app_id'
        ' LEFT JOIN member ON member.id = token.member_id LEFT JOIN actor ON actor.id = member.actor_id'
        ' WHERE token.token_digest = ? AND (token.member_id IS NULL OR member.state = ?)',
        [token_digest, str(MemberState.ACTIVE)])])
    if not found:
        return None
    token_of, app_of, member_of, actor_of = makers(*(model for model, _ in models))
    token: AccessToken = token_of(found[0])
    member = member_of(found[0]) if token.member_id else None
    if member:
        join(member, "actor", actor_of(found[0]))
    join(token, "app", app_of(found[0]))
    join(token, "member", member)
    return token
