"""Sealing to a FIDO2 token: nobody has to be there, and a token that would lock its holder out is not sealed to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.keys.fido_person import Person, part_of, seal
from tests.keys.leaks import require_unshown
from tests.keys.soft_fido2 import PIN, SoftFido
from verifier.errors import (
    KeyHolderError,
    TokenAnswerMalformed,
    TokenRefused,
)
from verifier.frost.shares import Share
from verifier.keys.share_fido import FidoShareToken
from verifier.keys.share_sealing import (
    Factors,
    describe_head,
    open_share,
    prepare_factors,
    read_share_head,
    seal_share,
)


def test_seal__a_holder_has_started__needs_neither_the_token_nor_anybody(
    share: Share, token: SoftFido, tmp_path: Path
) -> None:
    first = seal(share, tmp_path / "first", Person().factors())
    person = Person()
    factors = person.factors()
    open_share(first, factors, present=1)
    prepare_factors(factors, holder=1, dice=os.urandom)
    assert (len(person.asked), len(person.told), token.touched) == (1, 2, 5)
    aside = token.path.rename(token.path.with_name("aside"))
    second, third = (seal(share, tmp_path / name, factors) for name in ("second", "third"))
    assert (len(person.asked), len(person.told)) == (1, 2)
    aside.rename(token.path)
    assert token.touched == 5
    for path in (second, third):
        assert open_share(path, Person().factors(), present=1).secret == share.secret
    salts = [part_of(path).salt for path in (first, second, third)]
    assert (salts[0] != salts[1], salts[1] == salts[2]) == (True, True)
    assert part_of(second).ephemeral != part_of(third).ephemeral


@pytest.mark.parametrize(
    ("manners", "kind", "why"),
    [
        ({"pin": None}, TokenRefused, "no PIN yet"),
        ({"extensions": []}, TokenRefused, "no hmac-secret"),
        ({"extensions": [], "speaks": [], "pin": None}, TokenRefused, "only the older U2F"),
        ({"protocols": [], "pin": None, "options": {"clientPin": True}}, TokenRefused, "no PIN in a way"),
        ({"options": {"noMcGaPermissionsWithClientPin": True}}, TokenRefused, "may not be used for this"),
        ({"wants_new_pin": True}, TokenRefused, "wants a new PIN first"),
        ({"lie": "no secret"}, TokenAnswerMalformed, "without hmac-secret"),
        ({"lie": "unprotected"}, TokenAnswerMalformed, "did not protect"),
        ({"lie": "another each time"}, TokenRefused, "two secrets where it should make one"),
        ({"lie": "whatever is asked"}, TokenAnswerMalformed, "whatever it is asked"),
        ({"lie": "too short"}, TokenAnswerMalformed, "another length"),
        ({"lie": "unverified"}, TokenAnswerMalformed, "a touch and its PIN"),
        ({"lie": "shows no point"}, TokenAnswerMalformed, "none of ES256"),
        ({"lie": "cannot sign"}, TokenAnswerMalformed, "not that of this share's key"),
        ({"lie": "signs with another key"}, TokenAnswerMalformed, "not that of this share's key"),
        ({"lie": "cannot sign", "lies_after": 2}, TokenAnswerMalformed, "not that of this share's key"),
    ],
)
def test_seal__token_cannot_or_lies__said_and_nothing_sealed(
    share: Share, plug: Callable[..., SoftFido], manners: dict[str, Any], kind: type[KeyHolderError], why: str
) -> None:
    plug(**manners)
    with pytest.raises(kind, match=why):
        seal_share(share, Person().factors(), dice=os.urandom)


def test_prepare__token_answers_otherwise_from_now_on__noticed_before_a_new_share_is_sealed(
    share: Share, token: SoftFido, tmp_path: Path
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    factors = Person().factors()
    open_share(path, factors, present=1)
    token.change(lie="another each time")
    with pytest.raises(TokenRefused, match="two secrets where it should make one"):
        prepare_factors(factors, holder=1, dice=os.urandom)
    token.change(lie="")
    assert open_share(path, Person().factors(), present=1).secret == share.secret


def test_seal__several_are_plugged_in__refused_and_none_is_given_a_pin(
    share: Share, plug: Callable[..., SoftFido]
) -> None:
    tokens, person = [plug(), plug()], Person()
    with pytest.raises(TokenRefused, match="2 are plugged in"):
        seal_share(share, person.factors(), dice=os.urandom)
    assert (person.asked, [token.tried for token in tokens]) == ([], [0, 0])


def test_factors__a_fido2_token_alone__named(share: Share, token: SoftFido, tmp_path: Path) -> None:
    def alone() -> Factors:
        return Factors(passphrase=None, token=Person().factors().token)

    path = seal(share, tmp_path / "share", alone())
    assert "ONE FACTOR ONLY: a FIDO2 token" == describe_head(read_share_head(path)) == alone().describe()
    assert open_share(path, alone(), present=1).secret == share.secret


def test_secrets__of_a_holder_that_has_started__are_not_kept(
    share: Share, token: SoftFido, tmp_path: Path
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    factors = Person().factors()
    open_share(path, factors, present=1)
    prepare_factors(factors, holder=1, dice=os.urandom)
    kept = factors.token
    assert isinstance(kept, FidoShareToken)
    assert (kept._pin, kept._privates) == (None, {})
    require_unshown(kept, PIN.encode())
