"""Rules over messages: what they find however it is hidden, what they leave alone, and that they are quick on any text."""
from __future__ import annotations

import time
from pathlib import Path

import pytest

from models.post import About
from models.reach import Reach
from models.signal import Consequence
from moderation import signals
from moderation.signals import measuring
from moderation.signals.facts import Facts
from moderation.signals.reading import plain

SETS = sorted((Path(__file__).parent.parent / "fixtures" / "signals").glob("*.jsonl"))
HOLD, LABEL, TELL = Consequence.HOLD, Consequence.LABEL, Consequence.TELL
SECONDS_AT_WORST = 0.4  # for the longest text that anybody may write, made to be slow


def said(text: str, **more: object) -> dict[str, Consequence]:
    """Which rules speak, and what follows."""
    given = {"texts": (text,), "about": About.ME} | more
    return {signal.name: finding.consequence for signal, finding in signals.findings(Facts(**given))}  # type: ignore[arg-type]


def test_the_sets_reach_their_bars() -> None:
    """Both together, each rule. The second was written after the rules, which then found 0.875 of it; one general pattern (an
    amount, and how to pay it) came later.
    """
    given = {path.stem: measuring.examples(path.read_text("utf-8").splitlines()) for path in SETS}
    together = [one for lines in given.values() for one in lines]
    ordinary = [one for one in together if not one.expect]
    assert len(together) >= 160 and len(ordinary) >= 60 and {one.facts.language for one in together} == {"fr", "en"}
    result = measuring.measure(together)
    assert result.is_good, (result.missed, result.wrong)
    unseen = measuring.measure(given["never_seen"])
    assert unseen.recall >= 0.85 and unseen.false_holds <= measuring.MOST_FALSE_HOLDS, unseen.missed


@pytest.mark.parametrize("text", [
    "PayPal.me/x", "paypal .me/x", "pay\u200bpal.me/x", "p\u0430ypal.me/x", "\uff50aypal.me/x", "\U0001d5fd\U0001d5eeypal.me/x",
    "p-a-y-p-a-l . m e / x",
    "**pay**pal.me/x", "pay&#112;al.me/x", "[ici](https://paypal.me/x)", "paypal[.]me/x", "paypal (dot) me/x", "PÀYPÁL.ME/x",
    "hxxps://paypal[.]me/x", "paypal point me slash x",
    "go\u00adfund\u00adme.com/f/x", "g0fundme.com/f/x", "l e e t c h i . c o m"])
def test_a_link_is_found_however_it_is_hidden(text: str) -> None:
    assert said(f"Merci à vous : {text}") == {"payment": HOLD}


@pytest.mark.parametrize(("text", "rules"), [
    ("Je prends 20 mg de prednisone", {"dose": LABEL}), ("je prends 2 0 mg de prednisone", {"dose": LABEL}),
    ("Je prends 20 m\u200bg de predn\u0456sone", {"dose": LABEL}), ("20MG PREDNISONE", {"dose": LABEL}),
    ("Mon fer : 12 µg/L", {}), ("500 g de farine et du beurre", {}), ("20 mg. Le docteur Martin", {}),
    ("Lydia a payé 20 €", {}), ("Merci Lydia. Me voilà rassurée", {}), ("PayPal me rembourse 10 €", {}),
    ("FR76 3000 6000 0112 3456 7890 188", {}),
    ("FR76 3000 6000 0112 3456 7890 189", {"payment": HOLD}),
    ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", {"payment": HOLD}), ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", {}),
    ("@nora@leeds.example et @bob@example.org", {}), ("le 06 12 2024 et le 15 01 2025", {}), ("ORPHA:324, OMIM 301500", {}),
    ("https://www.orpha.net/fr/disease/detail/324", {}), ("c.1066C>T, p.Arg356Trp, NM_000169.3", {}),
    ("Appelez le 15, le 3114 ou le 0 800 40 40 43", {}), ("116 123 is free at any time", {}),
    ("Ce n’est pas un remède miracle", {}), ("Remède miracle !", {"cure": HOLD})])
def test_what_is_found_and_what_is_left_alone(text: str, rules: dict[str, Consequence]) -> None:
    assert said(text) == rules


def test_who_writes_and_to_whom() -> None:
    """A newcomer's doses wait; nothing to named people is looked at; a profile is never held for a dose or a name."""
    dose = "Je prends 20 mg de prednisone"
    assert said(dose, is_newcomer=True, first_held=2, let_go_count=2) == {"dose": HOLD}
    assert said("Bonjour", is_newcomer=True, first_held=2, let_go_count=1) == {"first_messages": HOLD}
    assert not said("Bonjour", is_newcomer=True, first_held=0)
    assert not said("paypal.me/x", reach=Reach.CIRCLE) and not said("paypal.me/x", reach=Reach.ME)
    both = f"{dose} contact: lea@gmail.com"
    assert said(both, is_profile=True, is_newcomer=True, first_held=2) == {"dose": LABEL, "contact": TELL}
    assert said("Zanoptil", watched=("zanoptil",)) == {"product": TELL}
    facts = Facts(texts=("paypal.me/x", "Remède miracle"))
    assert signals.names(signals.findings(facts, off=("payment",))) == ("cure",)


def test_texts_are_read_together_and_apart() -> None:
    assert said("", texts=("Regardez", "paypal.me/x")) == {"payment": HOLD}  # the second is what an image shows
    assert not said("", texts=("Je prends 20", "mg de prednisone"))
    assert plain("**É\u200bté** &amp; [lien](http://a.b)") == "ete & [lien http://a.b)"


@pytest.mark.parametrize("piece", [
    "1", "1 ", "06 ", "75001 ", "a ", "a.", "0 6 ", "guerir ", "le la ", "paypal ", "12 rue a ",
    "a@a", "a at a ", "fr76 ", "zero six ", "cured my ",
    "dr a ", "\u0430", "[](", "**", "&#112;", "1x", "20 mg ", "prednisone ", "contact ", "100 % ", "send me ", "( dot ) ",
    " ", "\t \n", "\n"])
def test_no_text_is_slow(piece: str) -> None:
    """However it begins: with what a rule looks for, the rule looks on."""
    text = ("paypal" + piece * 5000)[:5000]

    def cost() -> float:
        begun = time.process_time()
        said(text, watched=("zanoptil",), is_newcomer=True)
        return time.process_time() - begun

    assert any(cost() < SECONDS_AT_WORST for _ in range(3))  # others on the same processor make it slower, and not each time


def test_an_ordinary_text_costs_less_than_a_millisecond() -> None:
    text = ("Bonjour à tous, je vis avec la maladie depuis 12 ans et je voulais vous raconter ma semaine à l’hôpital. " * 5)[:500]
    said(text)
    costs = []
    for _ in range(20):
        begun = time.process_time()
        said(text)
        costs.append(time.process_time() - begun)
    assert min(costs) < 0.001
