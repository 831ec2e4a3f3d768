"""The consent ledger: what members said yes or no to, in a chain that shows every later change."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from tortoise import fields
from tortoise.expressions import RawSQL

from models import clock, memory
from models.actor import Actor
from models.base import LedgerRow, Record
from models.database import as_instant, dialect, rows

#: What the columns of a record mean (ISO/IEC TS 27560:2023, header); a new number when that changes.
SCHEMA = "27560:2023/dazzle-1"
#: Any number, the same in every process: PostgreSQL's advisory lock of whoever writes into the chain.
CHAIN_LOCK = 0x636861696E


class Purpose(StrEnum):
    """What a member can say yes or no to, one at a time; numbered as in health.md §3.2."""

    MEMBERSHIP = "C0"  # to be a member here, which tells of the condition
    HEALTH_PROFILE = "C1"
    FIELD = "C2"  # one line of the profile shown to one audience; `scope` names the line
    FOUND_HERE = "C3"  # to appear among the people of this community, and of partners that know the profile
    FOUND_BY_PARTNERS = "C4"
    SHARED_OUT = "C5"  # that messages, answers and follows may be copied to other servers
    MAP = "C6"
    MENTOR = "C7"
    RESEARCH_CONTACT = "C8"
    STATISTICS = "C9"
    RESEARCH_RECORDS = "C10"
    INDUSTRY = "C11"
    IMAGES = "C12"
    GENETICS = "C13"
    SEARCH_ENGINES = "C14"
    CONTENT_IN_MAIL = "C15"
    DIRECTORY = "C16"
    MEMORIAL = "C17"


class ConsentState(StrEnum):
    """Of a record. Only GIVEN permits."""

    REQUESTED = "requested"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"  # another record took its place: a pause, new words, a new owner of the community
    INVALIDATED = "invalidated"  # found to have been no valid yes


class ConsentEvent(StrEnum):
    """What happened. One state can be reached in several ways."""

    ASKED = "asked"
    GIVEN = "given"
    RENEWED = "renewed"  # a yes to what was agreed to already: new words, or before it ended
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    PAUSED = "paused"
    RESUMED = "resumed"  # a new yes after a pause
    EXPIRED = "expired"
    FROZEN = "frozen"  # a material change: no longer in force until it is renewed
    INVALIDATED = "invalidated"


class Capacity(StrEnum):
    """As what somebody acted."""

    SELF = "self"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"  # by law
    EXECUTOR = "executor"
    COMMUNITY = "community"  # the server itself, where time or a change ends a yes: it can never give one


@dataclass(frozen=True, slots=True)
class LastWord:
    """The newest record of a member on a purpose, as far as decisions need it: read in a tenth of the time of a whole one."""

    id: int
    key: str | None
    created_at: datetime
    granted: bool
    wording: str
    audience: str
    valid_until: datetime | None

    @property
    def is_given(self) -> bool:
        """Whether this is a yes that has not run out."""
        return self.granted and (self.valid_until is None or self.valid_until > clock.now())


class ConsentRecord(LedgerRow):
    """One dated yes or no about a member. Rows are added, never changed: this is a ledger.

    The newest row for a member, purpose and scope is the one that decides; no row means no. Each row holds the hash of
    the one before it and is signed by the community, so that any later change shows (`federation.ledger`). Rows of
    release 0.1 have only the columns up to `text_digest` until `federation.ledger.adopt` has taken them in.
    """

    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="consents")
    actor_id: int
    purpose = fields.CharEnumField(Purpose, max_length=8)
    granted = fields.BooleanField()  # the same as `state is GIVEN`
    wording = fields.CharField(max_length=40)  # the version of the text that was read
    language = fields.CharField(max_length=20)
    text_digest = fields.CharField(max_length=64)  # SHA-256 of that text; the text itself is a ConsentText
    scope = fields.CharField(max_length=100, default="", db_default="")  # which line, which study; "" where there is one only
    key = fields.CharField(max_length=22, null=True, unique=True)  # the record's name outside this database
    state = fields.CharEnumField(ConsentState, max_length=16, null=True)
    event = fields.CharEnumField(ConsentEvent, max_length=16, null=True)
    schema_version = fields.CharField(max_length=40, default=SCHEMA, db_default="")
    subject = fields.CharField(max_length=22, default="", db_default="")  # whose data: the key of the actor
    acted_by_id = fields.BigIntField(null=True)  # the actor who said it
    capacity = fields.CharEnumField(Capacity, max_length=16, null=True)
    notice = fields.CharField(max_length=60, default="", db_default="")  # which question was asked
    categories = fields.CharField(max_length=400, default="", db_default="")  # of data, in words of health.md, by spaces
    audience = fields.CharField(max_length=60, default="", db_default="")  # a Reach, or who else
    controllers = fields.TextField(default="", db_default="")  # who answers for it, by lines
    recipients = fields.TextField(default="", db_default="")  # hosts, by lines; "partners" for all that sign the charter
    storage_place = fields.CharField(max_length=200, default="", db_default="")
    retention = fields.CharField(max_length=200, default="", db_default="")
    jurisdiction = fields.CharField(max_length=20, default="", db_default="")  # ISO 3166-1
    withdrawal_method = fields.CharField(max_length=300, default="", db_default="")  # where it is taken back
    valid_until = fields.DatetimeField(null=True)
    previous_hash = fields.CharField(max_length=64, null=True, unique=True)
    hash = fields.CharField(max_length=64, default="", db_default="")
    key_uri = fields.CharField(max_length=500, default="", db_default="")  # whose signature it is
    signature = fields.CharField(max_length=128, default="", db_default="")  # Ed25519 over `hash`, in hex

    class Meta:
        table = "consent_record"
        indexes = (("actor_id", "purpose", "id"), ("valid_until",))

    async def save(self, *args: object, **options: object) -> None:
        """Insert. What is remembered of this member is asked for anew."""
        await super().save(*args, **options)
        memory.current().indexable.forget(self.actor_id)

    @property
    def is_given(self) -> bool:
        """Whether this is a yes that has not run out."""
        return self.granted and (self.valid_until is None or self.valid_until > clock.now())

    @property
    def is_chained(self) -> bool:
        """Whether it stands in the chain: rows of 0.1 do not until they are taken in."""
        return bool(self.hash)

    @classmethod
    async def newest(cls, actor_id: int, purpose: Purpose, scope: str = "") -> ConsentRecord | None:
        """The last word about this member on this purpose."""
        return await cls.filter(actor_id=actor_id, purpose=purpose, scope=scope).order_by("-id").first()

    @classmethod
    async def last_word(cls, actor_id: int, purpose: Purpose, scope: str = "") -> LastWord | None:
        """The same, with what decisions need."""
        found = await rows(
            "SELECT id, key, created_at, granted, wording, audience, valid_until FROM consent_record"
            " WHERE actor_id = ? AND purpose = ? AND scope = ? ORDER BY id DESC LIMIT 1", [actor_id, str(purpose), scope])
        if not found:
            return None
        one, until = found[0], found[0]["valid_until"]
        return LastWord(int(one["id"]), one["key"], as_instant(one["created_at"]), bool(one["granted"]), one["wording"],
                        one["audience"], as_instant(until) if until else None)

    @classmethod
    async def last_words(cls, actor_id: int) -> list[ConsentRecord]:
        """The last word on every purpose and scope, in order of purpose."""
        newest: dict[tuple[str, str], ConsentRecord] = {}
        for row in await cls.filter(actor_id=actor_id).order_by("id"):
            newest[row.purpose, row.scope] = row
        return list(newest.values())

    @classmethod
    def of_whom_given(cls, column: str, purpose: Purpose, wordings: Collection[str], at: datetime | None = None) -> RawSQL:
        """The actor of `column` where their newest word on this purpose is a yes that counts (`at` an instant), for conditions:
        `Q(author_id=ConsentRecord.of_whom_given('"post"."author_id"', …))`. A few look-ups in an index for each row: a list
        of all who agreed would be made anew for every question. The database's own clock keeps the statement the same.
        """
        newest = (f"SELECT MAX(n.id) FROM consent_record n WHERE n.actor_id = {column} AND n.purpose = '{purpose}'"  # noqa: S608
                  " AND n.scope = ''")
        good = ", ".join(f"'{wording}'" for wording in sorted(wordings))
        unended = f"(r.valid_until IS NULL OR r.valid_until > {clock.literal(at) if at else 'CURRENT_TIMESTAMP'})"
        return RawSQL(f"(SELECT r.actor_id FROM consent_record r WHERE r.id = ({newest}) AND r.granted"  # noqa: S608
                      f" AND r.wording IN ({good}) AND {unended})")

    @classmethod
    async def due(cls, purpose: Purpose, until: datetime, limit: int, untold: str = "") -> list[ConsentRecord]:
        """The last words on this purpose that are a yes which ends before `until`, those that end first in front.

        `untold`: without those about which the log of acts has an entry of this action, with "consent:ID" as its target.
        """
        later = ("SELECT 1 FROM consent_record n WHERE n.actor_id = r.actor_id AND n.purpose = r.purpose AND n.scope = r.scope"
                 " AND n.id > r.id")
        told = ("" if not untold else " AND NOT EXISTS (SELECT 1 FROM audit_entry a WHERE a.target = 'consent:' || r.id"
                " AND a.action = ?)")
        found = await rows(f"SELECT r.id FROM consent_record r WHERE r.purpose = ? AND r.granted AND r.valid_until < ?"  # noqa: S608
                           f" AND NOT EXISTS ({later}){told} ORDER BY r.valid_until LIMIT {limit}",
                           [str(purpose), until, *([untold] if untold else [])])
        return await cls.filter(id__in=[int(row["id"]) for row in found] or [0]).order_by("valid_until").select_related("actor")

    def facts(self) -> dict[str, object]:
        """All that the record says, as JSON takes it: every column but the hash and its signature."""
        said: dict[str, object] = {}
        for name in sorted(self._meta.db_fields - {"hash", "signature"}):
            column = next(field for field, db in self._meta.fields_db_projection.items() if db == name)
            value = getattr(self, column)
            said[name] = _instant(value) if isinstance(value, datetime) else value
        return said

    def digest(self) -> str:
        """SHA-256 of all that it says, which includes the hash of the row before it."""
        text = json.dumps(self.facts(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


class ConsentText(Record):
    """The exact words that somebody read, once for all who read them."""

    digest = fields.CharField(max_length=64, unique=True)
    text = fields.TextField()

    class Meta:
        table = "consent_text"


async def lock_chain() -> None:
    """Let nobody else write into the chain until the transaction ends. On SQLite there is one writer at a time anyway."""
    if dialect() == "postgres":
        await rows(f"SELECT 1 FROM pg_advisory_xact_lock({CHAIN_LOCK})")  # noqa: S608 - a number of ours


async def next_number() -> int:
    """The id that the database counts out for the next record. Under the lock of the chain."""
    if dialect() == "postgres":
        return int((await rows("SELECT nextval(pg_get_serial_sequence('consent_record', 'id')) AS number"))[0]["number"])
    found = await rows("SELECT MAX(n) + 1 AS number FROM (SELECT COALESCE(MAX(id), 0) AS n FROM consent_record UNION ALL"
                       " SELECT seq FROM sqlite_sequence WHERE name = 'consent_record')")
    return int(found[0]["number"])
