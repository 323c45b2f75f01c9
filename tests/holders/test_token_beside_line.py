"""A holder that uses its token while its coordinator's line is open: the line stays."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.holders.test_foul_lines import Ends
from tests.keys.members import Asked, message_of
from tests.keys.soft_token import PIN, make_token
from verifier.courier.https_client import LineNews
from verifier.keys.pkcs11 import TokenKey

PATIENCE = 300


def test_line__the_token_is_used_in_between__goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token, ends = make_token(tmp_path, monkeypatch), Ends(tmp_path)
    token.generate("bob")
    key = TokenKey(token.place("bob"), Asked(PIN))
    news: list[LineNews] = []
    used, came = threading.Event(), threading.Event()

    def exchange(envelopes: list[bytes], seen: int, patience: float) -> tuple[int, list[bytes]]:
        if b"sign" in envelopes:
            key.sign(message_of())
            used.set()
        if b"on" in envelopes:
            came.set()
        return 0, []

    with ends.serve(exchange) as port:
        line = ends.line(port, news.append)
        line.post(b"sign")
        assert used.wait(PATIENCE)
        line.post(b"on")
        assert came.wait(PATIENCE)
        line.close()
    assert news == []
