"""Leaving: two weeks in which one can come back, then everything goes, here and at those who have a copy.

The end is made of small steps. Each is one transaction, and can be repeated: after a crash it goes on where it was.
"""
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from typing import Any

from federation import outbox
from models import (
    Actor,
    ActorKey,
    Attachment,
    AuditEntry,
    Delivery,
    Departure,
    Disclosure,
    Like,
    Member,
    OutgoingActivity,
    OutgoingMail,
    Post,
    Q,
    Revision,
    Session,
    Subquery,
    clock,
    pruning,
    sealing,
    vault,
)
from models.consent import Capacity, ConsentEvent, ConsentRecord, ConsentState
from models.database import in_transaction
from models.delivery import TELLING, DeliveryState
from models.errors import NotHere
from models.ids import digest
from models.mail import Letter
from models.member import LinkPurpose, MemberState
from models.reach import Reach
from moderation import consent
from server.actions import accounts, apps, consents, links, removal, sharing, unguarded
from server.actions.consents import Voice
from server.members import traces
from server.members.traces import AtEnd, Trace
from server.pictures.media import MediaStore
from server.words import language

REGRET = timedelta(days=14)
RETURN_SECONDS = 3600
POSTS_AT_ONCE = 50
AT_ONCE = 20  # departures of one run
CHUNK = 500
HOSTS_IN_MAIL = 100
FORMER = "_former"  # no member can have this name: names begin with a letter or a digit


class Kind(StrEnum):
    """What can be erased, or kept without a name."""

    MESSAGES = "messages"
    ANSWERS = "answers"  # in conversations that somebody else began
    PRIVATE = "private"  # to named people
    IMAGES = "images"  # of messages that are kept
    REACTIONS = "reactions"


async def leave(member: Member, keeps: list[Kind]) -> Departure:
    """Hide a member at once and sign them out everywhere; after REGRET everything goes. LastHost."""
    ends_at = clock.now() + REGRET
    async with in_transaction():
        await accounts.keep_a_host(member)
        departure, _ = await Departure.update_or_create(
            actor=member.actor, defaults={"ends_at": ends_at, "keeps": [str(kind) for kind in keeps], "ended_at": None})
        await _hide(member)
        await AuditEntry.create(actor_id=member.actor_id, action="member.leave", target=f"member:{member.id}")
        if member.email:
            await OutgoingMail.owe(Letter.CLOSING, member.email, member=member, language=member.language,
                                   details={"when": language.day(ends_at.date(), member.language or "fr")})
    return departure


async def way_back(member: Member) -> str:
    """A token with which somebody who leaves, and has just shown who they are, can stay after all."""
    return await links.make(LinkPurpose.RETURN, RETURN_SECONDS, member)


async def come_back(token: str) -> Member:
    """Stay after all: everything is as it was. Raises links.LinkSpent; NotHere where it is too late."""
    async with in_transaction():
        member = (await links.spend(token, LinkPurpose.RETURN)).member
        if member is None or member.state is not MemberState.CLOSING:
            raise NotHere("nobody leaves")
        if not await Departure.filter(actor_id=member.actor_id, told_at__isnull=True).delete():
            raise NotHere("too late")
        await Member.filter(id=member.id).update(state=MemberState.ACTIVE)
        await member.actor.change(suspended_at=None)
        await AuditEntry.create(actor_id=member.actor_id, action="member.return", target=f"member:{member.id}")
    return await Member.get(id=member.id).select_related("actor")


async def erase(member: Member, keeps: list[Kind], reason: str, store: MediaStore) -> list[str]:
    """The host's act: no time for regret. Which servers were asked to erase. LastHost."""
    async with in_transaction():
        await accounts.keep_a_host(member)
        departure, _ = await Departure.update_or_create(actor=member.actor, defaults={
            "ends_at": clock.now(), "keeps": [str(kind) for kind in keeps], "reason": reason[:500], "ended_at": None})
        await _hide(member)
        await AuditEntry.create(action="member.erase", target=f"member:{member.id}", reason=reason[:500])
    departure.actor = member.actor
    while await step(departure, store):
        pass
    return await recipients(member.actor_id)


async def end_due(store: MediaStore) -> int:
    """A job: one step for each departure whose time has come, and the keys of those who have left; how much was done."""
    done, failed = 0, list[Exception]()
    due = Departure.filter(ended_at__isnull=True, ends_at__lte=clock.now())
    for departure in await due.order_by("ends_at").limit(AT_ONCE).select_related("actor"):
        try:
            await step(departure, store)
        except Exception as error:  # one that cannot end must not keep the others
            failed.append(error)
        done += 1
    if failed:
        raise failed[0]
    for departure in await Departure.filter(ended_at__isnull=False, keys_gone_at__isnull=True).order_by("ended_at").limit(20):
        done += await _forget_keys(departure)
    return done


async def step(departure: Departure, store: MediaStore) -> bool:
    """One step towards the end; False when there is none left. The actor comes loaded."""
    if departure.ended_at:
        return False
    if departure.told_at is None:
        await _tell(departure)
    elif page := await Post.filter(author_id=departure.actor_id, deleted_at__isnull=True).order_by("id").limit(
            POSTS_AT_ONCE).select_related("author"):
        await _settle_posts(departure, page, store)
    else:
        await _empty(departure)
        await _finish(departure, store)
    return True


async def recipients(actor_id: int) -> list[str]:
    """The servers that have, or had, something of this member (GDPR article 19)."""
    return [one.host for one in await Disclosure.by_host(actor_id)]


async def _hide(member: Member) -> None:
    await Member.filter(id=member.id).update(state=MemberState.CLOSING)
    member.state = MemberState.CLOSING
    await member.actor.change(suspended_at=clock.now())
    await Session.filter(member=member).delete()
    await apps.show_all_out(member)
    await unguarded.tell_of(member.actor)


async def _tell(departure: Departure) -> None:
    """Nothing new leaves; those who have something of this member, and nobody else, are asked to erase it all."""
    actor = departure.actor
    voice = Voice(None, Capacity.COMMUNITY) if departure.reason else Voice(actor.id)
    async with in_transaction():
        if not await _first(departure, "told_at"):
            return
        for record in await ConsentRecord.last_words(actor.id):
            if consent.is_in_force(record):
                await consents.end(record, ConsentEvent.WITHDRAWN, ConsentState.WITHDRAWN, voice)
        await sharing.show_as_agreed(actor)  # while there are still rows that say which directories have them
        said = Subquery(OutgoingActivity.filter(actor_id=actor.id).exclude(kind__in=["Delete", "Undo"]).values("id"))
        waiting = Delivery.filter(state=DeliveryState.WAITING, attempts=0, activity_id__in=said)
        await waiting.update(state=DeliveryState.FAILED, done_at=clock.now())
        await outbox.delete_actor(actor)


async def _first(departure: Departure, column: str) -> bool:
    """Mark a step as done; False if the command line, or the job, was quicker. Inside the transaction of the step."""
    now = clock.now()
    setattr(departure, column, now)
    return bool(await Departure.filter(id=departure.id, **{f"{column}__isnull": True}).update(**{column: now}))


async def _settle_posts(departure: Departure, page: list[Post], store: MediaStore) -> None:
    kept = [post for post in page if kind_of(post) in departure.keeps]
    erased = [post for post in page if post not in kept]
    bare = erased if Kind.IMAGES in departure.keeps else page
    images = Attachment.filter(post_id__in=[post.id for post in bare] or [0])
    async with in_transaction():
        files = [image.key for image in await images]
        await images.delete()
        if erased:
            await removal.bury(erased)
        if kept:
            await _keep(kept, await nobody_in_particular(departure.actor))
    for key in files:
        store.forget(key)


async def _keep(posts: list[Post], former: Actor) -> None:
    """They stay, and nothing says who wrote them."""
    ids = [post.id for post in posts]
    await Attachment.filter(post_id__in=ids).update(owner_id=former.id)
    await Revision.filter(post_id__in=ids).delete()
    for post in posts:
        post.author = former
        await post.change(author_id=former.id)
        await sealing.anew(post)


def kind_of(post: Post) -> str:
    """Which choice a message falls under; notes for oneself are always erased."""
    if post.reach is Reach.ME:
        return ""
    if post.reach is Reach.CIRCLE:
        return Kind.PRIVATE
    return Kind.MESSAGES if post.conversation == post.uri else Kind.ANSWERS


async def nobody_in_particular(left: Actor) -> Actor:
    """Who stands as the author of everything that was kept: one for all who left, so that no two messages are tied together.

    It has agreed to nothing, so nothing of it leaves this server. Inside a transaction.
    """
    member = await Member.get_or_none(actor_id=left.id)
    _ = language.gettext_for(member.language if member and member.language else "fr")
    uri = f"{left.uri.rpartition('/')[0]}/former"
    columns = {"uri": uri, "inbox_uri": f"{uri}/inbox", "display_name": _("Somebody who has left")}
    return (await Actor.get_or_create(columns, name=FORMER, host=""))[0]


async def _empty(departure: Departure) -> None:
    """All other rows, which may be hundreds of thousands: in steps, each by itself, of which a crash leaves the rest for later.
    They were hidden when the member left. The rows of images go with the account, which knows their files then.
    """
    actor, member = departure.actor, await Member.get_or_none(actor_id=departure.actor_id)
    if Kind.REACTIONS in departure.keeps:
        async with in_transaction():
            former = await nobody_in_particular(actor)
        doubled = Subquery(Like.filter(actor_id=former.id).values("post_id"))
        async for ids in pruning.steps(Like.filter(actor_id=actor.id).exclude(post_id__in=doubled)):
            await Like.filter(id__in=ids).update(actor_id=former.id)
    for trace, rows in _rows_of(actor.id, member.id if member else 0):
        if trace.at_end is not AtEnd.UNTIED and trace.model is not Attachment:
            await pruning.forget(rows)


async def _finish(departure: Departure, store: MediaStore) -> None:
    """What came meanwhile, then the account itself: the actor stays as an empty shell, so that its id stays dead."""
    actor = departure.actor
    member = await Member.get_or_none(actor_id=actor.id)
    files = [image.key for image in await Attachment.filter(owner_id=actor.id)]
    async with in_transaction():
        if not await _first(departure, "ended_at"):
            return
        await _erase_rows(actor.id, member.id if member else 0)
        telling = Subquery(OutgoingActivity.filter(actor_id=actor.id, kind__in=TELLING).values("id"))
        await Delivery.filter(state=DeliveryState.WAITING, activity_id__in=telling).update(state=DeliveryState.FAILED)
        if member is not None:
            await _farewell(departure, member)
            await Member.filter(id=member.id).delete()
        await departure.change(name_digest=digest(actor.name))
        await actor.change(name=f"_{actor.key.lower()}", display_name="", summary="", url="", icon_uri="", details=[], aliases=[],
                           language="", badge="", profession="", organisation="", badge_checks=0,
                           discoverable=False, indexable=False, deleted_at=clock.now())
    vault.current().destroy(actor.id)
    for key in files:
        store.forget(key)


async def again() -> int:
    """Those whose key is destroyed, and who came back with an old backup, leave at once: nobody asked for them. How many."""
    gone, count = vault.current().destroyed(), 0
    for start in range(0, len(gone), CHUNK):
        for actor in await Actor.filter(id__in=gone[start:start + CHUNK], host="", deleted_at__isnull=True):
            async with in_transaction():
                await Departure.update_or_create(actor=actor, defaults={
                    "ends_at": clock.now(), "keeps": [], "told_at": None, "ended_at": None, "keys_gone_at": None})
                if member := await Member.get_or_none(actor_id=actor.id).select_related("actor"):
                    await _hide(member)
            count += 1
    return count


async def _erase_rows(actor_id: int, member_id: int) -> None:
    for trace, rows in _rows_of(actor_id, member_id):
        if trace.at_end is AtEnd.UNTIED:
            await rows.update(**{trace.column: None})
        else:
            await rows.delete()


def _rows_of(actor_id: int, member_id: int) -> Iterator[tuple[Trace, Any]]:
    """The rows that go, or no longer say who; not the messages, and not the account."""
    for trace in traces.TRACES:
        goes = trace.at_end in (AtEnd.ERASED, AtEnd.CONTENT) and trace.model not in (Member, Post)
        if goes or trace.at_end is AtEnd.UNTIED:
            yield trace, trace.model.filter(**{trace.column: member_id if trace.column == "member_id" else actor_id})


async def _farewell(departure: Departure, member: Member) -> None:
    """The receipt of the end: who was asked to erase. It names no community and no illness (server.background.mail)."""
    if member.email and member.deceased_at is None:
        hosts = await recipients(departure.actor_id)
        await OutgoingMail.owe(Letter.CLOSED, member.email, language=member.language, details={
            "name": departure.actor.shown_name, "hosts": "\n".join(hosts[:HOSTS_IN_MAIL]), "reason": departure.reason})


async def _forget_keys(departure: Departure) -> bool:
    """Once nothing waits to be sent in their name, nobody can sign in it any more."""
    if await Delivery.filter(activity__actor_id=departure.actor_id, state=DeliveryState.WAITING).exists():
        return False
    vault.current().destroy(departure.actor_id)  # once more, if a crash came between
    said = OutgoingActivity.filter(~Q(body="") | Q(sealed__isnull=False), actor_id=departure.actor_id).exclude(kind="Delete")
    async for ids in pruning.steps(said):
        await OutgoingActivity.filter(id__in=ids).update(body="", sealed=None)
    async with in_transaction():
        await ActorKey.filter(actor_id=departure.actor_id).delete()
        await departure.change(keys_gone_at=clock.now())
    return True


async def of(member: Member) -> Departure | None:
    """The departure of somebody who leaves."""
    return await Departure.get_or_none(actor_id=member.actor_id)
