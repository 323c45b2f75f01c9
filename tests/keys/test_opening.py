"""Which holder a few words mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from tests.keys.members import KEY, MEMBER, Asked, message_of
from tests.keys.soft_token import PIN, make_token
from verifier.errors import KeyFileUnusable, KeyHolderError, KeyUnreachable
from verifier.keys.device import DeviceKey
from verifier.keys.elsewhere import DeviceElsewhere
from verifier.keys.keystore import Keystore
from verifier.keys.opening import open_key, read_token_uri
from verifier.keys.pkcs11 import TokenKey
from verifier.model.address import Address
from verifier.ports import KeyHolder
from verifier.sign.messages import require_signed_by


def open_for(
    words: str, *, secret: str = "", member: Address | None = MEMBER, usual: Address | None = None
) -> KeyHolder:
    return open_key(words, ask=Asked(secret), exchange=lambda _: None, member=member, usual=usual)


def test_open_key__each_form__its_holder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "alice.json"
    path.write_text(json.dumps(Account.encrypt(KEY, "words", kdf="scrypt", iterations=2)))
    path.chmod(0o600)
    token = make_token(tmp_path, monkeypatch)
    token.put("al;ice")
    uri = f"pkcs11:token=vault;object=al%3Bice?module-path={token.module}"
    monkeypatch.setenv("HOME", str(tmp_path))
    holders = [open_for(str(path), secret="words"), open_for("~/alice.json", secret="words")]
    holders += [open_for(uri, secret=PIN), open_for("ledger:m/44'/60'/0'/0/0")]
    holders += [open_for("trezor:m/44'/60'/0'/0/1"), open_for("elsewhere")]
    kinds = [Keystore, Keystore, TokenKey, DeviceKey, DeviceKey, DeviceElsewhere]
    assert [type(holder) for holder in holders] == kinds
    assert {holder.address for holder in holders} == {MEMBER}
    message = message_of()
    for holder in holders[:3]:
        require_signed_by(MEMBER, holder.sign(message), message.digest)


@pytest.mark.parametrize("words", ["ledger:m/0", "trezor:m/0", "elsewhere"])
def test_open_key__device_and_nobody_named__refused(words: str) -> None:
    assert open_for(words).address == MEMBER
    assert open_for(words, member=None, usual=MEMBER).address == MEMBER
    with pytest.raises(KeyUnreachable, match="Name the member"):
        open_for(words, member=None)


@pytest.mark.parametrize("words", ["", "ledger", "ledger:", "yubikey:1", "~nobody-at-all/key", "a\0b"])
def test_open_key__words_that_mean_nothing__one_sentence(words: str) -> None:
    with pytest.raises((KeyUnreachable, KeyFileUnusable)) as raised:
        open_for(words)
    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    "uri",
    [
        "pkcs11:",
        "pkcs11:token=vault;object=alice",
        "pkcs11:token=vault;object=alice?module-path=",
        "pkcs11:token=vault;token=vault;object=alice?module-path=/m.so",
        "pkcs11:token=vault;object=alice;pin-value=1234?module-path=/m.so",
        "pkcs11:token=vault;object=alice?module-path=/m.so&pin-value=1234",
    ],
)
def test_read_token_uri__not_these_three_parts__refused(uri: str) -> None:
    assert read_token_uri("pkcs11:token=vault;object=alice?module-path=/m.so").key == "alice"
    with pytest.raises(KeyUnreachable, match="Write it as pkcs11:") as raised:
        read_token_uri(uri)
    assert "1234" not in str(raised.value)


@given(st.text())
def test_read_token_uri__any_text__read_or_refused(text: str) -> None:
    with pytest.raises(KeyHolderError):
        read_token_uri("pkcs11:" + text)
