"""Colours: readable whatever hue a community picks."""
import re
from pathlib import Path

import pytest

from server.appearance.palette import DEFAULT_HUE, PAIRS, colours, contrast, tokens

TOKENS = Path(__file__).parents[3] / "themes/base/static/tokens.css"


def test_black_on_white_has_the_contrast_that_wcag_says():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)  # the well-known grey


@pytest.mark.parametrize("dark", [False, True])
def test_every_pair_is_readable_in_every_hue(dark: bool):
    assert len(PAIRS) * 2 == 96
    unreadable = []
    for hue in range(360):
        shown = colours(hue, dark=dark)
        unreadable += [(hue, text, ground) for text, ground, least in PAIRS if contrast(shown[text], shown[ground]) < least]
    assert unreadable == []


@pytest.mark.parametrize("dark", [False, True])
def test_the_tokens_of_the_base_theme_are_those_of_the_default_hue(dark: bool):
    blocks = re.findall(r"color-scheme: (light|dark);\n(.*?)}", TOKENS.read_text(), flags=re.S)
    written = {name: value for mode, block in blocks if mode == ("dark" if dark else "light")
               for name, value in re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block)}
    assert written == {role: "#{:02x}{:02x}{:02x}".format(*colour) for role, colour in colours(DEFAULT_HUE, dark=dark).items()}


def test_a_style_sheet_names_each_role_in_light_and_dark_and_no_signal():
    sheet = tokens(330)
    assert sheet.count("--accent:") == 3
    assert "--bad-ink" not in sheet
    assert sheet != tokens(42)
    assert len(sheet) < 1500


@pytest.mark.parametrize("hue", [-1, 360, 100000])
def test_a_hue_that_is_none_is_an_error(hue: int):
    with pytest.raises(ValueError, match="0 to 359"):
        tokens(hue)
