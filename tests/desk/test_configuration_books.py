"""The signer's own ABIs and descriptors: named in the configuration, read from this disk, and one sentence if wrong."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.core.descriptions import CHAIN, CONTRACT, LEXICON, PAYEE, TOKEN, field, one
from verifier.decode.descriptors.index import DescriptorBook, Descriptors
from verifier.decode.descriptors.keys import parse_function_key
from verifier.errors import ConfigurationMalformed
from verifier.model.address import Address
from verifier.model.description import Description
from verifier.model.units import Wei
from verifier.store import books, descriptors
from verifier.store.books import read_books
from verifier.store.configuration import parse_settings
from verifier.store.descriptors import Checkout, open_registry
from verifier.store.file import edited
from verifier.store.settings import Settings

TRANSFER = parse_function_key("transfer(address to,uint256 value)")
MIXED = Address(b"\xab" * 20)
JSON_ABI = [
    {
        "type": "function",
        "name": "transfer",
        "inputs": [{"type": "address", "name": "payee"}, {"type": "uint256", "name": "amount"}],
    }
]


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")


def settings_of(tmp_path: Path, lines: str) -> tuple[Settings, Path]:
    path = tmp_path / "config.toml"
    return parse_settings(f"version = 1\n{lines}", path), path


def read_all(tmp_path: Path, lines: str) -> None:
    settings, path = settings_of(tmp_path, lines)
    read_books(settings, path)
    if registry := open_registry(settings, path):
        registry.read()


def refused(tmp_path: Path, lines: str) -> str:
    with pytest.raises(ConfigurationMalformed) as error:
        read_all(tmp_path, lines)
    sentence = error.value.sentence()
    assert sentence.startswith("The configuration at ")
    assert sentence.endswith(".")
    assert sentence.count("config.toml") == 1
    return sentence


# ------------------------------------------------------------------------------------------------------- ABIs


def test_read_books__by_contract_and_for_any__relative_to_the_configuration(tmp_path: Path) -> None:
    write(tmp_path / "abis" / "token.json", JSON_ABI)
    write(tmp_path / "abis" / "build.json", {"abi": JSON_ABI, "bytecode": "0x"})
    write(tmp_path / "more" / "a.abi", "function swap(uint256 amount)\n")
    write(tmp_path / "more" / "b.abi", "function stop()\nfunction swap(uint256 other)\n")
    write(tmp_path / "more" / "solc.abi", JSON_ABI)
    settings, path = settings_of(
        tmp_path, f'[abis]\n"{TOKEN}" = "abis/token.json"\nany = ["more/*.abi", "abis/build.json"]\n'
    )
    found = read_books(settings, path)
    assert set(found) == {TOKEN, None}
    assert found[TOKEN].by_selector[TRANSFER.selector].inputs.names == ("payee", "amount")
    assert sorted(function.name for function in found[None].functions) == ["stop", "swap", "transfer"]
    assert found[None].function("swap").inputs.names == ("amount",), "the first file names it"


def test_read_books__nothing_configured__nothing(tmp_path: Path) -> None:
    settings, path = settings_of(tmp_path, "")
    assert read_books(settings, path) == {}
    assert open_registry(settings, path) is None


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('abis = "x.json"', "abis should be a table"),
        ("[abis]\nany = []", "abis.any names no file"),
        ("[abis]\nany = [1]", "abis.any should be a path in quotes"),
        ('[abis]\nany = " "', "abis.any should be a path in quotes"),
        ('[abis]\nany = "a\\u0000b"', "abis.any should be a path in quotes"),
        ('[abis]\n"0x12" = "x.json"', "40 hex digits"),
        (f'[abis]\n"{MIXED}" = "x.json"\n"{str(MIXED).lower()}" = "x.json"', "comes twice"),
        ('[abis]\nany = "none.json"', "abis.any: "),
        ('[abis]\nany = "none/*.json"', "names no file"),
        ('[abis]\nany = "*/none.json"', "which is not filled in"),
        ('[abis]\nany = "folder"', "is no regular file"),
        ('[abis]\nany = "pipe"', "is no regular file"),
        ('[abis]\nany = "text.json"', "is no JSON, and does not end in .abi"),
        ('[abis]\nany = "broken.json"', "line 2, column 1"),
        ('[abis]\nany = "wrong.json"', "`uint7` is no description of a type"),
        ('[abis]\nany = "wrong.abi"', "`fun f()` is no description of a type or function"),
        ('[abis]\nany = "latin.abi"', "byte 1 is no UTF-8"),
        ('[abis]\nany = "~nobody-here/x.json"', "somebody who has none"),
        ("descriptors = 1", "descriptors should be a path in quotes"),
        ('descriptors = "none"', "there is no folder"),
        ('descriptors = "wrong.abi"', "there is no folder"),
        ('descriptors = "folder"', "holds no file calldata-*.json or eip712-*.json"),
        ('descriptors = "~nobody-here/x"', "somebody who has none"),
    ],
)
def test_read_books__something_wrong__refused_with_the_key_and_the_file(
    tmp_path: Path, lines: str, said: str
) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    write(tmp_path / "text.json", "function f()")
    write(tmp_path / "broken.json", '[{"type":\n]')
    write(tmp_path / "wrong.json", [{"type": "function", "name": "f", "inputs": [{"type": "uint7"}]}])
    write(tmp_path / "wrong.abi", "fun f()")
    (tmp_path / "latin.abi").write_bytes(b"#\xe9")
    assert said in refused(tmp_path, lines)


def test_read_books__two_functions_with_one_selector__refused(tmp_path: Path) -> None:
    # A known collision: both hash to 0x42966c68.
    write(tmp_path / "a.abi", "function burn(uint256 n)")
    write(tmp_path / "b.abi", "function collate_propagate_storage(bytes16 b)")
    sentence = refused(tmp_path, '[abis]\nany = ["a.abi", "b.abi"]')
    assert "burn(uint256) and collate_propagate_storage(bytes16) have one selector" in sentence


def test_read_books__too_large_or_too_many__refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "MOST_BYTES", 10)
    write(tmp_path / "a.abi", "function burn(uint256 n)")
    assert "more than 10 bytes" in refused(tmp_path, '[abis]\nany = "a.abi"')
    monkeypatch.setattr(books, "MOST_FILES", 1)
    assert "more than 1 files" in refused(tmp_path, '[abis]\nany = ["a.abi", "a.abi"]')


def test_edited__with_abis_and_descriptors__they_stay_as_they_stand(tmp_path: Path) -> None:
    text = f'version = 1\ndescriptors = "registry" # mine\n\n[abis]\n"{TOKEN}" = ["a.abi", "b.json"] # two\n'
    path = tmp_path / "config.toml"
    settings = parse_settings(text, path)
    assert (settings.descriptors, settings.abis) == ("registry", {TOKEN: ("a.abi", "b.json")})
    assert edited(text, settings, path) == text


# ------------------------------------------------------------------------------------------------ descriptors


def say(checkout: Checkout) -> Description:
    book = DescriptorBook(descriptors=Descriptors(checkout.documents), chain_id=CHAIN, accounts={})
    said = book.describe(CONTRACT, TRANSFER.encode(PAYEE, 5), lexicon=LEXICON, value=Wei(0))
    assert isinstance(said, Description), said
    return said


def read(tmp_path: Path) -> Checkout:
    settings, path = settings_of(tmp_path, 'descriptors = "registry"')
    registry = open_registry(settings, path)
    assert registry is not None
    everything = registry.read()
    # Whoever asks about one contract is told the same of it, and of what cannot be used.
    about = registry.about([CONTRACT])
    assert about == everything
    assert registry.about([MIXED]).documents == ()
    return everything


CONTENT = one("transfer(address to,uint256 value)", field("to"), field("value"))


def test_open_registry__a_checkout__its_descriptors_and_nothing_else(tmp_path: Path) -> None:
    root = tmp_path / "registry"
    write(root / "registry" / "example" / "calldata-Token.json", CONTENT)
    write(root / "registry" / "example" / "testsv2" / "calldata-Token.tests.json", "{")
    write(root / "registry" / "example" / "common-Token.json", "{")
    write(root / ".git" / "calldata-Token.json", "{")
    write(root / "index.calldata.json", "{")
    checkout = read(tmp_path)
    assert not checkout.refused
    assert [document.source for document in checkout.documents] == ["registry/example/calldata-Token.json"]
    assert [field.value for field in say(checkout).fields] == [f"{PAYEE} (Payroll)", "5"]


def test_open_registry__one_file_is_wrong__told_and_the_others_are_used(tmp_path: Path) -> None:
    root = tmp_path / "registry"
    write(root / "calldata-Token.json", CONTENT)
    write(root / "calldata-broken.json", "{")
    write(root / "eip712-old.json", CONTENT | {"$schema": "erc7730-v9.schema.json"})
    checkout = read(tmp_path)
    assert len(checkout.documents) == 1
    assert [refusal.source for refusal in checkout.refused] == ["calldata-broken.json", "eip712-old.json"]
    assert "it is no JSON" in checkout.refused[0].sentence


def test_open_registry__file_that_includes_another__joined_with_its_own_word_first(tmp_path: Path) -> None:
    root = tmp_path / "registry"
    key = "transfer(address to,uint256 value)"
    base = {"display": {"formats": {key: {"intent": "Send", "fields": [field("to"), field("value")]}}}}
    own = {"display": {"formats": {key: {"fields": [{"path": "value", "label": "Much"}]}}}}
    rest = {part: CONTENT[part] for part in ("$schema", "context", "metadata")}
    write(root / "ercs" / "common.json", base)
    write(root / "ercs" / "middle.json", {"includes": "./common.json", "metadata": {"owner": "Middle"}})
    write(root / "x" / "calldata-Token.json", {"includes": "../ercs/middle.json", **rest, **own})
    said = say(read(tmp_path))
    assert (said.intent, said.owner) == ("Send", "Example")
    assert [field.label for field in said.fields] == ["Label", "Much"]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("https://example.org/x.json", "which is not fetched"),
        ("file:///etc/passwd", "which is not fetched"),
        ("/etc/passwd", "which is outside of the checkout"),
        ("../../outside.json", "which is outside of the checkout"),
        ("../link.json", "which is outside of the checkout"),
        ("../folder/outside.json", "which is outside of the checkout"),
        ("none.json", "cannot be read"),
        (".", "is no regular file"),
        ("a\0b", "which is not fetched"),
        ("calldata-Token.json", "includes itself"),
        ("../loop.json", "includes itself"),
        ("../deep/0.json", "more than 8 files deep"),
        (1, "includes should be text"),
    ],
)
def test_open_registry__include_that_leads_astray__refused(tmp_path: Path, target: Any, said: str) -> None:
    root = tmp_path / "registry"
    write(tmp_path / "outside.json", {"metadata": {"owner": "Secret"}})
    write(root / "x" / "calldata-Token.json", {"includes": target, **CONTENT})
    write(root / "loop.json", {"includes": "x/calldata-Token.json"})
    for i in range(12):
        write(root / "deep" / f"{i}.json", {"includes": f"{i + 1}.json"})
    (root / "link.json").symlink_to(tmp_path / "outside.json")
    (root / "folder").symlink_to(tmp_path)
    checkout = read(tmp_path)
    assert not checkout.documents
    (refusal,) = checkout.refused
    assert said in refusal.sentence
    assert str(tmp_path) not in refusal.sentence.replace(str(target), "")


def test_open_registry__link_to_a_file_outside__refused(tmp_path: Path) -> None:
    write(tmp_path / "outside.json", CONTENT)
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "calldata-Token.json").symlink_to(tmp_path / "outside.json")
    checkout = read(tmp_path)
    assert not checkout.documents
    assert "outside of the checkout" in checkout.refused[0].sentence


def test_open_registry__too_much__refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "ab":
        write(tmp_path / "registry" / f"calldata-{name}.json", CONTENT)
    monkeypatch.setattr(descriptors, "MOST_TOTAL_BYTES", 900)
    checkout = read(tmp_path)
    assert len(checkout.documents) == len(checkout.refused) == 1
    assert "more than 900 bytes" in checkout.refused[0].sentence
    monkeypatch.setattr(descriptors, "MOST_BYTES", 10)
    assert "has more than 10 bytes" in read(tmp_path).refused[0].sentence
    monkeypatch.setattr(descriptors, "MOST_FILES", 1)
    assert "more than 1 descriptors" in refused(tmp_path, 'descriptors = "registry"')


@pytest.mark.parametrize(
    ("bound", "said"),
    [("MOST_LOOKED_THROUGH", "more than 1 bytes"), ("MOST_ADDRESSES", "more than 1 addresses")],
)
def test_open_registry__more_than_is_looked_through__refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, said: str
) -> None:
    for i, address in enumerate((CONTRACT, MIXED)):
        content = deepcopy(CONTENT)
        content["context"]["contract"]["deployments"][0]["address"] = str(address)
        write(tmp_path / "registry" / f"calldata-{i}.json", content)
    monkeypatch.setattr(descriptors, bound, 1)
    assert said in refused(tmp_path, 'descriptors = "registry"')


def test_mentioned_in__bytes_of_an_operation__the_addresses_that_something_is_known_about(
    tmp_path: Path,
) -> None:
    for i, address in enumerate((CONTRACT, MIXED)):
        content = deepcopy(CONTENT)
        content["context"]["contract"]["deployments"][0]["address"] = str(address)
        write(tmp_path / "registry" / f"calldata-{i}.json", content)
    settings, path = settings_of(tmp_path, 'descriptors = "registry"')
    registry = open_registry(settings, path)
    assert registry is not None
    data = TRANSFER.encode(PAYEE, 1) + bytes(7) + bytes(MIXED)
    assert registry.mentioned_in(data) == {MIXED}
    assert registry.mentioned_in(b"") == frozenset()
    assert [document.source for document in registry.about([MIXED]).documents] == ["calldata-1.json"]
    assert registry.about([TOKEN]).documents == ()
