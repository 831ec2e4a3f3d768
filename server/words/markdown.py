"""Markdown as members type it, made into HTML, with people named and topics tagged on the way.

A mention or a tag is a token of the parser, so that neither is ever found inside code, links or addresses of the web.
"""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from models import Actor
from moderation import markup

MENTIONS_LIMIT = 20
TAGS_LIMIT = 20
TAG_LIMIT_CHARACTERS = 100
_LETTER = r"A-Za-z0-9À-ɏ_"  # Latin letters glue to what follows; CJK writes no spaces, so its letters do not
_NAME = r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*"
_HOST = r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::\d{1,5})?"
#: Every repetition starts with a character that the one before it cannot hold: linear on any text.
_MARKED = re.compile(
    rf"(?<![{_LETTER}@/.+-])@(?P<address>{_NAME}(?:@{_HOST})?)"
    rf"|(?<![{_LETTER}&/#])#(?P<tag>(?=\d*[^\W\d])\w{{1,{TAG_LIMIT_CHARACTERS}}})(?!\w)")
_TAG = re.compile(rf"(?=\d*[^\W\d])\w{{1,{TAG_LIMIT_CHARACTERS}}}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """Clean HTML, and the tags in it: lower case, without their sign, each once, in order."""

    html: str
    tags: tuple[str, ...]


def render(text: str, people: Mapping[str, Actor], origin: str) -> Rendered:
    """What a member typed, as HTML that may be shown and sent.

    Args:
        text: Markdown, at most `moderation.markup.CONTENT_LIMIT_CHARACTERS`.
        people: who the mentions mean, by address as `mentions_in` gives it; others stay plain text.
        origin: ours, for the links of tags: peers read absolute addresses only.
    """
    environment: dict[str, Any] = {"people": people, "origin": origin}
    tokens = _PARSER.parse(text, environment)
    html = _PARSER.renderer.render(tokens, _PARSER.options, environment)
    tags = dict.fromkeys(token.content.lower() for token in _marks(tokens, "hashtag"))
    return Rendered(markup.shape(html).strip(), tuple(tags)[:TAGS_LIMIT])


def mentions_in(text: str) -> list[str]:
    """The addresses that a text names, without the first @, in lower case: "bea", "bea@example.org". At most MENTIONS_LIMIT."""
    found = dict.fromkeys(token.content.lower() for token in _marks(_PARSER.parse(text), "mention"))
    return list(found)[:MENTIONS_LIMIT]


def is_tag(name: str) -> bool:
    """Whether these letters, without a sign, can be a tag."""
    return _TAG.fullmatch(name) is not None


def _marks(tokens: Sequence[Token], kind: str) -> Iterator[Token]:
    for block in tokens:
        yield from (token for token in block.children or () if token.type == kind)


def _mark(state: StateCore) -> None:
    """A rule of the parser: cuts mentions and tags out of plain text, outside links."""
    for block in state.tokens:
        if block.type != "inline":
            continue
        inside = 0
        children: list[Token] = []
        for token in block.children or ():
            inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            children.extend(_cut(token) if token.type == "text" and not inside else [token])
        block.children = children


def _cut(token: Token) -> Iterator[Token]:
    end = 0
    for match in _MARKED.finditer(token.content):
        if match.start() > end:
            yield Token("text", "", 0, content=token.content[end:match.start()])
        kind = "mention" if match["address"] else "hashtag"
        yield Token(kind, "", 0, content=match["address"] or match["tag"])
        end = match.end()
    if end < len(token.content):
        yield Token("text", "", 0, content=token.content[end:])


def _mention(_: RendererHTML, tokens: Sequence[Token], at: int, __: OptionsDict, environment: Mapping[str, Any]) -> str:
    """The link that Mastodon makes: class names are how its readers find the person."""
    address = tokens[at].content
    actor: Actor | None = environment["people"].get(address.lower())
    if actor is None:
        return escape(f"@{address}")
    return (f'<span class="h-card"><a href="{escape(actor.url or actor.uri)}" class="u-url mention">'
            f"@<span>{escape(actor.name)}</span></a></span>")


def _hashtag(_: RendererHTML, tokens: Sequence[Token], at: int, __: OptionsDict, environment: Mapping[str, Any]) -> str:
    tag = tokens[at].content
    path = quote(tag.lower(), safe="")
    return f'<a href="{escape(environment["origin"])}/tags/{path}" class="mention hashtag">#<span>{escape(tag)}</span></a>'


def _deleted(_: RendererHTML, tokens: Sequence[Token], at: int, __: OptionsDict, ___: Mapping[str, Any]) -> str:
    """Struck text as `del`, the element that peers keep."""
    return "<del>" if tokens[at].nesting == 1 else "</del>"


def _parser() -> MarkdownIt:
    """Plain writing: no HTML, no headings, no pictures from elsewhere; a line break is a line break."""
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
    parser.enable(["linkify", "strikethrough"])
    parser.disable(["heading", "lheading", "hr", "image", "reference", "html_block", "html_inline"])
    if parser.linkify:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})  # "example.com" would become http://
    parser.core.ruler.after("linkify", "mark", _mark)
    for kind, rule in {"mention": _mention, "hashtag": _hashtag, "s_open": _deleted, "s_close": _deleted}.items():
        parser.add_render_rule(kind, rule)
    return parser


_PARSER = _parser()
