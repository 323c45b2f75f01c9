"""What exchanges have in common: something goes in, something else comes out, and it matters to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.decode.meaning.scene import Fields, Scene
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.effect import Move
from verifier.model.finding import ByteRange
from verifier.model.units import Amount

# Addresses that Uniswap's routers take for the caller and for themselves.
_CALLER: Final = Address((1).to_bytes(20, "big"))
_ROUTER: Final = Address((2).to_bytes(20, "big"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """An exchange of one token for another."""

    token_in: Address
    token_out: Address
    # At most, where the exact amount is that of what comes out.
    amount_in: int
    # At least, where the exact amount is that of what goes in.
    amount_out: int
    is_exact_in: bool
    # Who pays.
    payer: Address
    recipient: Address
    where: ByteRange | None
    # Whether a number stands for all that the router holds of what goes in.
    is_all: bool = False


def recipient_of(scene: Scene, recipient: Address) -> Address:
    """Return whom a router means: the zero address and 2 are itself, 1 is its caller."""
    if recipient == _CALLER:
        return scene.caller
    return scene.target if recipient in (NOBODY, _ROUTER) else recipient


def ends_of_path(path: bytes, *, is_reversed: bool = False) -> tuple[Address, Address] | None:
    """Return the first and last token of a packed path, None if it is none: 20 bytes a token, 3 for the fee between."""
    if len(path) < 43 or (len(path) - 20) % 23:
        return None
    ends = Address(path[:20]), Address(path[-20:])
    return (ends[1], ends[0]) if is_reversed else ends


def moves_of(scene: Scene, swap: Swap) -> tuple[Move, ...]:
    """Return what a swap moves. What comes out is not known from the bytes where what goes in is."""
    paid = Move(
        token=swap.token_in,
        sender=swap.payer,
        recipient=scene.target,
        amount=None if swap.is_all else Amount(swap.amount_in),
        where=swap.where,
    )
    out = Move(
        token=swap.token_out,
        sender=scene.target,
        recipient=swap.recipient,
        amount=None if swap.is_exact_in else Amount(swap.amount_out),
        where=swap.where,
        least=Amount(swap.amount_out) if swap.is_exact_in else None,
    )
    # Native coins are sent along with the call, whose value says so.
    return (out,) if swap.token_in == NATIVE else (paid, out)


def say_swap(scene: Scene, swap: Swap) -> str:
    """Return a swap in words, without a full stop."""
    paid: str = scene.names.amount(swap.token_in, swap.amount_in)
    if swap.is_all:
        paid = f"all that {scene.here} holds of {scene.names.name(swap.token_in)}"
    out = scene.names.amount(swap.token_out, swap.amount_out)
    whose = "" if swap.payer == scene.names.actor else f" of {scene.names.name(swap.payer)}"
    limits = f"{paid}{whose} for at least {out}" if swap.is_exact_in else f"at most {paid}{whose} for {out}"
    return f"exchanges {limits}, which go to {scene.names.name(swap.recipient)}"


def out_of_position(scene: Scene, a: Fields, where: ByteRange | None) -> tuple[Move, ...]:
    """Return what comes out of a position whose tokens the bytes do not name. It waits to be collected.

    Out of the range of its prices a position holds one token only, so that of two floors the higher one counts.
    """
    return (
        Move(
            token=scene.target,
            sender=scene.target,
            recipient=scene.target,
            amount=None,
            where=where,
            least=Amount(max(a["amount0Min"], a["amount1Min"])),
        ),
    )
