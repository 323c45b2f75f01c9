"""A key in a hardware token: a real one in software, SoftHSM2."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from eth_account import Account
from eth_hash.auto import keccak

from tests.keys.leaks import require_no_trace, require_unshown
from tests.keys.members import KEY, MEMBER, OTHER, TERMS, Asked, message_of
from tests.keys.soft_token import PIN, SoftToken, make_token
from verifier.errors import (
    KeyOfOther,
    KeyRefused,
    KeyUnreachable,
    PassphraseWrong,
    SignatureOfOther,
    exit_code_of,
)
from verifier.keys.pkcs11 import TokenKey, TokenPlace
from verifier.keys.secret import Secret
from verifier.model.operation import Signature
from verifier.model.text import Shown
from verifier.model.units import Wei
from verifier.sign.approval import HALF_ORDER
from verifier.sign.messages import require_signed_by

WRONG = "846201"  # by name, since the lines of this file stand in a trace as well


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftToken:
    return make_token(tmp_path, monkeypatch)


def test_sign__key_in_the_token__the_members_signature_with_a_low_s_each_time(token: SoftToken) -> None:
    token.put()
    ask = Asked(PIN)
    holder = TokenKey(token.place(), ask, member=MEMBER)
    assert ask.questions == []
    # The token draws k anew each time, so half of what it gives has s in the upper half, and half has the one v.
    signatures: list[Signature] = []
    for sequence in range(200):
        message = message_of(sequence=sequence)
        signatures.append(holder.sign(message))
        require_signed_by(MEMBER, signatures[-1], message.digest)
        assert int.from_bytes(signatures[-1].s, "big") <= HALF_ORDER
        if len({signature.v for signature in signatures}) == 2 and len(signatures) >= 12:
            break
    assert {signature.v for signature in signatures} == {27, 28}
    assert set(ask.questions) == {"PIN for the key alice in the token vault"}
    assert all(secret.reveal() == b"" for secret in ask.given)


def test_sign__key_that_the_token_made__its_address_is_read_without_a_pin(token: SoftToken) -> None:
    token.generate("bob")
    ask = Asked(PIN)
    holder = TokenKey(token.place("bob"), ask)
    assert ask.questions == []
    message = message_of()
    require_signed_by(holder.address, holder.sign(message), message.digest)


def test_sign_transaction__key_in_the_token__nodes_would_take_it_from_the_member(token: SoftToken) -> None:
    token.put()
    holder = TokenKey(token.place(), Asked(PIN))
    raw = holder.sign_transaction(TERMS, to=OTHER, data=b"\x01", value=Wei(5))
    assert Account.recover_transaction(raw) == str(MEMBER)


def test_sign__wrong_pin__one_sentence_and_the_next_try_is_free(token: SoftToken) -> None:
    token.put()
    for wrong in ("000000", "1", "\udce9\udce9\udce9\udce9"):
        with pytest.raises(PassphraseWrong) as raised:
            TokenKey(token.place(), Asked(wrong)).sign(message_of())
        assert str(raised.value) == (
            "This is not the PIN of the key alice in the token vault; nothing was signed. Try again, and mind that it "
            "counts the tries."
        )
        assert exit_code_of(raised.value) == 81
    assert TokenKey(token.place(), Asked(PIN)).sign(message_of()).v in (27, 28)


def test_sign__token_removed_while_the_pin_is_typed__one_sentence(token: SoftToken) -> None:
    token.put()

    def ask(question: Shown) -> Secret:
        token.remove()
        return Secret(PIN)

    holder = TokenKey(token.place(), ask)
    with pytest.raises(KeyUnreachable) as raised:
        holder.sign(message_of())
    assert "the key alice in the token vault cannot be reached" in str(raised.value)
    assert "nothing was signed" in str(raised.value)
    assert exit_code_of(raised.value) == 83
    with pytest.raises(KeyUnreachable):
        holder.sign(message_of())


def test_sign__token_removed_between_login_and_signature__one_sentence(
    token: SoftToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    token.put()
    holder = TokenKey(token.place(), Asked(PIN))
    require = TokenKey._require

    def require_and_remove(self: TokenKey, *given: object) -> None:
        require(self, *given)  # type: ignore[arg-type]
        token.remove()

    with monkeypatch.context() as patched:
        patched.setattr(TokenKey, "_require", require_and_remove)
        with pytest.raises(KeyUnreachable, match="nothing was signed"):
            holder.sign(message_of())


def test_open__token_plugged_in_later__found(token: SoftToken, tmp_path: Path) -> None:
    token.put()
    away = tmp_path / "away"
    token.tokens.rename(away)
    token.tokens.mkdir()
    with pytest.raises(KeyUnreachable, match="no token of that name"):
        TokenKey(token.place(), Asked(PIN))
    token.tokens.rmdir()
    away.rename(token.tokens)
    assert TokenKey(token.place(), Asked(PIN)).address == MEMBER


def test_open__no_such_token_key_or_module__says_which(token: SoftToken, tmp_path: Path) -> None:
    token.put()
    noise = tmp_path / "noise.so"
    noise.write_bytes(b"noise")
    cases: list[tuple[TokenPlace, str]] = [
        (token.place(token="other"), "no token of that name"),
        (token.place("nobody"), "no public key of that name"),
        (TokenPlace(module=tmp_path / "missing.so", token="vault", key="alice"), "module cannot be loaded"),
        (TokenPlace(module=noise, token="vault", key="alice"), "module cannot be loaded"),
    ]
    for place, why in cases:
        with pytest.raises(KeyUnreachable, match=why) as raised:
            TokenKey(place, Asked(PIN))
        assert str(raised.value).isprintable()
    with pytest.raises(KeyUnreachable, match="no such key"):
        TokenKey(token.place("nobody"), Asked(PIN), member=MEMBER).sign(message_of())


def test_open__key_of_another__refused_where_the_token_shows_it(token: SoftToken) -> None:
    token.put(public=True)
    token.put("carol", key=keccak(b"carol"), public=False)
    with pytest.raises(KeyOfOther) as raised:
        TokenKey(token.place(), Asked(PIN), member=OTHER)
    assert (raised.value.expected, raised.value.actual) == (OTHER, MEMBER)
    # Where it does not, what comes back is not the member's signature, and that is found out here.
    with pytest.raises(SignatureOfOther):
        TokenKey(token.place("carol"), Asked(PIN), member=MEMBER).sign(message_of())


@pytest.mark.parametrize(
    ("prepare", "why"),
    [
        (lambda token: token.generate("alice", curve="secp256r1"), "curve is not secp256k1"),
        (lambda token: [token.put(public=False), token.put(public=False)], "several of its keys"),
    ],
    ids=["another curve", "two keys of one name"],
)
def test_sign__key_that_cannot__refused(
    token: SoftToken, prepare: Callable[[SoftToken], object], why: str
) -> None:
    prepare(token)
    # On another curve, a point makes an address as well.
    holder = TokenKey(token.place(), Asked(PIN), member=None if "curve" in why else MEMBER)
    with pytest.raises(KeyRefused, match=why) as raised:
        holder.sign(message_of())
    assert exit_code_of(raised.value) == 84


def test_open__library_not_installed__says_how(token: SoftToken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(KeyUnreachable, match=r"pip install 'fourth-signer\[hsm\]'"):
        TokenKey(token.place(), Asked(PIN))


def test_secrets__wrong_pin_or_interrupted_login__in_no_trace(
    token: SoftToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    token.put()
    require_unshown(TokenKey(token.place(), Asked(PIN)), PIN.encode(), KEY)
    with pytest.raises(PassphraseWrong) as wrong:
        TokenKey(token.place(), Asked(WRONG)).sign(message_of())
    require_no_trace(wrong.value, WRONG.encode())
    ask = Asked(PIN)
    reveal = Secret.reveal

    def interrupted(self: Secret) -> bytes:
        pin = reveal(self)
        raise KeyboardInterrupt(pin)

    monkeypatch.setattr(Secret, "reveal", interrupted)
    with pytest.raises(KeyboardInterrupt) as stopped:
        TokenKey(token.place(), ask).sign(message_of())
    require_no_trace(stopped.value, PIN.encode())
    assert [reveal(secret) for secret in ask.given] == [b""]
