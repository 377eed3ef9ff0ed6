"""The colours of the charts: each role as the light hex that is drawn and as the page's variable.

A chart is drawn once, in the light colours. A PNG keeps them; in an SVG each is swapped for the
page's CSS variable, so that one drawing serves light and dark. Imports nothing of ours.
"""

from __future__ import annotations

#: Role → light hex. Every hex is of one role only, or the swap could not be undone.
LIGHT: dict[str, str] = {
    "ink": "#1b2430",
    "muted": "#5a6675",
    "grid": "#d9dee5",
    "paper": "#fdfdfc",
    "series-1": "#1f5c99",
    "series-2": "#b8433a",
    "series-3": "#14817a",
    "series-4": "#a8700f",
    "series-5": "#73559e",
    "series-6": "#6b6f3a",
    "accent": "#c8102e",
    "warn": "#b5530d",
}

#: What the page may set in the dark, with the contrast of the light set.
DARK: dict[str, str] = {
    "ink": "#e8ebef",
    "muted": "#9aa6b4",
    "grid": "#353e4a",
    "paper": "#14191f",
    "series-1": "#6aa9e6",
    "series-2": "#ec8277",
    "series-3": "#4fc0b5",
    "series-4": "#dfae55",
    "series-5": "#b79be0",
    "series-6": "#b9be7c",
    "accent": "#ff6274",
    "warn": "#f0964f",
}

#: The family that is measured and drawn into a PNG; shipped, so no machine's fonts matter.
FONT = "Chipbrief Sans"

#: The families of a page, where the reader's own machine has good ones.
FONT_STACK = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', "
    "'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
)

#: Light hex → the page's variable.
VARIABLES: dict[str, str] = {colour: f"var(--{role})" for role, colour in LIGHT.items()}
