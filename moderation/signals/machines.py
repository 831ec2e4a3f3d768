"""Sentences that programs leave in what they write for people (health.md §5: undeclared AI). A weak sign: the team is told."""
from __future__ import annotations

import re
from functools import lru_cache

from models.signal import Consequence
from moderation.signals.facts import Facts, Finding

TELLTALE = (
    r"(?:as|being) an? (?:ai|artificial intelligence|large)(?: language)?(?: model| assistant)?\b(?!.{0,20}(?:company|"
    r"researcher|engineer|student))",
    r"i(?:'m| am) (?:just |only )?an? (?:ai|artificial intelligence|large language|language)(?: language)? (?:model|assistant)",
    r"(?:my|last) (?:knowledge cut-?off|training data|knowledge update)",
    r"as of my (?:last|latest|most recent) (?:update|training|knowledge)",
    r"i (?:do not|don't|cannot|can't) (?:have personal (?:experiences?|opinions?|feelings)|provide medical advice[,.]? but|"
    r"browse the internet|access real-?time)",
    r"(?:certainly|sure|of course|absolutely|great question) ?[!,.:]? ?here(?:'s| is| are)\b",
    r"i hope this (?:message|email) finds you well",
    r"feel free to (?:ask|reach out|let me know) if you (?:have|need) (?:any )?(?:further|more|other|additional)",
    r"en tant qu(?:e|')\s?(?:modele|intelligence|assistant|ia\b)(?: de langage| artificielle| virtuel)*",
    r"je suis (?:un|une) (?:modele|intelligence|assistant|ia\b)(?: de langage| artificielle| virtuel)",
    r"(?:ma|mes) (?:derniere mise a jour|donnees d'entrainement|date de coupure)",
    r"je n'ai pas (?:d'experiences? personnelles?|d'opinions? personnelles?|acces (?:a internet|aux donnees en temps))",
    r"(?:bien sur|certainement|absolument|avec plaisir) ?[!,.:] ?voici\b",
    r"(?:voici|here is|here's) (?:une?|an?|the|le|la) (?:\w+ ){0,2}?(?:reponse|message|texte|version|reply|response|text|post|"
    r"draft)s? "
    r"(?:\w+ ){0,3}?(?:que vous pouvez|you (?:can|could|may)|a (?:publier|poster|envoyer|copier)|to (?:post|send|share)|"
    r"for (?:the|your) "
    r"(?:forum|group|community))",
    r"n'hesitez pas a me (?:demander|solliciter|poser) (?:si vous|d'autres|toute)",
    r"(?:voici|here is) (?:une|un|a|the|your) (?:reponse|texte|message|version|response|post|rewritten|"
    r"draft) (?:\w+ ){0,3}(?:reformule\w*|ameliore\w*|"
    r"adapte\w*|rewritten|improved|polished|humanized|empathetic|bienveillant\w*)",
    r"\[(?:insert|inserer|your name|votre nom|nom du|name of)[^\]]{0,30}\]",
)


@lru_cache(maxsize=1)
def _telltale() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{words})" for words in TELLTALE))


@lru_cache(maxsize=1)
def _worth_a_look() -> re.Pattern[str]:
    return re.compile(r"language|langage|\bai\b|artificial|artificiel|\bia\b|cut-?off|training|entrainement|as of my|personal|"
                      r"finds you well|feel free|\bhere|voici|"
                      r"hesitez pas|\[|assistant|mise a jour|coupure|acces a|acces aux|internet|real-?time|medical advice")


def look(facts: Facts) -> Finding | None:
    """Tells the team; nothing is held and nothing is written below the message."""
    text = " ".join(facts.plain.split())
    if not _worth_a_look().search(text):
        return None
    found = tuple(one.group(0) for one in _telltale().finditer(text))
    return Finding(Consequence.TELL, found) if found else None
