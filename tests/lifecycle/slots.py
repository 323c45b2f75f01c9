"""Where the compiler put each variable of the vault and of the companions that remember something.

place_of("vault", "_members", "records", account)
place_of("bypass_ledger", "_books", vault, "bypasses", 0, "record")
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from typing import Any, Final

from eth_hash.auto import keccak

from tests.stage import RELEASE

Place = tuple[str, int]
"""A storage word: whose, and its slot. `OTHER_REGISTRY` has the layout of the companion."""

Words = dict[Place, int]
"""Storage words by their places."""

VAULT: Final = "vault"
LEDGER: Final = "bypass_ledger"
REGISTRY: Final = "duty_registry"
OTHER_REGISTRY: Final = "other duty_registry"
KEEPERS: Final = (VAULT, LEDGER, REGISTRY, OTHER_REGISTRY)
"""Whatever a vault changes stands in one of these."""


@cache
def _layout(contract: str) -> dict[str, Any]:
    file = contract.removeprefix("other ")
    layout: dict[str, Any] = json.loads((RELEASE / f"{file}.json").read_text("utf-8"))["storage_layout"]
    return layout


@lru_cache(maxsize=50_000)
def place_of(contract: str, *path: str | int | bytes) -> Place:
    """Return the word of a path: names of variables and members, and keys of mappings or numbers of array items."""
    layout = _layout(contract)
    (variable,) = (v for v in layout["storage"] if v["label"] == path[0])
    slot, kind = int(variable["slot"]), layout["types"][variable["type"]]
    for part in path[1:]:
        if isinstance(part, str):
            (member,) = (m for m in kind["members"] if m["label"] == part)
            slot, kind = slot + int(member["slot"]), layout["types"][member["type"]]
        elif kind["encoding"] == "mapping":
            word = part.rjust(32, b"\0") if isinstance(part, bytes) else int(part).to_bytes(32, "big")
            slot = int.from_bytes(keccak(word + slot.to_bytes(32, "big")), "big")
            kind = layout["types"][kind["value"]]
        else:
            if kind["encoding"] == "dynamic_array":
                slot = int.from_bytes(keccak(slot.to_bytes(32, "big")), "big")
            slot, kind = slot + int.from_bytes(part, "big") if isinstance(part, bytes) else slot + part, {}
    return contract, slot


@cache
def lane_places() -> list[tuple[Place, Place]]:
    """Return where each lane has its id and its state."""
    return [
        (place_of(VAULT, "_lanes", lane, "id"), place_of(VAULT, "_lanes", lane, "state"))
        for lane in range(512)
    ]


@cache
def seat_places() -> list[Place]:
    return [place_of(VAULT, "_members", "seats", seat) for seat in range(64)]
