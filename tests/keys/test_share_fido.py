"""A FIDO2 token as a factor of a share: a PIN and touches open it, sealing asks nobody, and lies lock nobody out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from fido2 import hid
from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.ctap2.base import Ctap2
from fido2.ctap2.extensions import HmacSecretExtension
from fido2.ctap2.pin import ClientPin
from fido2.utils import websafe_decode
from fido2.webauthn import (
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRequestOptions,
    PublicKeyCredentialType,
    UserVerificationRequirement,
)

from tests.frost_core.shares import make_charter, make_shares
from tests.keys.leaks import require_no_trace, require_unshown
from tests.keys.soft_ctap import AAGUID
from tests.keys.soft_fido2 import PIN, SoftFido, plugged_in, point_library_at
from verifier.errors import (
    KeyHolderError,
    PassphraseWrong,
    ShareUnusable,
    TokenAnswerMalformed,
    TokenPinWrong,
    TokenRefused,
    TokenUnreachable,
    exit_code_of,
)
from verifier.frost.shares import Share
from verifier.keys.fido_finding import only_token
from verifier.keys.fido_line import Waits
from verifier.keys.secret import AskSecret, Secret
from verifier.keys.share_fido import FidoShareToken
from verifier.keys.share_form import FIDO_RP, FidoPart
from verifier.keys.share_sealing import (
    Factors,
    describe_head,
    open_share,
    prepare_factors,
    read_share_head,
    seal_share,
)
from verifier.model.text import Shown

PASSPHRASE = "correct horse battery"
QUICK = 1 << 14


class Person:
    """Somebody in front of a token: what they are told, and what they type."""

    def __init__(self, pin: str = PIN) -> None:
        self.pin = pin
        self.told: list[str] = []
        self.asked: list[str] = []

    def ask(self, what: Shown) -> Secret:
        self.asked.append(what)
        return Secret(self.pin)

    def factors(self, *, passphrase: str = PASSPHRASE, waits: Waits | None = None) -> Factors:
        token = FidoShareToken(self.ask, self.told.append, waits=waits)
        say: AskSecret = lambda _: Secret(passphrase)  # noqa: E731 - one line says it
        return Factors(passphrase=say, token=token, n=QUICK)


@pytest.fixture(scope="module")
def share() -> Share:
    return make_shares(make_charter())[0]


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., SoftFido]]:
    """Plugs in a token, beside those that are there."""
    # What `point_library_at` changes is put back at the end.
    monkeypatch.setattr(hid, "list_descriptors", hid.list_descriptors)
    monkeypatch.setattr(hid, "open_connection", hid.open_connection)
    there: list[str] = []
    point_library_at(there)
    with ExitStack() as tokens:

        def plug_in(**manners: Any) -> SoftFido:
            token = tokens.enter_context(plugged_in(**manners))
            there.append(str(token.path))
            return token

        yield plug_in


@pytest.fixture
def token(plug: Callable[..., SoftFido]) -> SoftFido:
    return plug()


def seal(share: Share, path: Path, factors: Factors) -> Path:
    path.write_bytes(seal_share(share, factors, dice=os.urandom))
    path.chmod(0o600)
    return path


def part_of(path: Path) -> FidoPart:
    found = read_share_head(path).token
    assert isinstance(found, FidoPart)
    return found


def pull(token: SoftFido) -> None:
    token.path.unlink()


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
    ],
    ids=[
        "first protocol",
        "second protocol",
        "CTAP 2.0",
        "says nothing before its PIN",
        "wants its PIN for everything",
    ],
)
def test_open__tokens_of_other_makes__the_same_share(
    share: Share, plug: Callable[..., SoftFido], tmp_path: Path, manners: dict[str, Any]
) -> None:
    plug(**manners)
    path = seal(share, tmp_path / "share", Person().factors())
    assert open_share(path, Person().factors(), present=1).secret == share.secret
    assert part_of(path).protection == (
        3 if "protection" in manners else 2 if "extensions" not in manners else 1
    )


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
        credential = ours.make(Secret(PIN), "touch").credential
        (secret,) = ours.answer(Secret(PIN), credential, [salt], "touch")
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
    monkeypatch.setattr("verifier.keys.fido_token.FidoToken.answer", lambda *_: [Secret(stolen), Secret(PIN)])
    with pytest.raises(TokenRefused, match="another secret"):
        open_share(path, Person().factors(), present=1)


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
    ("purpose", lambda t: t.change(lie="other purpose"), TokenAnswerMalformed, 85, "another purpose"),
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


def test_seal__several_are_plugged_in__refused_and_none_is_given_a_pin(
    share: Share, plug: Callable[..., SoftFido]
) -> None:
    tokens, person = [plug(), plug()], Person()
    with pytest.raises(TokenRefused, match="2 are plugged in"):
        seal_share(share, person.factors(), dice=os.urandom)
    assert (person.asked, [token.tried for token in tokens]) == ([], [0, 0])


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


def test_open__several_that_say_nothing_before_their_pin__refused_and_none_is_given_one(
    share: Share, plug: Callable[..., SoftFido], tmp_path: Path
) -> None:
    first = plug(protection=3)
    path = seal(share, tmp_path / "share", Person().factors())
    before, second, person = first.tried, plug(protection=3), Person()
    with pytest.raises(TokenRefused, match="2 are plugged in"):
        open_share(path, person.factors(), present=1)
    assert (person.asked, first.tried, second.tried) == ([], before, 0)


def test_open__file_was_changed__refused(share: Share, token: SoftFido, tmp_path: Path) -> None:
    path = seal(share, tmp_path / "share", Person().factors())
    content, zero = json.loads(path.read_bytes()), "0x" + bytes(32).hex()
    changes: list[tuple[dict[str, Any], type[KeyHolderError], str]] = [
        ({"rp": "bank.example"}, ShareUnusable, "`rp` is not fourth-signer.invalid"),
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
    content["token"] = {"token": "vault", "key": "wrap", "point": point, "ephemeral": point}
    path.write_text(json.dumps(content))
    person = Person()
    with pytest.raises(
        ShareUnusable, match=r"opens it is passphrase and token, and what is at hand is .* FIDO2"
    ):
        open_share(path, person.factors(), present=1)
    assert (person.asked, person.told) == ([], [])


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
