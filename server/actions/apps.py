"""Apps: registered, let in by their members, and shown out (RFC 6749, RFC 7636, RFC 7009)."""
from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from models import AccessToken, AuthorizationCode, ClientApp, Member, clock
from models.database import in_transaction
from models.errors import CommunityError
from models.ids import digest, new_token
from models.member import MemberState
from server.words import scopes

CODE_SECONDS = 300
TOKENS_LIMIT = 50  # of one member for one app: the oldest ends when there is another
#: Apps that nobody uses are forgotten after this long; Elk and others keep theirs for ever and expect the same of us.
UNUSED = timedelta(days=90)
NOT_HERE = "urn:ietf:wg:oauth:2.0:oob"  # the app has no address: a page shows the code


class OAuthError(CommunityError):
    """An error of RFC 6749 §5.2; `code` is its name there."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.safe, self.status = code, description, status


@dataclass(frozen=True, slots=True)
class Ask:
    """What an app asks a member for, checked against its registration."""

    app: ClientApp
    redirect_uri: str
    scopes: list[str] = field(default_factory=list)
    challenge: str = ""


async def register(name: str, website: str, redirect_uris: Sequence[str], wanted: Sequence[str]) -> tuple[ClientApp, str]:
    """A new app and its secret, which is shown this once."""
    secret = new_token()
    app = await ClientApp.create(secret_digest=digest(secret), name=name, website=website, redirect_uris=list(redirect_uris),
                                 scopes=list(wanted))
    return app, secret


async def allow(ask: Ask, member: Member) -> str:
    """The member says yes: a code for the app, good once and for CODE_SECONDS."""
    code = new_token()
    await AuthorizationCode.create(
        token_digest=digest(code), app=ask.app, member=member, redirect_uri=ask.redirect_uri, scopes=ask.scopes,
        challenge=ask.challenge, expires_at=clock.now() + timedelta(seconds=CODE_SECONDS))
    return code


async def exchange(app: ClientApp, code: str, redirect_uri: str, verifier: str) -> tuple[AccessToken, str]:
    """A token for a code. A code that comes twice was stolen once: then what it gave ends too (RFC 6749 §10.5).

    Raises: OAuthError.
    """
    if await _was_used(app, code):
        raise OAuthError("invalid_grant", "The code was used before; every token that it gave is revoked.")
    async with in_transaction():
        found = await AuthorizationCode.get_or_none(token_digest=digest(code), app=app, expires_at__gt=clock.now(),
                                                    member__state=MemberState.ACTIVE).select_related("member__actor")
        if found is None or found.redirect_uri != redirect_uri or not _proves(found.challenge, verifier):
            raise OAuthError("invalid_grant", "The code is unknown, too old, for another address or not proven.")
        if not await AuthorizationCode.filter(id=found.id, used_at__isnull=True).update(used_at=clock.now()):
            raise OAuthError("invalid_grant", "The code was used before.")
        return await give(app, found.scopes, found.member, code=found)


async def give(app: ClientApp, granted: Sequence[str], member: Member | None = None, *,
               code: AuthorizationCode | None = None) -> tuple[AccessToken, str]:
    """A new token of an app, for a member or for itself, and its text, which is shown this once."""
    text = new_token()
    token = await AccessToken.create(token_digest=digest(text), app=app, member=member, scopes=list(granted), code=code)
    kept = AccessToken.filter(app=app, member=member) if member else AccessToken.filter(app=app, member_id__isnull=True)
    too_many = await kept.order_by("-id").offset(TOKENS_LIMIT).limit(TOKENS_LIMIT).values_list("id", flat=True)
    if too_many:
        await AccessToken.filter(id__in=too_many).delete()
    return token, text


async def revoke(app: ClientApp, text: str) -> None:
    """End one token of an app; one that it does not have is not told from one that never was (RFC 7009 §2.2)."""
    await AccessToken.filter(app=app, token_digest=digest(text)).delete()


async def show_out(member: Member, app_id: int) -> None:
    """A member takes back what they allowed an app: all its tokens and codes of theirs end now."""
    async with in_transaction():
        await AccessToken.filter(member=member, app_id=app_id).delete()
        await AuthorizationCode.filter(member=member, app_id=app_id).delete()


async def show_all_out(member: Member) -> None:
    """End what every app has of this member; for the caller's transaction."""
    await AccessToken.filter(member=member).delete()
    await AuthorizationCode.filter(member=member).delete()


async def of_member(member: Member) -> list[AccessToken]:
    """The tokens of a member with their apps, newest first; at most 200."""
    return await AccessToken.filter(member=member).select_related("app").order_by("-id").limit(200)


def checked(app: ClientApp, redirect_uri: str, scope: str, challenge: str, method: str) -> Ask:
    """What an app asks for, if it may. Raises: OAuthError."""
    wanted = scopes.parse(scope)
    if wanted is None or not scopes.within(wanted, app.scopes):
        raise OAuthError("invalid_scope", "The app asks for more than it registered for.")
    if challenge and (method != "S256" or not 43 <= len(challenge) <= 128) or method and not challenge:
        raise OAuthError("invalid_request", "code_challenge_method must be S256.")
    return Ask(app, redirect_uri, wanted, challenge)


def is_secret(app: ClientApp, secret: str) -> bool:
    """Whether this is the secret of the app."""
    return bool(app.secret_digest) and hmac.compare_digest(app.secret_digest, digest(secret))


def _proves(challenge: str, verifier: str) -> bool:
    """PKCE (RFC 7636 §4.6). A verifier without a challenge is refused too: somebody took the challenge out (RFC 9700 §2.1.1)."""
    if not challenge or not verifier:
        return challenge == verifier == ""
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return hmac.compare_digest(made, challenge)


async def _was_used(app: ClientApp, code: str) -> bool:
    """Whether the code was used before; then its tokens end, and stay ended although the exchange fails."""
    used = await AuthorizationCode.get_or_none(token_digest=digest(code), app=app, used_at__isnull=False)
    if used:
        await AccessToken.filter(code=used).delete()
    return used is not None
