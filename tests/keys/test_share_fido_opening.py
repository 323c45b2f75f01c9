"""A FIDO2 token opens a share: by its PIN and a touch, and by nothing less; the person is told what to do."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.ctap2.extensions import HmacSecretExtension
from fido2.utils import websafe_decode
from fido2.webauthn import (
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRequestOptions,
    PublicKeyCredentialType,
    UserVerificationRequirement,
)

from tests.keys.fido_person import Person, part_of, pull, seal
from tests.keys.soft_ctap import AAGUID
from tests.keys.soft_fido2 import PIN, SoftFido
from verifier.errors import (
    KeyHolderError,
    PassphraseWrong,
    ShareUnusable,
    TokenRefused,
    TokenUnreachable,
)
from verifier.frost.shares import Share
from verifier.keys.fido_finding import only_token
from verifier.keys.fido_line import Waits
from verifier.keys.fido_part import FIDO_RP
from verifier.keys.fido_proof import key_of
from verifier.keys.secret import Secret
from verifier.keys.share_sealing import (
    describe_head,
    open_share,
    prepare_factors,
    read_share_head,
)

NOT_SHOWN = "This FIDO2 token does not show before its PIN that it is the right one. Look that it is yours."


def test_open__both_factors__the_same_share_and_what_is_kept_is_no_secret(
    share: Share, token: SoftFido, tmp_path: Path
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    assert share.secret.reveal().hex() not in path.read_text()
    person = Person()
    factors = person.factors()
    assert open_share(path, factors, present=1).secret == share.secret
    assert person.asked == ["PIN for the FIDO2 token (8 tries left)"]
    assert person.told == ["Touch the FIDO2 token now: it opens the share."]
    assert factors.describe() == describe_head(read_share_head(path)) == "passphrase and FIDO2 token"
    assert (part_of(path).aaguid, part_of(path).protection) == (AAGUID, 2)
    with pytest.raises(PassphraseWrong, match="passphrase"):
        open_share(path, Person().factors(passphrase="guess"), present=1)


def test_open__share_and_one_that_waits__one_touch_where_one_start_sealed_both(
    share: Share, token: SoftFido, tmp_path: Path
) -> None:
    factors = Person().factors()
    paths = [seal(share, tmp_path / name, factors) for name in ("share", "pending")]
    person = Person()
    opened = person.factors()
    for path in paths:
        assert open_share(path, opened, present=1).secret == share.secret
    assert (len(person.asked), len(person.told)) == (1, 1)


def test_open__share_and_one_that_waits_of_two_starts__a_touch_each_and_one_pin(
    share: Share, token: SoftFido, tmp_path: Path
) -> None:
    """As after a machine stopped in the middle of a refresh."""
    first = seal(share, tmp_path / "share", Person().factors())
    factors = Person().factors()
    open_share(first, factors, present=1)
    prepare_factors(factors, holder=1, dice=os.urandom)
    second = seal(share, tmp_path / "pending", factors)
    person = Person()
    opened = person.factors()
    for path in (first, second):
        assert open_share(path, opened, present=1).secret == share.secret
    prepare_factors(opened, holder=1, dice=os.urandom)
    assert (len(person.asked), len(person.told)) == (1, 3)


@pytest.mark.parametrize(
    "manners",
    [
        {"protocols": [1]},
        {"protocols": [2]},
        {"protocols": [1], "speaks": ["FIDO_2_0"], "extensions": ["hmac-secret"]},
        {"protection": 3},
        {"lie": "wants its PIN for everything"},
        {"lie": "signs only what is touched"},
    ],
    ids=[
        "first protocol",
        "second protocol",
        "CTAP 2.0",
        "says nothing before its PIN",
        "wants its PIN for everything",
        "signs only what is touched",
    ],
)
def test_open__tokens_of_other_makes__the_same_share(
    share: Share, plug: Callable[..., SoftFido], tmp_path: Path, manners: dict[str, Any]
) -> None:
    plug(**manners)
    path = seal(share, tmp_path / "share", Person().factors())
    person = Person()
    assert open_share(path, person.factors(), present=1).secret == share.secret
    assert part_of(path).protection == (
        3 if "protection" in manners else 2 if "extensions" not in manners else 1
    )
    is_late = "protection" in manners or "lie" in manners
    assert part_of(path).before_pin is not is_late
    assert (person.told[0] == NOT_SHOWN) is is_late


class Clicks(UserInteraction):
    """The person, as the library's own client asks for it."""

    def request_pin(self, *_: object) -> str:
        return PIN


@pytest.mark.parametrize("protocol", [1, 2])
def test_answer__beside_the_librarys_own_client__the_same_secret(
    plug: Callable[..., SoftFido], protocol: int
) -> None:
    """What is asked here by single commands, that client asks for by itself."""
    token, salt = plug(protocols=[protocol]), os.urandom(32)
    with only_token(Waits(), print) as ours:
        made = ours.make(Secret(PIN), "touch")
        credential = made.credential
        (secret,) = ours.answer(Secret(PIN), credential, made.key, [salt], "touch").secrets
    wanted = PublicKeyCredentialRequestOptions(
        challenge=bytes(32),
        rp_id=FIDO_RP,
        allow_credentials=[
            PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=credential)
        ],
        user_verification=UserVerificationRequirement.REQUIRED,
        extensions={"hmacGetSecret": {"salt1": salt}},
    )
    with token.open() as device:
        client = Fido2Client(
            device,
            DefaultClientDataCollector(f"https://{FIDO_RP}"),
            user_interaction=Clicks(),
            extensions=[HmacSecretExtension(allow_hmac_secret=True)],  # type: ignore[no-untyped-call]
        )
        said = client.get_assertion(wanted).get_response(0).client_extension_results
    assert said is not None
    assert websafe_decode(said["hmacGetSecret"]["output1"]) == secret.reveal()


@pytest.mark.parametrize(
    ("change", "kind", "why"),
    [
        ({"lie": "says nothing"}, TokenUnreachable, "said nothing for too long"),
        ({"lie": "is at it for ever"}, TokenUnreachable, "said nothing for too long"),
        ({"touch": "never"}, TokenRefused, "nobody touched it in time"),
    ],
)
def test_open__token_never_comes_to_an_end__given_up(
    share: Share,
    token: SoftFido,
    tmp_path: Path,
    change: dict[str, str],
    kind: type[KeyHolderError],
    why: str,
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    token.change(**change)
    is_patient = "touch" in change
    waits = Waits(silence=60.0 if is_patient else 0.2, touch=0.2)
    with pytest.raises(kind, match=why):
        open_share(path, Person().factors(waits=waits), present=1)


def test_open__person_gives_up__not_waited_for_any_longer(
    share: Share, token: SoftFido, tmp_path: Path
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    token.change(touch="never")
    person = Person()
    waits = Waits(touch=3_600, is_over=lambda: bool(person.told))
    with pytest.raises(TokenRefused, match="given up"):
        open_share(path, person.factors(waits=waits), present=1)


def test_open__several_are_plugged_in__the_right_one_is_found_and_the_other_given_no_pin(
    share: Share, token: SoftFido, plug: Callable[..., SoftFido], tmp_path: Path
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    other = plug()
    assert open_share(path, Person().factors(), present=1).secret == share.secret
    pull(token)
    person = Person()
    with pytest.raises(TokenRefused, match="does not know this share's key"):
        open_share(path, person.factors(), present=1)
    assert (person.asked, other.tried, other.touched) == ([], 0, 0)


def test_open__several_that_say_nothing_before_their_pin__refused_and_none_is_given_one(
    share: Share, plug: Callable[..., SoftFido], tmp_path: Path
) -> None:
    first = plug(protection=3)
    path = seal(share, tmp_path / "share", Person().factors())
    before, second, person = first.tried, plug(protection=3), Person()
    with pytest.raises(TokenRefused, match="2 are plugged in"):
        open_share(path, person.factors(), present=1)
    assert (person.asked, first.tried, second.tried) == ([], before, 0)


def other_public_half() -> bytes:
    point = ec.derive_private_key(7, ec.SECP256R1()).public_key().public_numbers()
    return key_of({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})


def test_open__file_was_changed__refused(share: Share, token: SoftFido, tmp_path: Path) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    content, zero = json.loads(path.read_bytes()), "0x" + bytes(32).hex()
    other_key = "0x" + other_public_half().hex()
    changes: list[tuple[dict[str, Any], type[KeyHolderError], str]] = [
        ({"rp": "bank.example"}, ShareUnusable, "`rp` is not fourth-signer.invalid"),
        ({"more": 1}, ShareUnusable, "should have aaguid, before_pin"),
        ({"key": None}, ShareUnusable, "`key` is no 0x text of 77 bytes"),
        ({"key": "0x" + "11" * 77}, ShareUnusable, "no public key of ES256"),
        ({"key": other_key[:-64] + "00" * 32}, ShareUnusable, "no public key of ES256"),
        ({"before_pin": 1}, ShareUnusable, "neither true nor false"),
        ({"key": other_key}, TokenRefused, "cannot show it: it was not given the PIN"),
        ({"before_pin": False}, PassphraseWrong, "file was changed"),
        ({"protection": 4}, ShareUnusable, "no number from 1 to 3"),
        ({"credential": "0x" + "11" * 1025}, ShareUnusable, "longer than 1024"),
        ({"credential": "0x" + "11" * 48}, TokenRefused, "does not know this share's key"),
        ({"salt": "0x" + "11" * 32}, TokenRefused, "file was changed"),
        ({"point": "0x" + "11" * 32}, TokenRefused, "file was changed"),
        ({"ephemeral": zero}, TokenRefused, "file was changed"),
        ({"ephemeral": "0x" + "11" * 32}, PassphraseWrong, "file was changed"),
        ({"aaguid": "0x" + "11" * 16}, PassphraseWrong, "file was changed"),
        ({"protection": 1}, PassphraseWrong, "file was changed"),
    ]
    for change, kind, why in changes:
        path.write_text(json.dumps({**content, "token": {**content["token"], **change}}))
        with pytest.raises(kind, match=why):
            open_share(path, Person().factors(), present=1)


def test_open__another_kind_of_token_opens_it__refused_before_anything_is_asked(
    share: Share, token: SoftFido, tmp_path: Path
) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    content = json.loads(path.read_bytes())
    point = "0x" + "04" * 65
    content["version"] = 1
    content["token"] = {"token": "vault", "key": "wrap", "point": point, "ephemeral": point}
    path.write_text(json.dumps(content))
    person = Person()
    with pytest.raises(
        ShareUnusable, match=r"opens it is passphrase and token, and what is at hand is .* FIDO2"
    ):
        open_share(path, person.factors(), present=1)
    assert (person.asked, person.told) == ([], [])
