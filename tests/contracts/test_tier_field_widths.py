"""Every bit of a tier's fields is read: a value whose highest bits alone are wrong is refused, not cut off."""

from __future__ import annotations

import pytest

from tests.contracts.scene import SUPERMAJORITY, Scene
from tests.stage import USUAL_TIERS
from verifier.errors.settings import TierTermsInvalid
from verifier.model.tier import Tier

# Where a field begins, and which of its bits make any value of it too large.
TOO_LARGE = {
    "delay": (16, range(23, 32)),
    "graceHours": (48, range(10, 16)),
    "opensAt": (64, range(7, 8)),
    "closesAt": (72, range(7, 8)),
    "segregated": (80, range(1, 8)),
    "expeditedDelay": (88, range(23, 32)),
    "weekdays": (120, range(7, 136)),
}
BITS = [(name, start + bit) for name, (start, bits) in TOO_LARGE.items() for bit in bits]


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("field", TOO_LARGE)
def test_set_tiers__with_any_bit_that_makes_a_field_too_large__is_refused(
    scene: Scene, tier: Tier, field: str
) -> None:
    for name, bit in BITS:
        if name == field:
            words = [terms.pack() | (1 << bit if at == tier else 0) for at, terms in enumerate(USUAL_TIERS)]
            outcome = scene.change("setTiers", words, SUPERMAJORITY)
            scene.was_refused(TierTermsInvalid(tier=tier, terms=words[tier]), outcome)
    scene.must(scene.set_tiers())
