"""A key in an encrypted file, made by eth-account: what it signs, what it refuses, and what it never tells."""

from __future__ import annotations

import contextlib
import copy
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_keys.datatypes import PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.keys.leaks import forms_of, require_no_trace, require_unshown
from tests.keys.members import KEY, MEMBER, OTHER, TERMS, Asked, message_of
from verifier.errors import (
    KeyFileUnusable,
    KeyHolderError,
    KeyOfOther,
    PassphraseWrong,
    SignatureOfOther,
    exit_code_of,
)
from verifier.keys.keystore import Keystore
from verifier.keys.keystore_form import read_form
from verifier.model.units import Wei
from verifier.sign.approval import join_signature

PASSPHRASE = "correct horse battery staple"
WRONG = "wrong horse battery"
RECORD: dict[str, Any] = Account.encrypt(KEY, PASSPHRASE, kdf="scrypt", iterations=2)


def write(folder: Path, record: Any, *, mode: int = 0o600) -> Path:
    path = folder / "alice.json"
    path.write_text(record if isinstance(record, str) else json.dumps(record))
    path.chmod(mode)
    return path


def test_sign__right_passphrase__as_eth_account_signs_the_typed_data(tmp_path: Path) -> None:
    ask = Asked(PASSPHRASE)
    keystore = Keystore(write(tmp_path, RECORD), ask)
    assert ask.questions == []
    message = message_of()
    signature = keystore.sign(message)
    theirs = Account.sign_message(encode_typed_data(full_message=dict(message.typed_data)), KEY)
    assert join_signature(signature) == bytes(theirs.signature)
    assert (keystore.address, ask.questions) == (MEMBER, ["Passphrase of the key file alice.json"])


@pytest.mark.parametrize("kdf", ["scrypt", "pbkdf2"])
def test_sign__each_way_to_derive__signs(tmp_path: Path, kdf: str) -> None:
    record = Account.encrypt(KEY, PASSPHRASE, kdf=kdf, iterations=2)  # type: ignore[arg-type]
    keystore = Keystore(write(tmp_path, record), Asked(PASSPHRASE), member=MEMBER)
    assert keystore.sign(message_of()).v in (27, 28)


def test_sign__start_of_the_cipher_with_leading_zeros__signs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "eth_keyfile.keyfile.Random.get_random_bytes", lambda size: b"\0\0" + b"\x07" * (size - 2)
    )
    record = Account.encrypt(KEY, PASSPHRASE, kdf="pbkdf2", iterations=2)
    crypto: Any = record["crypto"]
    assert len(crypto["cipherparams"]["iv"]) == 28
    keystore = Keystore(write(tmp_path, record), Asked(PASSPHRASE))
    assert keystore.sign(message_of()).v in (27, 28)


def test_sign_transaction__right_passphrase__as_eth_account_signs_it(tmp_path: Path) -> None:
    keystore = Keystore(write(tmp_path, RECORD), Asked(PASSPHRASE))
    raw = keystore.sign_transaction(TERMS, to=OTHER, data=b"\x01\x02", value=Wei(3))
    theirs = Account.sign_transaction(
        {
            "type": 2,
            "chainId": TERMS.chain_id,
            "nonce": TERMS.nonce,
            "gas": TERMS.gas,
            "maxFeePerGas": int(TERMS.max_fee),
            "maxPriorityFeePerGas": int(TERMS.priority_fee),
            "to": str(OTHER),
            "value": 3,
            "data": "0x0102",
        },
        KEY,
    )
    assert raw == bytes(theirs.raw_transaction)


def test_sign__wrong_passphrase__one_sentence_and_nothing_else(tmp_path: Path) -> None:
    for wrong in ("correct horse battery stable", "", "\udce9"):
        keystore = Keystore(write(tmp_path, RECORD), Asked(wrong))
        with pytest.raises(PassphraseWrong) as raised:
            keystore.sign(message_of())
        assert str(raised.value) == (
            "This is not the passphrase of the key file alice.json; nothing was signed. Try again."
        )
        assert exit_code_of(raised.value) == 81
        assert raised.value.__context__ is None
        assert raised.value.__cause__ is None


def test_sign__key_of_another__refused_before_and_after_the_passphrase(tmp_path: Path) -> None:
    with pytest.raises(KeyOfOther):
        Keystore(write(tmp_path, RECORD), Asked(PASSPHRASE), member=OTHER)
    lying = {**RECORD, "address": OTHER.hex()}
    keystore = Keystore(write(tmp_path, lying), Asked(PASSPHRASE), member=OTHER)
    with pytest.raises(KeyOfOther) as raised:
        keystore.sign(message_of())
    assert (raised.value.expected, raised.value.actual) == (OTHER, MEMBER)


def test_open__no_address_in_the_file__the_member_has_to_be_named(tmp_path: Path) -> None:
    path = write(tmp_path, {key: value for key, value in RECORD.items() if key != "address"})
    with pytest.raises(KeyFileUnusable, match="Name the member"):
        Keystore(path, Asked(PASSPHRASE))
    assert Keystore(path, Asked(PASSPHRASE), member=MEMBER).sign(message_of()).v in (27, 28)
    assert Keystore(path, Asked(PASSPHRASE), usual=MEMBER).sign(message_of()).v in (27, 28)
    with pytest.raises(KeyOfOther):
        Keystore(path, Asked(PASSPHRASE), usual=OTHER).sign(message_of())
    named = write(tmp_path, RECORD)
    assert Keystore(named, Asked(PASSPHRASE), usual=OTHER).address == MEMBER


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o644, 0o610])
def test_open__file_that_others_can_use__refused(tmp_path: Path, mode: int) -> None:
    path = write(tmp_path, RECORD, mode=mode)
    with pytest.raises(KeyFileUnusable, match=f"its mode is {mode:04o}.*chmod 600"):
        Keystore(path, Asked(PASSPHRASE))
    path.chmod(0o400)
    assert Keystore(path, Asked(PASSPHRASE)).address == MEMBER


def test_open__no_such_file_folder_pipe_or_path__one_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    long = write(tmp_path, " " * 70_000)
    for path in (tmp_path / "missing", tmp_path, tmp_path / "pipe", Path("a\0b"), long):
        with pytest.raises(KeyFileUnusable) as raised:
            Keystore(path, Asked(PASSPHRASE))
        assert exit_code_of(raised.value) == 80
        assert str(raised.value).isprintable()


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    record = copy.deepcopy(RECORD)
    change(record)
    return json.dumps(record)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "no JSON"),
        ("[" * 60_000, "no JSON"),
        ("[]", "no JSON object"),
        ("{}", "version"),
        (changed(lambda r: r.update(version=4)), "version"),
        (changed(lambda r: r.update(version=True)), "version"),
        (changed(lambda r: r.pop("crypto")), "crypto"),
        (changed(lambda r: r["crypto"].update(cipher="aes-128-cbc")), "cipher"),
        (changed(lambda r: r["crypto"].update(kdf="argon2")), "kdf"),
        (changed(lambda r: r["crypto"].update(mac="00")), "mac"),
        (changed(lambda r: r["crypto"].update(ciphertext="zz" * 32)), "ciphertext"),
        (changed(lambda r: r["crypto"]["cipherparams"].update(iv="00" * 17)), "iv"),
        (changed(lambda r: r["crypto"]["kdfparams"].update(n=2**30)), "memory"),
        (changed(lambda r: r["crypto"]["kdfparams"].update(n=10**30)), "its n"),
        (changed(lambda r: r["crypto"]["kdfparams"].update(n=3)), "power of two"),
        (changed(lambda r: r["crypto"]["kdfparams"].update(p=1000)), "its p"),
        (changed(lambda r: r["crypto"]["kdfparams"].update(dklen=64)), "dklen"),
        (changed(lambda r: r["crypto"]["kdfparams"].update(salt="")), "salt"),
        (changed(lambda r: r.update(address="0x12")), "address"),
    ],
)
def test_open__not_a_keystore_or_too_costly__says_what(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(KeyFileUnusable, match=why):
        Keystore(write(tmp_path, content), Asked(PASSPHRASE))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.data(), JSON)
@settings(max_examples=200)
def test_read_form__any_value_in_any_place__read_or_refused(data: st.DataObject, value: Any) -> None:
    record = copy.deepcopy(RECORD)
    place = data.draw(st.sampled_from([record, *(record["crypto"],), record["crypto"]["kdfparams"]]))
    place[data.draw(st.sampled_from(sorted(place)))] = value
    with contextlib.suppress(KeyFileUnusable):
        form, named = read_form(json.dumps(record).encode(), path="alice.json")
        assert named in (None, MEMBER)
        assert set(form) == {"version", "crypto"}


def test_read_form__what_eth_account_writes__what_it_needs_and_no_more() -> None:
    form, named = read_form(json.dumps({**RECORD, "note": "x"}).encode(), path="alice.json")
    assert named == MEMBER
    assert form["crypto"] == {**RECORD["crypto"]}
    assert bytes(Account.decrypt(form, PASSPHRASE)) == KEY


def test_sign__library_that_signs_something_else__found_out_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keystore = Keystore(write(tmp_path, RECORD), Asked(PASSPHRASE))
    sign = PrivateKey.sign_msg_hash
    monkeypatch.setattr(PrivateKey, "sign_msg_hash", lambda self, _: sign(self, bytes(32)))
    with pytest.raises(SignatureOfOther):
        keystore.sign(message_of())
    with pytest.raises(SignatureOfOther):
        keystore.sign_transaction(TERMS, to=OTHER, data=b"", value=Wei(0))


def test_secrets__sign_with_every_log_open__in_no_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("test").debug("the log is open")
    Keystore(write(tmp_path, RECORD), Asked(PASSPHRASE)).sign(message_of())
    with pytest.raises(PassphraseWrong):
        Keystore(write(tmp_path, RECORD), Asked(WRONG)).sign(message_of())
    printed = capfd.readouterr()
    said = caplog.text + printed.out + printed.err
    assert "the log is open" in said
    assert not [form for secret in (PASSPHRASE, WRONG) for form in forms_of(secret.encode()) if form in said]
    assert not [form for form in forms_of(KEY) if form in said]


def test_secrets__whatever_goes_wrong__in_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Asked(PASSPHRASE)
    keystore = Keystore(write(tmp_path, RECORD), ask)
    require_unshown(keystore, PASSPHRASE.encode(), KEY)

    wrong = Keystore(write(tmp_path, RECORD), Asked(WRONG))
    with pytest.raises(KeyHolderError) as refused:
        wrong.sign(message_of())
    require_no_trace(refused.value, WRONG.encode(), KEY)

    lying = Keystore(write(tmp_path, {**RECORD, "address": OTHER.hex()}), ask)
    with pytest.raises(KeyOfOther) as other:
        lying.sign(message_of())
    require_no_trace(other.value, PASSPHRASE.encode(), KEY)

    # Ctrl-C, or no memory, in the libraries, while they have the passphrase or the key in their hands. eth-keys
    # signs by coincurve where that is installed, as it is for holders of shares.
    for backend, place in (
        ("NativeECCBackend", "eth_keyfile.keyfile.scrypt"),
        ("NativeECCBackend", "eth_keys.backends.native.main.ecdsa_raw_sign"),
        ("CoinCurveECCBackend", "eth_keys.backends.coincurve.CoinCurveECCBackend.ecdsa_sign"),
    ):
        for error in (KeyboardInterrupt, MemoryError):

            def stop(*given: object, error: type[BaseException] = error, **named: object) -> None:
                raise error

            with monkeypatch.context() as patched:
                patched.setenv("ECC_BACKEND_CLASS", f"eth_keys.backends.{backend}")
                patched.setattr(place, stop)
                with pytest.raises(error) as stopped:
                    keystore.sign(message_of())
            require_no_trace(stopped.value, PASSPHRASE.encode(), KEY)
    assert all(secret.reveal() == b"" for secret in ask.given)
