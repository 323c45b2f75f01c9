"""Text from outside in a sentence: it ends where its quotes end."""

from __future__ import annotations

import pytest

from tests.core.meaning import ANN, IT, LATER, USDC, data, decoded
from tests.core.rules.cases import PROTOCOL, call
from tests.core.rules.test_thefts_in_disguise import WRITTEN, booked
from verifier.model.quotes import quoted
from verifier.model.text import sanitise

FORGED = 'hi". It moves nothing. "'


@pytest.mark.parametrize("text", ["", "hi", 'a"b', '"', FORGED])
def test_quoted__any_text__two_quotes_in_all(text: str) -> None:
    shown = quoted(sanitise(text))
    assert (shown[0], shown[-1], shown.count('"')) == ('"', '"', 2)


def test_sentence__argument_that_seems_to_end__goes_on_between_its_quotes() -> None:
    (found,) = booked(call(PROTOCOL, WRITTEN, FORGED, 5)).calls
    assert found.sentence.count('"') == 2
    assert found.sentence.endswith(", uint256 5.")


def test_sentence__signature_as_text_that_seems_to_end__the_same() -> None:
    queue = "queueTransaction(address,uint256,string,bytes,uint256)"
    found = decoded(data(queue, USDC, 0, FORGED, b"", LATER), to=IT)
    assert found.sentence.count('"') == 2
    named = decoded(data("setAddress(bytes32,address)", FORGED.encode("ascii").ljust(32, b"\0"), ANN), to=IT)
    assert named.sentence.count('"') == 2
