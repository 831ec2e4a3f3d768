"""Telephone numbers, mail addresses and postal addresses of people: what is written for many finds others than those it is for.

Numbers and addresses of hospitals, associations and helplines are useful, and stay.
"""
from __future__ import annotations

import re
from functools import lru_cache

from models.signal import Consequence
from moderation.signals.facts import Facts, Finding

_HOSTS_SAID = r"(?:gmail|hotmail|outlook|yahoo|icloud|proton|live|aol|gmx|orange|btinternet)"
_AT = (r"\s?(?:@|[\(\[\{<]\s?(?:at|a|arobase|arobas|@)\s?[\)\]\}>]|\s(?:arobase|arobas)\s|"
       rf"\sat\s(?={_HOSTS_SAID}|[\w-]+\s(?:dot|point)\s|[\w-]+\s?[\(\[\{{]))\s?")
_DOT = r"\s?(?:\.|[\(\[\{<]\s?(?:dot|point|\.)\s?[\)\]\}>]|\s(?:dot|point)\s)\s?"
_MAIL_HOSTS = (r"gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|orange|wanadoo|free|sfr|laposte|bbox|numericable|"
               r"icloud|me|aol|gmx|"
               r"proton(?:mail)?|tutanota|tuta|mail|btinternet|sky|virginmedia|talktalk|comcast|verizon|yandex|zoho")
#: What is written before or after the contact of an institution.
_PUBLIC = (r"\b(?:hopital|hopitaux|hospital|chu|chru|clinique|clinic|secretariat|secretary|consultation|service|centre|center|"
           r"association|charity|"
           r"fondation|foundation|samu|urgences?|emergency|helpline|hotline|ligne d'ecoute|numero vert|ecoute|mairie|mdph|"
           r"cpam|caf|nhs|gp|cabinet|surgery|"
           r"pharmaci[ea]s?|pharmacy|laboratoire|laborator(?:y|ies)|lab|reseau|network|support line|standard|accueil|"
           r"reception|infirmi\w+|nurses?|plateforme|"
           r"unit|ward|department|office|institut\w*|maladies rares info|orphanet|samaritans|suicide|crisis|dpo|secours|"
           r"police|pompiers|venue|salle|"
           r"congres|conference|rendez-vous a|meeting|rencontre|journee|registry|registre|registration|crmr|trust|society|"
           r"societe)\b")
_OWN = (r"\b(?:mon (?:numero|num|tel\w*|portable|adresse|mail|e-mail|whatsapp|telegram|06|07|insta\w*)|my (?:number|phone|"
        r"mobile|cell|address|e-?mail|mail|whatsapp|telegram)|"
        r"appele[zr]?[ -]moi|appelle[ -]moi|joindre|joignable|call me|text me|ring me|whatsapp|telegram|signal|ecri\w+[ -]moi|"
        r"contacte[zr]?[ -]moi|"
        r"contact me|e-?mail me|mail me|j'habite|i live|chez moi|reach me|sms|msg|ma fille|mon fils|my (?:son|daughter|mum|"
        r"mom|husband|wife)|perso)\b")
_OFFICES = ("contact", "info", "secretariat", "accueil", "hello", "support", "office", "enquiries", "admin", "dpo", "help")
_FREE = ("080", "0044800", "0044808", "44800", "44808", "1800", "800", "888", "877", "116")  # numbers that cost nothing
_NEAR_CHARACTERS = 70


@lru_cache(maxsize=1)
def _mail() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@.+-])(?P<local>[a-z0-9][\w.+%-]{{0,63}}){_AT}"
                      rf"(?P<host>[a-z0-9-]{{1,63}}(?:{_DOT}[a-z0-9-]{{2,63}}){{1,4}})(?![\w@])")


@lru_cache(maxsize=1)
def _phone() -> re.Pattern[str]:
    """French, international, British and North American numbers; not those with few digits, and not free ones (0800, 0808 …)."""
    gap = r"[ .\-/_]{0,3}"
    return re.compile(
        rf"(?<![\w.,/#-])(?:(?:(?:\+|00){gap}33{gap}(?:\(0\){gap})?|[0o]{gap})(?P<french>[1-79])(?:{gap}[\do]){{8}}"
        rf"|(?:(?:\+|00){gap}44{gap}(?:\(0\){gap})?|0{gap})(?P<british>[1237])(?:{gap}\d){{9}}"
        rf"|\(?[2-9]\d{{2}}\)?[ .\-]\d{{3}}[ .\-]\d{{4}}"
        rf"|(?:\+|00)(?!33|44)\d{{1,3}}(?:{gap}\d){{7,11}})(?![\w/]|[.,]\d|-\d)")


@lru_cache(maxsize=1)
def _numerals() -> re.Pattern[str]:
    """A French number said in words: "zero six douze …"."""
    pair = (r"(?:zero|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente|"
            r"quarante|cinquante|"
            r"soixante|quatre-vingts?|oh|one|two|three|four|five|seven|eight|nine|double|\d{1,2})")
    return re.compile(rf"(?<!\w)(?:zero|oh)[ ,.-]+(?:six|sept|seven|quatre|un|deux|6|7)(?:[ ,.-]+(?:et[ -])?{pair}){{4,}}")


@lru_cache(maxsize=1)
def _street() -> re.Pattern[str]:
    """A house, a street and a place by its code; without the code only where it is said to be somebody's."""
    french = (r"\d{1,4}\s?(?:bis|ter)?,?\s(?:rue|avenue|av\.?|boulevard|bd\.?|bld|chemin|impasse|allees?|place|quai|route|"
              r"cours|square|lotissement|residence|"
              r"passage|montee|sentier)\s[^\n.;!?]{2,60}?")
    english = (r"(?:flat \w{1,4},? )?\d{1,5}[a-d]?,?\s(?:[a-z'-]+\s){1,4}(?:street|st\.?|road|rd\.?|avenue|ave\.?|lane|ln\.?|"
               r"drive|dr\.?|close|crescent|court|"
               r"way|terrace|place|gardens|grove|square|blvd|boulevard)\b")
    post = r"(?P<code>\b\d{5}\s[a-z]{2,}|\b[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}\b|\b[a-z]{2}\s\d{5}\b)"
    return re.compile(rf"(?<![\w])(?:{french}|{english})(?:[^\n;!?]{{0,40}}?{post}|(?=[\n.;,!?]|$))")


@lru_cache(maxsize=1)
def _words() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    return re.compile(_PUBLIC), re.compile(_OWN), re.compile(rf"(?:{_MAIL_HOSTS})\W")


def look(facts: Facts) -> Finding | None:
    """Holds it, whoever writes it. A profile says what its member wants to say, to whom they choose."""
    text = facts.plain
    found = [*_mails(text)]
    if any(letter.isdigit() for letter in text):
        found += [one.group(0) for one in _phone().finditer(text) if _is_somebodys(text, one, is_mobile=_is_mobile(one))]
        found += [one.group(0) for one in _street().finditer(text) if _is_home(text, one)]
    if "zero" in text or re.search(r"\boh\b", text):
        found += [one.group(0) for one in _numerals().finditer(text)]
    return Finding(Consequence.TELL if facts.is_profile else Consequence.HOLD, tuple(found)) if found else None


def _mails(text: str) -> list[str]:
    if "@" not in text and "arobas" not in text and not re.search(r"\bat\b|[\(\[\{<]a[\)\]\}>]", text):
        return []
    return [one.group(0) for one in _mail().finditer(text) if _is_own_mail(text, one)]


def _is_own_mail(text: str, one: re.Match[str]) -> bool:
    if one.group("local").startswith(_OFFICES):
        return bool(_words()[2].match(one.group("host") + ".")) and bool(_near(text, one, _words()[1]))
    return bool(_words()[2].match(one.group("host") + ".")) or _is_somebodys(text, one, is_mobile=False)


def _is_mobile(one: re.Match[str]) -> bool:
    digits = re.sub(r"\D", "", one.group(0))
    return (one.group("french") or "") in ("6", "7") or (one.group("british") == "7") and len(digits) > 10  # noqa: PLR2004 - 07 + 9


def _is_somebodys(text: str, one: re.Match[str], *, is_mobile: bool) -> bool:
    """Not where an institution is named near it, unless it is said to be the writer's own, or is a mobile number and nothing says
    whose.
    """
    if _is_free(one.group(0)):
        return False
    public, own = _near(text, one, _words()[0]), _near(text, one, _words()[1])
    return bool(own) and not public or is_mobile and not public or not public


def _is_free(number: str) -> bool:
    return re.sub(r"\D", "", number).startswith(_FREE)


def _is_home(text: str, one: re.Match[str]) -> bool:
    public, own = _near(text, one, _words()[0]), _near(text, one, _words()[1])
    return not public and bool(one.group("code")) or bool(own) and not public


def _near(text: str, one: re.Match[str], words: re.Pattern[str]) -> re.Match[str] | None:
    return words.search(text, max(0, one.start() - _NEAR_CHARACTERS), min(len(text), one.end() + 40))
