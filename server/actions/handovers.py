"""A young person reaches the age to agree themselves: what was agreed for them waits, what was written is narrowed, and they
decide about each message. Nothing is erased before they say so.
"""
from __future__ import annotations

from collections.abc import Collection
from datetime import date

from models import Actor, AuditEntry, Community, ConsentRecord, Guardianship, Member, Post, Q, Subquery, clock, sealing
from models.consent import Capacity, ConsentEvent, ConsentState, Purpose
from models.database import in_transaction
from models.errors import NotHere
from models.member import LinkPurpose, MemberState, Role
from models.post import About
from models.reach import Reach
from moderation import ages, consent
from moderation.ages import Young
from server.actions import consents, links, removal, sharing, withdrawal
from server.actions.consents import Voice
from server.pictures.media import MediaStore

BY_THE_COMMUNITY = Voice(None, Capacity.COMMUNITY)
LINK_SECONDS = 7 * 24 * 3600
AT_ONCE = 50
WIDE = (Reach.COMMUNITY, Reach.PARTNERS, Reach.WEB)


def young(member: Member, community: Community) -> Young:
    """What is known of their age."""
    return Young(member.birth_year, member.country or community.country)


async def settle(today: date | None = None) -> int:
    """A job: freeze what was agreed for those who have grown up; how many."""
    community, now, done, after = await Community.current(), today or clock.now().date(), 0, 0
    known = Member.filter(role=Role.MANAGED, state=MemberState.ACTIVE, birth_year__lte=now.year - ages.LEAST)
    waiting = known.filter(Q(grew_up_at__isnull=True) | Q(came_of_age_at__isnull=True))
    while page := await waiting.filter(id__gt=after).order_by("id").limit(AT_ONCE).select_related("actor"):
        for member in page:
            done += await _settle(member, community, now)
        after = page[-1].id
    return done


async def _settle(member: Member, community: Community, today: date) -> int:
    one, done = young(member, community), 0
    if member.grew_up_at is None and ages.has_grown_up(one, community.ages, today):
        await _freeze(member, ages.AT_NATIONAL_AGE, "grew_up_at")
        done += 1
    if member.came_of_age_at is None and ages.is_adult(one, today):
        await _freeze(member, ages.AT_18, "came_of_age_at")
        done += 1
    return done


async def _freeze(member: Member, purposes: Collection[Purpose], when: str) -> None:
    """No yes of a guardian counts any more, nobody writes in their name, and nobody else reads what stands there."""
    async with in_transaction():
        shared = await consent.may_leave(member.actor_id)
        for record in await ConsentRecord.last_words(member.actor_id):
            if record.purpose in purposes and consent.is_in_force(record):
                await consents.end(record, ConsentEvent.FROZEN, ConsentState.SUPERSEDED, BY_THE_COMMUNITY)
        if when == "grew_up_at":
            if shared:
                await withdrawal.erase_elsewhere(member.actor)
            for reach in WIDE:
                for post in await Post.filter(author_id=member.actor_id, reach=reach, deleted_at__isnull=True):
                    await post.change(reach_before=reach.value, reach=Reach.CIRCLE)
                    await sealing.anew(post)
            running = Guardianship.filter(Guardianship.running(), subject_id=member.actor_id)
            await running.update(may_write=False, may_consent=False)
        await sharing.show_as_agreed(member.actor)
        setattr(member, when, clock.now())
        await member.save(update_fields=[when])
        await AuditEntry.create(action=f"member.{when}", target=f"member:{member.id}")


async def link_for(member: Member, by: Actor) -> str:
    """The token with which the young person signs in for the first time, given by the team. NotHere before their time."""
    if member.grew_up_at is None or member.role is not Role.MANAGED:
        raise NotHere("not their time")
    await AuditEntry.create(actor_id=by.id, action="member.link", target=f"member:{member.id}")
    return await links.make(LinkPurpose.SIGN_IN, LINK_SECONDS, member)


def about(actor: Actor) -> Q:
    """The messages about a young person: under their name, and those of their guardians about somebody whom they look after."""
    guardians = Subquery(Guardianship.filter(subject_id=actor.id).values("guardian_id"))
    return Q(deleted_at__isnull=True) & (Q(author_id=actor.id) | Q(author_id__in=guardians, about=About.MANAGED))


async def written(actor: Actor, after: int, size: int) -> list[Post]:
    """What was written about them, the oldest first, with its authors."""
    return await Post.filter(about(actor), id__gt=after).order_by("id").limit(size).select_related("author")


async def keep(member: Member, ids: Collection[int]) -> None:
    """These stay, inside the community, until their person sends them further. Only their own."""
    for post in await Post.filter(author_id=member.actor_id, id__in=list(ids)).exclude(reach_before=""):
        await post.change(reach=Reach.COMMUNITY, reach_before="")
        await sealing.anew(post)


async def erase(member: Member, ids: Collection[int], store: MediaStore) -> None:
    """These go, whoever of the family wrote them (GDPR article 17(1)(f)), here and where copies are."""
    for post in await Post.filter(about(member.actor), id__in=list(ids)).select_related("author"):
        await removal.delete(post, store)


async def take_over(member: Member, language: str, community: Community) -> None:
    """They say yes to being a member, and act for themselves from now on: nobody else does any more."""
    async with in_transaction():
        await consents.give(member.actor, Purpose.MEMBERSHIP, language, community)
        await Guardianship.filter(Guardianship.running(), subject_id=member.actor_id).update(until=clock.now())
        member.role, member.took_over_at = Role.MEMBER, clock.now()
        await member.save(update_fields=["role", "took_over_at"])
        await AuditEntry.create(actor_id=member.actor_id, action="member.took_over", target=f"member:{member.id}")


async def save_age(member: Member, birth_year: int | None, country: str) -> None:
    """What a guardian, or the team, says of the age."""
    member.birth_year, member.country = birth_year, country
    await member.save(update_fields=["birth_year", "country"])
