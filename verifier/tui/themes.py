"""Two themes of our own, so that pictures of the screens are the same everywhere. A test computes their contrasts."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = "fourth-signer-dark"
LIGHT: Final = "fourth-signer-light"

SEVERITIES: Final = ("info", "notice", "warning", "danger")
"""Names of severities, by their number."""


def _theme(name: str, *, dark: bool, colours: dict[str, str]) -> Theme:
    muted, notice, bar = colours["muted"], colours["notice"], colours["bar"]
    ground, text, cursor = colours["background"], colours["foreground"], colours["cursor"]
    return Theme(
        name=name,
        dark=dark,
        primary=colours["primary"],
        secondary=notice,
        accent=colours["primary"],
        warning=colours["warning"],
        error=colours["danger"],
        success=colours["success"],
        foreground=text,
        background=ground,
        surface=colours["surface"],
        panel=colours["panel"],
        variables={
            "info": muted,
            "muted": muted,
            "notice": notice,
            "danger": colours["danger"],
            "rule": colours["rule"],
            "chosen": cursor,
            "block-cursor-background": cursor,
            "block-cursor-foreground": text,
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": colours["panel"],
            "block-cursor-blurred-foreground": text,
            "block-hover-background": colours["panel"],
            "border": colours["primary"],
            "border-blurred": colours["rule"],
            "footer-background": bar,
            "footer-key-foreground": colours["primary"],
            "footer-description-foreground": text,
            "scrollbar": colours["rule"],
            "scrollbar-background": ground,
            "scrollbar-background-hover": ground,
            "scrollbar-background-active": ground,
            "scrollbar-corner-color": ground,
            "input-selection-background": cursor,
        },
    )


COLOURS: Final = {
    DARK: {
        "background": "#10141b",
        "surface": "#10141b",
        "panel": "#1e2530",
        "bar": "#1a202a",
        "cursor": "#27405f",
        "rule": "#46536a",
        "foreground": "#e3e8ef",
        "muted": "#a3afbf",
        "primary": "#86b1ff",
        "notice": "#7fd1e0",
        "warning": "#f3c35f",
        "danger": "#ff8d93",
        "success": "#8fd79a",
    },
    LIGHT: {
        "background": "#fbfaf6",
        "surface": "#fbfaf6",
        "panel": "#e8e8e1",
        "bar": "#ecebe4",
        "cursor": "#cfdff5",
        "rule": "#a9aca6",
        "foreground": "#1b2027",
        "muted": "#545c66",
        "primary": "#1a4c8f",
        "notice": "#0a5670",
        "warning": "#744700",
        "danger": "#a80f28",
        "success": "#1a6130",
    },
}

THEMES: Final = tuple(_theme(name, dark=name == DARK, colours=colours) for name, colours in COLOURS.items())
