"""Contracts that make contracts: of which code, where, with how many coins. What the code does nobody here reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from eth_hash.auto import keccak

from verifier.decode.lexicon import Lexicon
from verifier.decode.meaning.made_at import clone_code, create2, create3, createx_salt
from verifier.decode.meaning.scene import Fields, Meant, Scene, Table
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Creation, Effect, Move
from verifier.model.text import show_bytes
from verifier.model.units import Amount

_NOBODY_READS: Final = "Nobody here reads that code."
_Where = Callable[[Scene, bytes], Address | None]
"""Return where a contract comes to stand, by the scene and the hash of its code; None where the bytes do not tell."""


def _make(scene: Scene, where: _Where) -> Meant:
    """Return the making of a contract, by the rule that says where it stands."""
    a, names = scene.arguments, scene.names
    code = clone_code(a["implementation"]) if "implementation" in a else a["code"]
    code_hash = keccak(code)
    account = where(scene, code_hash)
    what = _what(a, names, code, code_hash)
    said = f"Has {scene.here} make {what}"
    comma = "" if what.endswith(",") else ","
    said += f" at {names.name(account)}" if account else f"{comma} at an address that these bytes do not tell"
    if "salt" in a:
        said += f", by the salt {show_bytes(a['salt'])}"
    said += f". {_NOBODY_READS}"
    if "data" in a:
        said += f" Then it calls that contract with {len(a['data'])} bytes: {show_bytes(a['data'][:4])}..."
    if "values" in a:
        said += f" What is left of the coins goes to {names.name(_refunded(scene))}."
    runs: Address | None = a.get("implementation")
    made = Creation(factory=scene.target, account=account, code_hash=code_hash, runs=runs, where=a.where())
    return Meant(said=said, effects=(made, *_coins(scene, account)))


def _what(a: Fields, names: Lexicon, code: bytes, code_hash: bytes) -> str:
    if "implementation" in a:
        return f"a contract that runs the code of {names.name(a['implementation'])} as its own"
    if not code:
        return "a contract without code"
    return f"a contract of {len(code)} bytes of code, whose hash is {show_bytes(code_hash)},"


def _coins(scene: Scene, account: Address | None) -> tuple[Effect, ...]:
    """Return the coins that go on to the new contract, and those that come back, or go to somebody else."""
    a = scene.arguments
    effects: list[Effect] = []
    value: int = a.get("value", scene.call.value)
    if "values" in a:
        values = a.struct("values")
        value = values["constructorAmount"] + values["initCallAmount"]
    if value:
        move = Move(
            token=NATIVE,
            sender=scene.target,
            # Of an address that the bytes do not tell, the factory stands for it.
            recipient=account or scene.target,
            amount=Amount(value),
            where=a.where(),
        )
        effects.append(move)
    if "values" in a:
        back = _refunded(scene)
        effects.append(
            Move(token=NATIVE, sender=scene.target, recipient=back, amount=None, where=a.where("values"))
        )
    return tuple(effects)


def _refunded(scene: Scene) -> Address:
    to: Address = scene.arguments.get("refund", scene.caller)
    return to


def _nowhere(_scene: Scene, _code_hash: bytes) -> None:
    return None


def _plainly(scene: Scene, code_hash: bytes) -> Address:
    return create2(scene.target, scene.arguments["salt"], code_hash)


def _by_createx(scene: Scene, code_hash: bytes) -> Address | None:
    salt = _guarded(scene)
    return create2(scene.target, salt, code_hash) if salt else None


def _by_create3(scene: Scene, _code_hash: bytes) -> Address | None:
    salt = _guarded(scene)
    return create3(scene.target, salt) if salt else None


def _guarded(scene: Scene) -> bytes | None:
    """Return CreateX' own salt; None where it makes one of what is in the block, or where it depends on the chain."""
    a = scene.arguments
    if "salt" not in a or not scene.names.is_known(scene.caller):
        return None
    return createx_salt(a["salt"], scene.caller)


def _as_library(scene: Scene) -> Meant:
    """Return what Safe's library makes, which stands elsewhere if an account runs it as its own."""
    meant = _make(scene, _plainly if "salt" in scene.arguments else _nowhere)
    if "salt" not in scene.arguments:
        return meant
    a, names = scene.arguments, scene.names
    other = create2(scene.caller, a["salt"], keccak(a["code"]))
    said = f"{meant.said} If {names.name(scene.caller)} runs it as its own, that is at {names.name(other)}."
    return Meant(said=said, effects=meant.effects)


def mean_bare(scene: Scene) -> Meant:
    """Return what a factory makes that has no functions: its data is a salt, and the code behind it."""
    return _make(scene, _plainly)


def _by(where: _Where) -> Callable[[Scene], Meant]:
    return lambda scene: _make(scene, where)


MEANINGS: Final[Table] = {
    **dict.fromkeys(("deployCreate", "deployCreateAndInit", "deployCreateClone"), _by(_nowhere)),
    **dict.fromkeys(("deployCreate2", "deployCreate2AndInit", "deployCreate2Clone"), _by(_by_createx)),
    **dict.fromkeys(("deployCreate3", "deployCreate3AndInit"), _by(_by_create3)),
    **dict.fromkeys(("performCreate", "performCreate2"), _as_library),
    "safeCreate2": _by(_plainly),
    # Of those without an amount some put it where the caller's salt says, some where the code does not matter.
    "deploy": lambda scene: _make(scene, _plainly if "value" in scene.arguments else _nowhere),
}
