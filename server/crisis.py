"""Numbers to call in an emergency, by country. A line that is wrong can cost a life: a community checks its own.

Where to check: FR 3114.fr, info.urgence114.fr · GB samaritans.org, giveusashout.org · IE samaritans.org,
textaboutit.ie · DE telefonseelsorge.de · BE preventionsuicide.be · CH 143.ch · LU 454545.lu · CA 988.ca ·
US 988lifeline.org · 112: Directive (EU) 2018/1972, article 109.
"""
from __future__ import annotations

from server.language import gettext_for
from server.views import CrisisLine

EMERGENCY = {"FR": ("15", "112"), "GB": ("999", "112"), "CH": ("144", "112"),
             "CA": ("911",), "US": ("911",)}
DARK_THOUGHTS = {"FR": "3114", "GB": "116 123", "IE": "116 123", "DE": "0800 111 0 111", "BE": "0800 32 123", "CH": "143",
                 "LU": "45 45 45", "CA": "988", "US": "988"}
BY_TEXT = {"FR": "114", "GB": "85258", "IE": "50808", "CA": "988", "US": "988"}


def crisis_lines(country: str, lang: str) -> tuple[CrisisLine, ...]:
    """The numbers for a country (ISO 3166-1 alpha-2), the emergency first; 112 where nothing better is known."""
    _ = gettext_for(lang)
    numbers = EMERGENCY.get(country, ("112",))
    found = [CrisisLine(label=_("An emergency"), number=numbers[0])]
    found += [CrisisLine(label=_("An emergency, anywhere in Europe"), number=number) for number in numbers[1:]]
    if number := DARK_THOUGHTS.get(country):
        found.append(CrisisLine(label=_("Dark thoughts"), number=number))
    if number := BY_TEXT.get(country):
        found.append(CrisisLine(label=_("By text message, if you hear or speak badly"), number=number, by_text=True))
    return tuple(found)
