"""HTML that people may be shown: the one place that cleans it.

nh3 is the guard and has the last word on everything. bleach, which the owner lists and its authors no longer
maintain, only shapes what our own members typed before nh3 sees it (DECISIONS 4).
"""
from __future__ import annotations

import html
import re

import nh3

CONTENT_LIMIT_CHARACTERS = 20_000  # bleach takes 0.3 s for 60 kB of "<": security.md, Facts measured
TAGS = {"p", "br", "a", "span", "del", "pre", "code", "em", "strong", "b", "i", "u", "ul", "ol", "li", "blockquote"}
ATTRIBUTES = {"a": {"href", "class"}, "span": {"class"}, "ol": {"start"}}
CLASSES = {"mention", "hashtag", "u-url", "h-card", "ellipsis", "invisible"}  # microformats that peers read
SCHEMES = {"http", "https", "mailto"}
#: Elements whose text is no text.
DROPPED = {"script", "style", "template", "iframe", "object", "svg", "math", "title", "textarea", "noscript"}
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"</p>|<br[^>]*>|</li>|</blockquote>|</pre>")


def _attribute(_tag: str, name: str, value: str) -> str | None:
    """Classes are kept one by one; everything else passes as it is."""
    if name != "class":
        return value
    return " ".join(word for word in value.split() if word in CLASSES) or None


#: Links without a host are dropped: from elsewhere, "/settings" would lead to a page of ours, and "<javascript:" counts as one.
_GUARD = nh3.Cleaner(tags=TAGS, clean_content_tags=DROPPED, attributes=ATTRIBUTES, attribute_filter=_attribute,
                     url_schemes=SCHEMES, url_relative="deny", link_rel="nofollow noopener noreferrer", strip_comments=True)


def clean(markup: str) -> str:
    """HTML from anywhere, reduced to a short list of harmless elements. Cleaning twice changes nothing."""
    once = _GUARD.clean(markup)
    # without a table around it, what the parser had put there nests in another way: a link within a link (found by the fuzzer)
    return once if once == markup else _GUARD.clean(once)


def shape(markup: str) -> str:
    """HTML made from what a member of ours typed: shaped by bleach, guarded by nh3."""
    import bleach  # 3 MB, loaded by the first message that a member writes

    shaped = bleach.clean(markup, tags=TAGS, attributes={tag: sorted(names) for tag, names in ATTRIBUTES.items()},
                          protocols=SCHEMES, strip=False)
    return clean(shaped)


def plain(markup: str) -> str:
    """The words of some HTML, one line a paragraph: for excerpts, titles and mails."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", clean(markup)))).strip()


def escape(text: str) -> str:
    """Text as it must stand in HTML, also inside an attribute."""
    return html.escape(text, quote=True)
