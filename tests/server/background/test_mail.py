"""Mails: owed as rows, sent over SMTP or written to files, with nothing in them that tells of health."""
from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Visit
from tortoise.context import TortoiseContext

from federation.identity import NewKeys, make_keys, new_actor
from models import Community, Member, OutgoingMail, SignInLink, clock
from models.actor import ActorKind
from models.ids import digest
from models.mail import QUEUE_LIMIT, Letter, TooManyMails
from models.member import LinkPurpose
from server.actions import accounts
from server.actions.accounts import Newcomer
from server.appearance.theme import Theme
from server.background import mail
from server.background.mail import PostOffice
from server.settings import Settings
from tests.live import LiveServer

THEME = Theme.load()


class Mailbox:
    """A mail server that keeps what it gets, or refuses everything."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.refuses = False

    async def handle_DATA(self, server: SMTP, visit: Visit, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuses:
            return "451 not now, nobody@example.org"
        self.letters.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A running mail server and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture(scope="module")
def keys() -> NewKeys:
    """Keys take a while to make."""
    return make_keys()


@pytest.fixture
async def db(db: TortoiseContext, keys: NewKeys) -> TortoiseContext:
    """With a community in it: it signs what members agree to."""
    await new_actor("http://localhost:8080", "community", keys, kind=ActorKind.APPLICATION)
    return db


def office(folder: Path, **settings: Any) -> PostOffice:
    """A post office."""
    return PostOffice(Settings(origin="http://localhost:8080", var_dir=folder, **settings), THEME)


async def ourse(**more: Any) -> Member:
    """A member whose address is proven."""
    given: dict[str, Any] = {"name": "ourse", "email": "ourse@example.org", "confirmed": True, "language": "en"} | more
    return await accounts.create("http://localhost:8080", Newcomer(**given))


def words(letter: EmailMessage) -> str:
    """The plain part."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def written(folder: Path) -> list[EmailMessage]:
    """The letters in var/mail."""
    return [message_from_bytes(file.read_bytes(), policy=default) for file in sorted((folder / "mail").glob("*.eml"))]  # type: ignore[misc]


async def test_a_letter_goes_out_over_smtp_and_its_row_goes(
        db: TortoiseContext, tmp_path: Path, mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    await ourse()
    await OutgoingMail.owe(Letter.SIGN_IN, "ourse@example.org")
    post = office(tmp_path, smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none", mail_from="post@community.example")
    assert await post.send_due() == 1 and await post.send_due() == 0
    assert box.letters[0].rcpt_tos == ["ourse@example.org"] and box.letters[0].mail_from == "post@community.example"
    assert await OutgoingMail.all().count() == 0
    assert not (tmp_path / "mail").exists()


async def test_what_the_mail_server_refuses_is_tried_again_and_given_up_in_the_end(
        db: TortoiseContext, tmp_path: Path, mailbox: tuple[Mailbox, int], capsys: pytest.CaptureFixture[str]) -> None:
    box, port = mailbox
    box.refuses = True
    await ourse()
    await OutgoingMail.owe(Letter.SIGN_IN, "ourse@example.org")
    post = office(tmp_path, smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none")
    for attempt in range(1, mail.ATTEMPTS):
        await post.send_due()
        row = await OutgoingMail.get()
        assert row.attempts == attempt and row.due_at > clock.now()
        await OutgoingMail.all().update(due_at=clock.now())
    box.refuses = False
    await post.send_due()
    assert len(box.letters) == 1
    assert "example.org" not in capsys.readouterr().out


async def test_an_absent_mail_server_loses_nothing(db: TortoiseContext, tmp_path: Path) -> None:
    await ourse()
    await OutgoingMail.owe(Letter.SIGN_IN, "ourse@example.org")
    await office(tmp_path, smtp_host="127.0.0.1", smtp_port=9, smtp_tls="none").send_due()
    assert (await OutgoingMail.get()).attempts == 1


async def test_two_post_offices_send_each_letter_once(db: TortoiseContext, tmp_path: Path) -> None:
    await ourse()
    await OutgoingMail.owe(Letter.SIGN_IN, "ourse@example.org")
    post = office(tmp_path)
    await asyncio.gather(post.send_due(), post.send_due())
    assert len(written(tmp_path)) == 1


async def test_only_a_member_gets_a_link_and_the_row_goes_either_way(db: TortoiseContext, tmp_path: Path) -> None:
    member = await ourse()
    for address in ("nobody@example.org", "ourse@example.org"):
        await OutgoingMail.owe(Letter.SIGN_IN, address)
    await office(tmp_path).send_due()
    (letter,) = written(tmp_path)
    found = re.search(r"http://localhost:8080/signin/link/(\S+)", words(letter))
    assert found and letter["To"] == "ourse@example.org"
    link = await SignInLink.get(token_digest=digest(found[1]))
    assert link.member_id == member.id and link.purpose is LinkPurpose.SIGN_IN
    assert await OutgoingMail.all().count() == 0


@pytest.mark.parametrize("kind", list(Letter))
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_subject_and_sender_tell_nothing_of_health(
        db: TortoiseContext, tmp_path: Path, kind: Letter, language: str) -> None:
    await (await Community.current()).change(name="Melorin deficiency", condition="melorin deficiency", contact="t@example.org")
    member = await ourse(language=language, confirmed=False)
    await OutgoingMail.all().delete()
    await OutgoingMail.owe(kind, "ourse@example.org", member, language, {"reason": "It's <full>"})
    await office(tmp_path).send_due()
    (letter,) = written(tmp_path)
    assert "elorin" not in f"{letter['Subject']}{letter['From']}"
    assert letter["From"] == "Dazzle <dazzle@localhost>"
    assert "&#" not in words(letter) and "&lt;" not in words(letter)
    html = letter.get_body(("html",))
    assert html is not None and "<img" not in html.get_content() and "<full>" not in html.get_content()
    assert len(html.get_content()) < 20_000
    if kind in (Letter.ACCEPTED, Letter.REFUSED):
        assert "It's <full>" in words(letter)


async def test_who_has_the_address_already_is_told_and_nobody_else(db: TortoiseContext, tmp_path: Path) -> None:
    await ourse()
    await accounts.create("http://localhost:8080", Newcomer(name="second", email="ourse@example.org", language="en"))
    await office(tmp_path).send_due()
    (letter,) = written(tmp_path)
    assert letter["Subject"] == "You already have an account"
    assert "/signin/link/" in words(letter) and "second" not in words(letter)


async def test_headers_cannot_be_injected(tmp_path: Path) -> None:
    for recipient, title in (("a@example.org\nBcc: b@example.org", "x"), ("a@example.org", "x\nBcc: b@example.org")):
        with pytest.raises(ValueError):
            office(tmp_path).envelope(recipient, title, "x", "x")


async def test_the_queue_has_an_end(db: TortoiseContext) -> None:
    await OutgoingMail.bulk_create([OutgoingMail(kind=Letter.SIGN_IN, recipient=f"a{n}@example.org") for n in range(QUEUE_LIMIT)])
    with pytest.raises(TooManyMails):
        await OutgoingMail.owe(Letter.SIGN_IN, "one@example.org")


async def test_a_running_server_sends_by_itself(alpha: LiveServer) -> None:
    await alpha.run(accounts.create(alpha.origin, Newcomer(name="ourse", email="ourse@example.org", language="en")))
    async with asyncio.timeout(10):
        while not (found := written(alpha.settings.var_dir)):
            await asyncio.sleep(0.1)
    assert "/confirm/" in words(found[0])
