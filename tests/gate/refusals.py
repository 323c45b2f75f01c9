"""What a gate says no with: the name of its rule, and that nothing was spent or written meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.gate.house import House
from verifier.errors import ReleaseRefused


@contextmanager
def refused(rule: str) -> Iterator[None]:
    """Expect a refusal by this rule."""
    with pytest.raises(ReleaseRefused) as caught:
        yield
    assert caught.value.rule == rule, str(caught.value)
    assert str(caught.value).isprintable()


def refuses(house: House, rule: str, act: Callable[[], object]) -> None:
    """Expect a refusal by this rule, and a record that is as it was."""
    before = house.record.read_bytes()
    with refused(rule):
        act()
    assert house.record.read_bytes() == before
