"""What a member can say yes to, in which words, and whether the yes is in force.

Texts stand here and not in the translation catalogues: a record holds the digest of the exact words that were read,
so changing a word means a new version (health.md §3.2, Versioning).
"""
from __future__ import annotations

import hashlib
from dataclasses import dataclass

from models import ConsentRecord
from models.consent import Purpose


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of what is asked. `text` by language; {community} and {condition} are filled in."""

    version: str
    text: dict[str, str]

    def in_words(self, language: str, *, community: str, condition: str) -> str:
        """The exact words for this reader; English where the language is missing."""
        words = self.text.get(language, self.text["en"])
        return words.format(community=community, condition=condition)


PURPOSES: dict[Purpose, Wording] = {
    Purpose.MEMBERSHIP: Wording("2026-11", {
        "en": "I want to be a member of {community}. I know that this place is about {condition}, so that its "
              "address alone says that I have to do with it. {community} keeps what I write here and my email "
              "address, for as long as I am a member.",
        "fr": "Je veux être membre de {community}. Je sais que ce lieu parle de {condition} : son adresse suffit à "
              "dire que cela me concerne. {community} garde ce que j’écris ici et mon adresse e-mail, tant que je "
              "suis membre.",
    }),
    Purpose.FOUND_HERE: Wording("2026-11", {
        "en": "Other members of {community} may find me on the page People: my name here, my stripes and what I say"
              " about myself.",
        "fr": "Les autres membres de {community} peuvent me trouver sur la page Personnes : mon nom ici, mes "
              "rayures et ce que je dis de moi.",
    }),
    Purpose.SHARED_OUT: Wording("2026-11", {
        "en": "I may write and follow beyond {community}. Then the servers of the people I write to or follow get a"
              " copy: my name here, the address of this community, which tells about {condition}, and what I send "
              "them. I can take this back. Their servers are then asked to erase, and we tell you what they "
              "answered.",
        "fr": "Je peux écrire et suivre des personnes au-delà de {community}. Les serveurs de ces personnes "
              "reçoivent alors une copie : mon nom ici, l’adresse de cette communauté, qui parle de {condition}, et"
              " ce que je leur envoie. Je peux revenir sur cet accord. Leurs serveurs sont alors priés d’effacer, "
              "et nous vous disons ce qu’ils ont répondu.",
    }),
}


def digest_of(words: str) -> str:
    """SHA-256 of the words that were shown, in hex."""
    return hashlib.sha256(words.encode()).hexdigest()


async def in_force(actor_id: int, purpose: Purpose) -> ConsentRecord | None:
    """The record that permits, or None: the newest row decides, and no row means no."""
    newest = await ConsentRecord.newest(actor_id, purpose)
    return newest if newest is not None and newest.granted else None


async def may_leave(actor_id: int) -> ConsentRecord | None:
    """The record that lets anything of this member of ours be copied to another server."""
    return await in_force(actor_id, Purpose.SHARED_OUT)
