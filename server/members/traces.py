"""Where a member is in the tables: what each row means for a copy of everything, and for leaving.

A test compares this list with every foreign key to Actor and Member, so that a new table cannot be forgotten.
"""
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models import (
    AccessToken,
    ActorKey,
    Announce,
    Approval,
    Archive,
    Attachment,
    AuthorizationCode,
    Badge,
    Block,
    Bookmark,
    Brought,
    Case,
    CaseNote,
    ConsentRecord,
    ConversationMark,
    Correction,
    CutFollow,
    DeathReport,
    Departure,
    Disclosure,
    Draft,
    FeaturedTag,
    Filter,
    Follow,
    FollowedTag,
    Guardianship,
    HostBlock,
    HostMute,
    Introduction,
    Invitation,
    Like,
    ListedPerson,
    Listing,
    Marker,
    Member,
    Mentoring,
    Mute,
    Notification,
    NotificationPolicy,
    NotificationSender,
    OfferedListing,
    OutgoingActivity,
    OutgoingMail,
    PeopleList,
    Pin,
    Post,
    ProfileValue,
    PushSubscription,
    QuietConversation,
    Recall,
    Recipient,
    Remark,
    Report,
    ScheduledPost,
    SentOnce,
    Session,
    SignalHit,
    SignInLink,
    Stamp,
    Statement,
    Vote,
    Waiting,
    WaitingEntry,
    WaitingMatch,
    Withdrawal,
)
from models.base import LedgerRow, Record

Table = type[Record] | type[LedgerRow]


class AtEnd(StrEnum):
    """What becomes of a row when its member has left."""

    ERASED = "erased"
    UNTIED = "untied"  # the row stays, and no longer says who
    CONTENT = "content"  # as the member chose (server.actions.departures)
    LATER = "later"  # once nothing has to be sent in their name any more
    KEPT = "kept"  # see `why`


@dataclass(frozen=True, slots=True)
class Trace:
    """One foreign key. `file`: its name in the copy, "" for none; `hides`: columns that are secrets or not theirs."""

    model: Table
    column: str
    file: str = ""
    at_end: AtEnd = AtEnd.ERASED
    hides: frozenset[str] = frozenset()
    why: str = ""  # why it is not in the copy, or stays


SECRET = "a secret that signs in"  # noqa: S105 - a reason
OTHERS = "what somebody else has done, and told nobody"
LEDGER = "a ledger that proves what was agreed to and who was told; it holds no name"

TRACES: tuple[Trace, ...] = (
    Trace(Member, "actor_id", "account", hides=frozenset({"password_hash"})),
    Trace(ProfileValue, "actor_id", "profile-lines"),
    Trace(Listing, "actor_id", "found-here"),
    Trace(OfferedListing, "actor_id", "told-to-partners"),
    Trace(Introduction, "actor_id", "introductions", hides=frozenset({"pseudonym_uri"})),
    Trace(Waiting, "actor_id", "waiting-list"),
    Trace(WaitingEntry, "actor_id", "waiting-list-told"),
    Trace(WaitingMatch, "actor_id", "waiting-list-found", hides=frozenset({"other", "offer_uri", "offer_ends_at"})),
    Trace(Badge, "owner_id", "badges", hides=frozenset({"first_by_id", "decided_by_id"})),
    Trace(Badge, "voucher_id", at_end=AtEnd.UNTIED, why="it is the badge of somebody else"),
    Trace(Post, "author_id", "messages", AtEnd.CONTENT),
    Trace(Post, "written_by_id", "written-for-others", AtEnd.UNTIED),
    Trace(Attachment, "owner_id", "images", AtEnd.CONTENT),
    Trace(Draft, "owner_id", "drafts"),
    Trace(ScheduledPost, "owner_id", "scheduled"),
    Trace(Like, "actor_id", "likes", AtEnd.CONTENT),
    Trace(Announce, "actor_id", "passed-on"),
    Trace(Vote, "actor_id", "votes"),
    Trace(Pin, "actor_id", "pins"),
    Trace(Bookmark, "owner_id", "bookmarks"),
    Trace(Follow, "follower_id", "follows"),
    Trace(Follow, "target_id", "followers"),
    Trace(CutFollow, "owner_id", "follows-cut"),
    Trace(CutFollow, "other_id", why="somebody of another server, who is never a member"),
    Trace(Block, "blocker_id", "blocks"),
    Trace(Block, "target_id", why=OTHERS),
    Trace(HostBlock, "owner_id", "blocked-servers"),
    Trace(HostMute, "owner_id", "muted-servers"),
    Trace(Mentoring, "newcomer_id", "my-mentors"),
    Trace(Mentoring, "mentor_id", "welcomed-by-me", AtEnd.UNTIED),
    Trace(Mute, "owner_id", "mutes"),
    Trace(Mute, "target_id", why=OTHERS),
    Trace(Remark, "owner_id", "remarks"),
    Trace(Remark, "target_id", why=OTHERS),
    Trace(PeopleList, "owner_id", "lists"),
    Trace(ListedPerson, "actor_id", why=OTHERS),
    Trace(QuietConversation, "owner_id", "quiet-conversations"),
    Trace(ConversationMark, "owner_id", "conversations-read"),
    Trace(Marker, "owner_id", "read-so-far"),
    Trace(FollowedTag, "owner_id", "followed-tags"),
    Trace(FeaturedTag, "owner_id", "featured-tags"),
    Trace(Filter, "owner_id", "filters"),
    Trace(Recipient, "actor_id", "addressed-to-me"),
    Trace(Notification, "recipient_id", "notices"),
    Trace(Notification, "actor_id", why="it is the notice of somebody else; what caused it is in the copy"),
    Trace(NotificationPolicy, "owner_id", "notice-settings"),
    Trace(NotificationSender, "owner_id", "notice-senders"),
    Trace(NotificationSender, "sender_id", why=OTHERS),
    Trace(Report, "reporter_id", "reports", AtEnd.UNTIED, frozenset({"assigned_to_id", "closed_by_id"})),
    Trace(Report, "target_id", "", AtEnd.UNTIED, why="it would tell who reported; the team answers about it in person"),
    Trace(Report, "assigned_to_id", "", AtEnd.UNTIED, why="the work of the team, about somebody else"),
    Trace(Report, "closed_by_id", "", AtEnd.UNTIED, why="the work of the team, about somebody else"),
    Trace(Case, "about_id", "", AtEnd.UNTIED, why="it would tell who reported; what was decided is in the statements"),
    Trace(Case, "claimed_by_id", "", AtEnd.UNTIED, why="the work of the team, about somebody else"),
    Trace(Case, "second_asked_by_id", "", AtEnd.UNTIED, why="the work of the team, about somebody else"),
    Trace(CaseNote, "author_id", "", AtEnd.UNTIED, why="a talk of the team, about somebody else"),
    Trace(Case, "closed_by_id", "", AtEnd.UNTIED, why="the work of the team, about somebody else"),
    Trace(Statement, "owner_id", "rulings-about-me", hides=frozenset({"heard_by_id"})),
    Trace(SignalHit, "owner_id", "rules-that-spoke"),
    Trace(Invitation, "made_by_id", "invitations", AtEnd.ERASED, frozenset({"token_digest"})),
    Trace(Guardianship, "subject_id", "guardians"),
    Trace(Guardianship, "guardian_id", "guardian-of"),
    Trace(DeathReport, "reporter_id", "deaths-reported", hides=frozenset({"decided_by_id"})),
    Trace(DeathReport, "subject_id", why="who reported is not told; the team answers about it in person"),
    Trace(Correction, "owner_id", "corrections"),
    Trace(Brought, "owner_id", "brought-along"),
    Trace(Archive, "owner_id", "copies-of-my-data"),
    Trace(Departure, "actor_id", "leaving", AtEnd.KEPT, why="the name is never given again; it is kept as a digest"),
    Trace(ConsentRecord, "actor_id", "consents", AtEnd.KEPT, why=LEDGER),
    Trace(Disclosure, "actor_id", "who-received-what", AtEnd.KEPT, why=LEDGER),
    Trace(Withdrawal, "actor_id", "asked-to-erase", AtEnd.KEPT, why=LEDGER),
    Trace(Recall, "actor_id", "still-to-be-asked-back"),
    Trace(Session, "member_id", "browsers", AtEnd.ERASED, frozenset({"token_digest"})),
    Trace(AccessToken, "member_id", "apps", AtEnd.ERASED, frozenset({"token_digest"})),
    Trace(PushSubscription, "owner_id", "app-notices", AtEnd.ERASED, frozenset({"secret", "public_key", "endpoint"})),
    Trace(AuthorizationCode, "member_id", why=SECRET),
    Trace(SignInLink, "member_id", why=SECRET),
    Trace(ActorKey, "actor_id", "", AtEnd.LATER, why="signs in the member's name; whoever has it can pretend to be them"),
    Trace(OutgoingActivity, "actor_id", "", AtEnd.LATER, why="the way of what is in the copy already; kept for two weeks"),
    Trace(OutgoingMail, "member_id", "mails-waiting"),
    Trace(SentOnce, "owner_id", why="digests of one day that keep an app from sending twice"),
    Trace(Stamp, "asker_id", "permissions-from-others"),
    Trace(Approval, "actor_id", "asked-of-others"),
)
