"""A key in another device: what is carried there, and what is believed of what comes back."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from eth_account import Account
from eth_account.messages import encode_typed_data
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.keys.members import KEY, MEMBER, OTHER, TERMS, message_of
from verifier.errors import (
    FourthSignerError,
    KeyAnswerMalformed,
    KeyRefused,
    MessageUnwritable,
    SignatureMalformed,
    SignatureOfOther,
    exit_code_of,
)
from verifier.keys.answers import read_pasted
from verifier.keys.elsewhere import (
    MOST_CODES,
    DeviceElsewhere,
    codes_of,
    errand_of,
    read_brought,
    write_errand,
)
from verifier.model.errand import Errand
from verifier.model.text import Shown
from verifier.model.units import Wei
from verifier.pages.qr import draw_code
from verifier.sign.approval import HALF_ORDER, ORDER, split_signature
from verifier.sign.messages import require_signed_by

HOLDER = Shown("the other device")


def sign_there(text: str) -> str:
    """Sign as a wallet does that was given the file: from the typed data alone."""
    message = encode_typed_data(full_message=json.loads(text))
    return "0x" + bytes(Account.sign_message(message, KEY).signature).hex()


def bring(answer: str | None) -> DeviceElsewhere:
    return DeviceElsewhere(MEMBER, lambda _: answer)


def test_sign__signature_brought_back__the_members() -> None:
    carried: list[Errand] = []

    def exchange(errand: Errand) -> str:
        carried.append(errand)
        return sign_there(errand.text)

    message = message_of()
    signature = DeviceElsewhere(MEMBER, exchange).sign(message)
    require_signed_by(MEMBER, signature, message.digest)
    assert (carried[0].message, carried[0].member) == (message, MEMBER)


def test_sign__each_form_in_which_it_may_come__the_same() -> None:
    message = message_of()
    bare = sign_there(errand_of(message, MEMBER).text)
    signature = bring(bare).sign(message)
    low_v = bare[:-2] + f"{int(bare[-2:], 16) - 27:02x}"
    forms = [f"  {bare}\n", bare.replace("0x", "0X").replace("0X", "0x").upper().replace("0X", "0x"), low_v]
    forms += [json.dumps({"signature": bare}), json.dumps({"address": str(OTHER), "signature": bare})]
    for form in forms:
        assert bring(form).sign(message) == signature


def test_sign__made_for_something_else_or_by_another__found_out_here() -> None:
    message = message_of()
    stale = sign_there(errand_of(message_of(sequence=2), MEMBER).text)
    with pytest.raises(SignatureOfOther, match="Stop, and find out") as raised:
        bring(stale).sign(message)
    assert exit_code_of(raised.value) == 86
    good = sign_there(errand_of(message, MEMBER).text)
    with pytest.raises(SignatureOfOther):
        DeviceElsewhere(OTHER, lambda _: good).sign(message)
    split = split_signature(bytes.fromhex(good[2:]))
    high = (ORDER - int.from_bytes(split.s, "big")).to_bytes(32, "big")
    assert int.from_bytes(high, "big") > HALF_ORDER
    with pytest.raises(SignatureMalformed, match="lower half"):
        bring("0x" + (split.r + high + bytes([55 - split.v])).hex()).sign(message)


@pytest.mark.parametrize("nothing", [None, "", " \n"])
def test_sign__nothing_brought_back__refused(nothing: str | None) -> None:
    with pytest.raises(KeyRefused, match="no signature was brought back") as raised:
        bring(nothing).sign(message_of())
    assert exit_code_of(raised.value) == 84


@pytest.mark.parametrize(
    "answer",
    [
        "0x",
        "11" * 65,
        "0x" + "11" * 64,
        "0x" + "11" * 66,
        "0x" + "\uff11" * 130,
        "0x" + "11" * 65 + "\x1b[2J",
        "{}",
        '{"signature": 5}',
        '{"signature": ["0x"]}',
        '{"signature": "0x' + "11" * 65 + '", "signature": "0x' + "22" * 65 + '"}',
        '["0x' + "11" * 65 + '"]',
        "{" * 70_000,
        '{"a":' * 10_000,
        " " * 70_000 + "0x" + "11" * 65,
    ],
)
def test_sign__no_signature__one_sentence(answer: str) -> None:
    with pytest.raises(KeyAnswerMalformed) as raised:
        bring(answer).sign(message_of())
    assert str(raised.value).isprintable()
    assert exit_code_of(raised.value) == 85


@given(st.text(max_size=300) | st.text('0123456789abcdefx{}": ,signature', max_size=200))
def test_read_pasted__any_text__one_sentence(text: str) -> None:
    with pytest.raises(FourthSignerError):
        read_pasted(text, HOLDER)


def test_sign_transaction__always__refused() -> None:
    with pytest.raises(KeyRefused, match="signs messages only"):
        bring("").sign_transaction(TERMS, to=OTHER, data=b"", value=Wei(0))


def test_errand__its_text__the_whole_message_in_plain_ascii() -> None:
    message = message_of()
    errand = errand_of(message, MEMBER)
    assert json.loads(errand.text) == message.typed_data
    assert errand.text.isascii()
    assert errand.text.isprintable()


# --------------------------------------------------------------------------------------------------- QR codes


def test_codes__message_of_any_size__one_several_or_none() -> None:
    assert len(codes_of(b"x" * 440)) == 1
    assert len(codes_of(b"x" * 441)) == 2
    assert len(codes_of(b"x" * 440 * MOST_CODES)) == MOST_CODES
    assert len(codes_of(b"x" * (440 * MOST_CODES + 1))) == 8
    assert len(codes_of(b"x" * 1_000 * MOST_CODES)) == MOST_CODES
    assert codes_of(b"x" * (1_000 * MOST_CODES + 1)) == ()
    assert errand_of(message_of(data=bytes(100)), MEMBER).codes
    assert errand_of(message_of(data=bytes(24_576)), MEMBER).codes == ()


@given(st.sampled_from([0, 1, 100, 5_000]), st.binary(max_size=30))
@settings(max_examples=8)
def test_codes__read_by_another_library_from_what_is_drawn__the_message_again(
    zeros: int, noise: bytes
) -> None:
    errand = errand_of(message_of(data=bytes(zeros) + noise), MEMBER)
    read = b""
    for code in errand.codes:
        lines = draw_code(code, blocks=False)
        drawn = [[line[i : i + 2] == "##" for i in range(0, len(line), 2)] for line in lines]
        picture = np.array(drawn, dtype=np.uint8).repeat(3, axis=0).repeat(3, axis=1) * 255
        (found,) = zxingcpp.read_barcodes(picture)
        read += found.bytes
    assert read == errand.text.encode()
    assert errand.codes


def test_draw_code__message_that_is_not_large__fits_into_80_columns() -> None:
    codes = errand_of(message_of(data=bytes(2_000)), MEMBER).codes
    assert len(codes) > 1
    assert all(len(line) <= 80 for code in codes for line in draw_code(code, blocks=True))


def test_draw_code__with_and_without_blocks__the_same_modules() -> None:
    (code,) = codes_of(b"0x1234")
    for dark_ground in (True, False):
        plain = draw_code(code, blocks=False, dark_ground=dark_ground)
        blocks = draw_code(code, blocks=True, dark_ground=dark_ground)
        halves = {
            " ": (False, False),
            "\u2580": (True, False),
            "\u2584": (False, True),
            "\u2588": (True, True),
        }
        seen = [[halves[c][half] for c in line] for line in blocks for half in (0, 1)]
        drawn = [[line[i : i + 2] == "##" for i in range(0, len(line), 2)] for line in plain]
        assert seen[: len(drawn)] == drawn
        inner = [row[2:-2] for row in drawn[2:-2]]
        assert inner == [[module is not dark_ground for module in row] for row in code]
        assert all(module is dark_ground for module in drawn[0] + drawn[-1])


# ------------------------------------------------------------------------------------------------------ Files


def test_write_errand__new_file__for_its_owner_alone_and_read_back(tmp_path: Path) -> None:
    errand = errand_of(message_of(), MEMBER)
    path = tmp_path / "message.json"
    write_errand(errand, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == errand.message.typed_data
    (tmp_path / "answer").write_text(sign_there(path.read_text()) + "\n")
    holder = DeviceElsewhere(MEMBER, lambda _: read_brought(tmp_path / "answer"))
    require_signed_by(MEMBER, holder.sign(errand.message), errand.message.digest)


def test_write_errand__file_that_is_there_or_cannot_be__refused_and_left(tmp_path: Path) -> None:
    errand = errand_of(message_of(), MEMBER)
    (tmp_path / "there").write_text("mine")
    for path in (tmp_path / "there", tmp_path / "missing" / "message.json", Path("a\0b")):
        with pytest.raises(MessageUnwritable) as raised:
            write_errand(errand, path)
        assert exit_code_of(raised.value) == 87
        assert str(raised.value).isprintable()
    assert (tmp_path / "there").read_text() == "mine"


def test_read_brought__no_text_or_no_file__one_sentence(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    (tmp_path / "long").write_text("0x" + "1" * 70_000)
    for path in (tmp_path / "bytes", tmp_path / "missing", tmp_path, Path("a\0b"), tmp_path / "long"):
        with pytest.raises(KeyAnswerMalformed) as raised:
            read_pasted(read_brought(path), HOLDER)
        assert str(raised.value).isprintable()
