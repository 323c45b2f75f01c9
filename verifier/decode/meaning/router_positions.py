"""What the Universal Router hands to Uniswap's contracts of positions: their own calldata, as it is.

The router knows these contracts, and the bytes do not name them: effects name the router in their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from verifier.decode.meaning.scene import Fields, Meant, Scene
from verifier.decode.meaning.steps import Budget, Step, moved, shifted
from verifier.decode.meaning.uniswap_v3 import MEANINGS as VERSION_3
from verifier.decode.meaning.uniswap_v4 import modify_liquidities
from verifier.decode.signatures import Function, interface
from verifier.model.call import Argument, Fault

_PERMITS: Final = (("uniswap_v3", "permit"),)
_CALLS: Final = (("uniswap_v3", "decreaseLiquidity"), ("uniswap_v3", "collect"), ("erc20", "burn"))
"""What version 3's contract is handed: Uniswap/universal-router, contracts/modules/V3ToV4Migrator.sol (2026-11-27)."""
_CHANGES: Final = (("uniswap_v4", "modifyLiquidities"),)


def permit_position(scene: Scene, part: Argument, budget: Budget) -> Step:
    return _hand(scene, part, budget, _PERMITS)


def position_call(scene: Scene, part: Argument, budget: Budget) -> Step:
    return _hand(scene, part, budget, _CALLS)


def change_positions(scene: Scene, part: Argument, budget: Budget) -> Step:
    # The contract of positions is called by the router, which is its caller then, and pays.
    return _hand(replace(scene, caller=scene.target), part, budget, _CHANGES)


def _hand(scene: Scene, part: Argument, budget: Budget, taken: Sequence[tuple[str, str]]) -> Step:
    data = part.value if isinstance(part.value, bytes) else b""
    for source, name in taken:
        function = interface(source).function(name)
        if data[:4] == function.selector:
            return _open(scene, part, data, budget, function)
    return Step(said="a call to its contract of positions that nothing here can read", unread=1)


def _open(scene: Scene, part: Argument, data: bytes, budget: Budget, function: Function) -> Step:
    shift = part.where.start
    faults = tuple(
        Fault(kind=fault.kind, where=shifted(fault.where, shift))
        for fault in function.plan.decode(data, 4).faults
    )
    arguments = [moved(each, shift) for each in function.plan.arguments_of(data, 4)]
    if not arguments:
        said = f"{function.signature} of its contract of positions, whose data cannot be read"
        return Step(said=said, faults=faults, unread=1)
    inner = replace(scene, arguments=Fields(arguments))
    if function.name == "modifyLiquidities":
        step = modify_liquidities(inner, inner.arguments.part("unlockData"), budget)
        said = f"has its contract of positions run [{step.said}]"
        return replace(step, said=said, faults=(*faults, *step.faults))
    meant = VERSION_3[function.name](inner) if function.name in VERSION_3 else _burn(inner)
    said = f"hands to its contract of positions: {meant.said.rstrip('.')}"
    return Step(said=said, effects=meant.effects, faults=faults, unread=meant.unread)


def _burn(scene: Scene) -> Meant:
    return Meant(said=f"Ends the empty position number {scene.arguments['amount']}.")
