"""From what an app sends to a message that may be published: now, or when its hour has come."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from aiohttp import web
from pydantic import Field

from federation import resolve
from models import Actor, Attachment, Community, Member, Post
from models.errors import CommunityError, NotHere
from models.post import About, Note, Voice
from models.reach import Reach
from moderation import consent
from moderation.visibility import Viewer, visible_to
from server.actions import people
from server.actions.drafts import Typed
from server.actions.polls import PollDraft
from server.actions.posts import IMAGES_LIMIT, TEXT_LIMIT_CHARACTERS, Composition
from server.api.arguments import BadInput, Id, Takes
from server.api.visibility import Visibility
from server.display import audiences
from server.display.composer import RECIPIENTS_LIMIT, WARNING_LIMIT_CHARACTERS, language_of, warning_of
from server.errors import Refused
from server.keys import COMMUNITY, INSTANCE, LIMITS, SETTINGS
from server.words.language import Words, gettext_for
from server.words.markdown import mentions_in

CONSENT = "consent"
#: The most that each visibility of an app can mean.
WIDEST: dict[Visibility, Reach] = {
    "public": Reach.WEB, "unlisted": Reach.WEB, "private": Reach.PARTNERS, "direct": Reach.CIRCLE}


class AskPoll(Takes):
    """`poll` of a new message."""

    options: list[str] = []
    expires_in: int = 0  # seconds
    multiple: bool = False
    hide_totals: bool = False

    def draft(self) -> PollDraft:
        """As the action takes it."""
        return PollDraft(tuple(self.options), self.multiple, timedelta(seconds=max(0, min(self.expires_in, 10**9))),
                         self.hide_totals)


class PostStatus(Takes):
    """What POST /api/v1/statuses takes. `dazzle_…` are ours: reach, voice and topic of the content note in our own terms, about
    whom it is, and whether somebody else whom it is about has agreed. Where an app does not say it, the words do.
    """

    status: str = ""
    media_ids: list[Id] = []
    poll: AskPoll | None = None
    in_reply_to_id: Id | None = None
    sensitive: bool = False
    spoiler_text: str = Field("", max_length=WARNING_LIMIT_CHARACTERS)
    visibility: Visibility | None = None
    language: str = ""
    scheduled_at: datetime | None = None
    quoted_status_id: Id | None = None
    quote_approval_policy: str = ""
    local_only: bool = False  # of other servers with messages that stay (Hometown, glitch-soc)
    dazzle_reach: Reach | None = None
    dazzle_voice: Voice = Voice.NONE
    dazzle_note: Note = Note.NONE
    dazzle_about: About = About.UNSAID
    dazzle_about_agrees: bool = False
    dazzle_shows_body: bool = False  # a picture shows somebody's body, or a patient


class ConsentNeeded(CommunityError):
    """It would leave the community, and the member has not said yes to that."""

    status = 422

    def __init__(self, where: str, _: Words) -> None:
        super().__init__(CONSENT)
        self.safe = _("This message would leave your community, and you have not agreed to that yet. "
                      "You can do so here: %(address)s", address=where)


async def composition(app: web.Application, member: Member, given: PostStatus) -> Composition:
    """What would be published now, with the reach that the member may have now.

    Raises: BadInput; NotHere for a message to answer or quote that they cannot see; people of a circle are looked up elsewhere.
    """
    _ = gettext_for(member.language or app[SETTINGS].language)
    check_text(given.status, bool(given.media_ids), given.poll)
    parent, quoted = await _seen(member, given.in_reply_to_id), await _seen(member, given.quoted_status_id)
    community = (await app[COMMUNITY].fresh()).row
    reach = reach_of(given, member, community, parent, shares=await consent.may_leave(member.actor_id) is not None)
    reach = _kept_near(reach, given, quoted)
    check_quotes(given, member.actor, reach)
    named = mentions_in(given.status)
    if reach is Reach.CIRCLE and parent is None and not named:
        reach = Reach.ME  # "direct" to nobody is a note for oneself
    recipients = await _recipients(app, member, named) if reach is Reach.CIRCLE else ()
    typed = Typed(note=given.dazzle_note, warning=given.spoiler_text.strip(), language=given.language)
    warning = warning_of(typed, _)
    return Composition(
        text=given.status.strip(), reach=reach, voice=given.dazzle_voice, note=given.dazzle_note, warning=warning,
        language=language_of(typed) or member.language, parent=parent, recipients=recipients,
        attachments=await uploads(member.actor, given.media_ids), is_sensitive=given.sensitive or bool(warning),
        undo_seconds=0 if reach is Reach.ME else min(member.undo_seconds, app[SETTINGS].undo_seconds),
        poll=given.poll.draft() if given.poll else None, is_listed=given.visibility != "unlisted",
        quoted=quoted, about=given.dazzle_about, about_agrees=given.dazzle_about_agrees, shows_body=given.dazzle_shows_body)


def _kept_near(reach: Reach, given: PostStatus, quoted: Post | None) -> Reach:
    """No wider than the app wants it to leave, nor, unless it names our reach itself, than what is quoted."""
    if quoted and given.dazzle_reach is None and reach.level >= Reach.COMMUNITY.level:
        reach = reach.narrowed_to(quoted.reach)
    return reach.narrowed_to(Reach.COMMUNITY) if given.local_only else reach


def check_text(text: str, has_images: bool, poll: AskPoll | None) -> None:
    """Raises: BadInput for nothing, or for too much."""
    if not text.strip() and (poll or not has_images):
        raise BadInput("status: can't be blank")
    if len(text.strip()) > TEXT_LIMIT_CHARACTERS:
        raise BadInput(f"status: at most {TEXT_LIMIT_CHARACTERS} characters")


def check_quotes(given: PostStatus, author: Actor, reach: Reach) -> None:
    """Who may quote is chosen once for all messages. Raises: BadInput for a message for all that nobody shall quote."""
    if reach is Reach.WEB and author.allows_quotes and given.quote_approval_policy not in ("", "public"):
        raise BadInput("quote_approval_policy: chosen for all your messages at once, in your settings")


def meant_by(visibility: Visibility, member: Member) -> Reach:
    """The most that a member means by a visibility: "private" is the community for those who start there."""
    stays = visibility == "private" and not member.default_reach.level > Reach.COMMUNITY.level
    return WIDEST[visibility].narrowed_to(Reach.COMMUNITY) if stays else WIDEST[visibility]


def reach_of(given: PostStatus, member: Member, community: Community, parent: Post | None, *, shares: bool) -> Reach:
    """Who will read it. An app that knows four visibilities never reaches further than the member's own default, the
    community's ceiling and the message that is answered; one that names our reach is refused where it may not.
    """
    if given.dazzle_reach is not None:
        return given.dazzle_reach
    if given.visibility is None:
        usual = audiences.suggested(member, community, parent)
        return usual if shares or parent or not usual.leaves else Reach.COMMUNITY
    reach = WIDEST[given.visibility].narrowed_to(community.ceiling)
    if parent:
        reach = reach.narrowed_to(parent.reach)
    if given.visibility == "direct":
        return reach
    usual = member.default_reach
    if parent and not parent.author.is_local and usual.level < Reach.PARTNERS.level:
        usual = Reach.PARTNERS  # else the one who is answered could not read it
    return reach.narrowed_to(usual)


async def uploads(owner: Actor, ids: Sequence[int]) -> tuple[Attachment, ...]:
    """The member's own images with these ids that no message has, in this order. Raises: BadInput."""
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > IMAGES_LIMIT:
        raise BadInput(f"media_ids: at most {IMAGES_LIMIT}")
    found = {image.id: image for image in await Attachment.filter(owner=owner, id__in=wanted or [0], post_id__isnull=True)}
    if len(found) < len(wanted):
        raise BadInput("media_ids: not an upload of yours that is free")
    if any(image.stored_at is None for image in found.values()):
        raise BadInput("media_ids: an image that is not ready yet, try again in a moment")
    return tuple(found[id_] for id_ in wanted)


def explained(refused: Refused, member: Member, app: web.Application) -> CommunityError:
    """The error that an app shows: for a missing consent, where it can be given."""
    if refused.safe != f"refused.{CONSENT}":
        return refused
    return ConsentNeeded(f"{app[SETTINGS].origin}/settings/audience", gettext_for(member.language or app[SETTINGS].language))


async def _seen(member: Member, id_: int | None) -> Post | None:
    if id_ is None:
        return None
    if found := await Post.filter(visible_to(Viewer.member(member.actor)), id=id_).select_related("author").first():
        return found
    raise NotHere("the message that is answered or quoted")


async def _recipients(app: web.Application, member: Member, addresses: Sequence[str]) -> tuple[Actor, ...]:
    """The people named in the text, for whom alone it is. Strangers on partner servers are looked up there."""
    origin = app[SETTINGS].origin
    found = await people.known(addresses[:RECIPIENTS_LIMIT], origin)
    for address in addresses[:RECIPIENTS_LIMIT]:
        name, host = people.split_address(address, origin)
        if address in found or not host:
            continue
        app[LIMITS].take("look_up", member.actor.key)
        try:
            found[address] = await resolve.actor_at(app[INSTANCE], f"{name}@{host}")
        except CommunityError as error:
            raise BadInput(f"status: nobody has the address @{name}@{host}") from error
    return tuple({actor.id: actor for actor in found.values() if actor.id != member.actor_id}.values())
