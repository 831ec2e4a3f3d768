"""The post office: turns owed mails into letters and sends them; without a mail server it writes them to files.

Subject, sender and the way of writing say nothing about health: mails are read over shoulders. Nobody is tracked:
a letter holds no picture and no address but those of this community.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from urllib.parse import urlsplit

import aiosmtplib
import structlog
from markupsafe import Markup

from models import Community, Member, OutgoingMail, clock
from models.consent import Purpose
from models.ids import new_key
from models.mail import Letter
from models.member import LinkPurpose
from moderation import consent
from server.actions import links, statements
from server.appearance.theme import Theme
from server.settings import Settings
from server.words import agreements
from server.words.language import Words, gettext_for

SENDER = "Dazzle"
ATTEMPTS = 8
FIRST_RETRY_SECONDS = 60
LEASE_SECONDS = 300  # longer than one sending may take
AT_ONCE = 20
SMTP_TIMEOUT_SECONDS = 30
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PostOffice:
    """Sends what is owed, a few at a time. Two of them can run: a mail is leased before it is written."""

    settings: Settings
    theme: Theme

    async def send_due(self) -> int:
        """Send the mails that are due, at most AT_ONCE; returns how many there were."""
        waiting = OutgoingMail.filter(due_at__lte=clock.now()).select_related("member__actor")
        due = await waiting.order_by("due_at", "id").limit(AT_ONCE)
        for mail in due:
            lease = clock.now() + timedelta(seconds=LEASE_SECONDS)
            if await OutgoingMail.filter(id=mail.id, due_at=mail.due_at).update(due_at=lease):
                await self._try(mail)
        return len(due)

    async def _try(self, mail: OutgoingMail) -> None:
        try:
            if letter := await self.write(mail):
                await self.deliver(letter)
        except (aiosmtplib.SMTPException, OSError) as error:
            await self._later(mail, error)
            return
        await OutgoingMail.filter(id=mail.id).delete()

    async def _later(self, mail: OutgoingMail, error: Exception) -> None:
        """The error's class only: mail servers repeat addresses in their messages."""
        attempts = mail.attempts + 1
        log.warning("mail not sent", kind=mail.kind, attempt=attempts, error=type(error).__name__)
        if attempts >= ATTEMPTS:
            await OutgoingMail.filter(id=mail.id).delete()
            return
        wait = timedelta(seconds=FIRST_RETRY_SECONDS * 2 ** (attempts - 1))
        await OutgoingMail.filter(id=mail.id).update(attempts=attempts, due_at=clock.now() + wait)

    async def write(self, mail: OutgoingMail) -> EmailMessage | None:
        """The letter, with a new link in it; None when nobody is meant, which the page that asked could not know."""
        template, member = await self._meant(mail)
        if member is None and mail.kind not in OF_NOBODY:
            return None
        link = f"{self.settings.origin}{PAGES[mail.kind]}" if mail.kind in PAGES else ""
        if mail.kind in OF_NOBODY and "key" in mail.details:
            link = f"{self.settings.origin}/report/{mail.details['key']}"
        if mail.kind is Letter.RULING and member:
            link = f"{self.settings.origin}/statements/{await statements.way_in(member)}"
        if template in LINKS:
            purpose = LINKS[template]
            token = await links.make(purpose, self._seconds(template), member, mail.recipient)
            link = f"{self.settings.origin}{PATHS[purpose]}/{token}"
        return await self._letter(mail, member, template, link)

    async def _meant(self, mail: OutgoingMail) -> tuple[str, Member | None]:
        """Which template, for whom. Somebody who has the address already is told so, and nobody else is."""
        if mail.kind in (Letter.SIGN_IN, Letter.PASSWORD):
            return mail.kind.value, await member_of(mail.recipient)
        if mail.kind in (Letter.WELCOME, Letter.CONFIRM):
            owner = await Member.get_or_none(email=mail.recipient).select_related("actor")
            if owner is not None:
                return "known", owner if owner.id != mail.member_id else None
        return mail.kind.value, mail.member

    def _seconds(self, template: str) -> int:
        lifetimes = {"accepted": links.ACCEPTED_SECONDS, "welcome": links.CONFIRM_SECONDS, "confirm": links.CONFIRM_SECONDS,
                     "work": links.CONFIRM_SECONDS}
        return lifetimes.get(template, self.settings.sign_in_link_seconds)

    async def _letter(self, mail: OutgoingMail, member: Member | None, template: str, link: str) -> EmailMessage:
        language = ("" if "of" in mail.details else member.language if member else "") or mail.language or self.settings.language
        name = mail.details.get("name") or (member.actor.shown_name if member else "")
        community, words = await Community.current(), gettext_for(language, self.theme.folders)
        # Plain text: what the template gets must not be escaped for HTML.
        data = {key: Markup(value) for key, value in (  # noqa: S704
            ("community", community.name), ("contact", community.contact), ("name", name), ("link", link),
            ("hosts", mail.details.get("hosts", "")),
            ("of", mail.details.get("of", "")),
            ("reason", mail.details.get("reason", "")), ("when", mail.details.get("when", "")),
            ("about", await self._about(mail, member, words)))}
        text = self.theme.render(language, f"mail/{template}.txt", data | {"minutes": self.settings.sign_in_link_seconds // 60})
        paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
        html = self.theme.render(language, "mail/letter.html", {"lang": language, "paragraphs": paragraphs, "link": link})
        return self.envelope(mail.recipient, subject(template, words), "\n\n".join(paragraphs) + "\n", html)

    async def _about(self, mail: OutgoingMail, member: Member | None, _: Words) -> str:
        """What a mail about an agreement is about, for those who want mails to say that (C15); "" for everybody else."""
        if member is None or "purpose" not in mail.details or not await consent.permits(member.actor_id, Purpose.CONTENT_IN_MAIL):
            return ""
        return agreements.title(Purpose(mail.details["purpose"]), _)

    def envelope(self, recipient: str, title: str, text: str, html: str) -> EmailMessage:
        """A message in two parts. The policy refuses line breaks in headers (ValueError)."""
        host = urlsplit(self.settings.origin).hostname or "localhost"
        sender = self.settings.mail_from or f"dazzle@{host}"
        letter = EmailMessage(policy=SMTP)
        letter["Subject"] = title
        letter["From"] = Address(SENDER, addr_spec=sender)
        letter["To"] = Address(addr_spec=recipient)
        letter["Date"] = format_datetime(clock.now())
        letter["Message-ID"] = make_msgid(domain=host)
        letter["Auto-Submitted"] = "auto-generated"  # RFC 3834
        letter.set_content(text)
        letter.add_alternative(html, subtype="html")
        return letter

    async def deliver(self, letter: EmailMessage) -> None:
        """Hand the letter to the mail server, or without one to a file. Raises aiosmtplib.SMTPException, OSError."""
        if not self.settings.smtp_host:
            self._file(letter)
            return
        tls = self.settings.smtp_tls
        await aiosmtplib.send(
            letter, hostname=self.settings.smtp_host, port=self.settings.smtp_port, username=self.settings.smtp_user or None,
            password=self.settings.smtp_password.get_secret_value() or None, use_tls=tls == "tls", start_tls=tls == "starttls",
            timeout=SMTP_TIMEOUT_SECONDS)

    def _file(self, letter: EmailMessage) -> None:
        """For development: the link also goes to the log, as there is no mailbox to look into."""
        folder = self.settings.var_dir / "mail"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{clock.now():%Y%m%d-%H%M%S}-{new_key()[:6]}.eml"
        path.write_bytes(letter.as_bytes())
        body = letter.get_body(("plain",))
        words = body.get_content().split() if body else []
        log.info("mail written", file=path.name, links=[word for word in words if word.startswith(f"{self.settings.origin}/")])


#: What the link in a letter is for; a refusal has none.
LINKS = {"sign_in": LinkPurpose.SIGN_IN, "known": LinkPurpose.SIGN_IN, "accepted": LinkPurpose.SIGN_IN,
         "password": LinkPurpose.PASSWORD, "welcome": LinkPurpose.CONFIRM, "confirm": LinkPurpose.CONFIRM,
         "work": LinkPurpose.WORK}
#: To people who have no account, or none any more; no name that they typed stands in what we send.
OF_NOBODY = frozenset({Letter.CLOSED, Letter.REPORT_RECEIVED, Letter.REPORT_ANSWERED})
#: Where a letter leads that holds no one-time link.
PAGES = {Letter.CONSENT: "/data",
         Letter.ARCHIVE: "/data/export", Letter.CORRECTION: "/data/correction", Letter.CLOSING: "/signin"}
#: Where the link of each purpose leads.
PATHS = {LinkPurpose.SIGN_IN: "/signin/link", LinkPurpose.PASSWORD: "/password", LinkPurpose.CONFIRM: "/confirm",
         LinkPurpose.WORK: "/settings/badge/mail", LinkPurpose.OPEN: "/open", LinkPurpose.RETURN: "/return"}


def subject(template: str, _: Words) -> str:
    """The line that everybody near the screen may read."""
    return {
        "sign_in": _("Your link to sign in"),
        "password": _("Choose a new password"),
        "welcome": _("Confirm your email address"),
        "confirm": _("Confirm your email address"),
        "work": _("Confirm your email address"),
        "known": _("You already have an account"),
        "accepted": _("You can come in"),
        "refused": _("About your request"),
        "consent": _("One of your choices has a date"),
        "archive": _("What you asked for is ready"),
        "correction": _("The team has answered you"),
        "ruling": _("A letter from the team"),
        "closing": _("Your account is closing"),
        "closed": _("Your account is closed"),
        "report_received": _("We have what you reported"),
        "report_answered": _("The team has answered you"),
    }[template]


async def member_of(address: str) -> Member | None:
    """The member with this address, with the actor: proven first, else the newest who said so and has proven none."""
    proven = await Member.get_or_none(email=address).select_related("actor")
    return proven or await Member.filter(email=None, new_email=address).select_related("actor").order_by("-id").first()

