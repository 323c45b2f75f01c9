"""What the tests of channels share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.alerts.receivers import Receiver, receiver


@pytest.fixture
def receiving() -> Iterator[Receiver]:
    """Yield a server that takes whatever it is sent."""
    with receiver() as held:
        yield held
