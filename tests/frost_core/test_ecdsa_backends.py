"""eth-keys takes coincurve where that is installed, as it is for holders of shares: ECDSA is the same by both."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from verifier.errors import SignatureMalformed
from verifier.model.address import Address
from verifier.model.operation import Signature
from verifier.sign.approval import HALF_ORDER, ORDER, recover

BACKENDS = ("NativeECCBackend", "CoinCurveECCBackend")
words = st.integers(1, ORDER - 1)


@contextmanager
def using(backend: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ECC_BACKEND_CLASS", f"eth_keys.backends.{backend}")
        yield


def answer(digest: bytes, signature: Signature) -> Address | None:
    try:
        return recover(digest, signature)
    except SignatureMalformed:
        return None


def signed(secret: int, digest: bytes) -> bytes:
    from eth_keys.datatypes import PrivateKey

    key = PrivateKey(secret.to_bytes(32, "big"))
    assert type(key.backend).__name__ == os.environ["ECC_BACKEND_CLASS"].rpartition(".")[2]
    return key.sign_msg_hash(digest).to_bytes()


@settings(max_examples=20)
@given(secret=words, digest=st.binary(min_size=32, max_size=32))
def test_sign_and_recover__by_both__the_same_bytes_and_the_same_member(secret: int, digest: bytes) -> None:
    written = []
    for backend in BACKENDS:
        with using(backend):
            written.append(signed(secret, digest))
    assert written[0] == written[1]
    signature = Signature(r=written[0][:32], s=written[0][32:64], v=27 + written[0][64])
    found = []
    for backend in BACKENDS:
        with using(backend):
            found.append(answer(digest, signature))
    assert found[0] == found[1] is not None


@settings(max_examples=30)
@given(
    digest=st.binary(min_size=32, max_size=32),
    r=st.one_of(words, st.integers(0, 20), st.integers(ORDER - 3, ORDER + 3)),
    s=st.one_of(st.integers(0, HALF_ORDER + 2), st.integers(0, 3)),
    v=st.sampled_from([27, 28]),
)
@example(digest=bytes(32), r=1, s=1, v=27)
@example(digest=bytes(32), r=5, s=1, v=27)  # no point has this abscissa
def test_recover__whatever_comes__both_say_the_same(digest: bytes, r: int, s: int, v: int) -> None:
    signature = Signature(r=r.to_bytes(32, "big"), s=s.to_bytes(32, "big"), v=v)
    found = []
    for backend in BACKENDS:
        with using(backend):
            found.append(answer(digest, signature))
    assert found[0] == found[1]
