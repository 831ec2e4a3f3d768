"""What pages show: plain frozen data that handlers build, so that no row reaches a template.

The macros of `themes/base/templates/parts/` take these. Text is what a person reads; `Markup` is HTML that
`moderation.markup` has cleaned; urls are paths of ours unless said otherwise.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisLine:
    """A number to call or text in an emergency, shown at the foot of every page."""

    label: str  # "Dark thoughts, day and night"
    number: str  # "3114"
    by_text: bool = False  # a text message line, for people for whom hearing or speaking is hard
    source: str = ""  # the address where it can be checked
    checked_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityView:
    """The community that is hosted here, as every page names it."""

    name: str
    tagline: str = ""
    coat: str = "community"  # seed
    hue: int = 158  # degrees
    crisis: tuple[CrisisLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeView:
    """The member who is reading."""

    name: str
    display_name: str
    coat: str
    role: str = "member"  # "member", "moderator" or "host"
    unread: int = 0  # notices not read yet
    grows_up: bool = False  # what was agreed for them waits for their own answer
    guardian: str = ""  # the name of the member who acts for them here
    organisation: str = ""  # a models.actor.Organisation

    @property
    def url(self) -> str:
        """My own profile."""
        return f"/@{self.name}"

    @property
    def is_staff(self) -> bool:
        """Moderators and hosts."""
        return self.role in ("moderator", "host")

    @property
    def is_host(self) -> bool:
        """Those who run the community."""
        return self.role == "host"

    @property
    def unread_text(self) -> str:
        """Nothing, "1" to "9" or "9+": a larger number only worries people."""
        return "" if not self.unread else str(self.unread) if self.unread <= 9 else "9+"


class PersonView(NamedTuple):
    """A person on a card or above a message, of ours or of another community."""

    name: str
    address: str  # "@name" or "@name@host"
    display_name: str
    coat: str  # seed: the actor's key
    url: str  # "/@name" or "/@name@host"
    role_label: str = ""  # "Lives with the condition", "Team"
    host_label: str = ""  # the other community's name, empty for ours
    label: Markup = Markup()  # the name with the small pictures that its server puts into it
    organisation: str = ""  # a models.actor.Organisation
    is_program: bool = False  # of another server, and says so
    is_group: bool = False  # the same: it passes on what its members write
    badge: str = ""  # a models.badge.BadgeKind, as far as the reader may see it
    profession: str = ""  # with a badge: "Physiotherapist"
    checked_by_one: bool = False  # the badge, because there is nobody else


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageView:
    """An image of a message, already free of hidden data."""

    url: str
    alt: str = ""
    width: int = 0  # pixels; 0 is unknown
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A word and what is true of it: "Copies", "1 server"."""

    term: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """One answer of a question from elsewhere."""

    title: str
    chosen: bool = False  # by the reader
    result: str = ""  # how many chose it, as far as that may be said


@dataclass(frozen=True, slots=True, kw_only=True)
class PollView:
    """A question with answers to choose."""

    choices: tuple[ChoiceView, ...]
    is_multiple: bool
    is_closed: bool
    may_choose: bool
    has_chosen: bool
    ends: str = ""  # how long it goes on, in words
    is_own: bool = False  # the reader asks
    is_ours: bool = False  # asked here: who chose what is told to nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteView:
    """A message that another one quotes. `state`: to who quotes, a models.post.AskedState while it is not shown to others."""

    url: str
    name: str  # of its author
    excerpt: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader wants to do with a message, and its author elsewhere has to let: how it stands, a models.post.AskedState;
    "" where nothing has to be said.
    """

    thanks: str = ""
    passing_on: str = ""

    @property
    def thanked(self) -> bool:
        """Whether the author has been asked, and has not answered."""
        return self.thanks == "asked"

    @property
    def passed_on(self) -> bool:
        """The same."""
        return self.passing_on == "asked"


class PostView(NamedTuple):
    """One message on a card."""

    key: str
    url: str  # "/m/<key>"
    author: PersonView
    html: Markup
    when: datetime  # aware, UTC
    reach: int  # 1 to 5, the level of models.Reach
    reach_extra: str = ""  # "5 servers"
    language: str = ""  # "fr"; empty when it was not said
    voice: str = ""  # a models.Voice: "experience", "question", "information" or nothing
    note: str = ""  # what to warn of before reading, in words: "Invasive care"
    is_labelled: bool = False  # the team put the note there
    folded: bool = False  # show the note and fold the text
    filtered: str = ""  # the filter of the reader that folds it, in words
    veiled: bool = False  # fold the images alone
    kind: str = ""  # "Event", "Video", in words; nothing for a plain message
    title: str = ""
    facts: tuple[Fact, ...] = ()  # when and where an event is
    poll: PollView | None = None
    quote: QuoteView | None = None
    quotes_unseen: bool = False  # it quotes a message that the reader is not shown
    edited: bool = False
    is_mine: bool = False
    may_pin: bool = False  # keep it on top of one's page
    pinned: bool = False  # by the reader
    may_reply: bool = False
    may_thank: bool = False
    may_pass_on: bool = False
    may_quote: bool = False
    thanked: bool = False  # by the reader; nobody sees how many did
    passed_on: bool = False  # by the reader
    passed_on_by: PersonView | None = None
    reply_count: int = 0
    in_reply_to_url: str = ""
    in_reply_to_name: str = ""  # whom it answers; empty when that message cannot be seen
    attachments: tuple[ImageView, ...] = ()
    held_seconds_left: int = 0  # seconds in which the author can still undo the sending
    written_by: str = ""  # "Written by a parent of Lou", where it stands under the name of a managed profile
    answer_state: str = ""  # of one's own: how it stands with whom it answers, if they have to let it (models.post.AskedState)
    asked: Asked = Asked()  # what the reader wants to do, and its author has to let
    waits_for_team: bool = False  # the reader wrote it, and nobody else sees it before the team has read it
    labels: tuple[str, ...] = ()  # sentences that rules put below it
    team_note: str = ""  # what the team wrote under it
    is_hidden: bool = False  # the reader wrote it, and the team hides it from everybody else
    is_settled: bool = False  # the team lets nobody answer any more
    origin_url: str = ""  # https address on the other community's own pages, for messages from elsewhere
    is_erased: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Where the next page of a list is. Pages end: there is no endless scroll."""

    older_url: str = ""
    newer_url: str = ""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a form, and how to put it right. `field` is the input's id."""

    field: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer of a question: a radio button, a checkbox or a line of a select."""

    value: str
    title: str
    hint: str = ""
    checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceOption:
    """One line of the audience chooser, with what choosing it means in words."""

    value: str  # a models.Reach
    level: int  # 1 to 5
    title: str
    hint: str
    facts: tuple[Fact, ...]  # readers, copies, erasing
    button: str  # "Publish for my community"
    says: str  # one line that names readers and servers
    checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One of a few views of the same list."""

    title: str
    url: str
    is_current: bool = False
