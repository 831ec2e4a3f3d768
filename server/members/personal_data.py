"""Finds what could identify somebody in a text before it is sent. It warns and never blocks; nothing is kept or logged."""
from __future__ import annotations

import re

#: Bounded repetitions on plain classes: linear on any text.
PHONE = "phone"
MAIL = "mail"
NUMBER = "number"
_MAIL = re.compile(r"(?<![\w.+@-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_DIGITS = re.compile(r"(?<![\w/])\+?\(?\d(?:[ .()/-]{0,2}\d){7,19}(?!\w)")
_YEARS = re.compile(r"(?:19|20)\d\d[-/](?:19|20)\d\d")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[ -]{1,3}\d{1,4}[./-]\d{1,2}[./-]\d{1,4})?")


def found_in(text: str) -> tuple[str, ...]:
    """PHONE, MAIL and NUMBER (a file or insurance number), each once, as far as the text seems to hold one."""
    found = [MAIL] if _MAIL.search(text) else []
    for match in _DIGITS.finditer(text):
        number = match.group()
        if _DATE.fullmatch(number.strip()) or _YEARS.fullmatch(number.strip()):
            continue
        digits = sum(letter.isdigit() for letter in number)
        found.append(PHONE if number[0] in "+0(" and digits <= 15 else NUMBER)
    return tuple(dict.fromkeys(found))
