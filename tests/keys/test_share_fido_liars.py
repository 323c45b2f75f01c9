"""FIDO2 tokens that lie, or are in the place of the right one: nothing is opened, and none is typed a PIN in vain."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from fido2.ctap2.base import Ctap2
from fido2.ctap2.pin import ClientPin

from tests.keys.fido_person import PASSPHRASE, Person, part_of, pull, seal
from tests.keys.leaks import require_no_trace
from tests.keys.soft_fido2 import PIN, SoftFido
from verifier.errors import (
    KeyHolderError,
    TokenAnswerMalformed,
    TokenRefused,
    TokenUnreachable,
    exit_code_of,
)
from verifier.frost.shares import Share
from verifier.keys.fido_part import FIDO_RP, FidoPart
from verifier.keys.fido_proof import Signed
from verifier.keys.fido_token import Answered
from verifier.keys.secret import Secret
from verifier.keys.share_sealing import (
    Factors,
    open_share,
    prepare_factors,
)


def secret_without_pin(token: SoftFido, part: FidoPart) -> bytes:
    """Return what a thief of a token gets of it by touching it."""
    with token.open() as device:
        ctap = Ctap2(device)
        client = ClientPin(ctap)
        ours, shared = client.protocol.encapsulate(ctap.client_pin(2, ClientPin.CMD.GET_KEY_AGREEMENT)[1])
        salt = client.protocol.encrypt(shared, part.salt)
        asked = {1: ours, 2: salt, 3: client.protocol.authenticate(shared, salt), 4: 2}
        said = ctap.get_assertion(
            FIDO_RP, bytes(32), [{"type": "public-key", "id": part.credential}], {"hmac-secret": asked}
        )
        return client.protocol.decrypt(shared, (said.auth_data.extensions or {})["hmac-secret"])


def test_open__stolen_token_without_its_pin__another_secret(
    share: Share, token: SoftFido, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    stolen = secret_without_pin(token, part_of(path))
    assert len(stolen) == 32
    assert secret_without_pin(token, part_of(path)) == stolen
    given = Answered(
        secrets=[Secret(stolen), Secret(PIN)], signed=Signed(words=b"", challenge=b"", signature=b"")
    )
    monkeypatch.setattr("verifier.keys.fido_token.FidoToken.answer", lambda *_: given)
    with pytest.raises(TokenRefused, match="another secret"):
        open_share(path, Person().factors(), present=1)


# What is done to a token that sealed a share, and what is then said, by which error.
_LATER: list[tuple[str, Callable[[SoftFido], object], type[KeyHolderError], int, str]] = [
    ("gone", pull, TokenUnreachable, 83, "none is plugged in"),
    ("late", lambda t: t.change(touch="late"), TokenRefused, 84, "nobody touched it in time"),
    ("refused", lambda t: t.change(touch="refused"), TokenRefused, 84, "refused there"),
    ("pulled", lambda t: t.change(touch="pulled"), TokenUnreachable, 83, "pulled out"),
    ("reset", SoftFido.reset, TokenRefused, 84, "does not know this share's key"),
    ("short", lambda t: t.change(lie="too short"), TokenAnswerMalformed, 85, "another length"),
    ("long", lambda t: t.change(lie="too long"), TokenAnswerMalformed, 85, "another length"),
    ("same", lambda t: t.change(lie="whatever is asked"), TokenAnswerMalformed, 85, "whatever it is asked"),
    ("other", lambda t: t.change(lie="another each time"), TokenRefused, 84, "another secret than when"),
    ("unverified", lambda t: t.change(lie="unverified"), TokenAnswerMalformed, 85, "a touch and its PIN"),
    ("key", lambda t: t.change(lie="other key"), TokenAnswerMalformed, 85, "for another key"),
    ("purpose", lambda t: t.change(lie="other purpose"), TokenRefused, 84, "cannot show it"),
    (
        "purpose of its answer",
        lambda t: t.change(lie="other purpose", lies_after=t.touched),
        TokenAnswerMalformed,
        85,
        "another purpose",
    ),
    ("no CBOR", lambda t: t.change(lie="no CBOR"), TokenAnswerMalformed, 85, "cannot be read"),
    ("nothing", lambda t: t.change(lie="nothing"), TokenAnswerMalformed, 85, "cannot be read"),
    ("channel", lambda t: t.change(lie="other channel"), TokenAnswerMalformed, 85, "cannot be read"),
]


@pytest.mark.parametrize(
    ("change", "kind", "code", "why"), [e[1:] for e in _LATER], ids=[e[0] for e in _LATER]
)
def test_open__token_is_not_as_it_was__said_and_nothing_opened(
    share: Share,
    token: SoftFido,
    tmp_path: Path,
    change: Callable[[SoftFido], object],
    kind: type[KeyHolderError],
    code: int,
    why: str,
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    before = path.read_bytes()
    change(token)
    with pytest.raises(kind, match=why) as refused:
        open_share(path, Person().factors(), present=1)
    assert exit_code_of(refused.value) == code
    assert path.read_bytes() == before
    require_no_trace(refused.value, PIN.encode(), PASSPHRASE.encode())


def test_open__any_byte_of_any_answer_is_another__opened_or_said(
    share: Share, token: SoftFido, tmp_path: Path
) -> None:
    def alone() -> Factors:
        return Factors(passphrase=None, token=Person().factors().token)

    path = seal(share, tmp_path / "share", alone())
    token.change(lie="one byte is another")
    for _ in range(30):
        token.change(replug=True)
        # Whatever else is raised fails here.
        with suppress(KeyHolderError):
            assert open_share(path, alone(), present=1).secret == share.secret


@pytest.mark.parametrize("is_first", [True, False])
def test_open__another_token_says_that_it_knows_the_key_too__refused_and_none_is_given_the_pin(
    share: Share, plug: Callable[..., SoftFido], tmp_path: Path, is_first: bool
) -> None:
    """Plugged in beside the right one by somebody at a colleague's desk, it would be typed the PIN."""
    liars = [plug(lie="knows every key")] if is_first else []
    aside = [each.path.rename(each.path.with_name("aside")) for each in liars]
    right = plug()
    path = seal(share, tmp_path / "share", Person().factors())
    for each, there in zip(liars, aside, strict=True):
        there.rename(each.path)
    liars = liars or [plug(lie="knows every key")]
    before, person = right.tried, Person()
    with pytest.raises(TokenRefused, match="more than one says that it knows this share's key"):
        open_share(path, person.factors(), present=1)
    assert (person.asked, right.tried, liars[0].tried) == ([], before, 0)
    pull(liars[0])
    assert open_share(path, person.factors(), present=1).secret == share.secret


_LIES = ["cannot sign", "signs with another key", "says what it said before"]


@pytest.mark.parametrize("lie", _LIES)
def test_open__it_says_that_it_knows_the_key_and_does_not_show_it__not_given_the_pin(
    share: Share, token: SoftFido, tmp_path: Path, lie: str
) -> None:
    """The third one is a copy of what the right token signed for somebody else."""
    path = seal(share, tmp_path / "share", Person().factors())
    token.change(lie=lie)
    before, person = token.tried, Person()
    with pytest.raises(TokenRefused, match="cannot show it: it was not given the PIN"):
        open_share(path, person.factors(), present=1)
    assert (person.asked, person.told, token.tried) == ([], [], before)
    token.change(lie="")
    assert open_share(path, person.factors(), present=1).secret == share.secret


@pytest.mark.parametrize("lie", _LIES)
def test_open__it_shows_the_key_and_then_another_answers__not_believed(
    share: Share, token: SoftFido, tmp_path: Path, lie: str
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    token.change(lie=lie, lies_after=token.touched)
    with pytest.raises(TokenAnswerMalformed, match="its signature is not that of this share's key"):
        open_share(path, Person().factors(), present=1)
    token.change(lie="")
    assert open_share(path, Person().factors(), present=1).secret == share.secret


@pytest.mark.parametrize("lie", _LIES)
def test_open__signatures_not_looked_at__the_liar_has_the_pin(
    share: Share, token: SoftFido, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    """What the two tests above would come to without what they test."""
    path = seal(share, tmp_path / "share", Person().factors())
    token.change(lie=lie)
    before, person = token.tried, Person()
    monkeypatch.setattr("verifier.keys.fido_token.is_signed_by", lambda *_: True)
    with suppress(KeyHolderError):
        open_share(path, person.factors(), present=1)
    assert (len(person.asked), token.tried) == (1, before + 1)


@pytest.mark.parametrize(
    ("lie", "why"),
    [
        ("knows every key", "cannot show it: it was not given the PIN"),
        ("wants its PIN for everything", "does not show before its PIN that it has this share's key"),
        ("", "does not know this share's key"),
    ],
)
def test_open__another_token_in_the_place_of_the_right_one__not_given_the_pin(
    share: Share, token: SoftFido, plug: Callable[..., SoftFido], tmp_path: Path, lie: str, why: str
) -> None:
    """Also where it claims to be one of those that say nothing before their PIN."""
    path = seal(share, tmp_path / "share", Person().factors())
    pull(token)
    other, person = plug(lie=lie), Person()
    with pytest.raises(TokenRefused, match=why):
        open_share(path, person.factors(), present=1)
    assert (person.asked, other.tried, other.touched) == ([], 0, 0)


def test_open__one_that_says_nothing_beside_the_right_one__only_the_right_one_is_given_the_pin(
    share: Share, token: SoftFido, plug: Callable[..., SoftFido], tmp_path: Path
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    other = plug(lie="wants its PIN for everything")
    assert open_share(path, Person().factors(), present=1).secret == share.secret
    assert (other.tried, other.touched) == (0, 0)


def test_prepare__another_token_is_put_in_once_the_share_is_open__not_given_the_pin(
    share: Share, token: SoftFido, plug: Callable[..., SoftFido], tmp_path: Path
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    factors = Person().factors()
    open_share(path, factors, present=1)
    pull(token)
    other = plug(lie="knows every key")
    with pytest.raises(TokenRefused, match="cannot show it: it was not given the PIN"):
        prepare_factors(factors, holder=1, dice=os.urandom)
    assert (other.tried, other.touched) == (0, 0)
