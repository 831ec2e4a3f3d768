"""The colours of one community, out of one hue.

Every role has a fixed OKLCH lightness, so contrast holds whatever hue an association picks; the tests
prove it for all 360. OKLCH: Björn Ottosson, "A perceptual color space for image processing", 2020.
Contrast: WCAG 2.2, relative luminance.
"""
from __future__ import annotations

import math
from functools import lru_cache

RGB = tuple[int, int, int]
Shade = tuple[float, float]  # lightness 0 to 1, chroma; the hue comes from the community

DEFAULT_HUE = 158
LIGHT: dict[str, Shade] = {
    "paper": (0.978, 0.008), "surface": (1.0, 0.0), "sunk": (0.950, 0.014),
    "line": (0.885, 0.018), "edge": (0.575, 0.032),
    "ink": (0.225, 0.028), "ink-2": (0.415, 0.028),
    "accent": (0.440, 0.105), "accent-deep": (0.330, 0.085),
    "accent-soft": (0.928, 0.042), "accent-mid": (0.780, 0.085), "accent-tone": (0.610, 0.105),
    "on-accent": (1.0, 0.0),
    "stripe-a": (0.905, 0.045), "stripe-b": (0.945, 0.028), "tone-1": (0.880, 0.060),
}
DARK: dict[str, Shade] = {
    "paper": (0.190, 0.014), "surface": (0.232, 0.018), "sunk": (0.165, 0.012),
    "line": (0.345, 0.022), "edge": (0.610, 0.030),
    "ink": (0.955, 0.008), "ink-2": (0.800, 0.016),
    "accent": (0.820, 0.095), "accent-deep": (0.900, 0.065),
    "accent-soft": (0.320, 0.045), "accent-mid": (0.510, 0.080), "accent-tone": (0.650, 0.095),
    "on-accent": (0.190, 0.020),
    "stripe-a": (0.300, 0.040), "stripe-b": (0.260, 0.028), "tone-1": (0.385, 0.050),
}
# Signals keep their own hue in every theme: a warning must not turn green.
SIGNALS = {"good": 150, "warn": 75, "bad": 27, "note": 250, "spark": 62}
SIGNAL_LIGHT: dict[str, Shade] = {"ink": (0.400, 0.095), "soft": (0.945, 0.035), "edge": (0.600, 0.110)}
SIGNAL_DARK: dict[str, Shade] = {"ink": (0.855, 0.085), "soft": (0.300, 0.045), "edge": (0.620, 0.105)}

#: Foreground, background, least contrast; the signals follow the same bars.
PAIRS: tuple[tuple[str, str, float], ...] = (
    ("ink", "paper", 7), ("ink", "surface", 7), ("ink", "sunk", 7), ("ink", "accent-soft", 7), ("ink", "stripe-a", 7),
    ("ink-2", "paper", 7), ("ink-2", "surface", 7), ("ink-2", "sunk", 4.5), ("ink-2", "accent-soft", 4.5),
    ("accent", "paper", 4.5), ("accent", "surface", 4.5), ("accent", "sunk", 4.5),
    ("accent", "accent-soft", 4.5), ("accent", "stripe-a", 4.5),
    ("accent-deep", "accent-soft", 7), ("accent-deep", "paper", 7), ("accent-deep", "stripe-a", 7),
    ("on-accent", "accent", 4.5), ("on-accent", "accent-deep", 7),
    ("accent-tone", "surface", 3),
    ("edge", "paper", 3), ("edge", "surface", 3), ("edge", "sunk", 3),
    *((f"{name}-ink", ground, 4.5) for name in SIGNALS for ground in (f"{name}-soft", "surface", "paper")),
    *(("ink", f"{name}-soft", 7) for name in SIGNALS),
    *((f"{name}-edge", "surface", 3) for name in SIGNALS),
)


def _linear(lightness: float, chroma: float, hue_degrees: float) -> tuple[float, float, float]:
    """OKLCH to linear sRGB; outside 0 to 1 when the screen cannot show the colour."""
    a, b = chroma * math.cos(math.radians(hue_degrees)), chroma * math.sin(math.radians(hue_degrees))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short)


def _eight_bits(value: float) -> int:
    value = min(1.0, max(0.0, value))
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


def rgb(lightness: float, chroma: float, hue_degrees: float) -> RGB:
    """8-bit sRGB; chroma is lowered until a screen can show the colour."""
    while chroma > 0 and not all(-0.0005 <= v <= 1.0005 for v in _linear(lightness, chroma, hue_degrees)):
        chroma -= 0.002
    red, green, blue = _linear(lightness, max(chroma, 0), hue_degrees)
    return _eight_bits(red), _eight_bits(green), _eight_bits(blue)


def contrast(one: RGB, other: RGB) -> float:
    """The contrast ratio of WCAG 2.2: 1 to 21."""
    def luminance(colour: RGB) -> float:
        red, green, blue = (v / 255 / 12.92 if v / 255 <= 0.04045 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in colour)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colours(hue_degrees: int, *, dark: bool) -> dict[str, RGB]:
    """Role -> colour of a community of this hue."""
    roles = {role: rgb(*shade, hue_degrees) for role, shade in (DARK if dark else LIGHT).items()}
    for name, signal_hue in SIGNALS.items():
        for part, shade in (SIGNAL_DARK if dark else SIGNAL_LIGHT).items():
            roles[f"{name}-{part}"] = rgb(*shade, signal_hue)
    return roles


def _declarations(hue_degrees: int, *, dark: bool) -> str:
    return "".join(f"--{role}:#{red:02x}{green:02x}{blue:02x};"
                   for role, (red, green, blue) in colours(hue_degrees, dark=dark).items() if role.split("-")[0] not in SIGNALS)


@lru_cache(maxsize=16)
def tokens(hue_degrees: int) -> str:
    """The style sheet that gives a community its colours, light and dark; read after tokens.css.

    Raises: ValueError if the hue is not from 0 to 359.
    """
    if not 0 <= hue_degrees < 360:
        raise ValueError(f"a hue is a number from 0 to 359, not {hue_degrees}")
    light, dark = _declarations(hue_degrees, dark=False), _declarations(hue_degrees, dark=True)
    return (f":root{{{light}}}\n"
            f'@media (prefers-color-scheme:dark){{:root:not([data-mode="light"]){{{dark}}}}}\n'
            f':root[data-mode="dark"]{{{dark}}}\n')
