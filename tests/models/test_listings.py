"""People who can be found, over days in which they come, change and go: what searches tell in between."""
from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from itertools import product

from models import Listing, clock, listings
from models.database import in_transaction
from models.directory import FACETS
from models.listings import END, SHOWN, Told, Wanted, spoken
from server.actions.listings import place_due

LEAST = 11
HOST = "there.example"
CHOICES = (("", "ORPHA:1", "ORPHA:2", "ORPHA:3"), ("", "living", "carer"), ("", "FR", "BE"), ("", " fr ", spoken(["nl", "fr"])),
           ("", "40-49"))
QUESTIONS = [Wanted(*one) for one in product(("", "ORPHA:1", "ORPHA:2", "ORPHA:3"), ("", "living", "carer"), ("", "FR", "BE"),
                                             ("", "fr", "nl"), ("", "40-49"))]


def somebody(chance: random.Random, number: int) -> Told:
    facets = tuple(chance.choices(choices, weights=range(1, len(choices) + 1))[0] for choices in CHOICES)
    return Told(f"https://{HOST}/listings/{number}", HOST, facets, clock.now(), clock.now() + timedelta(days=14), "https://x/")


async def everything(wanted: Wanted) -> list[int]:
    found, at = list[int](), 0
    while True:
        page = await listings.search(wanted, at, END, 20)
        found += page.places
        if page.next is None:
            return found
        at = page.next


async def check() -> None:
    """All questions, all pages, all cards: who is alike in all of it."""
    rows = {row.place: row for row in await Listing.all()}
    answers = [set(await everything(wanted)) for wanted in QUESTIONS]
    told = {place: (tuple(getattr(row, column) for column in SHOWN), *(place in found for found in answers))
            for place, row in rows.items()}
    alike = Counter(told.values())
    for place, row in rows.items():
        if any(told[place][0]):
            assert alike[told[place]] >= LEAST
        for facet in FACETS:
            assert getattr(row, f"shown_{facet}") in ("", getattr(row, facet))
    assert answers[0] == set(rows)


async def test_people_come_change_and_go_and_no_small_group_shows(db: object) -> None:
    chance, known = random.Random(5), list[Told]()
    for day in range(6):
        known += (new := [somebody(chance, day * 100 + number) for number in range(chance.choice((3, 40, 80)))])
        changed = [somebody(chance, int(one.uri.rpartition("/")[2])) for one in chance.sample(known, min(len(known), 9))]
        async with in_transaction():
            await listings.put([*new, *changed], LEAST)
        await check()
        await place_due()
        assert not await listings.unplaced()
        await check()
        gone = [one.uri for one in chance.sample(known, len(known) // 4)]
        known = [one for one in known if one.uri not in gone]
        async with in_transaction():
            await listings.take_away(gone, HOST, LEAST)
        await check()
        await place_due()
        await check()
    shown = await Listing.exclude(shown_condition="").count()
    assert shown > LEAST * 3, "and yet most are found by what they told"
    async with in_transaction():
        assert await listings.take_all_away(HOST, LEAST) == len(known)


async def test_who_leaves_while_it_is_worked_out_makes_no_small_group(db: object) -> None:
    alike = [Told(f"https://{HOST}/listings/{number}", HOST, ("ORPHA:1", "living", "FR", " fr ", "40-49"), clock.now(),
                  clock.now() + timedelta(days=14), "https://x/") for number in range(LEAST)]
    async with in_transaction():
        await listings.put(alike, LEAST)
    counted = await listings.kinds(["ORPHA:1"])
    async with in_transaction():
        await listings.take_away([alike[0].uri], HOST, LEAST)
    async with in_transaction():
        await listings.show([(kind, kind.facets) for kind in counted], LEAST)
    assert not await Listing.exclude(shown_condition="").exists()
    await check()


async def test_an_older_word_changes_nothing(db: object) -> None:
    now = clock.now().replace(microsecond=0)
    new = Told(f"https://{HOST}/1", HOST, ("ORPHA:1", "", "", "", ""), now, now + timedelta(days=14))
    old = Told(new.uri, HOST, ("ORPHA:2", "", "", "", ""), now - timedelta(days=1), now + timedelta(days=99))
    foreign = Told(new.uri, "elsewhere.example", ("ORPHA:3", "", "", "", ""), now + timedelta(hours=1))
    for one in (new, old, foreign):
        async with in_transaction():
            await listings.put([one], LEAST)
    [row] = await Listing.all()
    assert (row.condition, row.host, row.ends_at) == ("ORPHA:1", HOST, new.ends_at)
