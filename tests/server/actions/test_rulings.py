"""Rulings: each has its row, its statement and its undo, and nobody's standing is anything but what they amount to."""
from __future__ import annotations

from models import Member, Notification, Post, Ruling, Statement
from models.case import Matter
from models.member import MemberState, Role
from models.notification import Notice
from models.post import Note
from models.ruling import Act
from server.actions import rulings
from tests.live import LiveServer
from tests.stories.scene import ruled, sees


async def test_what_is_done_to_a_message_is_written_told_and_undone(alpha: LiveServer) -> None:
    host = await alpha.member("host", role=Role.HOST)
    writer, reader = await alpha.member("writer"), await alpha.member("reader")
    post = await alpha.write(writer, "Two pills a day heal everything.")
    fresh = await alpha.ask(lambda: Post.get(id=post.id).select_related("author"))

    hidden = await ruled(alpha, Act.HIDE, writer, host, post=fresh, matter=Matter.MEDICAL, rule=2, facts="A dose as advice.")
    assert [await sees(alpha, one, post.uri) for one in (reader, writer, host)] == [False, True, False]
    statement = await alpha.ask(lambda: Statement.get(ruling_id=hidden.id))
    assert statement.owner_id == writer.id and statement.facts == "A dose as advice." and "hidden" in statement.text
    assert await alpha.ask(lambda: Notification.filter(recipient_id=writer.id, kind=Notice.RULING).count()) == 1
    again = await ruled(alpha, Act.HOLD, writer, host, post=fresh)
    await alpha.run(rulings.take_back(hidden, host))
    assert not await sees(alpha, reader, post.uri), "another ruling holds it"
    await alpha.run(rulings.take_back(again, host))
    assert await sees(alpha, reader, post.uri)

    await ruled(alpha, Act.LABEL, writer, host, post=fresh, topic=Note.UNPROVEN, words="Nobody has tested this")
    await ruled(alpha, Act.NOTE, writer, host, post=fresh, words="Ask your doctor first.")
    await ruled(alpha, Act.WARN, writer, host)
    await ruled(alpha, Act.NOTHING, writer, host, post=fresh)
    known = await alpha.ask(lambda: Post.get(id=post.id))
    assert (known.label, known.label_words) == (Note.UNPROVEN, "Nobody has tested this")
    assert known.team_note == "Ask your doctor first."
    await ruled(alpha, Act.DELETE, writer, host, post=fresh)
    assert not await sees(alpha, writer, post.uri)
    acts = [row.act for row in await alpha.ask(lambda: Ruling.all().order_by("id"))]
    assert acts == [Act.HIDE, Act.HOLD, Act.HIDE, Act.HOLD, Act.LABEL, Act.NOTE, Act.WARN, Act.NOTHING, Act.DELETE]
    assert await alpha.ask(lambda: Statement.all().count()) == len(acts) - 1, "who was only looked at is told nothing"
    assert (await alpha.ask(lambda: Member.get(actor_id=writer.id))).state is MemberState.ACTIVE
