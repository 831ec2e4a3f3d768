"""What of HTML from anywhere is shown: written out here, so that a list which grows by mistake is noticed."""
from __future__ import annotations

import random
import re
import time

import pytest

from moderation import markup

REL = 'rel="nofollow noopener noreferrer"'
KEPT = "p br a span del pre code em strong b i u ul ol li blockquote".split()
#: The other elements of HTML, what stands in old ones, and such as bring other languages along.
DROPPED = (
    "abbr address applet area article aside audio base basefont bdi bdo bgsound big blink body button canvas caption center "
    "cite col colgroup data datalist dd details dfn dialog dir div dl dt embed fieldset figcaption figure font footer form "
    "frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe image img input ins kbd keygen label legend link "
    "listing main map mark marquee math menu menuitem meta meter multicol nav nextid nobr noembed noframes noscript object "
    "optgroup option output param picture plaintext portal progress q rb rp rt rtc ruby s samp script search section select "
    "selectedcontent slot small source spacer strike style sub summary sup svg table tbody td template textarea tfoot th "
    "thead time title tr track tt var video wbr xmp custom-element ").split()
ATTRIBUTES = (
    "action aria-label autofocus background contenteditable data-x dir download draggable for form formaction height hidden "
    "id http-equiv itemprop lang name onclick onerror onfocus onload onmouseover ping popovertarget role slot src srcdoc "
    "srcset style tabindex target title type usemap value width xlink:href xmlns ").split()

ADDRESSES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "&#106;avascript:alert(1)",
    "vbscript:x", "data:text/html,<script>x</script>", "file:///etc/passwd", "blob:https://a.example/1", "about:blank", "tel:112",
    "intent://x", "ftp://a.example/", "/settings/leave", "settings", "//evil.example/", "?x", "#x", "", "\\\\evil.example\\x")


def test_elements_that_are_not_kept() -> None:
    for name in DROPPED:
        said = f"<{name} href='https://a.example/' src='https://a.example/x' onload='x'>in it</{name}>"
        cleaned = markup.clean(f"<p>before</p>{said}<p>after</p>")
        left = {tag.lower() for tag in re.findall(r"</?([\w-]+)", cleaned)}
        assert left <= {"p", "br", "strong"} and "example" not in cleaned and cleaned.startswith("<p>before</p>"), name


def test_elements_that_are_kept_have_no_more_attributes_than_they_need() -> None:
    said = " ".join(f'{attribute}="https://a.example/"' for attribute in ATTRIBUTES)
    for name in KEPT:
        end = "" if name == "br" else f"x</{name}>"
        assert markup.clean(f"<{name} {said}>{end}") == f"<{name}{f' {REL}' if name == 'a' else ''}>{end}"


def test_links_lead_to_pages_elsewhere_only() -> None:
    """A link without a host would lead to a page of ours."""
    for address in ADDRESSES:
        assert markup.clean(f'<a href="{address}">x</a>') == f"<a {REL}>x</a>", address


@pytest.mark.parametrize(("given", "kept"), [
    ('<a href="https://a.example/?q=1&amp;b" target="_blank" rel="opener me">x</a>',
     f'<a href="https://a.example/?q=1&amp;b" {REL}>x</a>'),
    ('<a href="mailto:a@a.example">x</a>', f'<a href="mailto:a@a.example" {REL}>x</a>'),
    ('<span class="mention evil modal u-url">x</span>', '<span class="mention u-url">x</span>'),
    ('<p class="quote-inline mention">x</p>', '<p class="quote-inline">x</p>'),
    ('<ul class="mention"><li>x</li></ul>', "<ul><li>x</li></ul>"),
    ('<ol start="3" class="a" type="a"><li value="9">x</li></ol>', '<ol start="3"><li>x</li></ol>'),
    ("a<!-- b --><![CDATA[c]]><!DOCTYPE d>e", "ae"), ("a<script>b</script><style>c</style><svg>d</svg><iframe>e</iframe>f", "af"),
    *((f"a<{name}>b</{name}>c", "ac") for name in "math noscript object template textarea title".split()),
    ("<p>a<p>b", "<p>a</p><p>b</p>"), ("a < b & c", "a &lt; b &amp; c"), ("\0a", "a")])
def test_what_is_left(given: str, kept: str) -> None:
    assert markup.clean(given) == kept and markup.clean(kept) == kept


def test_what_nests_deeper_than_anybody_writes_is_words() -> None:
    """In little time, too: the parser's grows with the square of the depth."""
    assert markup.clean("<ul><li>" * 200 + "x" + "</li></ul>" * 200).startswith("<ul><li><ul>")
    assert markup.clean("<ul>" * 2000 + "<b>x</b>") == "<p>x</p>"


@pytest.mark.parametrize("piece", ["<a ", "<b <", "<a <br ", "<a title='", "<a x="])
def test_what_is_opened_again_and_again_and_never_ends_costs_little(piece: str) -> None:
    """A message of 100 kB of it kept everybody waiting for a second: what is left was read anew for each."""
    started = time.process_time()
    assert markup.clean(piece * (100_000 // len(piece))).startswith("<p>&lt;")
    assert time.process_time() - started < 0.25  # it takes a tenth of this


ORDINARY = ("<p>", "</p>", '<p class="quote-inline">', "<br>", "words ", "&lt;", "&nbsp;", '<a href="https://e.example/?a=1&amp;b=2">',
            '<a class="u-url mention x" href="https://e.example">', "</a>", "<span>", '<span class="h-card">', "</span>", "<em>",
            "</em>", "<b>", "</b>", "<code>", "</code>", "\n")
OTHERS = ("<table>", "<td>", "<ul>", "<li>", "</ul>", "<pre>", "<", "<!--", "<svg>", "<A HREF='https://e.example/<b>'>", "<h1>",
          "</h1>")


def test_what_the_guard_reads_once_alone_it_would_not_change() -> None:
    dice, flat = random.Random(7), 0  # noqa: S311 - no secret
    for number in range(2000):
        given = "".join(dice.choices(ORDINARY + (OTHERS if number % 2 else ()), k=dice.randint(1, 12)))
        once = markup._GUARD.clean(given)
        if markup._FLAT.fullmatch(once):
            flat += 1
            assert markup._GUARD.clean(once) == once, given
    assert flat > 200
    mention = '<p><span class="h-card"><a class="u-url mention" href="https://e.example/@a">@<span>a</span></a></span> hello</p>'
    assert markup._FLAT.fullmatch(markup._GUARD.clean(mention))
    for nested in ("<p>a<p>b</p></p>", '<p><a href="x"><a href="y">b</a></a></p>', "<p><b><b>c</b></b></p>", "<pre>\nd</pre>"):
        assert not markup._FLAT.fullmatch(nested)
