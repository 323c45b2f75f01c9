"""Every colour of text can be told from every ground that it stands on, by the measure of WCAG 2.1."""

from __future__ import annotations

import pytest
from textual.color import Color

from verifier.tui.themes import COLOURS

ENOUGH = 4.5
TEXTS = ("foreground", "muted", "primary", "notice", "warning", "danger", "success")
GROUNDS = ("background", "surface", "panel", "bar", "cursor")


def contrast(a: str, b: str) -> float:
    """Return the ratio of the luminances, 1 to 21."""
    lighter, darker = sorted((_luminance(Color.parse(a)), _luminance(Color.parse(b))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    def linear(channel: int) -> float:
        c = channel / 255
        return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b)


def test_contrast__of_black_on_white__is_the_known_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", COLOURS)
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_theme__text_on_ground__has_enough_contrast(theme: str, text: str, ground: str) -> None:
    colours = COLOURS[theme]
    assert contrast(colours[text], colours[ground]) >= ENOUGH


@pytest.mark.parametrize("theme", COLOURS)
@pytest.mark.parametrize("ground", ["primary", "warning"])
def test_theme__bytes_that_are_lit__have_enough_contrast(theme: str, ground: str) -> None:
    """The selected bytes are drawn in the colour of the ground, on a colour of text."""
    assert contrast(COLOURS[theme]["background"], COLOURS[theme][ground]) >= ENOUGH
