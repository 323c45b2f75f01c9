"""The tree of errors: complete, distinct, and safe on any revert data."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

import verifier.errors
from tests.core.release import read_release, read_source
from verifier.errors import (
    EXIT_CODES,
    TWINS,
    FourthSignerError,
    Panicked,
    PathHomeless,
    RevertedSilently,
    RevertedWithText,
    UnknownRevert,
    VaultError,
    exit_code_of,
    exits,
    from_revert,
)
from verifier.errors.duties import DUTIES
from verifier.errors.operations import CallFailed, LaneTaken, OperationStatusUnexpected
from verifier.errors.revert import signature_of
from verifier.errors.words import MEMBER_STATUSES, ROLES, STATUSES, TIERS, hints_of, type_of, word_of
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.tier import Tier


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def all_errors(root: type[FourthSignerError] = FourthSignerError) -> list[type[FourthSignerError]]:
    return [root] + [error for child in root.__subclasses__() for error in all_errors(child)]


def selector_of(error: type[VaultError]) -> bytes:
    return keccak(signature_of(error).encode())[:4]


@st.composite
def reverts(draw: st.DrawFn) -> tuple[type[VaultError], dict[str, Any], bytes]:
    """Yield an error of the contract, its arguments, and the revert data that they make."""
    error = draw(st.sampled_from(list(TWINS.values())))
    values = {
        "uint256": st.integers(0, (1 << 256) - 1),
        "address": st.binary(min_size=20, max_size=20),
        "bytes32": st.binary(min_size=32, max_size=32),
        "bytes4": st.binary(min_size=4, max_size=4),
        "bytes": st.binary(max_size=300),
    }
    types = [type_of(hint) for hint in hints_of(error).values()]
    arguments = {name: draw(values[kind]) for name, kind in zip(hints_of(error), types, strict=True)}
    return error, arguments, selector_of(error) + encode(types, list(arguments.values()))


def released_contracts() -> list[str]:
    files = resources.files("verifier").joinpath("release").iterdir()
    return sorted({file.name.partition(".")[0] for file in files})


def compiled_errors(contract: str) -> dict[str, list[tuple[str, str, str]]]:
    """Return name, type and own type of every argument, by error, of one contract of the release."""
    return {
        entry["name"]: [
            (snake(argument["name"]), argument["type"], argument["internalType"])
            for argument in entry["inputs"]
        ]
        for entry in read_release(f"{contract}.abi.json")
        if entry["type"] == "error"
    }


def test_twins__compiled_errors__the_same_names_arguments_and_types() -> None:
    compiled: dict[str, list[tuple[str, str, str]]] = {}
    for contract in released_contracts():
        errors = compiled_errors(contract)
        # A name that two contracts share has to mean the same.
        assert {name: compiled.get(name, types) for name, types in errors.items()} == errors
        compiled |= errors
    twins = {
        name: [(field, type_of(hint), word_of(hint)) for field, hint in hints_of(error).items()]
        for name, error in TWINS.items()
    }
    assert twins == compiled
    assert {"vault", "checks", "duty_registry", "strategy_limits"} <= set(released_contracts())


def test_names__of_numbers_in_errors__those_of_the_model() -> None:
    assert tuple(status.name for status in Status) == STATUSES
    assert tuple(status.name for status in MemberStatus) == MEMBER_STATUSES
    assert tuple(tier.name for tier in Tier) == TIERS
    assert tuple(role.name for role in Role) == ROLES


def test_names__of_duties__those_of_the_contract() -> None:
    numbers = {
        name: int(number)
        for name, number in re.findall(r"constant (\w+) = (\d+); //", read_source("types/Duties.sol"))
    }
    assert numbers == {name: 1 << i for i, name in enumerate(DUTIES)}


@given(reverts())
def test_from_revert__an_error_of_the_contract__its_twin_with_its_facts(
    revert: tuple[type[VaultError], dict[str, Any], bytes],
) -> None:
    error, arguments, data = revert
    found = from_revert(data)
    assert type(found) is error
    assert {name: getattr(found, name) for name in arguments} == arguments
    assert re.fullmatch(r"[ -~]+", str(found))


@given(reverts(), st.data())
def test_from_revert__one_byte_changed_cut_or_added__some_error_and_no_exception(
    revert: tuple[type[VaultError], dict[str, Any], bytes], data: st.DataObject
) -> None:
    raw = bytearray(revert[2])
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(0, len(raw)))
    for hostile in (bytes(raw), bytes(raw[:cut]), bytes(raw) + b"\0"):
        assert re.fullmatch(r"[ -~]+", str(from_revert(hostile)))


@given(st.binary(max_size=400), st.sampled_from([b"", *map(selector_of, TWINS.values())]))
def test_from_revert__any_bytes__some_error_and_no_exception(data: bytes, selector: bytes) -> None:
    assert str(from_revert(selector + data))


def test_from_revert__unknown_selector__the_bytes_are_kept() -> None:
    found = from_revert(b"\xde\xad\xbe\xef\x01")
    assert isinstance(found, UnknownRevert)
    assert found.data == b"\xde\xad\xbe\xef\x01"
    assert "0xdeadbeef01" in str(found)


def test_from_revert__trailing_byte_after_the_arguments__unknown() -> None:
    assert isinstance(from_revert(selector_of(TWINS["Busy"]) + b"\0"), UnknownRevert)


def test_from_revert__dirty_address__unknown() -> None:
    data = selector_of(TWINS["CallerNotVault"]) + b"\x01" + bytes(31)
    assert isinstance(from_revert(data), UnknownRevert)
    data = selector_of(TWINS["CallerNotVault"]) + bytes(32)
    assert isinstance(from_revert(data), TWINS["CallerNotVault"])


def test_from_revert__panic_and_text_and_nothing__said_as_such() -> None:
    panic = from_revert(keccak(b"Panic(uint256)")[:4] + encode(["uint256"], [0x11]))
    assert isinstance(panic, Panicked)
    assert "overflow" in str(panic)
    text = from_revert(keccak(b"Error(string)")[:4] + encode(["string"], ["paused \u202e"]))
    assert isinstance(text, RevertedWithText)
    assert '"paused \\u{202e}"' in str(text)
    assert isinstance(from_revert(b""), RevertedSilently)


def test_from_revert__reason_of_a_failed_call_within_itself__one_level_only() -> None:
    data = b""
    for _ in range(2_000):
        data = selector_of(CallFailed) + encode(["uint256", "bytes"], [1, data[:100_000]])
    assert isinstance(from_revert(data), CallFailed)
    assert len(str(from_revert(data))) < 2_000


def test_sentence__of_a_refusal__expected_found_and_advice() -> None:
    unexpected = OperationStatusUnexpected(id=b"\x11" * 32, expected=0b1110, actual=Status.VETOED)
    assert "VETOED" in str(unexpected)
    assert "PROPOSED or WAITING or READY" in str(unexpected)
    taken = LaneTaken(lane=9, by=b"\x22" * 32, status=77)
    assert "number 77" in str(taken)


def test_exit_codes__of_the_client__one_each() -> None:
    own = [error for error in EXIT_CODES if not issubclass(error, VaultError)]
    codes = [EXIT_CODES[error] for error in own]
    assert len(set(codes)) == len(codes)
    assert not set(codes) & {0, exits.FAULT, exits.WARNING, exits.DANGER}
    # Of arguments that make no sense, one is found out only where they are used.
    assert {error for error in own if EXIT_CODES[error] == exits.USAGE} == {PathHomeless}
    assert all(0 < code < 126 for code in EXIT_CODES.values())


def test_exit_codes__every_error_that_can_be_raised__has_one() -> None:
    for error in all_errors():
        is_leaf = not error.__subclasses__()
        assert not is_leaf or any(kind in EXIT_CODES for kind in error.__mro__), error


@pytest.mark.parametrize(("error", "code"), EXIT_CODES.items())
def test_exit_codes__table_in_the_documentation__the_same(error: type[FourthSignerError], code: int) -> None:
    assert exits.__doc__
    line = re.search(rf"\b{code}  .*", exits.__doc__)
    assert line
    assert error.__name__ in line[0] or (code == 71 and "any other refusal" in line[0])


def test_exit_code_of__a_twin__that_of_refusals() -> None:
    assert exit_code_of(from_revert(selector_of(TWINS["Busy"]))) == EXIT_CODES[VaultError]
    assert exit_code_of(from_revert(b"")) == EXIT_CODES[RevertedSilently]


def test_tree__drawn_at_the_head__names_every_client_error() -> None:
    drawing = verifier.errors.__doc__ or ""
    for error in all_errors():
        if error.__name__ not in TWINS and error is not FourthSignerError:
            assert re.search(rf"\b{error.__name__}\b", drawing), error
            assert getattr(verifier.errors, error.__name__) is error
