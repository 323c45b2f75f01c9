"""The formats of ERC-7730: how a value of the data is put into words, each by its name.

A format adds to a value and never takes its place: the number, the bytes or the whole address are always there too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from eth_hash.auto import keccak

from verifier.decode.content import Json, UnfitError, require_table, require_text
from verifier.decode.descriptors import values
from verifier.decode.descriptors.nodes import Node, show_node
from verifier.decode.descriptors.parameters import MOST_LABEL, Parameters
from verifier.decode.descriptors.paths import parse_path
from verifier.decode.lexicon import show_amount
from verifier.model.address import Address
from verifier.model.description import NestedCall
from verifier.model.text import Shown, sanitise, show_bytes, show_duration, show_moment
from verifier.model.units import Wei

Format = Callable[[Node, Parameters], Shown]

_MOST_DECIMALS: Final = 77
_PREFIXES: Final = ((24, "Y"), (21, "Z"), (18, "E"), (15, "P"), (12, "T"), (9, "G"), (6, "M"), (3, "k"))


def _raw(node: Node, parameters: Parameters) -> Shown:
    return show_node(node, parameters.surroundings.lexicon)


def _address_name(node: Node, parameters: Parameters) -> Shown:
    """Only this signer's own names are shown: `sources` changes nothing, and `types` cannot be looked at here."""
    address = values.address(node)
    shown = parameters.surroundings.lexicon.name(address)
    if address not in parameters.addresses("senderAddress"):
        return shown
    sender = parameters.surroundings.sender
    who = "the sender" if sender is None else parameters.surroundings.lexicon.name(sender)
    return Shown(f"{shown}, which stands for {who}")


def _token_ticker(node: Node, parameters: Parameters) -> Shown:
    return _token(values.address(node), parameters)


def _token(token: Address, parameters: Parameters) -> Shown:
    chain = parameters.chain()
    if chain == parameters.surroundings.chain_id:
        return parameters.surroundings.lexicon.name(token)
    # What is known here of an address is known of this chain.
    return Shown(f"{token} on chain {chain}")


def _amount(node: Node, parameters: Parameters) -> Shown:
    amount = values.integer(node)
    return _limited(amount, parameters, "All", parameters.native(amount))


def _token_amount(node: Node, parameters: Parameters) -> Shown:
    amount = values.integer(node)
    token = parameters.address("token")
    if token is None:
        shown = Shown(f"{amount} base units of a token that the descriptor does not name")
    elif token in parameters.addresses("nativeCurrencyAddress"):
        shown = parameters.native(amount)
    elif parameters.chain() != parameters.surroundings.chain_id:
        shown = Shown(f"{amount} base units of {_token(token, parameters)}")
    else:
        shown = Shown(parameters.amount(token, amount) + _claimed(token, amount, parameters))
    return _limited(amount, parameters, "Unlimited", shown)


def _limited(amount: int, parameters: Parameters, usual: str, shown: Shown) -> Shown:
    """Say what the descriptor calls an amount from its threshold on."""
    threshold = parameters.integer("threshold")
    if threshold is None or amount < threshold:
        return shown
    return Shown(f"{parameters.text('message', usual)}: {shown}")


def _claimed(token: Address, amount: int, parameters: Parameters) -> str:
    """Return what the descriptor says of its own contract as a token, where nothing better is known of its decimals."""
    surroundings = parameters.surroundings
    metadata = parameters.scope.content.get("metadata")
    facts = metadata.get("token") if isinstance(metadata, dict) else None
    if facts is None or token != surroundings.to or token in surroundings.lexicon.assets:
        return ""
    table = require_table(facts, "metadata.token", {"name", "ticker", "decimals"})
    decimals = table.get("decimals")
    if not isinstance(decimals, int) or not 0 <= decimals <= _MOST_DECIMALS:
        raise UnfitError("the decimals in metadata.token are no number of decimals")
    ticker = sanitise(require_text(table.get("ticker"), "the ticker in metadata.token"), most=20)
    return f" (which the descriptor calls {'-' * (amount < 0)}{show_amount(abs(amount), decimals)} {ticker})"


def _nft_name(node: Node, parameters: Parameters) -> Shown:
    collection = parameters.address("collection")
    if collection is None:
        raise UnfitError("it names a token of a collection, and not the collection")
    return Shown(f"token {values.integer(node)} of {parameters.surroundings.lexicon.name(collection)}")


def _date(node: Node, parameters: Parameters) -> Shown:
    number = values.integer(node)
    match parameters.constant("encoding"):
        case "timestamp":
            return show_moment(number)
        case "blockheight":
            # When a block will be, nobody knows.
            return Shown(f"block {number}")
        case _:
            raise UnfitError("a date is neither a timestamp nor a blockheight")


def _duration(node: Node, _: Parameters) -> Shown:
    seconds = values.integer(node)
    return Shown(f"{show_duration(seconds)} ({seconds} seconds)")


def _unit(node: Node, parameters: Parameters) -> Shown:
    number, decimals = values.integer(node), parameters.integer("decimals") or 0
    prefix = parameters.constant("prefix")
    if not 0 <= decimals <= _MOST_DECIMALS or not isinstance(prefix, bool | None):
        raise UnfitError("the decimals or the prefix of a unit are none")
    base = parameters.text("base")
    sign, size, symbol = "-" * (number < 0), abs(number), ""
    if prefix:
        power, symbol = next(((p, s) for p, s in _PREFIXES if size >= 10 ** (p + decimals)), (0, ""))
        decimals += power
    shown = show_amount(size, decimals)
    if "." in shown:
        shown = Shown(shown.rstrip("0").removesuffix("."))
    said = f"{sign}{shown}{symbol}"
    return Shown(f"{said}{base}" if said == str(number) else f"{said}{base} ({number})")


def _enum(node: Node, parameters: Parameters) -> Shown:
    path = parse_path(require_text(parameters.given.get("$ref"), "the enum"))
    if path.root != "$" or path.steps[:2] != ("metadata", "enums"):
        raise UnfitError(f"{sanitise(str(path), most=120)} leads to no enum")
    table = require_table(parameters.scope.constant(path), "an enum")
    found = values.lookup(table, node)
    shown = _raw(node, parameters)
    if found is None:
        return Shown(f"{shown}, which the descriptor has no word for")
    return Shown(f"{sanitise(require_text(found, 'a word of an enum'), most=MOST_LABEL)} ({shown})")


def _chain_id(node: Node, _: Parameters) -> Shown:
    return Shown(f"chain {values.integer(node)}")


def _calldata(node: Node, parameters: Parameters) -> Shown:
    target = parameters.address("callee")
    if target is None:
        raise UnfitError("it does not say whom a call inside of this one calls")
    if parameters.given.get("chainId") is not None or parameters.given.get("chainIdPath") is not None:
        chain = parameters.chain()
        if chain != parameters.surroundings.chain_id:
            return Shown(f"a call of {target} on chain {chain}: {show_bytes(values.data(node))}")
    content = values.data(node)
    selector = parameters.node("selector")
    if selector is not None:
        if not isinstance(selector.value, bytes) or len(selector.value) != 4:
            raise UnfitError("the selector of a call inside of this one is not 4 bytes")
        content = selector.value + content
    amount = parameters.node("amount")
    call = NestedCall(
        target=target,
        value=Wei(0 if amount is None else values.integer(amount)),
        data=content,
        caller=parameters.address("spender"),
        # With a selector that stands elsewhere, the bytes of the call are nowhere in one piece.
        where=node.where if selector is None else None,
    )
    parameters.notebook.calls.append(call)
    say = parameters.surroundings.say_call
    if say is not None:
        return say(call)
    shown = f"calls {parameters.surroundings.lexicon.name(target)} with {show_bytes(content)}"
    return Shown(f"{shown} and {parameters.native(call.value)}" if call.value else shown)


def _interoperable(node: Node, parameters: Parameters) -> Shown:
    """An address of any chain (ERC-7930). Of chains that are no EVM's, the bytes are shown."""
    content = values.data(node)
    if len(content) < 6 or content[:2] != b"\0\1":
        raise UnfitError(f"{node.path} is no interoperable address of version 1")
    size = content[4]
    chain, rest = content[5 : 5 + size], content[5 + size :]
    if len(chain) < size or not rest or len(rest) != 1 + rest[0]:
        raise UnfitError(f"{node.path} is no interoperable address")
    address, checksum = rest[1:], keccak(content[2:])[:4].hex().upper()
    if content[2:4] != b"\0\0" or (address and len(address) != 20):
        return Shown(f"an account on a chain that is no EVM's: {show_bytes(content)}")
    where = f"eip155:{int.from_bytes(chain, 'big')}" if chain else "eip155"
    who = Address(address) if address else None
    if who is not None and int.from_bytes(chain, "big") == parameters.surroundings.chain_id:
        return Shown(f"{parameters.surroundings.lexicon.name(who)} on this chain")
    return Shown(f"{who or ''}@{where}#{checksum}")


_NAMES: Final = frozenset({"types", "sources", "senderAddress"})
_CALL: Final = frozenset({"callee", "selector", "amount", "spender", "chainId"})

FORMATS: Final[Mapping[str, Format]] = {
    "raw": _raw,
    "addressName": _address_name,
    "tokenTicker": _token_ticker,
    "amount": _amount,
    "tokenAmount": _token_amount,
    "nftName": _nft_name,
    "date": _date,
    "duration": _duration,
    "unit": _unit,
    "enum": _enum,
    "chainId": _chain_id,
    "calldata": _calldata,
    "interoperableAddressName": _interoperable,
}

PARAMETERS: Final[Mapping[str, frozenset[str]]] = {
    "raw": frozenset(),
    "addressName": _NAMES,
    "tokenTicker": frozenset({"chainId", "chainIdPath"}),
    "amount": frozenset({"threshold", "message"}),
    "tokenAmount": frozenset(
        {"token", "tokenPath", "nativeCurrencyAddress", "threshold", "message", "chainId", "chainIdPath"}
    ),
    "nftName": frozenset({"collection", "collectionPath"}),
    "date": frozenset({"encoding"}),
    "duration": frozenset(),
    "unit": frozenset({"base", "decimals", "prefix"}),
    "enum": frozenset({"$ref"}),
    "chainId": frozenset(),
    "calldata": _CALL | {f"{key}Path" for key in _CALL},
    "interoperableAddressName": _NAMES,
}
"""What may be given to each format. Anything else is refused, since it would change what is shown, unknown how."""


def require_params(name: str, params: Mapping[str, Json]) -> None:
    """:raises UnfitError: there is no such format, or one of its parameters is not understood here."""
    if name not in PARAMETERS:
        raise UnfitError(f"the format `{sanitise(name, most=40)}` is not understood here")
    if unknown := [key for key in params if key not in PARAMETERS[name]]:
        raise UnfitError(
            f"the parameter `{sanitise(unknown[0], most=40)}` of the format {name} is not understood here"
        )
