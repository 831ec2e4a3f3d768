"""Where money is asked for: links and accounts to pay into, and requests for it (health.md §5: scams, fundraising)."""
from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256

from models.signal import Consequence
from moderation.signals.facts import Facts, Finding
from moderation.signals.payment_words import ASKING, NAMES, PLACES, SPLIT, WARNED, WORTH_A_LOOK
from moderation.signals.reading import joined

_IBAN = re.compile(r"(?<![a-z0-9])[a-z]{2}\s?\d{2}(?:[ .\-]?[a-z0-9]{4}){2,7}(?:[ .\-]?[a-z0-9]{1,4})?(?![a-z0-9])")
_BITCOIN = re.compile(r"(?<![A-Za-z0-9])(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[02-9ac-hj-np-z]{11,71})(?![A-Za-z0-9])")
_OTHER_COINS = re.compile(r"(?<![A-Za-z0-9])(?:0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33}|4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}|"
                          r"r[1-9A-HJ-NP-Za-km-z]{27,34}(?=\W*(?:xrp|ripple)))(?![A-Za-z0-9])")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DOT = re.compile(r"\s*(?:[\(\[\{<]\s*(?:\.|dot|point)\s*[\)\]\}>]|\s(?:dot|point)\s|\s\.\s?)\s*"
                  r"(?=(?:com|me|fr|org|net|co|link|eu|app|money)\b)")  # not "Lydia. Me ...", which is the end of a sentence
_SLASH = re.compile(r"\s*(?:[\(\[]\s*(?:/|slash)\s*[\)\]]|\sslash\s)\s*|\s+/|/\s+")


@lru_cache(maxsize=1)
def _asking() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(words) for words in ASKING)


@lru_cache(maxsize=1)
def _worth_a_look() -> re.Pattern[str]:
    return re.compile(WORTH_A_LOOK)


@lru_cache(maxsize=1)
def _warned() -> re.Pattern[str]:
    return re.compile(WARNED)


def look(facts: Facts) -> Finding | None:
    """Holds it, whoever writes it."""
    found = (*_places(facts), *_accounts(facts), *_requests(facts.plain))
    return Finding(Consequence.HOLD, found) if found else None


def _places(facts: Facts) -> tuple[str, ...]:
    """Links to where one pays, also taken apart with spaces, brackets or words for the dot."""
    if not any(name in facts.squeezed for name in _NAMES_TO_LOOK_FOR):
        return ()
    text = joined(_SLASH.sub("/", _DOT.sub(".", facts.plain)))
    found = [place for place in PLACES if re.search(rf"(?<![a-z0-9-]){re.escape(place)}(?![a-z0-9-])", text)]
    whole = text.replace(" ", "")
    found += [place for place in PLACES if _bare(place.split(".")[0]) in SPLIT and place in whole]
    return tuple(found) or tuple(name for name in SPLIT if name in facts.squeezed and _is_hidden(name, facts.plain))


def _is_hidden(name: str, text: str) -> bool:
    """Whether a name was taken apart or written with other signs; not where it stands as it is, or where two words meet."""
    found = re.search(r"[\W_]{0,3}".join(map(_class, name)), text)
    return found is not None and not (found.group(0).replace(" ", "") == name and found.group(0).count(" ") <= 1)


def _class(letter: str) -> str:
    return {"a": "[a4@]", "o": "[o0]", "e": "[e3]", "i": "[i1!l]", "l": "[l1i]", "s": "[s5$]", "t": "[t7]"}.get(letter, letter)


def _bare(place: str) -> str:
    return re.sub(r"[^a-z0-9]", "", place)


#: The first word of each address; without any of them there is none.
_NAMES_TO_LOOK_FOR = tuple(dict.fromkeys(_bare(place.split(".")[0]) for place in (*PLACES, *NAMES)))


def _accounts(facts: Facts) -> tuple[str, ...]:
    """Account numbers whose own check digits say so (ISO 13616; Base58Check), and others by their shape (Bech32 …)."""
    text = facts.plain
    if not any(letter.isdigit() for letter in text):
        return ()
    found = [one.group(0) for one in _IBAN.finditer(text) if _is_iban(one.group(0))]
    typed = "\n".join(facts.texts)  # here capital letters count
    found += [one.group(0) for one in _BITCOIN.finditer(typed) if one.group(0).startswith("bc1") or _is_base58(one.group(0))]
    return (*found, *(one.group(0) for one in _OTHER_COINS.finditer(typed)))


def _is_iban(text: str) -> bool:
    code = re.sub(r"[^a-z0-9]", "", text)
    for length in range(min(34, len(code)), 14, -1):  # a word may follow
        moved = code[4:length] + code[:4]
        if int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1:
            return True
    return False


def _is_base58(text: str) -> bool:
    number = 0
    for letter in text:
        number = number * 58 + _BASE58.index(letter)
    raw = number.to_bytes(25, "big") if number < 1 << 200 else b""
    return len(raw) == 25 and sha256(sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]  # noqa: PLR2004 - version, hash, check


def _requests(text: str) -> tuple[str, ...]:
    """Sentences that ask for money, unless they warn of those that do."""
    text = joined(" ".join(text.split()))
    if not _worth_a_look().search(text):
        return ()
    found = (one for pattern in _asking() for one in pattern.finditer(text))
    return tuple(one.group(0) for one in found if not _is_warning(text, one))


def _is_warning(text: str, one: re.Match[str]) -> bool:
    return bool(_warned().search(text, max(0, one.start() - 60), min(len(text), one.end() + 40)))
