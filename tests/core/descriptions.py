"""Descriptors for tests, made of the parts that matter, and calls and messages described by them."""

from __future__ import annotations

from typing import Any, Final

from verifier.decode.descriptors.document import read_document
from verifier.decode.descriptors.index import DescriptorBook, Descriptors
from verifier.decode.lexicon import Lexicon
from verifier.model.account import AccountReading
from verifier.model.address import Address
from verifier.model.asset import NATIVE, AssetTerms
from verifier.model.call import AbiValue
from verifier.model.description import Description, Refusal
from verifier.model.evidence import Evidence, Fact
from verifier.model.units import ChainId, Units, Wei

CHAIN: Final = ChainId(1)
CONTRACT: Final = Address(b"\x11" * 20)
TOKEN: Final = Address(b"\x22" * 20)
PAYEE: Final = Address(b"\x33" * 20)
SENDER: Final = Address(b"\x44" * 20)
SCHEMA: Final = "https://eips.ethereum.org/assets/eip-7730/erc7730-v2.schema.json"


def terms(decimals: int) -> Fact[AssetTerms]:
    listed = AssetTerms(decimals=decimals, routine_limit=Units(1), high_value_from=Units(2))
    return Fact(value=listed, evidence=Evidence.AGREED)


LEXICON: Final = Lexicon(
    vault=SENDER, assets={TOKEN: terms(6), NATIVE: terms(18)}, labels={PAYEE: "Payroll", TOKEN: "USDC"}
)


def descriptor(formats: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a descriptor of these formats for the contract. More: metadata, definitions, or whole sections."""
    context = {"contract": {"deployments": [{"chainId": 1, "address": str(CONTRACT)}]}}
    return {
        "$schema": more.get("schema", SCHEMA),
        "context": more.get("context", context),
        "metadata": more.get("metadata", {"owner": "Example"}),
        "display": {"definitions": more.get("definitions", {}), "formats": formats},
    }


def one(key: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a descriptor of one function with these fields."""
    sentence = {"interpolatedIntent": more.pop("sentence")} if "sentence" in more else {}
    extra = more.pop("extra", {})
    intent = more.pop("intent", "Do it")
    return descriptor({key: {"intent": intent, "fields": list(fields), **sentence, **extra}}, **more)


def field(path: str, form: str = "raw", label: str = "Label", **more: Any) -> dict[str, Any]:
    """Return a field. Parameters of its format are given by name, `visible` and the like too."""
    own: dict[str, Any] = {
        key: more.pop(key) for key in ("visible", "separator", "encryption") if key in more
    }
    params = {"$ref" if key == "ref" else key: value for key, value in more.items()}
    return {"path": path, "label": label, "format": form, **({"params": params} if params else {}), **own}


def book_of(
    *contents: dict[str, Any], accounts: dict[Address, AccountReading] | None = None
) -> DescriptorBook:
    documents = [read_document(content, f"file{i}.json") for i, content in enumerate(contents)]
    return DescriptorBook(descriptors=Descriptors(documents), chain_id=CHAIN, accounts=accounts or {})


def told(
    content: dict[str, Any], *arguments: AbiValue, value: int = 0, sender: Address | None = SENDER
) -> Description | Refusal:
    """Return what a descriptor of one function says of a call of it with these arguments."""
    book = book_of(content)
    document = read_document(content, "file.json")
    ((_, function),) = document.functions.values()
    data = function.encode(*arguments)
    described = book.describe(CONTRACT, data, lexicon=LEXICON, value=Wei(value), sender=sender)
    assert described is not None
    return described


def description(content: dict[str, Any], *arguments: AbiValue, **around: Any) -> Description:
    described = told(content, *arguments, **around)
    assert isinstance(described, Description), described
    return described


def refusal(content: dict[str, Any], *arguments: AbiValue, **around: Any) -> str:
    described = told(content, *arguments, **around)
    assert isinstance(described, Refusal), described
    return described.sentence


def shown(content: dict[str, Any], *arguments: AbiValue, **around: Any) -> list[str]:
    """Return the values of the fields, in order."""
    return [field.value for field in description(content, *arguments, **around).fields]
