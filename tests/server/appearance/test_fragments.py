"""Cards that are kept: nobody is shown what was made for somebody else, and nothing is kept for long or in great number."""
from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from models.reach import Reach
from server.actions import posts, removal
from server.actions.posts import Composition
from server.appearance import fragments
from server.appearance.fragments import Fragments
from server.appearance.theme import Theme
from server.keys import MEDIA
from tests.browser import Browser
from tests.live import LiveServer
from tests.server.appearance.test_render import POST


@pytest.fixture(scope="module")
def theme() -> Theme:
    return Theme.load("base")


def test_a_card_is_kept_under_all_that_it_shows(theme: Theme) -> None:
    cards = {lang: Fragments(environment) for lang, environment in theme.environments.items()}

    def card(lang: str = "en", csrf: str = "of-anna", back: str = "/home?a=1&b=2", **different: object) -> str:
        return str(cards[lang].card(POST._replace(**different), csrf, back, "h3", True))
    first = card()
    assert first.count('value="of-anna"') == 2 and 'value="/home?a=1&amp;b=2"' in first and len(cards["en"]) == 1
    other = card(csrf="of-ben", back='/tags/"x')
    assert "of-anna" not in other and "/home" not in other and other.count('value="of-ben"') == 2 and "&#34;x" in other
    assert len(cards["en"]) == 1 and other.replace("of-ben", "of-anna").replace("/tags/&#34;x", "/home?a=1&amp;b=2") == first
    seen = {first, card("fr"), card(thanked=True), card(folded=True), card(is_mine=True), card(may_reply=False),
            card(reply_count=0), card(html=Markup("<p>Edited</p>"), edited=True),
            card(in_reply_to_url="/m/secret"), card(back="")}
    assert len(seen) == 10 and len(cards["en"]) == 9
    assert "/m/secret" not in card()
    for kept in (cards["en"]._csrf, cards["en"]._back):
        assert not any(kept in html for html in seen) and kept != Fragments(theme.environments["en"])._csrf


def test_cards_are_few_and_do_not_stay(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "FRAGMENTS_LIMIT", 3)
    cards = Fragments(theme.environments["en"])
    for number in range(5):
        cards.card(POST._replace(key=f"k{number}"), "", "", "h3", True)
    assert len(cards) == 3
    later = fragments.time.monotonic() + fragments.FRAGMENT_SECONDS + 1
    monkeypatch.setattr(fragments.time, "monotonic", lambda: later)
    cards.card(POST, "", "", "h3", True)
    assert len(cards) == 1


async def test_what_was_kept_shows_nothing_that_has_changed(alpha: LiveServer) -> None:
    """Edited, narrowed to nobody, deleted by another process: the very next page knows."""
    anna, ben = [await alpha.member(name) for name in ("anna", "ben")]
    post = await alpha.write(anna, "What I wrote at first", Reach.COMMUNITY)
    async with Browser(alpha, anna) as hers, Browser(alpha, ben) as his:
        for _ in range(2):
            own, read = await hers.get("/home"), await his.get("/home")
            assert "What I wrote at first" in own and "What I wrote at first" in read
            assert f"/m/{post.key}/edit" in own and f"/m/{post.key}/edit" not in read and f"/m/{post.key}/thanks" in read
            tokens = [set(re.findall(r'name="csrf" value="([^"]+)"', page)) for page in (own, read)]
            assert len(tokens[0]) == len(tokens[1]) == 1 and tokens[0] != tokens[1]
        await his.post(f"/m/{post.key}/thanks")
        assert 'aria-pressed="true"' in await his.get("/home") and 'aria-pressed="true"' not in await hers.get("/home")
        await alpha.run(posts.edit(post, Composition(text="What I wrote then", reach=Reach.COMMUNITY), {}, alpha.origin))
        read = await his.get("/home")
        assert "What I wrote then" in read and "What I wrote at first" not in read
        await alpha.run(removal.delete(post, alpha.app[MEDIA]))
        assert "What I wrote" not in await his.get("/home") and "What I wrote" not in await hers.get("/home")
