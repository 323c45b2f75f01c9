"""Shares at rest: two factors open them, neither alone does, and a changed file opens for nobody."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.frost_core.shares import make_charter, make_shares
from tests.keys.soft_token import PIN, SoftToken, make_token
from verifier.errors import (
    KeyFileUnusable,
    KeyRefused,
    KeyUnreachable,
    PassphraseWrong,
    ShareOutdated,
    ShareUnusable,
    TokenRefused,
)
from verifier.frost.shares import Share
from verifier.keys.secret import AskSecret, Secret
from verifier.keys.share_recovery import back_up, read_recipient, restore
from verifier.keys.share_sealing import Factors, open_share, prepare_factors, read_share_head, seal_share
from verifier.keys.share_token import ShareToken
from verifier.model.text import Shown

PASSPHRASE = "correct horse battery"
QUICK = 1 << 14


def saying(words: str, *, asked: list[str] | None = None) -> AskSecret:
    def ask(what: Shown) -> Secret:
        if asked is not None:
            asked.append(what)
        return Secret(words)

    return ask


@pytest.fixture
def share() -> Share:
    return make_shares(make_charter())[0]


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftToken:
    made = make_token(tmp_path, monkeypatch)
    made.generate("wrap", "secp256r1")
    return made


def both(token: SoftToken, *, passphrase: str = PASSPHRASE, pin: str = PIN, key: str = "wrap") -> Factors:
    return Factors(passphrase=saying(passphrase), token=ShareToken(token.place(key), saying(pin)), n=QUICK)


ONLY_WORDS = Factors(passphrase=saying(PASSPHRASE), token=None, n=QUICK)


def stored(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def test_open__both_factors__the_same_share(share: Share, token: SoftToken, tmp_path: Path) -> None:
    path = stored(tmp_path / "share", seal_share(share, both(token), dice=os.urandom))
    assert share.secret.reveal().hex() not in path.read_text()
    opened = open_share(path, both(token), present=1)
    assert opened.secret == share.secret
    assert (opened.key, opened.index) == (share.key, share.index)


def test_open__one_of_two_factors_wrong__refused_with_its_name(
    share: Share, token: SoftToken, tmp_path: Path
) -> None:
    path = stored(tmp_path / "share", seal_share(share, both(token), dice=os.urandom))
    token.generate("other", "secp256r1")
    with pytest.raises(PassphraseWrong, match="passphrase"):
        open_share(path, both(token, passphrase="guess"), present=1)
    with pytest.raises(PassphraseWrong, match="PIN"):
        open_share(path, both(token, pin="000000"), present=1)
    with pytest.raises(PassphraseWrong, match="token is another"):
        open_share(path, both(token, key="other"), present=1)
    with pytest.raises(KeyUnreachable):
        open_share(path, both(token, key="absent"), present=1)
    token.remove()
    with pytest.raises(KeyUnreachable):
        open_share(path, both(token), present=1)


def test_open__sealed_by_two_factors_and_one_at_hand__refused_before_anything_is_asked(
    share: Share, token: SoftToken, tmp_path: Path
) -> None:
    path = stored(tmp_path / "share", seal_share(share, both(token), dice=os.urandom))
    asked: list[str] = []
    with pytest.raises(ShareUnusable, match="ONE FACTOR ONLY"):
        open_share(path, Factors(passphrase=saying(PASSPHRASE, asked=asked), token=None), present=1)
    assert asked == []


def test_seal__key_of_the_token_may_not_derive__said(share: Share, token: SoftToken, tmp_path: Path) -> None:
    token.put("signs")
    with pytest.raises(KeyRefused, match="P-256"):
        ShareToken(token.place("signs"), saying(PIN)).agree(bytes(65))


def test_factors__one_or_none__named_or_refused(share: Share, token: SoftToken, tmp_path: Path) -> None:
    only_token = Factors(passphrase=None, token=both(token).token)
    for factors in (ONLY_WORDS, only_token):
        assert factors.is_single
        assert "ONE FACTOR ONLY" in factors.describe()
        path = stored(tmp_path / "one", seal_share(share, factors, dice=os.urandom))
        assert open_share(path, factors, present=1).secret == share.secret
    assert not both(token).is_single
    with pytest.raises(ValueError, match="never"):
        Factors(passphrase=None, token=None)


def test_open__epoch_is_over__refused_before_anything_is_asked(share: Share, tmp_path: Path) -> None:
    path = stored(tmp_path / "share", seal_share(share, ONLY_WORDS, dice=os.urandom))
    asked: list[str] = []
    factors = Factors(passphrase=saying(PASSPHRASE, asked=asked), token=None)
    with pytest.raises(ShareOutdated, match="of epoch 1, and its group is in epoch 2"):
        open_share(path, factors, present=2)
    assert asked == []
    assert open_share(path, factors, present=1).index == 1


def changes() -> Iterator[tuple[str, Callable[[dict[str, Any]], object]]]:
    yield "group", lambda found: found.update(group="0x" + "11" * 32)
    yield "epoch", lambda found: found.update(epoch=2)
    yield "holder", lambda found: found.update(holder=2)
    yield "salt", lambda found: found["scrypt"].update(salt="0x" + "11" * 32)
    yield "n", lambda found: found["scrypt"].update(n=1 << 15)
    yield "nonce", lambda found: found.update(nonce="0x" + "11" * 12)
    yield "sealed", lambda found: found.update(sealed=found["sealed"][:-2] + "00")


@pytest.mark.parametrize(
    ("name", "change"), list(changes()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_open__anything_in_the_file_changed__opens_for_nobody(
    share: Share, tmp_path: Path, name: str, change: Callable[[dict[str, Any]], object]
) -> None:
    content = seal_share(share, ONLY_WORDS, dice=lambda size: b"\7" * size)
    found = json.loads(content)
    change(found)
    with pytest.raises(PassphraseWrong, match="changed"):
        open_share(stored(tmp_path / name, json.dumps(found).encode()), ONLY_WORDS, present=1)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"mark": "something"}, "does not say"),
        ({"version": 2}, "another version"),
        ({"more": 1}, "does not belong"),
        ({"epoch": 0}, "epoch"),
        ({"holder": True}, "holder"),
        ({"scrypt": None}, "should need"),
        ({"scrypt": {"n": 1 << 25, "r": 8, "p": 1, "salt": "0x" + "11" * 32}}, "no number"),
        ({"scrypt": {"n": (1 << 15) + 2, "r": 8, "p": 1, "salt": "0x" + "11" * 32}}, "power of two"),
        ({"sealed": 7}, "sealed"),
        ({"token": {"token": 1}}, "token"),
    ],
)
def test_read__not_the_form__said_and_nothing_opened(
    share: Share, tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    found = {**json.loads(seal_share(share, ONLY_WORDS, dice=os.urandom)), **change}
    with pytest.raises(ShareUnusable, match=why):
        read_share_head(stored(tmp_path / "share", json.dumps(found).encode()))


def test_read__open_to_others__refused(share: Share, tmp_path: Path) -> None:
    path = stored(tmp_path / "share", seal_share(share, ONLY_WORDS, dice=os.urandom))
    assert read_share_head(path).holder == 1
    path.chmod(0o644)
    with pytest.raises(KeyFileUnusable, match="0644"):
        read_share_head(path)


def recovery_keys(folder: Path, name: str) -> tuple[Path, Path]:
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", "x25519", "-out", str(private)], check=True)
    subprocess.run(["openssl", "pkey", "-in", str(private), "-pubout", "-out", str(public)], check=True)
    private.chmod(0o600)
    return private, public


def test_restore__own_recovery_key__the_share_and_for_no_other_key(share: Share, tmp_path: Path) -> None:
    private, public = recovery_keys(tmp_path, "own")
    other, _ = recovery_keys(tmp_path, "other")
    path = stored(tmp_path / "backup", back_up(share, read_recipient(public), dice=os.urandom))
    assert restore(path, private, present=1).secret == share.secret
    with pytest.raises(ShareUnusable, match="another recovery key"):
        restore(path, other, present=1)
    with pytest.raises(ShareOutdated):
        restore(path, private, present=2)
    with pytest.raises(ShareUnusable, match="a backup"):
        open_share(path, ONLY_WORDS, present=1)
    with pytest.raises(KeyFileUnusable, match="no private key"):
        restore(path, stored(tmp_path / "public", public.read_bytes()), present=1)
    found = json.loads(path.read_bytes())
    stored(path, json.dumps({**found, "holder": 2}).encode())
    with pytest.raises(ShareUnusable, match="changed"):
        restore(path, private, present=1)


def test_agree__point_of_another_curve__refused_before_the_token_sees_it(token: SoftToken) -> None:
    """A token that multiplies whatever it is given tells of its key, a little for each file that is put in place."""
    asked: list[str] = []
    opener = ShareToken(token.place("wrap"), saying(PIN, asked=asked))
    right = opener.point()
    wrong = right[:-1] + bytes([right[-1] ^ 1])
    with pytest.raises(KeyRefused, match="none of P-256"):
        opener.agree(wrong)
    assert not asked
    assert len(opener.agree(right).reveal()) == 32


def test_seal__token_of_the_same_names_was_put_in_its_place__refused_and_nothing_sealed(
    share: Share, token: SoftToken, tmp_path: Path
) -> None:
    """A refresh seals to whatever point the token shows, and its names are anybody's to give."""
    path = stored(tmp_path / "share", seal_share(share, both(token), dice=os.urandom))
    factors = both(token)
    open_share(path, factors, present=1)
    stored(path, seal_share(share, factors, dice=os.urandom))
    assert open_share(path, both(token), present=1).secret == share.secret
    token.remove()
    token.initialise()
    token.generate("wrap", "secp256r1")
    with pytest.raises(TokenRefused, match="another key than the one that opened the share"):
        seal_share(share, factors, dice=os.urandom)
    # Whoever has no share yet takes the token that is there.
    assert seal_share(share, both(token), dice=os.urandom)


def test_seal__somebody_put_their_public_key_into_the_token__refused_and_nothing_sealed(
    share: Share, token: SoftToken
) -> None:
    """It needs no PIN; and a first share would be sealed to it, so that its passphrase alone opened it for them."""
    theirs = ec.generate_private_key(ec.SECP256R1()).public_key()
    token.show("wrap", theirs.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    said = "that it shows is not that of its secret one"
    with pytest.raises(TokenRefused, match=said):
        prepare_factors(both(token), holder=1, dice=os.urandom)
    with pytest.raises(TokenRefused, match=said):
        seal_share(share, both(token), dice=os.urandom)
    token.generate("own", "secp256r1")
    assert seal_share(share, both(token, key="own"), dice=os.urandom)


def test_prepare__token_is_not_there__said_before_any_ceremony(token: SoftToken) -> None:
    prepare_factors(both(token), holder=1, dice=os.urandom)
    token.remove()
    with pytest.raises(KeyUnreachable, match="no token of that name"):
        prepare_factors(both(token), holder=1, dice=os.urandom)
