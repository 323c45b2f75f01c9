"""Where names come from, in which order they are believed, and what is said where several fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from eth_hash.auto import keccak

from tests.core.meaning import ANN, BOB, IT, NAMES, USDC, VAULT, account, bare, data, decoded, move
from verifier.decode.encode import encode
from verifier.decode.recovered import may_have, recover
from verifier.decode.signatures import Function, interface, parse_interface
from verifier.decode.types import parse_members
from verifier.model.account import TokenReading
from verifier.model.address import Address
from verifier.model.call import Naming
from verifier.model.evidence import Evidence

# `f(uint32,address,uint224)` and a function without arguments, compiled by solc 0.8.23; from evmole's own documents.
TYPED_CODE = bytes.fromhex(
    "6080604052348015600e575f80fd5b50600436106030575f3560e01c80632125b65b146034578063b69ef8a8146044575b5f80fd5b6044603f"
    "3660046046565b505050565b005b5f805f606084860312156057575f80fd5b833563ffffffff811681146069575f80fd5b92506020840135"
    "6001600160a01b03811681146083575f80fd5b915060408401356001600160e01b0381168114609d575f80fd5b80915050925092509256"
)
TYPED_SELECTOR = bytes.fromhex("2125b65b")
# `many_msg_babbage(bytes1)` has the selector of `transfer(address,uint256)`, as everybody can look up.
COLLIDING = "many_msg_babbage(bytes1)"


def transfer(amount: int = 5) -> bytes:
    return data("transfer(address,uint256)", ANN, amount)


@dataclass(frozen=True)
class Bound:
    """Descriptors of one address."""

    address: Address
    functions: Mapping[bytes, Function]

    def function_of(self, address: Address, selector: bytes) -> Function | None:
        return self.functions.get(selector) if address == self.address else None


def test_name_call__nothing_but_a_standard__its_selector_names_it() -> None:
    found = decoded(transfer())
    assert found.naming is Naming.STANDARD
    assert found.candidates == ("transfer(address,uint256)",)


def test_name_call__the_signers_book__before_the_standard_with_the_same_meaning() -> None:
    book = parse_interface("function transfer(address dst, uint256 wad)")
    names = replace(NAMES, books={IT: book})
    found = decoded(transfer(), names=names)
    assert found.naming is Naming.BOOK
    assert [argument.name for argument in found.arguments] == ["dst", "wad"]
    assert found.effects == decoded(transfer()).effects
    # Of another address, it is not asked; a book for any address is.
    assert decoded(transfer(), to=BOB, names=names).naming is Naming.STANDARD
    assert decoded(transfer(), to=BOB, names=replace(NAMES, books={None: book})).naming is Naming.BOOK


def test_name_call__a_descriptor__after_the_book_and_before_the_standard() -> None:
    function = parse_interface("function transfer(address who, uint256 much)").functions[0]
    names = replace(NAMES, descriptors=Bound(IT, {function.selector: function}))
    found = decoded(transfer(), names=names)
    assert found.naming is Naming.DESCRIPTOR
    assert found.arguments[0].name == "who"
    booked = replace(names, books={IT: parse_interface("function transfer(address dst, uint256 wad)")})
    assert decoded(transfer(), names=booked).naming is Naming.BOOK


def test_name_call__the_vault_and_its_companions__by_no_book_and_no_descriptor() -> None:
    function = parse_interface("function removeMember(address harmless)").functions[0]
    names = replace(
        NAMES,
        books={
            VAULT: parse_interface("function removeMember(address harmless)\nfunction nothing()"),
            None: interface("erc20"),
        },
        descriptors=Bound(VAULT, {function.selector: function}),
    )
    found = decoded(data("removeMember(address)", ANN), to=VAULT, names=names)
    assert found.naming is Naming.OWN
    assert found.arguments[0].name == "member"
    assert decoded(data("nothing()"), to=VAULT, names=names).naming is Naming.NONE
    assert decoded(transfer(), to=VAULT, names=names).naming is Naming.NONE


def test_name_call__two_signatures_with_one_selector__only_those_whose_bytes_are_honest() -> None:
    assert keccak(COLLIDING.encode("ascii"))[:4] == transfer()[:4]
    names = replace(NAMES, books={IT: parse_interface(f"function {COLLIDING}")})
    # A word of an address is none of a bytes1, and there is one word too many: the standard fits, and only it.
    found = decoded(transfer(), names=names)
    assert (found.naming, found.candidates) == (Naming.STANDARD, ("transfer(address,uint256)",))
    # And the other way round.
    other = keccak(COLLIDING.encode("ascii"))[:4] + b"\x01".ljust(32, b"\0")
    found = decoded(other, names=names)
    assert (found.naming, found.candidates) == (Naming.BOOK, (COLLIDING,))


def test_name_call__both_fit__both_are_listed_and_the_others_effects_count() -> None:
    # `withdraw(uint256)` of a wrapped coin, and a name of the same selector whose one word is a bytes32.
    selector = keccak(b"withdraw(uint256)")[:4]
    function = replace(parse_interface("function innocent(bytes32 note)").functions[0])
    object.__setattr__(function, "selector", selector)
    names = replace(NAMES, descriptors=Bound(IT, {selector: function}))
    found = decoded(data("withdraw(uint256)", 7), names=names)
    assert found.naming is Naming.DESCRIPTOR
    assert found.candidates == ("innocent(bytes32)", "withdraw(uint256)")
    assert "Calls innocent(bytes32)" in found.sentence
    assert "may be read as withdraw(uint256) too" in found.sentence
    assert bare(found.effects)[0]["amount"] == 7


def test_name_call__a_book_without_a_known_meaning__told_by_its_arguments() -> None:
    names = replace(
        NAMES, books={IT: parse_interface("function settle(address who, uint8[] steps, string why)")}
    )
    found = decoded(data("settle(address,uint8[],string)", ANN, [1, 2], "a\x1b[31m"), names=names)
    assert found.sentence == (
        f'Calls settle(address,uint8[],string) of {IT} with who {ANN} (Ann), steps [1, 2], why "a\\u{{1b}}[31m".'
    )
    assert found.effects == ()


def test_name_call__nothing_names_it__the_codes_own_types_if_they_fit() -> None:
    names = replace(NAMES, accounts={IT: account(IT, code=TYPED_CODE)})
    inputs = parse_members("uint32,address,uint224")
    fitting = TYPED_SELECTOR + encode(inputs, (7, ANN, 9))
    found = decoded(fitting, names=names)
    assert found.naming is Naming.RECOVERED
    assert found.function == ""
    assert found.candidates == ("0x2125b65b(uint32,address,uint224)",)
    assert [argument.value for argument in found.arguments] == [7, ANN, 9]
    assert "nothing here can name" in found.sentence
    # With a bit where a uint32 has none, the guess is dropped, and its words are shown.
    dirty = decoded(TYPED_SELECTOR + b"\x01" + fitting[5:], names=names)
    assert (dirty.naming, dirty.arguments, dirty.candidates) == (Naming.NONE, (), ())
    # At the implementation, too; and without the code there is nothing to guess from.
    behind = replace(NAMES, accounts={IT: account(IT, implementation=BOB, implementation_code=TYPED_CODE)})
    assert decoded(fitting, names=behind).naming is Naming.RECOVERED
    assert decoded(fitting).naming is Naming.NONE


def test_name_call__code_of_the_vault_itself__is_never_guessed_from() -> None:
    names = replace(NAMES, accounts={VAULT: account(VAULT, code=TYPED_CODE)})
    fitting = TYPED_SELECTOR + encode(parse_members("uint32,address,uint224"), (7, ANN, 9))
    assert decoded(fitting, to=VAULT, names=names).naming is Naming.NONE


def test_recover__any_bytes_and_too_many_functions__nothing() -> None:
    assert recover(b"") == {}
    assert recover(b"\x63") == {}
    assert recover(TYPED_CODE)[TYPED_SELECTOR].text == "(uint32,address,uint224)"
    # Each of these functions would cost time.
    many = b"".join(
        b"\x80\x63" + i.to_bytes(4, "big") + b"\x14\x61\x00\x00\x57" for i in range(1 << 28, (1 << 28) + 300)
    )
    assert recover(b"\x5f\x35\x60\xe0\x1c" + many) == {}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        # PUSH4 and the selector; with its leading zero left out it is another one.
        (b"\x63" + transfer()[:4], False),
        (b"\x5f\x5f\xfd", True),
        # Whoever hands calls on may have any function; a push of that byte does not.
        (b"\x5f\xf4", False),
        (b"\x60\xf4", True),
    ],
)
def test_sentence__code_without_the_selector__says_so(code: bytes, expected: bool) -> None:
    names = replace(NAMES, accounts={IT: account(IT, code=code, evidence=Evidence.AGREED)})
    found = decoded(transfer(), names=names)
    assert ("no function in the code" in found.sentence) is expected
    assert found.evidence is (Evidence.AGREED if expected else Evidence.PROVEN)


def test_sentence__a_proxys_implementation__is_the_code_that_counts() -> None:
    def names(code: bytes) -> bool:
        reading = account(IT, code=b"\x5f\xf4", implementation=BOB, implementation_code=code)
        return "no function" in decoded(transfer(), names=replace(NAMES, accounts={IT: reading})).sentence

    assert names(b"\x5f\x5f\xfd")
    assert not names(b"\x63" + transfer()[:4])
    # Where it was not read, nothing is known.
    assert not names(b"")


def test_may_have__what_compilers_write_behind_the_code__is_none_of_it() -> None:
    metadata = b"\xa1\x64solc\x43\xf4\xf4\xf4"
    assert not may_have(b"\x5f\x5f\xfd" + metadata + len(metadata).to_bytes(2, "big"), b"\xde\xad\xbe\xef")


def test_sentence__decimals_that_a_token_claims__with_their_evidence_and_the_number() -> None:
    token = TokenReading(decimals=6, symbol="USDC\u202e", supply=None, balance=None, evidence=Evidence.AGREED)
    names = replace(NAMES, accounts={IT: account(IT, token=token, code=b"\x63" + transfer()[:4])})
    found = decoded(transfer(1_500_000), names=names)
    assert f"1500000 base units of {IT} (1.500000 by the decimals that it claims)" in found.sentence
    assert "USDC" not in found.sentence
    assert found.evidence is Evidence.AGREED
    absurd = replace(names, accounts={IT: account(IT, token=replace(token, decimals=1 << 255))})
    assert f"Sends 5 base units of {IT} to" in decoded(transfer(), names=absurd).sentence


def test_sentence__a_listed_token__what_it_claims_does_not_count() -> None:
    token = TokenReading(decimals=2, symbol=None, supply=None, balance=None, evidence=Evidence.CLAIMED)
    names = replace(NAMES, accounts={USDC: account(USDC, token=token, code=b"\x63" + transfer()[:4])})
    found = decoded(transfer(1_500_000), to=USDC, names=names)
    assert found.sentence == f"Sends 1.500000 USDC (1500000) to {ANN} (Ann)."
    assert found.evidence is Evidence.PROVEN


def test_name_call__longer_function_fits_exactly__what_a_shorter_one_would_do_counts_as_well() -> None:
    """No contract minds what follows its arguments: a token would take these bytes for a transfer of 5."""
    longer = "func_2093253501(bytes)"
    assert keccak(longer.encode("ascii"))[:4] == transfer()[:4]
    names = replace(NAMES, books={None: parse_interface(f"function {longer}")})
    words = (32).to_bytes(32, "big"), (5).to_bytes(32, "big"), b"hello".ljust(32, b"\0")
    found = decoded(transfer()[:4] + b"".join(words), to=USDC, names=names)
    assert found.candidates == (longer, "transfer(address,uint256)")
    assert bare(found.effects) == [move(Address((32).to_bytes(20, "big")), 5)]
