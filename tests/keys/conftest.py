"""FIDO2 tokens in software, plugged in, and a share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from fido2 import hid

from tests.frost_core.shares import make_charter, make_shares
from tests.keys.soft_fido2 import SoftFido, plugged_in, point_library_at
from verifier.frost.shares import Share


@pytest.fixture(scope="module")
def share() -> Share:
    return make_shares(make_charter())[0]


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., SoftFido]]:
    """Plugs in a token, beside those that are there."""
    # What `point_library_at` changes is put back at the end.
    monkeypatch.setattr(hid, "list_descriptors", hid.list_descriptors)
    monkeypatch.setattr(hid, "open_connection", hid.open_connection)
    there: list[str] = []
    point_library_at(there)
    with ExitStack() as tokens:

        def plug_in(**manners: Any) -> SoftFido:
            token = tokens.enter_context(plugged_in(**manners))
            there.append(str(token.path))
            return token

        yield plug_in


@pytest.fixture
def token(plug: Callable[..., SoftFido]) -> SoftFido:
    return plug()
