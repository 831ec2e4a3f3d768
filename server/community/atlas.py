"""In which countries our members and those of partners are, as bands: ours of today, never more than there are now."""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from models import Actor, Census, Host, ProfileLine, Q, clock
from models.consent import Purpose
from models.database import in_transaction
from models.host import Standing
from models.member import MemberState
from moderation import consent, counts
from moderation.counts import Band

Bands = Mapping[str, Band]


async def ours() -> tuple[Bands, datetime]:
    """Ours, and when they were counted. Who comes is seen on the next day; who takes it back is gone at once."""
    row, now = await Census.of(), clock.now()
    live = shown(await _by_country(), (await counts.thresholds()).outside, row.secret)
    if row.published_at is None or row.published_at.date() < now.date():
        async with in_transaction():
            await row.change(bands={country: str(band) for country, band in live.items()}, published_at=now)
    told = {country: Band(band) for country, band in row.bands.items()}
    return lower_of(told, live), row.published_at or now


async def everybody() -> Bands:
    """Ours and those of our partners, whose numbers nobody knows: bands are added up as what they say at least."""
    partners = [str(name) for name in await Host.filter(standing=Standing.PARTNER).values_list("name", flat=True)]
    theirs = [{country: Band(band) for country, band in row.bands.items()} for row in await Census.of_partners(partners)]
    mine, _ = await ours()
    return together([mine, *theirs])


def shown(people: Mapping[str, int], least: int, secret: str) -> Bands:
    """What may be told of numbers of people by country; countries of which nothing is told are not in it."""
    bands = {country: counts.veiled(number, least, secret, country) for country, number in people.items()}
    return {country: band for country, band in bands.items() if band is not Band.FEW}


def lower_of(told: Bands, live: Bands) -> Bands:
    """What was told today, without what is no longer so."""
    return {country: counts.lower(band, live[country]) for country, band in told.items() if country in live}


def together(censuses: list[Bands]) -> Bands:
    """The bands of several communities."""
    return {country: counts.sum_of_bands([one[country] for one in censuses if country in one])
            for country in sorted({country for one in censuses for country in one})}


async def _by_country() -> Counter[str]:
    """How many of our members are in each country, of those who agreed to the map and to being counted."""
    agreed = consent.those_who_allow(Purpose.MAP) & consent.those_who_allow(Purpose.STATISTICS)
    here = Q(Actor.present(), agreed, host="", member__state=MemberState.ACTIVE, profile_values__line=ProfileLine.PLACE)
    return Counter(str(country) for country in await Actor.filter(here).values_list("profile_values__code", flat=True) if country)
