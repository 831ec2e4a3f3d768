"""HTML that people may be shown: the one place that cleans it.

nh3 is the guard and has the last word on everything. bleach, which the owner lists and its authors no longer
maintain, only shapes what our own members typed before nh3 sees it (DECISIONS 4).
"""
from __future__ import annotations

import html
import re
from collections import Counter

import nh3

CONTENT_LIMIT_CHARACTERS = 20_000  # bleach takes 0.3 s for 60 kB of "<": security.md, Facts measured
TAGS = {"p", "br", "a", "span", "del", "pre", "code", "em", "strong", "b", "i", "u", "ul", "ol", "li", "blockquote"}
ATTRIBUTES = {"a": {"href", "class"}, "span": {"class"}, "p": {"class"}, "ol": {"start"}}
EVERYWHERE: dict[str, set[str]] = {"*": set()}  # nh3 lets `title` and `lang` stand on everything unless it is told otherwise
PASSES = 4
DEPTH_LIMIT = 300  # of what is opened and not closed: the parser's time grows with its square, 1.2 s for 25,000 lists in lists
FLAT = {"p", "li", "br", "img", "hr", "wbr", "input", "tr", "td", "th", "dt", "dd"}  # need no end
CLASSES = {"mention", "hashtag", "u-url", "h-card", "ellipsis", "invisible",  # microformats that peers read
           "quote-inline"}  # the address of what is quoted, for programs that show no quotes (FEP-044f)
SCHEMES = {"http", "https", "mailto"}
#: Elements whose text is no text.
DROPPED = {"script", "style", "template", "iframe", "object", "svg", "math", "title", "textarea", "noscript"}
#: What is not kept, but stands on lines of its own: its words must not run into those around it.
_BOXES = ("div|section|article|aside|header|footer|figure|figcaption|details|summary|address|center|hr|dl|dt|dd|"
          "table|caption|thead|tbody|tfoot|tr")
_FIRST = "".join(sorted({name[0] for name in f"h|t|{_BOXES}".split("|")}))  # looked at first, it takes a third of the time
_SHAPED = re.compile(rf"</?(?=[{_FIRST}])(?:h[1-6]|t[dh]|{_BOXES})\b", re.IGNORECASE)
_HEADING = re.compile(r"<(/?)h[1-6]\b[^<>]*>", re.IGNORECASE)
_CELL = re.compile(r"</?t[dh]\b[^<>]*>", re.IGNORECASE)
_BOX = re.compile(rf"(?P<before>^\s*|</?(?:p|[uo]l|li|blockquote|pre|br)\b[^<>]*>\s*)?(?:</?(?:{_BOXES})\b[^<>]*>\s*)+"
                  r"(?P<after>$|(?=</?(?:p|[uo]l|li|blockquote|pre)\b))?", re.IGNORECASE)
#: None of these looks beyond the next "<": of 100 kB of "<a <a <a", which never ends, `[^>]*` read all that is left 33,000 times.
_TAG = re.compile(r"<[^<>]*>")
_OPENS = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_SPAN = "<span(?: [^<>]*+)?+>[^<]*+</span>"
_LINK = f"<a [^<>]*+>(?:[^<]++|<br>|{_SPAN})*+</a>"
_WORDS = f"[^<]++|<br>|{_SPAN}|{_LINK}|<span(?: [^<>]*+)?+>(?:[^<]++|{_SPAN}|{_LINK})*+</span>"
#: What the guard wrote, where it is most ordinary: paragraphs with words, breaks, links, spans, and what is stressed. Nothing
#: in that closes anything else when it is read again (HTML, 13.2.6.4.7), so that the guard would change nothing.
_FLAT = re.compile(rf"(?:(?:<p(?: [^<>]*+)?+>)(?:{_WORDS}|<(em|strong|b|i|u|del|code)>[^<]*+</\1>)*+</p>|[^<]++)*+")
_BREAK = re.compile(r"</p>|<br[^<>]*>|</li>|</blockquote>|</pre>")


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Classes are kept one by one; everything else passes as it is."""
    if name != "class":
        return value
    known = {"quote-inline"} if tag == "p" else CLASSES
    return " ".join(word for word in value.split() if word in known) or None


#: Links without a host are dropped: from elsewhere, "/settings" would lead to a page of ours, and "<javascript:" counts as one.
_GUARD = nh3.Cleaner(tags=TAGS, clean_content_tags=DROPPED, attributes=ATTRIBUTES | EVERYWHERE, attribute_filter=_attribute,
                     url_schemes=SCHEMES, url_relative="deny", link_rel="nofollow noopener noreferrer", strip_comments=True)


def clean(markup: str) -> str:
    """HTML from anywhere, reduced to a short list of harmless elements. Cleaning twice changes nothing."""
    if _is_deep(markup):
        return _text_alone(markup)
    markup = _on_lines(markup)
    for _ in range(PASSES):
        # without a table around it, what the parser had put there nests in another way: a link in a link (found by the fuzzer)
        again = _GUARD.clean(markup)
        if again == markup or _FLAT.fullmatch(again):
            return again
        markup = again
    # links in lists in links, hundreds deep, nest in another way each time (found by the fuzzer): no honest message is lost
    return _text_alone(markup)


def _on_lines(markup: str) -> str:
    """Headings as strong lines, cells apart by spaces, boxes by line breaks. What comes out is not clean."""
    if not _SHAPED.search(markup):
        return markup
    markup = _HEADING.sub(lambda tag: "</strong></p>" if tag[1] else "<p><strong>", markup)
    markup = _CELL.sub(" ", markup)
    return _BOX.sub(_break, markup)


def _break(run: re.Match[str]) -> str:
    """One line break for a run of boxes, and none beside what begins a line of its own."""
    is_apart = run["before"] is not None or run["after"] is not None
    return run["before"] or ("" if is_apart else "<br>")


def _is_deep(markup: str) -> bool:
    """Whether it nests deeper than any honest message."""
    if markup.count("<") <= DEPTH_LIMIT:
        return False
    opened: Counter[str] = Counter()
    for slash, name in _OPENS.findall(markup):
        opened[name.lower()] += -1 if slash else 1
    return sum(count for name, count in opened.items() if count > 0 and name not in FLAT) > DEPTH_LIMIT


def _text_alone(markup: str) -> str:
    return _GUARD.clean(f"<p>{html.escape(_words(markup), quote=False)}</p>")


def shape(markup: str) -> str:
    """HTML made from what a member of ours typed: shaped by bleach, guarded by nh3."""
    import bleach  # 3 MB, loaded by the first message that a member writes

    shaped = bleach.clean(markup, tags=TAGS, attributes={tag: sorted(names) for tag, names in ATTRIBUTES.items()},
                          protocols=SCHEMES, strip=False)
    return clean(shaped)


def plain(markup: str) -> str:
    """The words of some HTML, one line a paragraph: for excerpts, titles and mails."""
    return _words(clean(markup))


def _words(markup: str) -> str:
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", markup))).strip()


def escape(text: str) -> str:
    """Text as it must stand in HTML, also inside an attribute."""
    return html.escape(text, quote=True)
