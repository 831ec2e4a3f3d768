"""Where money is asked for: links and accounts to pay into, and requests for it (health.md §5: scams, fundraising)."""
from __future__ import annotations

import re
from functools import cache
from hashlib import sha256

from models.signal import Consequence
from moderation.signals.facts import Facts, Finding
from moderation.signals.reading import joined

#: Addresses where one pays or gives. The part before a slash is a host.
PLACES = (
    "paypal.me", "paypal.com/pools", "paypal.com/donate", "paypal.com/paypalme", "leetchi.com", "gofundme.com", "gofund.me",
    "lydia-app.com", "lydia.me", "revolut.me", "revolut.com/pay", "cotizup.com", "helloasso.com", "lepotcommun.fr", "onparticipe.fr",
    "papayoux.com", "papayoux-solidarite.com", "okpal.com", "ulule.com", "kisskissbankbank.com", "ko-fi.com", "buymeacoffee.com",
    "patreon.com", "tipeee.com", "tipeeestream.com", "justgiving.com", "crowdfunder.co.uk", "givesendgo.com", "youcaring.com",
    "donorbox.org", "wise.com/pay", "cash.app", "venmo.com", "monzo.me", "sumup.link", "buy.stripe.com", "donate.stripe.com",
    "checkout.stripe.com", "pay.sumup.com", "zeffy.com", "whydonate.com", "fundrazr.com", "indiegogo.com", "kickstarter.com",
    "spotfund.com", "liberapay.com", "wero-wallet.eu", "stripe.com/pay", "square.link", "chuffed.org", "gogetfunding.com", "givealittle.co.nz",
    "launchgood.com", "mightycause.com", "alvarum.com", "dons.org",
)
#: Names that say it even when the address was taken apart, and are no word or name of a person.
NAMES = ("paypalme", "leetchi", "gofundme", "revolutme", "cotizup", "lepotcommun", "buymeacoffee", "lydiaapp", "cashapp", "justgiving",
         "kisskissbankbank", "papayoux", "givesendgo", "moneygram", "westernunion", "transcash", "paysafecard", "neosurf", "onparticipe",
         "monzome")
_AMOUNT = r"(?:\d[\d .,]*\s?(?:€|euros?|eur|usd|\$|dollars?|£|pounds?|gbp|quid|balles|francs?|btc)|[€$£]\s?\d[\d .,]*)"
_CHANNEL = (r"(?:paypal|lydia|revolut|paylib|wero|wise|western union|moneygram|virement|rib|iban|cagnotte|leetchi|gofundme|cash ?app|venmo|zelle|"
            r"bank transfer|wire transfer|crypto|bitcoins?|btc|usdt|ethereum|gift cards?|cartes? cadeaux?|carte prepayee|pcs|transcash|neosurf|"
            r"itunes cards?|google play cards?|steam cards?|coupons? (?:pcs|recharge)|mandat cash|orange money|mobile money)")
#: Requests in words.
ASKING = (
    rf"(?:envoye[zr]?|envoie|verse[zr]?|transfere[zr]?|vire[zr]?|pretez|prete[zr]?[ -]moi|avance[zr]?[ -]moi|payez|regle[zr])[^.\n]{{0,50}}"
    rf"(?:{_AMOUNT}|de l'argent|l'argent|la somme|un don)[^.\n]{{0,60}}{_CHANNEL}",
    rf"(?:envoye[zr]?|envoie|verse[zr]?|transfere[zr]?|vire[zr]?|payez|payer|regler|aidez|aider|participe[zr]|donne[zr]|soutene[zr]|don|dons)[^.\n]{{0,40}}"
    rf"(?:par|via|sur|avec|en|ma|mon|notre|a la|au)\s(?:ma |mon |notre |une |un |compte )?{_CHANNEL}\b",
    rf"(?:send|wire|transfer|lend|loan|give|donate|pay|help|chip in|contribute)\b[^.\n]{{0,50}}(?:via|through|by|with|using|to|in|on|thru)\s"
    rf"(?:my |our |the |a |an |this )?{_CHANNEL}\b",
    rf"(?:send|wire|transfer|lend|loan|give)\s(?:me|us|him|her)\b[^.\n]{{0,30}}(?:{_AMOUNT}|money|cash|{_CHANNEL})",
    r"(?:pretez|pretez[ -]moi|preter|donnez|donnez[ -]moi|envoyez[ -]moi|envoie[ -]moi|j'ai besoin de|avancer|avancez[ -]moi)\b[^.\n]{0,30}"
    rf"{_AMOUNT}[^.\n]{{0,60}}(?:rembours|rend|en urgence|urgent|vite|pour (?:payer|acheter|finir))\w*",
    r"(?:faites|faire|fais) (?:donc )?(?:un|vos|des|ton|votre) dons?\b[^.\n]{0,60}(?:ici|lien|cagnotte|sur|via|par|compte|https?:|www)",
    r"(?:participe[zr]|contribue[zr]|donne[zr]|soutene[zr]|partage[zr])[^.\n]{0,40}(?:a |la |ma |notre |sa |cette |une )+cagnotte",
    r"(?:ma|notre|sa|une) cagnotte (?:en ligne )?(?:pour|est ouverte|est en ligne|afin|ici|solidaire pour)|(?:ouvert|cree|lance|lancons) (?:une|la|notre) cagnotte",
    r"(?:please |pls )?(?:donate|chip in|contribute)\b[^.\n]{0,50}(?:here|link|fundraiser|fund|page|https?:|www|below|to (?:help|support|our|my))",
    r"(?:my|our|his|her|this) (?:fundraiser|fundraising page|crowdfund\w*|donation page|tip jar)|(?:started|set up|created|opened) a (?:fundraiser|gofundme|crowdfund\w*)",
    r"(?:invest|investisse[zr]|gagne[zr]|earn|make|double[zr]?)\b[^.\n]{0,60}(?:bitcoins?|btc|crypto\w*|trading|forex|usdt)",
    r"(?:bitcoins?|btc|crypto\w*|forex|trading)\b[^.\n]{0,60}(?:investi|invest|profit|benefice|rendement|gagne|earn|returns?|wallet|portefeuille)",
    r"(?:gift cards?|cartes? cadeaux?|tickets? (?:pcs|transcash|neosurf)|recharges? (?:pcs|transcash))[^.\n]{0,50}(?:code|photo|send|envoy|number|numero)",
    r"(?:gratter|scratch)[^.\n]{0,30}code|(?:send|envoye[zr]?|envoie)[^.\n]{0,30}(?:codes?|photo|picture)[^.\n]{0,30}(?:gift cards?|cartes? cadeaux?|pcs|transcash|neosurf|recharge)",
)
_WARNED = (r"\b(?:mefi\w*|attention|arnaqu\w*|escro\w*|ne (?:donnez|payez|envoyez|versez|faites|participez|jamais)|jamais|n'envoyez|n'accept\w*|scams?|scammers?|"
           r"beware|never|don't|do not|fraud\w*|signal\w*|report\w*|careful|refus\w*|interdi\w*|banned?|not allowed|asked me to|wanted me to|m'a demande|me demandait|on m'a|"
           r"merci a tous|thank you (?:all|everyone))\b")
_IBAN = re.compile(r"(?<![a-z0-9])[a-z]{2}\s?\d{2}(?:[ .\-]?[a-z0-9]{4}){2,7}(?:[ .\-]?[a-z0-9]{1,4})?(?![a-z0-9])")
_BITCOIN = re.compile(r"(?<![A-Za-z0-9])(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[02-9ac-hj-np-z]{11,71})(?![A-Za-z0-9])")
_OTHER_COINS = re.compile(r"(?<![A-Za-z0-9])(?:0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33}|4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}|"
                          r"r[1-9A-HJ-NP-Za-km-z]{27,34}(?=\W*(?:xrp|ripple)))(?![A-Za-z0-9])")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DOT = re.compile(r"\s*(?:[\(\[\{<]\s*(?:\.|dot|point)\s*[\)\]\}>]|(?:\s(?:dot|point)\s)|\s\.|\.\s)\s*(?=(?:com|me|fr|org|net|co|link|eu|app|money)\b)")
_SLASH = re.compile(r"\s*(?:[\(\[]\s*(?:/|slash)\s*[\)\]]|\sslash\s)\s*|\s+/|/\s+")


@cache
def _asking() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(words) for words in ASKING)


@cache
def _worth_a_look() -> re.Pattern[str]:
    return re.compile(r"paypal|lydia|revolut|paylib|wero|wise|western|moneygram|virement|\brib\b|iban|cagnotte|leetchi|gofund|cash ?app|venmo|zelle|transfer|"
                      r"crypto|bitcoin|\bbtc|usdt|ethereum|gift card|cadeau|prepay|\bpcs|transcash|neosurf|cards?\b|coupon|money|argent|"
                      r"\bdons?\b|donat|chip in|contribut|fundrais|crowdf|tip jar|trading|forex|€|euros?\b|\beur\b|[$£]|dollars|pounds|quid|balles|gratter|scratch")


@cache
def _warned() -> re.Pattern[str]:
    return re.compile(_WARNED)


def look(facts: Facts) -> Finding | None:
    """Holds it, whoever writes it."""
    found = (*_places(facts), *_accounts(facts), *_requests(facts.plain))
    return Finding(Consequence.HOLD, found) if found else None


def _places(facts: Facts) -> tuple[str, ...]:
    """Links to where one pays, also taken apart with spaces, brackets or words for the dot."""
    if not any(_bare(place) in facts.squeezed for place in (*_HOSTS, *NAMES)):
        return ()
    text = joined(_SLASH.sub("/", _DOT.sub(".", facts.plain)))
    found = [place for place in PLACES if re.search(rf"(?<![a-z0-9-]){re.escape(place)}(?![a-z0-9-])", text)]
    if found or not any(mark in text for mark in ("[.]", "(.)", " . ", "/ ", "h**", "hxxp", " slash ", "0", "1", "@", " me/", " dot", " point", "-", "_", "•")):
        return tuple(found)
    return tuple(name for name in ("paypalme", "leetchi", "gofundme", "revolutme", "cotizup", "lepotcommun", "lydiaapp", "cashapp")
                 if name in facts.squeezed and f" {name}" not in f" {text}" and not _is_word_pair(name, text))


def _is_word_pair(name: str, text: str) -> bool:
    """Whether these letters stand next to each other only because two sentences meet."""
    return not re.search(r"[\W_]{0,3}".join(map(_class, name)), text)


def _class(letter: str) -> str:
    return {"a": "[a4@]", "o": "[o0]", "e": "[e3]", "i": "[i1!l]", "l": "[l1i]", "s": "[s5$]", "t": "[t7]"}.get(letter, letter)


def _bare(place: str) -> str:
    return re.sub(r"[^a-z0-9]", "", place)


_HOSTS = tuple(dict.fromkeys(place.split("/")[0] for place in PLACES))


def _accounts(facts: Facts) -> tuple[str, ...]:
    """Account numbers, whose own check digits say that they are some (ISO 13616; Base58Check; Bech32 and others by their shape)."""
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
    return tuple(one.group(0) for one in found if not _warned().search(text, max(0, one.start() - 60), min(len(text), one.end() + 40)))
