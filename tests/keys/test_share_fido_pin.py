"""The PIN of a FIDO2 token: one try for one typing, and how many are left is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.keys.fido_person import Person, seal
from tests.keys.leaks import require_no_trace
from tests.keys.soft_fido2 import PIN, SoftFido
from verifier.errors import (
    KeyHolderError,
    TokenPinWrong,
    TokenRefused,
)
from verifier.frost.shares import Share
from verifier.keys.share_sealing import (
    open_share,
)


def test_open__pin_is_wrong__one_try_for_one_typing_and_the_number_left(
    share: Share, token: SoftFido, tmp_path: Path
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    before = token.tried
    person = Person("000000")
    factors = person.factors()
    with pytest.raises(
        TokenPinWrong, match=r"not the PIN of the FIDO2 token; .* 7 more wrong ones lock"
    ) as wrong:
        open_share(path, factors, present=1)
    require_no_trace(wrong.value, b"000000")
    assert (token.tried, len(person.asked)) == (before + 1, 1)
    person.pin = PIN
    assert open_share(path, factors, present=1).secret == share.secret
    assert person.asked[1] == "PIN for the FIDO2 token (7 tries left)"


def test_open__pin_is_wrong_too_often__first_until_it_is_plugged_in_again_then_for_good(
    share: Share, token: SoftFido, tmp_path: Path
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    said = []
    for _ in range(8):
        with pytest.raises(KeyHolderError) as wrong:
            open_share(path, Person("000000").factors(), present=1)
        said.append(wrong.value.sentence())
        if "pulled out and plugged in again" in said[-1]:
            token.change(replug=True)
    assert [each for each in said if "1 more wrong one locks" in each] == [said[6]]
    assert "takes no PIN until it is pulled out" in said[2]
    assert "locked for good" in said[7]
    person, before = Person(), token.tried
    token.change(replug=True)
    with pytest.raises(TokenRefused, match="locked for good"):
        open_share(path, person.factors(), present=1)
    assert (person.asked, token.tried) == ([], before)


@pytest.mark.parametrize("typed", ["123", "", "1" * 64, "\udcff\udcfe\udcfd\udcfc"])
def test_open__no_token_has_such_a_pin__not_sent(
    share: Share, token: SoftFido, tmp_path: Path, typed: str
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    before = token.tried
    with pytest.raises(TokenRefused, match="no try is lost"):
        open_share(path, Person(typed).factors(), present=1)
    assert token.tried == before
