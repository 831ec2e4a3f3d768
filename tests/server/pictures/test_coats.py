"""Coats: the same for ever, each its own, and never a pattern that could harm."""
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from aiohttp import ClientSession
from PIL import Image, ImageColor

from models.ids import new_key
from server.pictures import coat_images
from server.pictures.coats import HERD, HUES, coat, herd, hue_class, stripes
from tests.live import LiveServer


def test_a_coat_stays_the_same_on_every_machine_and_version():
    """The pattern stands for a face, so a change of it would be a change of face."""
    assert stripes("alix", 4).startswith("M-20.9 30.1Q-8.1 17.9")
    assert hue_class("alix") == "z8"


def test_two_hundred_members_have_two_hundred_coats():
    assert len({coat(f"member {n}") for n in range(200)}) == 200


def test_every_colour_is_worn():
    assert {hue_class(str(n)) for n in range(200)} == {f"z{n}" for n in range(HUES)}


@pytest.mark.parametrize("seed", ["", "alix", "é" * 500, '"><script>alert(1)</script>', "\0"])
@pytest.mark.parametrize("size", ["", "s", "l"])
def test_a_coat_is_small_hidden_well_formed_and_holds_nothing_of_its_seed(seed: str, size: str):
    drawn = coat(seed, size)
    root = ElementTree.fromstring(drawn)  # noqa: S314 - drawn by us
    assert root.attrib["aria-hidden"] == "true"
    assert len(drawn) < 1000
    assert "script" not in drawn
    path = root[0].attrib["d"]
    assert 3 <= path.count("M") <= 4, "more than 5 stripes could trigger a migraine"
    assert re.fullmatch(r"[MQLz0-9. -]+", path)


def test_an_unknown_size_is_an_error():
    with pytest.raises(ValueError, match="no size"):
        coat("alix", '"><b>')


def test_a_herd_is_seven_coats_of_one_community_and_holds_nothing_of_its_seed():
    picture = herd("0a1b-secret")
    assert picture.count("<path ") == len(HERD) == 7
    assert "secret" not in picture
    assert len(picture) < 8000
    ElementTree.fromstring(picture)  # noqa: S314 - our own
    assert herd("another") != picture


def test_a_coat_as_a_picture_wears_the_colours_of_the_page():
    """The picture has the colours of the style sheet, and stripes where the SVG has them."""
    sheet = (Path(__file__).parents[3] / "themes/base/static/tokens.css").read_text()
    for number, (ground, ink) in enumerate(coat_images.COLOURS):
        assert f".z{number} {{ background: {ground}; fill: {ink}; }}" in sheet
    image = Image.open(io.BytesIO(coat_images.png("alix"))).convert("RGB")
    assert image.size == (240, 240) and len(coat_images.png("alix")) < 10_000
    ground, ink = (ImageColor.getrgb(colour) for colour in coat_images.COLOURS[8])
    seen = sorted(image.getcolors(maxcolors=1000) or [], reverse=True)[:2]
    assert {colour for _, colour in seen} == {ground, ink}
    assert Image.open(io.BytesIO(coat_images.png("alix", True))).size == (750, 250)


async def test_anybody_gets_the_coat_of_any_key_and_learns_nothing(alpha: LiveServer):
    """Somebody who is here, somebody who is not: one kind of answer; no cookie, no script, for ever the same."""
    alice = await alpha.member("alice")
    async with ClientSession() as http:
        for key in (alice.key, new_key()):
            for address in (coat_images.address(alpha.origin, key), coat_images.wide_address(alpha.origin, key)):
                async with http.get(address) as answer:
                    assert answer.status == 200 and answer.content_type == "image/png"
                    assert "immutable" in answer.headers["Cache-Control"] and "Set-Cookie" not in answer.headers
        async with http.get(f"{alpha.origin}/coats/short.png") as answer:
            assert answer.status == 404
