"""What a member brings along from another server, line by line. Consents and readers never come along: all are asked anew."""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from federation import resolve
from federation.addresses import host_of
from federation.errors import FederationError, Unreachable
from federation.instance import Instance
from models import Actor, Brought, Follow, Member, PeopleList, Post
from models.database import in_transaction
from models.errors import CommunityError, NotHere
from models.member import MemberState
from models.reach import Reach
from models.rights import BroughtKind, Outcome
from models.turns import take_turn
from moderation import consent
from moderation.visibility import Viewer, may_see
from server.actions import bookmarks, follows, host_blocks, lists, posts, relations
from server.actions.follows import Wishes
from server.actions.lists import Replies
from server.actions.once import Repeated
from server.actions.posts import Composition
from server.errors import Refused
from server.members.takeout import Line

AT_ONCE = 20


class StillBusy(CommunityError):
    """What was brought along before is not carried out yet."""

    status = 409
    safe = "Your last file is still being read. Wait until every line says what became of it."


async def bring(owner: Actor, lines: Sequence[Line]) -> None:
    """Keep the lines for the job, instead of those of the last file. Raises StillBusy."""
    async with in_transaction():
        await take_turn("brought", owner.id)
        if await Brought.filter(owner=owner, outcome=Outcome.WAITING).exists():
            raise StillBusy("brought")
        await Brought.filter(owner=owner).delete()
        rows = [Brought(owner=owner, kind=line.kind, value=line.value, details=line.details,
                        outcome=Outcome.DONE if line.kind is BroughtKind.PROFILE else Outcome.WAITING) for line in lines]
        for row in rows:
            await row.seal()
        await Brought.bulk_create(rows, batch_size=500)


async def carry_out(instance: Instance) -> int:
    """A job: the oldest lines that wait; how many."""
    waiting = await Brought.filter(outcome=Outcome.WAITING).order_by("id").limit(AT_ONCE).select_related("owner")
    for line in waiting:
        outcome = await _outcome(instance, line)
        before = [Outcome.WAITING] if outcome is Outcome.KNOWN else [Outcome.WAITING, Outcome.KNOWN]
        # another process may be at it: what the first did, the second finds done
        await Brought.filter(id=line.id, outcome__in=before).update(outcome=outcome)
    return len(waiting)


async def _outcome(instance: Instance, line: Brought) -> Outcome:
    if not await Member.exists(actor_id=line.owner_id, state=MemberState.ACTIVE):
        return Outcome.REFUSED
    try:
        return await ACTS[line.kind](instance, line)
    except Refused as error:
        return Outcome.CONSENT if str(error) == "consent" else Outcome.REFUSED
    except (NotHere, Unreachable):
        return Outcome.UNKNOWN
    except FederationError:
        return Outcome.REFUSED
    except CommunityError:
        return Outcome.BROKEN


async def _person(instance: Instance, line: Brought) -> Actor:
    """Who is meant. Somebody elsewhere is looked for only with the yes to being known elsewhere."""
    _, _, host = line.value.removeprefix("@").partition("@")
    if not host:
        raise CommunityError("no address")
    if host_of(f"https://{host}") != instance.network.host and not await consent.may_leave(line.owner_id):
        raise Refused("consent")
    return await resolve.actor_at(instance, line.value)


async def _follow(instance: Instance, line: Brought) -> Outcome:
    target = await _person(instance, line)
    if (known := await Follow.between(line.owner, target)) and known.accepted_at:
        return Outcome.KNOWN
    asked = await follows.follow(line.owner, target, Wishes.of(line.details))
    return Outcome.DONE if asked.accepted_at else Outcome.ASKED


async def _block(instance: Instance, line: Brought) -> Outcome:
    await relations.block(line.owner, await _person(instance, line))
    return Outcome.DONE


async def _host(instance: Instance, line: Brought) -> Outcome:
    await host_blocks.block(instance, line.owner, line.value)
    return Outcome.DONE


async def _mute(instance: Instance, line: Brought) -> Outcome:
    await relations.mute(line.owner, await _person(instance, line), hides_notices=bool(line.details.get("hides_notices", True)))
    return Outcome.DONE


async def _bookmark(instance: Instance, line: Brought) -> Outcome:
    known = await Post.kept(line.value)
    if known is None:
        if not await consent.may_leave(line.owner_id):
            raise Refused("consent")
        known = await resolve.post(instance, line.value)
    if not await may_see(Viewer.member(line.owner), known):
        raise NotHere("not for them")
    await bookmarks.keep(line.owner, known)
    return Outcome.DONE


async def _list(instance: Instance, line: Brought) -> Outcome:
    title = str(line.details.get("title", ""))[:lists.TITLE_LIMIT_CHARACTERS] or "…"
    async with in_transaction():
        await Actor.filter(id=line.owner_id).select_for_update().first()  # another process may read the same file
        row = await PeopleList.filter(owner_id=line.owner_id, title=title).first()
        row = row or await lists.make(line.owner, title, Replies.LIST, is_exclusive=False)
    if not line.value:
        return Outcome.DONE
    person = await _person(instance, line)
    try:
        await lists.add(row, [person.id])
    except NotHere:
        return Outcome.ASKED  # only people whom one follows stand on lists
    return Outcome.DONE


async def _message(instance: Instance, line: Brought) -> Outcome:
    """A copy for the member's own eyes, with the day it was written on."""
    when = str(line.details.get("when", ""))[:10]
    text = f"{when}\n\n{line.details.get('text', '')}".strip()[:posts.TEXT_LIMIT_CHARACTERS]
    try:
        await posts.publish(line.owner, Composition(text=text, reach=Reach.ME, once=f"brought {line.id}"), instance.origin)
    except Repeated:
        pass  # by another process, out of this very line
    return Outcome.DONE


async def _nothing(_instance: Instance, _line: Brought) -> Outcome:
    return Outcome.DONE


ACTS: dict[BroughtKind, Callable[[Instance, Brought], Awaitable[Outcome]]] = {
    BroughtKind.FOLLOW: _follow,
    BroughtKind.BLOCK: _block,
    BroughtKind.HOST: _host,
    BroughtKind.MUTE: _mute,
    BroughtKind.BOOKMARK: _bookmark,
    BroughtKind.LIST: _list,
    BroughtKind.MESSAGE: _message,
    BroughtKind.PROFILE: _nothing,
}
