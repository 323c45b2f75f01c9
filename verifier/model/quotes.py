"""Foreign text inside of a sentence: between quotes, so that it is seen where it ends."""

from __future__ import annotations

from verifier.model.text import Shown


def quoted(shown: Shown) -> Shown:
    """Return shown text between quotes, with none of its own, which would let it go on as if it were the sentence."""
    return Shown('"' + shown.replace('"', "\\u{22}") + '"')
