"""Words by which people name somebody in their life who can speak for themselves, by language: not their children, for whom they
speak. Without case and accents; a star at the end stands for any ending.
"""
from __future__ import annotations

PERSON_WORDS: tuple[str, ...] = (
    *(f"{whose} {who}" for whose in ("mon", "notre", "son", "ton", "votre", "leur") for who in (
        "pere", "papa", "frere", "mari", "conjoint", "compagnon", "ami", "amie", "copain", "voisin", "collegue", "cousin",
        "oncle", "grand-pere", "beau-pere", "beau-frere", "epoux", "epouse", "patron")),
    *(f"{whose} {who}" for whose in ("ma", "notre", "sa", "ta", "votre", "leur") for who in (
        "mere", "maman", "soeur", "sœur", "femme", "conjointe", "compagne", "copine", "voisine", "cousine", "tante", "grand-mere",
        "belle-mere", "belle-soeur", "belle-sœur")),
    *(f"{whose} {who}" for whose in ("mes", "nos", "ses", "tes", "vos", "leurs") for who in (
        "parents", "freres", "soeurs", "sœurs", "amis", "amies", "voisins", "collegues", "grands-parents")),
    *(f"{whose} {who}" for whose in ("my", "our", "his", "her", "your", "their") for who in (
        "father", "dad", "mother", "mum", "mom", "parents", "brother*", "sister*", "husband", "wife", "partner", "friend*",
        "girlfriend", "boyfriend", "neighbo*", "colleague*", "cousin*", "uncle*", "aunt*", "grandfather", "grandmother",
        "grandparents", "boss")),
)
