"""Files of version 1, which have no public half of the FIDO2 token's key: they open, and what comes next has it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.keys.fido_person import PASSPHRASE, QUICK, Person, part_of, pull, seal
from tests.keys.soft_fido2 import SoftFido
from verifier.errors import PassphraseWrong, TokenAnswerMalformed, TokenRefused
from verifier.frost.shares import Share
from verifier.keys.fido_part import FidoPart, describe_check
from verifier.keys.secret import Secret
from verifier.keys.share_fido import FidoShareToken
from verifier.keys.share_form import ShareHead, Stretching
from verifier.keys.share_sealing import Factors, open_share, prepare_factors


class EarlierToken(FidoShareToken):
    """Seals as the release did that wrote version 1."""

    def agree_anew(self) -> tuple[FidoPart, Secret]:
        part, agreed = super().agree_anew()
        return replace(part, key=None, before_pin=False), agreed


def seal_as_earlier(share: Share, path: Path) -> Path:
    person = Person()
    token = EarlierToken(person.ask, person.told.append)
    return seal(share, path, Factors(passphrase=lambda _: Secret(PASSPHRASE), token=token, n=QUICK))


def version_of(path: Path) -> int:
    found: int = json.loads(path.read_bytes())["version"]
    return found


def test_authenticated__version_1__the_same_bytes_as_in_the_release_that_wrote_it() -> None:
    """The hash was taken with that release; one bit of another would open no old file."""
    part = FidoPart(
        credential=b"\3" * 5,
        aaguid=b"\4" * 16,
        protection=2,
        salt=b"\5" * 32,
        point=b"\6" * 32,
        ephemeral=b"\7" * 32,
    )
    stretching = Stretching(n=1 << 14, salt=b"\2" * 32)
    head = ShareHead(group=b"\1" * 32, epoch=3, holder=2, stretching=stretching, token=part)
    found = hashlib.sha256(head.authenticated).hexdigest()
    assert found == "1d5f2b3a36e84ddd4c587cac43d7682b2bc6d12e3d370e3a5524a90a215b3c84"


@pytest.mark.parametrize(
    ("manners", "before_pin"),
    [({}, True), ({"protection": 3}, False), ({"lie": "wants its PIN for everything"}, False)],
    ids=["shows its key", "knows nothing before its PIN", "says nothing before its PIN"],
)
def test_open__file_of_version_1__opens_with_a_warning_and_the_next_one_has_the_check(
    share: Share, plug: Callable[..., SoftFido], tmp_path: Path, manners: dict[str, Any], before_pin: bool
) -> None:
    token = plug(**manners)
    path = seal_as_earlier(share, tmp_path / "share")
    assert (version_of(path), part_of(path).key) == (1, None)
    person = Person()
    factors = person.factors()
    assert open_share(path, factors, present=1).secret == share.secret
    assert "cannot be checked before its PIN. Look that it is yours." in person.told[0]
    before = token.touched
    prepare_factors(factors, holder=1, dice=os.urandom)
    assert token.touched == before + 1
    later = seal(share, tmp_path / "later", factors)
    assert (version_of(later), part_of(later).before_pin) == (2, before_pin)
    assert part_of(later).credential == part_of(path).credential
    # Its key came of two signatures: the token is held against it from now on.
    person = Person()
    assert open_share(later, person.factors(), present=1).secret == share.secret
    assert (describe_check(part_of(later)) is None) is before_pin
    assert not any("older version" in each for each in person.told)
    token.change(lie="signs with another key", lies_after=token.touched)
    with pytest.raises(TokenAnswerMalformed, match="not that of this share's key"):
        open_share(later, Person().factors(), present=1)


def test_prepare__two_touches_are_signed_by_two_keys__nothing_is_sealed(
    share: Share, token: SoftFido, tmp_path: Path
) -> None:
    path = seal_as_earlier(share, tmp_path / "share")
    factors = Person().factors()
    open_share(path, factors, present=1)
    token.change(lie="signs with another key")
    with pytest.raises(TokenAnswerMalformed, match="two signatures are not of one key"):
        prepare_factors(factors, holder=1, dice=os.urandom)


def test_open__file_was_made_one_of_version_1__warned_and_not_opened(
    share: Share, token: SoftFido, tmp_path: Path
) -> None:
    """Whoever writes the file can leave the key out; the person is told that something is gone that was there."""
    path = seal(share, tmp_path / "share", Person().factors())
    content = json.loads(path.read_bytes())
    del content["token"]["key"], content["token"]["before_pin"]
    path.write_text(json.dumps({**content, "version": 1}))
    person = Person()
    with pytest.raises(PassphraseWrong, match="file was changed"):
        open_share(path, person.factors(), present=1)
    assert "Had this line gone away before, somebody changed the file: do not type the PIN." in person.told[0]


def test_open__file_of_version_1_and_another_token__it_is_told_before_the_pin_is_asked_for(
    share: Share, token: SoftFido, plug: Callable[..., SoftFido], tmp_path: Path
) -> None:
    """This is what version 2 is for: the liar is given the PIN."""
    path = seal_as_earlier(share, tmp_path / "share")
    pull(token)
    liar, person = plug(lie="knows every key"), Person()
    told_when_asked: list[int] = []
    ask = person.ask

    def asked(what: Any) -> Secret:
        told_when_asked.append(len(person.told))
        return ask(what)

    person.ask = asked  # type: ignore[method-assign]
    with pytest.raises(TokenRefused, match="another secret than when"):
        open_share(path, person.factors(), present=1)
    assert (told_when_asked, liar.tried) == ([1], 1)
