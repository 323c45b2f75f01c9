"""Factories that take bare code instead of a function (EIP-7997): known by their address, or by their proven code."""

from __future__ import annotations

from typing import Final

from verifier.decode.lexicon import Lexicon
from verifier.decode.meaning.deployers import mean_bare
from verifier.decode.meaning.scene import Fields, Meant, Scene
from verifier.decode.signatures import Function, interface
from verifier.model.address import Address
from verifier.model.call import Argument, Fault, FaultKind
from verifier.model.evidence import Evidence
from verifier.model.finding import ByteRange
from verifier.model.operation import Call

_CODE: Final = bytes.fromhex(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0"
    "3601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
)
"""Arachnid/deterministic-deployment-proxy, and safe-global/safe-singleton-factory, which has the same code."""
_ADDRESSES: Final = frozenset(
    map(
        Address.parse,
        ("0x4e59b44847b379578588920cA78FbF26c0B4956C", "0x914d7Fec6aaC8cd542e72Bca78B30650d45643d7"),
    )
)
"""Where these two are on every chain that has them."""
_SALT: Final = 32


def is_bare(address: Address, names: Lexicon) -> bool:
    """Whether an account makes a contract of whatever it is sent: by its code where that is known, else by address.

    Only proven code makes a factory of an address that is not known: a lie would hide which function is called.
    """
    account = names.accounts.get(address)
    if account is None:
        return address in _ADDRESSES
    return account.code == _CODE and (address in _ADDRESSES or account.evidence is Evidence.PROVEN)


def bare_function() -> Function:
    """Return what stands for the function that such a factory does not have."""
    return interface("create2").function("CREATE2")


def read_bare(call: Call, caller: Address, names: Lexicon) -> tuple[tuple[Argument, ...], Meant]:
    """Return the salt and the code, with the bytes that they came from, and what is made of them."""
    size = len(call.data)
    if size < _SALT:
        where = ByteRange(start=0, stop=size)
        said = (
            f"Hands {size} bytes to {names.name(call.target)}, too few for a salt: it makes nothing of them."
        )
        return (), Meant(said=said, faults=(Fault(kind=FaultKind.TRUNCATED, where=where),))
    arguments = (
        _argument("salt", "bytes32", call.data, 0, _SALT),
        _argument("code", "bytes", call.data, _SALT, size),
    )
    scene = Scene(call=call, caller=caller, arguments=Fields(arguments), names=names)
    return arguments, mean_bare(scene)


def _argument(name: str, kind: str, data: bytes, start: int, stop: int) -> Argument:
    where = ByteRange(start=start, stop=stop)
    return Argument(name=name, type=kind, word="", value=data[start:stop], where=where)
