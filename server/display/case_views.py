"""One case as the page shows it: what was reported, the person as far as it matters here, and what was said about it.

Who reported is not in it: those who decide look at what was written, and not at who minds.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from models import Actor, Attachment, Case, CaseNote, Disclosure, Member, Post, Q, Report, Review, Ruling
from models.case import Audience, CaseSource
from models.review import ReviewState
from models.ruling import Act
from moderation.visibility import Viewer, visible_to
from server.actions import appeals, reviews, standing
from server.display import cards
from server.pictures import emojis
from server.views import ImageView, PersonView
from server.words import ruling_words
from server.words.language import Words
from server.words.report_words import peer_text
from server.words.wording import matter_name, reach_name

REPORTS_LIMIT = 50  # whose words are shown
NOTES_LIMIT = 200
RULINGS_LIMIT = 20
HOSTS_LIMIT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedView:
    """A message that was reported, or that a rule held back."""

    number: int
    when: datetime
    reach: str
    warning: str
    title: str
    html: Markup
    language: str
    images: tuple[ImageView, ...]
    url: str  # of the conversation around it, where the reader of the page may see it
    answers: int  # messages of the conversation that stand before or after it, as far as they are seen
    origin_url: str
    is_hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldView:
    """What somebody who reported says."""

    matter: str
    text: str
    when: datetime
    host: str  # the server that told us; "" for a person here
    page_url: str
    peer: str  # that another server was told, and what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingView:
    """What was decided about the person before."""

    act: str
    matter: str
    when: datetime
    is_undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectView:
    """Whom the case is about: since when they are here, and what was before. No name of anybody who reported."""

    person: PersonView
    since: datetime
    is_ours: bool
    is_team: bool
    messages: int
    reports: int  # earlier ones
    rulings: tuple[RulingView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostView:
    """A server that has, or had, copies of what was reported."""

    name: str
    copies: int
    ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """What somebody said about the case."""

    who: str
    text: str
    when: datetime
    is_theirs: bool
    host: str  # with whose moderators


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """All of it."""

    posts: tuple[ReportedView, ...]
    gone: int  # messages that are no longer there
    told: tuple[ToldView, ...]
    subject: SubjectView | None
    hosts: tuple[HostView, ...]
    notes: Mapping[str, tuple[NoteView, ...]]  # by audience
    peers: tuple[str, ...]  # servers to whose team ours may write


async def reported(case: Case) -> list[Post]:
    """The messages of a case that are still there, with their authors, oldest first."""
    found = Post.filter(uri__in=case.post_uris or [""], deleted_at__isnull=True)
    return [post for post in await found.select_related("author").order_by("id") if not post.is_lost]


async def view(case: Case, posts: Sequence[Post], reader: Actor, _: Words) -> CaseView:
    """The case with these messages; a dozen questions, whatever it holds."""
    reports = await Report.filter(case_id=case.id).order_by("id").limit(REPORTS_LIMIT)
    subject = await Actor.get_or_none(id=case.about_id) if case.about_id else None
    hosts = {host for one in reports for host in (one.sender_host, one.forwarded_to) if host}
    return CaseView(
        posts=await _posts(posts, reader, _), gone=len(case.post_uris) - len(posts), told=tuple(_told(one, _) for one in reports),
        subject=await _subject(case, subject, _) if subject else None, hosts=await _hosts(case.post_uris),
        notes=await _notes(case, _), peers=tuple(sorted(hosts)))


@dataclass(frozen=True, slots=True)
class HeldView:
    """A message that waits for the team, and the words that made the rule speak."""

    number: int
    version: str  # of what is shown here
    words: tuple[str, ...]
    is_newcomer: bool  # whom the team may trust from now on


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealView:
    """Somebody's wish for another look at a ruling."""

    act: str
    when: datetime
    facts: str
    text: str  # what the person was told
    words: str  # what they say


async def held(posts: Sequence[Post]) -> tuple[HeldView, ...]:
    """Which of these messages wait for the team."""
    waiting = Review.filter(post_id__in=[post.id for post in posts] or [0], state=ReviewState.WAITING)
    authors = [post.author_id for post in posts] or [0]
    new = {one.actor_id for one in await Member.filter(actor_id__in=authors, newcomer_since__isnull=False).only("actor_id")}
    by, versions = {post.id: post.author_id for post in posts}, await reviews.versions(posts)
    return tuple(HeldView(row.id, versions[row.post_id], tuple(row.words), by[row.post_id] in new)
                 for row in await waiting.order_by("id"))


async def appeal(case: Case, _: Words) -> AppealView | None:
    """What is asked, where the case is an appeal."""
    found = await appeals.of_case(case) if case.source is CaseSource.APPEAL else None
    if found is None:
        return None
    statement, ruling = found
    return AppealView(act=ruling_words.act_name(ruling.act, _), when=ruling.created_at, facts=statement.facts,
                      text=statement.text, words=statement.appeal)


async def proposal(case: Case, reader: Actor) -> int:
    """The ruling by which a colleague wants this person out for good, if it takes the reader's word; else 0."""
    bans = await standing.in_force(case.about_id, [Act.BAN]) if case.about_id else []
    if any(one.second_id for one in bans):
        return 0
    return next((one.id for one in bans if one.by_id != reader.id), 0)


async def _posts(posts: Sequence[Post], reader: Actor, _: Words) -> tuple[ReportedView, ...]:
    ids = [post.id for post in posts] or [0]
    seen = {post.id for post in await Post.filter(visible_to(Viewer.member(reader)), id__in=ids).only("id")}
    images: dict[int, list[Attachment]] = {}
    for image in await Attachment.filter(post_id__in=ids).order_by("position"):
        images.setdefault(image.post_id or 0, []).append(image)
    around = await _around(posts, reader)
    pictures = await emojis.of_posts(posts)
    return tuple(_post(post, images.get(post.id, []), post.id in seen, around.get(post.conversation, 1) - 1,
                       pictures.get(post.author.host, {}), _) for post in posts)


async def _around(posts: Sequence[Post], reader: Actor) -> dict[str, int]:
    """How many messages of each conversation the reader may see."""
    found: dict[str, int] = {}
    for talk in dict.fromkeys(post.conversation for post in posts[:10]):
        found[talk] = await Post.filter(visible_to(Viewer.member(reader)), conversation=talk).count()
    return found


def _post(post: Post, images: Sequence[Attachment], is_seen: bool, answers: int, pictures: Mapping[str, str],
          _: Words) -> ReportedView:
    html, language = cards.words(post, _)
    return ReportedView(
        number=post.id, when=post.published_at, reach=reach_name(post.reach, _), warning=post.warning, title=post.title,
        html=Markup(emojis.shown(html, pictures)), language=language,  # noqa: S704 - cleaned when it was stored
        images=tuple(cards.image_view(image) for image in images), url=f"/m/{post.key}" if is_seen else "",
        answers=max(0, answers), origin_url=post.url if post.url.startswith("https://") and not post.author.is_local else "",
        is_hidden=post.hidden_at is not None)


def _told(report: Report, _: Words) -> ToldView:
    return ToldView(matter=matter_name(report.matter, _), text=report.text, when=report.created_at, host=report.sender_host,
                    page_url=report.page_url, peer=peer_text(report, _))


async def _subject(case: Case, subject: Actor, _: Words) -> SubjectView:
    member = await Member.get_or_none(actor_id=subject.id) if subject.is_local else None
    rulings = await Ruling.filter(subject_id=subject.id).order_by("-id").limit(RULINGS_LIMIT)
    undone = {row.undoes_id for row in rulings if row.undoes_id}
    views = tuple(RulingView(act=ruling_words.act_name(row.act, _), matter=matter_name(row.matter, _), when=row.created_at,
                             is_undone=row.id in undone) for row in rulings if not row.undoes_id)
    earlier = Report.filter(Q(case_id__isnull=True) | ~Q(case_id=case.id), target_id=subject.id)
    [person] = await cards.people([subject])
    return SubjectView(
        person=person, since=subject.created_at, is_ours=subject.is_local, is_team=member is not None and member.role.is_staff,
        messages=await Post.filter(author_id=subject.id, deleted_at__isnull=True).count(), reports=await earlier.count(),
        rulings=views)


async def _hosts(uris: Sequence[str]) -> tuple[HostView, ...]:
    found: dict[str, list[Disclosure]] = {}
    for one in await Disclosure.filter(object_uri__in=list(uris) or [""]).order_by("host").limit(1000):
        found.setdefault(one.host, []).append(one)
    return tuple(HostView(name=host, copies=len(them), ended=sum(one.ended_at is not None for one in them))
                 for host, them in list(found.items())[:HOSTS_LIMIT])


async def _notes(case: Case, _: Words) -> dict[str, tuple[NoteView, ...]]:
    found: dict[str, list[NoteView]] = {audience.value: [] for audience in Audience}
    for note in await CaseNote.filter(case_id=case.id).order_by("id").limit(NOTES_LIMIT).select_related("author"):
        found[note.audience].append(NoteView(who=_who(note, _), text=note.text, when=note.created_at, is_theirs=note.is_theirs,
                                             host="" if note.is_theirs else note.host))
    return {audience: tuple(notes) for audience, notes in found.items()}


def _who(note: CaseNote, _: Words) -> str:
    """Those who reported have no name here."""
    if note.is_theirs:
        return note.host or _("Somebody who reported")
    return note.author.shown_name if note.author else _("The team")
