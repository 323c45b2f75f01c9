"""A secret is in no words: not printed, not copied, not stored, and not in the traces of what went wrong."""

from __future__ import annotations

import copy
import json
import logging
import pickle

import pytest

from tests.keys.leaks import require_no_trace, traces_of
from verifier.keys.secret import Secret, keep_out_of_traces

WORDS = "correct horse battery staple"


def test_show__every_way_that_python_has__the_same_word(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(WORDS)
    logging.getLogger("test").warning("opened with %s, %r", secret, secret)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>10}", f"{[secret]}", f"{secret}"]
    shown += [json.dumps({"secret": secret}, default=str), caplog.text]
    assert all("<secret>" in text and WORDS not in text for text in shown)
    assert secret.reveal() == WORDS.encode()


def test_copy__every_way_that_python_has__refused() -> None:
    secret = Secret(WORDS)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="neither copied nor stored"):
            pickle.dumps(secret, protocol)
    with pytest.raises(TypeError, match="neither copied nor stored"):
        copy.copy(secret)
    with pytest.raises(TypeError, match="neither copied nor stored"):
        copy.deepcopy([secret])
    assert not hasattr(secret, "__dict__")


def test_wipe__after_use__nothing_is_left() -> None:
    with Secret(WORDS) as secret:
        held = secret._held
        assert secret.reveal() == WORDS.encode()
    assert secret.reveal() == b""
    assert held == bytearray()


def test_wipe__error_in_the_middle__wiped_too() -> None:
    secret = Secret(WORDS)
    with pytest.raises(RuntimeError), secret:
        raise RuntimeError("in the middle")
    assert secret.reveal() == b""


def test_take__what_a_terminal_could_not_read__the_bytes_it_had() -> None:
    assert Secret("caf\udce9").reveal() == b"caf\xe9"
    assert Secret("caf\u00e9").reveal() == "caf\u00e9".encode()


def stumble(passphrase: bytes, why: type[BaseException]) -> None:
    """Fail like a library does: with a secret in a name, and while handling a failure with one."""
    known: dict[bytes, int] = {}
    try:
        known[passphrase]
    except LookupError as exc:
        raise why(f"no such passphrase: {passphrase!r}") from exc


def test_traces__library_that_fails_with_a_secret_in_its_hands__show_none() -> None:
    secret = Secret(WORDS)
    for why in (ValueError, MemoryError, KeyboardInterrupt):
        with pytest.raises(why) as bare:
            stumble(secret.reveal(), why)
        assert WORDS in traces_of(bare.value)  # so the search finds it where it is
        del bare
        with pytest.raises(why) as kept, keep_out_of_traces():
            stumble(secret.reveal(), why)
        assert "stumble" in traces_of(kept.value)  # where it happened still shows
        require_no_trace(kept.value, WORDS.encode())
