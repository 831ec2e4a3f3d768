"""Rules of a host's own: a distribution on the path is found, asked, listed, switched; one that fails or hangs stops nothing."""
from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import Community, SignalHit
from models.member import Role
from models.reach import Reach
from models.review import ReviewCause
from server.actions import reviews
from server.community import extensions
from tests.browser import Browser
from tests.live import LiveServer

CODE = '''
import time
from models.case import Matter
from models.review import ReviewCause
from models.signal import Consequence
from moderation.signals import Facts, Finding, Signal

def lottery(facts: Facts) -> Finding | None:
    return Finding(Consequence.HOLD, ("lottery",)) if "lottery" in facts.plain else None

def broken(facts):
    raise RuntimeError("boom")

def slow(facts):
    time.sleep(1)

def strange(facts):
    return "hold"

LOTTERY = Signal("lottery", Matter.SCAM, ReviewCause.OTHER, lottery)
BROKEN = Signal("broken", Matter.OTHER, ReviewCause.OTHER, broken)
SLOW = Signal("slow", Matter.OTHER, ReviewCause.OTHER, slow)
STRANGE = Signal("strange", Matter.OTHER, ReviewCause.OTHER, strange)
NAMELESS = lottery
'''
POINTS = """[dazzle.signals]
lottery = our_rules_of_a_test:LOTTERY
broken = our_rules_of_a_test:BROKEN
slow = our_rules_of_a_test:SLOW
strange = our_rules_of_a_test:STRANGE
nameless = our_rules_of_a_test:NAMELESS
gone = our_rules_of_a_test:GONE
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As pip leaves it: a module, and its metadata beside it."""
    (tmp_path / "our_rules_of_a_test.py").write_text(CODE)
    folder = tmp_path / "our_rules-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: our-rules\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    extensions.added.cache_clear()
    yield
    extensions.added.cache_clear()
    sys.modules.pop("our_rules_of_a_test", None)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_rules_of_a_host(installed: None, alpha: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "SECONDS", 0.1)
    host, anna = await alpha.member("host", role=Role.HOST), await alpha.member("anna")
    begun = time.monotonic()
    held = await alpha.write(anna, "I won the lottery", Reach.COMMUNITY)
    assert held.is_in_review and time.monotonic() - begun < 1
    review = await alpha.run(reviews.of_post(held))
    assert review and review.cause is ReviewCause.OTHER and review.words == ["lottery"]
    for _ in range(2):
        assert not (await alpha.write(anna, "Good morning", Reach.COMMUNITY)).is_in_review
    strikes = {one.name: one.strikes for one in extensions.added()}
    assert strikes["slow"] == extensions.STRIKES and not next(one for one in extensions.added() if one.name == "slow").works
    async with Browser(alpha, host) as team:
        page = await team.get("/admin/signals")
        assert "From the package our-rules." in page and "It was too slow" in page
        assert page.count("It could not be loaded") == 2 and "AttributeError" in page
        assert "lottery" in page and "/@anna" in page
        await team.post("/admin/signals", {
            "first_held": "3", "watched": "Zanoptil\n\nBio*", "on-payment": "1", "on-about_others": "1"})
        assert "Saved." in team.page
    community = await alpha.ask(lambda: Community.current())
    assert community.first_held == 3 and community.watched_names == ["Zanoptil", "Bio*"] and community.reviews_others
    assert {"lottery", "dose", "cure"} <= set(community.signals_off or ()) and "payment" not in (community.signals_off or ())
    assert not (await alpha.write(anna, "The lottery again, 20 mg of prednisone", Reach.COMMUNITY)).is_in_review
    assert (await alpha.write(anna, "paypal.me/x", Reach.COMMUNITY)).is_in_review
    assert await alpha.ask(lambda: SignalHit.filter(owner=anna).count()) == 2
