"""Markdown with people and topics."""
from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Actor
from moderation import markup
from server.words.markdown import MENTIONS_LIMIT, mentions_in, render

ORIGIN = "https://our.example"
BEA = Actor(name="bea", host="their.example", uri="https://their.example/actors/1", url="https://their.example/@bea")


@pytest.mark.parametrize(("text", "found"), [
    ("Hello @bea and @Bea@Their.Example.", ["bea", "bea@their.example"]),
    ("@bea@127.0.0.1:8001, hi", ["bea@127.0.0.1:8001"]),
    ("mail bea@their.example or josé@bea", []),
    ("你好@bea你好", ["bea"]),
    ("`@bea` and\n\n```\n@bea\n```", []),
    ("[@bea](https://x.example) https://x.example/@bea", []),
    ("\\@bea @", []),
    ("@bea_b. @bea- @bea.", ["bea_b", "bea"]),
    ("(@bea) *@bea* \"@bea\"", ["bea"]),
])
def test_mentions_are_found_in_words_and_nowhere_else(text: str, found: list[str]) -> None:
    assert mentions_in(text) == found


def test_at_most_a_few_people_are_named() -> None:
    assert len(mentions_in(" ".join(f"@name{number}" for number in range(50)))) == MENTIONS_LIMIT


@pytest.mark.parametrize(("text", "tags"), [
    ("#Fatigue and #été2, #疲れ", ("fatigue", "été2", "疲れ")),
    ("#123 a#b &#35; `#code` https://x.example/#part", ()),
    ("#same #Same", ("same",)),
    ("#" + "a" * 101, ()),
])
def test_tags(text: str, tags: tuple[str, ...]) -> None:
    assert render(text, {}, ORIGIN).tags == tags


def test_a_mention_links_to_the_person_in_the_form_that_peers_read() -> None:
    html = render("@bea #Joy", {"bea": BEA}, ORIGIN).html
    assert '<span class="h-card"><a href="https://their.example/@bea" class="u-url mention"' in html
    assert '<a href="https://our.example/tags/joy" class="mention hashtag"' in html
    assert render("@nobody", {}, ORIGIN).html == "<p>@nobody</p>"


@pytest.mark.parametrize("text", [
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](https://spy.example/a.png)", "<img src=x onerror=alert(1)>",
    "[x](data:text/html,hello)", "<a href='//x' style='a'>y</a>", "@<script>", "[a]: javascript:x\n\n[a]",
])
def test_nothing_active_comes_out(text: str) -> None:
    html = render(text, {}, ORIGIN).html
    for harm in ("<script", "<img", "href=\"javascript", "href=\"data", "<a href=\"//"):
        assert harm not in html


def test_plain_writing_keeps_its_lines_and_marks() -> None:
    html = render("One\ntwo **three** ~~four~~\n\n- a\n- b", {}, ORIGIN).html
    assert "One<br>" in html and "<strong>three</strong>" in html and "<del>four</del>" in html and "<li>a</li>" in html
    assert render("# no heading", {}, ORIGIN).html == "<p># no heading</p>"


@pytest.mark.parametrize("piece", ["@a", "#1", "@a@", "*", "[", "_a", "@a.a-", "http://", "<", "`", "> ", "- ", "![", "~~a"])
def test_a_long_hostile_text_is_no_work(piece: str) -> None:
    started = time.process_time()
    render((piece * 5000)[:5000], {}, ORIGIN)
    assert time.process_time() - started < 0.5


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("@#a1. _*`[]()<>&\n-~é你:/"), max_size=80))
def test_any_text_gives_clean_html(text: str) -> None:
    html = render(text, {"a": BEA}, ORIGIN).html
    assert markup.clean(html).strip() == html
