"""Words that tell of somebody's health, by language. A host may put others in their place (`Community.health_words`).

A star at the end stands for any ending. Without case and accents; common words only, and none that is said of everybody.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence

HEALTH_WORDS: Mapping[str, Sequence[str]] = {
    "fr": (
        "allergi*", "ambulance*", "analyse de sang", "antidouleur*", "biopsie*", "chimio*", "cancer*", "crise*", "dépressi*",
        "diagnosti*", "dialyse*", "douleur*", "enceinte", "épileps*", "fauteuil roulant", "fatigue*", "fièvre*", "génétique*",
        "greffe*", "grossesse*", "handicap*", "hôpital", "hôpitaux", "hospitalis*", "injection*", "infirmier*", "irm", "malade*",
        "maladie*", "malaise*", "médicament*", "mutation*", "nausée*", "opération*", "opéré*", "ordonnance*", "perfusion*",
        "piqûre*", "prise de sang", "psychiatr*", "réanimation", "rechute*", "rémission*", "scanner*", "seringue*", "souffr*",
        "suicid*", "symptôme*", "syndrome*", "traitement*", "urgences", "vomi*"),
    "en": (
        "allerg*", "ambulance*", "biopsy", "biopsies", "blood test*", "cancer*", "chemo*", "depress*", "diagnos*", "dialysis",
        "disab*", "disease*", "epilep*", "fatigue*", "fever*", "genetic*", "hospital*", "ill", "illness*", "infusion*",
        "injection*", "intensive care", "medication*", "medicine*", "miscarriage*", "mri", "mutation*", "nausea*", "nurse*",
        "operation*", "painkiller*", "pain", "pains", "pregnan*", "prescription*", "psychiatr*", "relapse*", "remission*",
        "scan", "scans", "seizure*", "sick", "suffer*", "suicid*", "surger*", "symptom*", "syndrome*", "syringe*", "transplant*",
        "treatment*", "vomit*", "wheelchair*"),
}
