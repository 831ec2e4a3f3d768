"""What happened in one community before today: written by the same actions as in the browser, then dated back."""
from __future__ import annotations

import asyncio
from datetime import timedelta

from models import Actor, Announce, Attachment, Community, Like, Member, Notification, Post, clock
from models.consent import Purpose
from models.member import MemberState
from models.notification import Notice
from models.reach import Reach
from server.actions import accounts, drafts, follows, posts, profiles, reactions
from server.actions.accounts import Newcomer
from server.actions.drafts import Typed
from server.actions.posts import Composition
from server.actions.profiles import Profile
from server.demo import pictures
from server.demo.desk import Desk, local
from server.demo.story import Message, Person, Story
from server.members.passwords import Passwords
from server.pictures import media

JOINED_DAYS = 40
FRIENDS_DAYS = 34.5
NEWS_DAYS = 2  # what is older has been read
MINUTES_TO_REACT = 50


async def fill(desk: Desk, story: Story, password: str) -> None:
    """Open the community, let people in, and let them write. Nothing of it leaves: there is no partner yet."""
    now = clock.now()
    await (await Community.current()).change(**story.community, opened_at=now - timedelta(days=JOINED_DAYS))
    passwords = Passwords.of(desk.settings)
    for number, person in enumerate(story.people):
        await _join(desk, story, person, await passwords.hash(password), JOINED_DAYS - number / 2)
    passwords.close()
    await _befriend(story)
    for message in story.messages:
        post = await write(desk, message, story.language)
        await _date_back(post, message.days)
        await _react(story, message.id, post, message.days)
    for name, text in story.drafts.items():
        await drafts.save(await local(name), Typed(text=text))


async def write(desk: Desk, message: Message, language: str, parent: Post | None = None) -> Post:
    """One message, at once. `parent`: what it answers, if that is not among what the desk knows by id."""
    author = await local(message.by)
    if message.reply:
        parent = await Post.kept(desk.posts[message.reply])
    reach = message.reach or (parent.reach if parent else Reach.COMMUNITY)
    circle = tuple([await local(name) for name in message.to])
    images = await _images(desk, author, message)
    post = await posts.publish(author, Composition(
        text=message.text, reach=reach, voice=message.voice, about=message.about, note=message.note, warning=message.warning,
        language=language, parent=parent, recipients=circle, attachments=images,
        is_sensitive=bool(message.warning)), desk.settings.origin)
    if message.id:
        desk.posts[message.id] = post.uri
    return post


async def _images(desk: Desk, author: Actor, message: Message) -> tuple[Attachment, ...]:
    if not message.image:
        return ()
    with await asyncio.to_thread(pictures.draw, message.image) as file:
        image = await media.receive(desk.store, author, file)
    image.description = message.alt
    return (image,)


async def _join(desk: Desk, story: Story, person: Person, password_hash: str, days: float) -> None:
    asked = {Purpose.MEMBERSHIP: True, Purpose.FOUND_HERE: person.found, Purpose.SHARED_OUT: person.shares}
    member = await accounts.create(desk.settings.origin, Newcomer(
        name=person.name, display_name=person.display, email=f"{person.name}@demo.invalid", confirmed=True, role=person.role,
        password_hash=password_hash, language=story.language, situation=person.situation, answer=person.answer,
        state=MemberState.WAITING if person.waiting else MemberState.ACTIVE,
        consents=tuple(purpose for purpose, yes in asked.items() if yes), more={"undo_seconds": 0}))
    await profiles.change(member, Profile(display_name=person.display, about=person.about, writes_in=story.language,
                                          approves_followers=person.approves, found_here=person.found),
                          story.language, await Community.current(), desk.settings.origin)
    if not person.waiting:
        joined = clock.now() - timedelta(days=days)
        await member.actor.change(published_at=joined)
        await Member.filter(id=member.id).update(created_at=joined)


async def _befriend(story: Story) -> None:
    for name, others in story.follows.items():
        for other in others:
            follow = await follows.follow(await local(name), await local(other))
            if follow.accepted_at is None:
                await follows.accept(follow.target, follow.follower)
    when = clock.now() - timedelta(days=FRIENDS_DAYS)
    await Notification.filter(kind__in=[Notice.FOLLOW, Notice.FOLLOW_ACCEPTED]).update(read_at=when, created_at=when)
    for name, others in story.requests.items():
        for other in others:
            await follows.follow(await local(name), await local(other))


async def _react(story: Story, id_: str, post: Post, days: float) -> None:
    when = clock.now() - timedelta(days=days) + timedelta(minutes=MINUTES_TO_REACT)
    for name in story.thanks.get(id_, []):
        await reactions.thank(await local(name), post)
    for name in story.passed_on.get(id_, []):
        await reactions.pass_on(await local(name), post)
    await Like.filter(post=post).update(created_at=when)
    await Announce.filter(post=post).update(created_at=when, published_at=when)
    await _date_notices(post, days)


async def _date_back(post: Post, days: float) -> None:
    when = clock.now() - timedelta(days=days)
    await Post.filter(id=post.id).update(published_at=when, created_at=when)
    post.published_at = when


async def _date_notices(post: Post, days: float) -> None:
    when = clock.now() - timedelta(days=days)
    await Notification.filter(post=post).update(created_at=when, read_at=when if days > NEWS_DAYS else None)
