"""Blocks beyond the 32 bits of a publication: their numbers come around, and nothing is let through by that."""

from __future__ import annotations

import pytest

from tests.contracts.scene import HIGH_VALUE_CALL, Scene, data_of_error
from tests.stage import data_of
from verifier.errors.approvals import ApprovalTooEarly


@pytest.mark.parametrize(("later", "is_refused"), [(0, True), (1, False)])
def test_approve__in_the_block_of_publication_2_to_the_32_blocks_on__is_refused_and_in_the_next_is_not(
    scene: Scene, later: int, is_refused: bool
) -> None:
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    published_in = scene.publication(operation) >> 32
    data = data_of("approve", operation, [scene.sign_published("bob", operation)])
    answer = scene.chain.call(scene.vault, data, number=2**32 + published_in + later)
    assert answer.succeeded is not is_refused
    if is_refused:
        refusal = ApprovalTooEarly(seat=scene.seat("bob"), published_in_block=published_in)
        assert answer.data == data_of_error(refusal)
