"""What is typed and not sent: nothing of it is ever lost."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from models import Actor, Attachment, Draft, clock
from models.database import in_transaction
from models.errors import NotHere
from models.turns import take_turn
from server.pictures.media import MediaStore

DRAFTS_LIMIT = 50
TEXTS = ("text", "reach", "voice", "note", "warning", "language", "reply", "to", "several", "ends", "about", "agrees", "quote",
         "body")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The fields of the composer as they were typed, whether they make sense or not."""

    text: str = ""
    reach: str = ""
    voice: str = ""
    note: str = ""
    warning: str = ""
    language: str = ""
    reply: str = ""  # key of the message that is answered
    quote: str = ""  # key of the message that is quoted
    to: str = ""  # member addresses of a circle
    images: tuple[tuple[str, str], ...] = ()  # key and alternative text
    choices: tuple[str, ...] = ()  # answers to choose from
    several: str = ""  # not empty: more than one of them may be chosen
    about: str = ""  # a models.post.About
    agrees: str = ""  # not empty: the person whom it is about has said yes
    body: str = ""  # not empty: a picture shows somebody's body, or a patient
    ends: str = ""  # a key of `server.display.poll_form.ENDS`

    def form(self) -> dict[str, Any]:
        """As `Draft.form` keeps it; "images" alone holds keys."""
        return asdict(self) | {"images": [key for key, _ in self.images], "alts": dict(self.images)}

    @classmethod
    def of_form(cls, form: Mapping[str, Any]) -> Typed:
        """Out of `Draft.form`."""
        alts = form.get("alts", {})
        texts = {name: str(form.get(name, "")) for name in TEXTS}
        choices = tuple(str(choice) for choice in form.get("choices", ()))
        return cls(**texts, choices=choices, images=tuple((key, alts.get(key, "")) for key in form.get("images", [])))


async def find(owner: Actor, key: str) -> Draft:
    """A draft of this member; NotHere for anybody else's."""
    if draft := await Draft.get_or_none(key=key, owner=owner):
        return draft
    raise NotHere("no such draft")


async def save(owner: Actor, typed: Typed, key: str = "") -> Draft:
    """Keep what was typed, in the draft with this key if it is theirs; the same as in their newest is that one. The oldest goes
    when there are too many.
    """
    async with in_transaction():
        await take_turn("drafts", owner.id)
        if key and (draft := await Draft.get_or_none(key=key, owner=owner)):
            await draft.change(form=typed.form(), edited_at=clock.now())
            return draft
        mine = Draft.filter(owner=owner).order_by("-edited_at", "-id")
        if (newest := await mine.first()) and Typed.of_form(newest.form) == typed:
            return newest
        old = await mine.offset(DRAFTS_LIMIT - 1).limit(DRAFTS_LIMIT)
        await Draft.filter(id__in=[draft.id for draft in old] or [0]).delete()
        return await Draft.create(owner=owner, form=typed.form())


async def discard(draft: Draft, store: MediaStore) -> None:
    """Erase a draft with its images, as far as they are part of no message and of no other draft."""
    async with in_transaction():
        await take_turn("drafts", draft.owner_id)
        await draft.delete()
        others = {key for other in await Draft.filter(owner_id=draft.owner_id) for key in other.form.get("images", [])}
        keys = [key for key in draft.form.get("images", []) if key not in others]
        free = Attachment.filter(owner_id=draft.owner_id, key__in=keys or [""], post_id__isnull=True)
        unused = await free.select_for_update()  # who publishes them just now has them
        await Attachment.filter(id__in=[image.id for image in unused] or [0]).delete()
    for image in unused:
        store.forget(image.key)


async def sent(owner: Actor, key: str) -> None:
    """The draft became a message: only its row goes."""
    if key:
        await Draft.filter(owner=owner, key=key).delete()
