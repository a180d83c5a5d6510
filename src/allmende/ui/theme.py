"""The city's colours as tokens, light and dark, with contrast made sure of.

A city pack names eight colours. Everything else is derived here: a colour that would be too weak on its ground is
moved towards black or white until it reaches the ratio that WCAG 2.2 asks for (1.4.3: 4.5 for text, 1.4.11: 3 for
edges of fields). So any city's palette is readable, and `PAIRS` says which pairs a test holds to that.
"""

import hashlib
from collections.abc import Mapping
from functools import cache

type Rgb = tuple[float, float, float]
"""Red, green, blue from 0 to 255."""

BLACK, WHITE = (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)
TEXT, EDGE = 4.5, 3.0
LINEAR_BELOW = 0.04045
"""sRGB is linear below this (IEC 61966-2-1)."""

DEFAULTS = {
    "primary": "#0b5d62",
    "primary_deep": "#083f43",
    "primary_wash": "#e3f0ef",
    "accent": "#a61e54",
    "accent_wash": "#fbe9f0",
    "accent_deep": "#86123f",
    "sun": "#e8a317",
    "sand": "#f3efe6",
}

PAIRS: tuple[tuple[str, str, float], ...] = (
    *[
        (ink, ground, TEXT)
        for ink in ("ink", "ink-soft", "link")
        for ground in ("paper", "surface", "sand", "primary-wash")
    ],
    ("ink", "sun-wash", TEXT),
    ("ink", "accent-wash", TEXT),
    ("primary-deep", "primary-wash", TEXT),
    ("primary-deep", "surface", TEXT),
    ("primary-deep", "sand", TEXT),
    ("primary-deep", "paper", TEXT),
    ("primary", "surface", TEXT),
    ("primary", "paper", TEXT),
    ("primary", "sand", TEXT),
    ("primary", "primary-wash", TEXT),
    ("on-primary", "primary", TEXT),
    ("on-primary", "primary-hover", TEXT),
    ("accent-deep", "accent-wash", TEXT),
    ("accent-deep", "sand", TEXT),
    ("accent-deep", "paper", TEXT),
    ("accent-deep", "surface", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-bar", "bar", TEXT),
    ("on-foot", "foot", TEXT),
    *[
        (kind, ground, TEXT)
        for kind in ("danger", "success", "warning", "info")
        for ground in ("surface", "paper", "sand")
    ],
    *[(kind, f"{kind}-wash", TEXT) for kind in ("danger", "success", "warning", "info")],
    *[("ink", f"{kind}-wash", TEXT) for kind in ("danger", "success", "warning", "info")],
    ("edge", "surface", EDGE),
    ("edge", "paper", EDGE),
    ("edge", "sand", EDGE),
    ("accent", "sand", EDGE),
    ("sun", "bar", EDGE),
    ("sun", "focus", EDGE),
)
"""(foreground, ground, least contrast ratio): what stands on what in the stylesheets."""


def parse(colour: str) -> Rgb:
    """`#rrggbb` as numbers; raises ValueError for anything else."""
    digits = colour.strip().removeprefix("#")
    if len(digits) != len("rrggbb"):
        raise ValueError(f"{colour!r} is not a colour like #0b5d62.")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def to_hex(colour: Rgb) -> str:
    return "#" + "".join(f"{round(min(255.0, max(0.0, part))):02x}" for part in colour)


def mix(colour: Rgb, other: Rgb, share: float) -> Rgb:
    """`share` of `colour` in `other`, from 0 to 1, in sRGB."""
    return (
        colour[0] * share + other[0] * (1 - share),
        colour[1] * share + other[1] * (1 - share),
        colour[2] * share + other[2] * (1 - share),
    )


def luminance(colour: Rgb) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, definition)."""
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= LINEAR_BELOW else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2, definition)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable(colour: Rgb, grounds: tuple[Rgb, ...], ratio: float, *, towards: Rgb) -> Rgb:
    """The colour where it is strong enough on every ground, else moved just far enough towards black or white."""
    shown = [parse(to_hex(ground)) for ground in grounds]
    for step in range(51):
        tried = parse(to_hex(mix(towards, colour, step / 50)))
        if all(contrast(tried, ground) >= ratio for ground in shown):
            return tried
    return towards


def _feedback(surface: Rgb, grounds: tuple[Rgb, ...], towards: Rgb, share: float) -> dict[str, Rgb]:
    found: dict[str, Rgb] = {}
    for name, colour in {"danger": "#b3261e", "success": "#12704a", "warning": "#8a5300", "info": "#0b5f8a"}.items():
        base = parse(colour)
        wash = mix(base, surface, share)
        found[name] = readable(base, (*grounds, wash), TEXT, towards=towards)
        found[f"{name}-wash"] = wash
    return found


def light(colours: Mapping[str, str]) -> dict[str, str]:
    """Tokens of the light theme, name → `#rrggbb`."""
    given = {name: parse(colours.get(name, default)) for name, default in DEFAULTS.items()}
    paper, surface = parse("#fbfaf7"), WHITE
    # Grounds stay light enough for ink, whatever the pack says.
    sand, wash, accent_wash = (
        readable(given[name], (parse("#4a5568"),), TEXT + 0.6, towards=WHITE)
        for name in ("sand", "primary_wash", "accent_wash")
    )
    grounds = (paper, surface, sand, wash)
    primary = readable(given["primary"], (*grounds, WHITE), TEXT, towards=BLACK)
    bar = readable(given["primary_deep"], (WHITE,), 7, towards=BLACK)
    sun = readable(given["sun"], (bar, parse("#152033")), EDGE, towards=WHITE)
    tokens = {
        "ink": parse("#152033"),
        "ink-soft": readable(parse("#4a5568"), grounds, TEXT, towards=BLACK),
        "paper": paper,
        "surface": surface,
        "sand": sand,
        "line": mix(parse("#cfc7b4"), paper, 0.72),
        "edge": readable(parse("#5d6675"), (paper, surface, sand), EDGE, towards=BLACK),
        "primary": primary,
        "primary-hover": mix(primary, BLACK, 0.82),
        "primary-deep": readable(given["primary_deep"], grounds, TEXT, towards=BLACK),
        "primary-wash": wash,
        "on-primary": WHITE,
        "link": primary,
        "accent": readable(given["accent"], (sand, WHITE), TEXT, towards=BLACK),
        "on-accent": WHITE,
        "accent-wash": accent_wash,
        "accent-deep": readable(given["accent_deep"], (accent_wash, sand, paper, surface), TEXT, towards=BLACK),
        "sun": sun,
        "sun-wash": mix(sun, WHITE, 0.22),
        "bar": bar,
        "on-bar": WHITE,
        "foot": bar,
        "on-foot": readable(mix(WHITE, given["primary_wash"], 0.3), (bar,), TEXT, towards=WHITE),
        "focus": parse("#152033"),
        **_feedback(surface, (paper, surface, sand), BLACK, 0.09),
    }
    return {name: to_hex(value) for name, value in tokens.items()}


def dark(colours: Mapping[str, str]) -> dict[str, str]:
    """Tokens of the dark theme: the same hues, lightened for text, deepened for grounds."""
    given = {name: parse(colours.get(name, default)) for name, default in DEFAULTS.items()}
    paper, surface, sand = parse("#10161b"), parse("#192128"), parse("#151d23")
    wash = mix(readable(given["primary"], (surface,), TEXT, towards=WHITE), surface, 0.16)
    accent_wash = mix(readable(given["accent"], (surface,), TEXT, towards=WHITE), surface, 0.16)
    sun_wash = mix(given["sun"], surface, 0.14)
    grounds = (paper, surface, sand, wash)
    primary = readable(given["primary"], (*grounds, parse("#0b1013")), 5.2, towards=WHITE)
    bar = readable(mix(given["primary_deep"], BLACK, 0.55), (WHITE,), 9, towards=BLACK)
    sun = readable(given["sun"], (bar, paper, surface), EDGE, towards=WHITE)
    tokens = {
        "ink": parse("#eef1f3"),
        "ink-soft": parse("#b7c1cc"),
        "paper": paper,
        "surface": surface,
        "sand": sand,
        "line": parse("#36434e"),
        "edge": parse("#8b99a6"),
        "primary": primary,
        "primary-hover": mix(primary, WHITE, 0.78),
        "primary-deep": readable(primary, grounds, 6.5, towards=WHITE),
        "primary-wash": wash,
        "on-primary": parse("#0b1013"),
        "link": primary,
        "accent": readable(given["accent"], (sand, surface, parse("#0b1013")), TEXT, towards=WHITE),
        "on-accent": parse("#0b1013"),
        "accent-wash": accent_wash,
        "accent-deep": readable(given["accent"], (accent_wash, sand, paper, surface), 5.5, towards=WHITE),
        "sun": sun,
        "sun-wash": sun_wash,
        "bar": bar,
        "on-bar": parse("#f4f7f8"),
        "foot": bar,
        "on-foot": parse("#dfe7ea"),
        "focus": parse("#0b1013"),
        **_feedback(surface, (paper, surface, sand), WHITE, 0.3),
    }
    return {name: to_hex(value) for name, value in tokens.items()}


def _block(tokens: Mapping[str, str], scheme: str) -> str:
    return f"color-scheme:{scheme};" + "".join(f"--city-{name}:{value};" for name, value in tokens.items())


@cache
def _css(colours: tuple[tuple[str, str], ...]) -> str:
    day, night = _block(light(dict(colours)), "light"), _block(dark(dict(colours)), "dark")
    return (
        f":root{{{day}}}"
        f'@media (prefers-color-scheme:dark){{:root:not([data-kern-theme="light"]){{{night}}}}}'
        f':root[data-kern-theme="dark"]{{{night}}}'
        f"@media print{{:root,:root[data-kern-theme]{{{day}}}}}"
    )


def css(colours: Mapping[str, str]) -> str:
    """The stylesheet with both themes; "system" follows the device without a flash, because no script decides."""
    return _css(tuple(sorted(colours.items())))


def version(colours: Mapping[str, str]) -> str:
    """Changes when the stylesheet does; part of its address, so that it may be kept for ever."""
    return hashlib.sha256(css(colours).encode()).hexdigest()[:12]
