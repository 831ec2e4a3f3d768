"""Coats: the same for ever, each its own, and never a pattern that could harm."""
import re
from xml.etree import ElementTree

import pytest

from server.coats import HERD, HUES, coat, herd, hue_class, stripes


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
