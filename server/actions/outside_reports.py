"""Reports of people without an account (Regulation (EU) 2022/2065, article 16). They never tell whether something exists."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from models import Actor, Notification, OutgoingMail, Post, Report, clock
from models.case import CaseSource, Matter
from models.database import in_transaction
from models.errors import CommunityError
from models.mail import Letter
from models.notification import Notice
from server.actions import cases
from server.actions.people import known
from server.actions.reports import new_uri

TEXT_LIMIT_CHARACTERS = 5000
NAME_LIMIT_CHARACTERS = 100
URL_LIMIT_CHARACTERS = 500
OPEN_LIMIT = 500  # that wait for the team, of everybody without an account together
#: A name and an address are kept so long after the answer: the time of an appeal (article 20).
KEPT_FOR = timedelta(days=183)


class Flooded(CommunityError):
    """More wait than the team can read."""

    status = 503
    safe = "Too many reports wait for the team just now. Come back tomorrow; in an emergency, call for help where you are."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody tells. `url`: an address of this community, as typed; name and e-mail may be missing for MINORS alone."""

    url: str
    matter: Matter
    text: str
    name: str = ""
    email: str = ""  # as server.members.emails.normal gives it
    language: str = ""


async def report(us: Actor, origin: str, told: Told) -> Report:
    """Keep it for the team, and owe a mail that says that it came. Raises Flooded."""
    target, post = await _meant(origin, told.url)
    async with in_transaction():
        if await Report.filter(reporter_id=None, sender_host="", closed_at__isnull=True).count() >= OPEN_LIMIT:
            raise Flooded("outside")
        case = await cases.open_(target, told.matter, CaseSource.REPORT, [post] if post else [])
        kept = await Report.create(
            uri=new_uri(us), sender_host="", target=target, post_uris=[post.uri] if post else [], case=case, matter=told.matter,
            text=told.text[:TEXT_LIMIT_CHARACTERS], page_url=told.url[:URL_LIMIT_CHARACTERS],
            notifier_name=told.name[:NAME_LIMIT_CHARACTERS], notifier_email=told.email, notifier_language=told.language)
        await Notification.tell_team(Notice.REPORT, us, kept)
        if told.email:
            await OutgoingMail.owe(Letter.REPORT_RECEIVED, told.email, language=told.language,
                                   details={"key": kept.key})
    return kept


def is_of(origin: str, url: str) -> bool:
    """Whether this is an address of the community, whatever there is or is not behind it."""
    try:
        parts, ours = urlsplit(url), urlsplit(origin)
    except ValueError:
        return False
    return parts.netloc == ours.netloc and parts.scheme in ("http", "https") and parts.path not in ("", "/")


async def _meant(origin: str, url: str) -> tuple[Actor | None, Post | None]:
    """Who or what is at the address; the team learns it, and whoever asks does not."""
    path = urlsplit(url).path
    kind, _, key = path.strip("/").partition("/")
    key = key.partition("/")[0]
    if kind in ("m", "posts") and (post := await Post.filter(key=key, deleted_at__isnull=True).select_related("author").first()):
        return post.author, post
    if kind == "actors":
        return await Actor.get_or_none(Actor.present(), key=key, host=""), None
    return ((await known([kind], origin)).get(kind), None) if kind.startswith("@") else (None, None)


async def forget_notifiers() -> int:
    """A job: no name and no address of people without an account is kept for longer than needed; of how many."""
    old = Report.filter(closed_at__lt=clock.now() - KEPT_FOR).exclude(notifier_name="", notifier_email="")
    return await old.update(notifier_name="", notifier_email="")
