"""A served vault, and a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.chromium import Chromium, start_chromium
from tests.browser.serving import Served, serve_screens
from tests.cli.conftest import home, scene, settled, young
from tests.cli.program import Home

__all__ = ["home", "scene", "settled", "young"]

REBOUND = "rebound.example"
"""A name that means this machine, but only to the browser: that of an attacker's page after its DNS was changed."""


@pytest.fixture(scope="module")
def served(settled: Home) -> Iterator[Served]:
    with serve_screens(settled, SECRET_OF_SOMEBODY="hunter2") as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with start_chromium(f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1") as found:
        yield found
