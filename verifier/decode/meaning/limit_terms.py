"""What it costs to fill an order of 1inch, and what comes out: by the order's own amounts, and by the filler's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.decode.meaning.scene import Fields
from verifier.decode.tokens import UNLIMITED
from verifier.model.address import Address
from verifier.model.call import Argument, Fault, FaultKind
from verifier.model.finding import ByteRange

# TakerTraitsLib.sol: which amount is meant, what stands in the arguments behind, and the limit for the other amount.
IS_MAKING: Final = 1 << 255
IS_UNWRAPPED: Final = 1 << 254
_HAS_TARGET: Final = 1 << 251
_EXTENSION_AT, _INTERACTION_AT = 224, 200
_LENGTH: Final = 0xFFFFFF
_THRESHOLD: Final = (1 << 184) - 1
# MakerTraitsLib.sol
_EXPIRES_AT, _EXPIRES = 80, (1 << 40) - 1
_ACCOUNT: Final = 20
# ExtensionLib.sol: the fields whose ends the first word holds, four bytes each.
TAKER_SUFFIX: Final = 1
GETTERS: Final = (2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Both amounts of a filled order."""

    # Of what the order takes: at most so much is paid.
    most: int
    # Of what it gives: at least so much comes out.
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """What stands behind an order's arguments, by the lengths that the filler's number holds."""

    # Who gets what comes out; None where that is who calls. Nobody is somebody else here.
    target: Address | None = None
    extension: bytes = b""
    # Who is called in between, and the data for it.
    interaction: bytes = b""
    faults: tuple[Fault, ...] = ()

    @property
    def is_priced_elsewhere(self) -> bool:
        """Whether a contract that the order names tells the amounts."""
        return any(_field(self.extension, field) for field in GETTERS)

    @property
    def is_paid_elsewise(self) -> bool:
        """Whether what is paid is told by bytes that only the asset's own code reads."""
        return _field(self.extension, TAKER_SUFFIX)


def terms_of(
    making: int, taking: int, *, amount: int, is_making: bool, threshold: int, is_linear: bool
) -> Terms:
    """Return both amounts.

    :param amount: of what the order gives, or else of what it takes; never more than it has
    :param threshold: the limit for the other amount; 0 for none. It is a proportion to the amount: of less, it is less
    :param is_linear: whether the amounts stand in the order's proportion, which then is a limit, too
    """
    if is_making:
        wanted = min(amount, making)
        cost = -(-wanted * taking // making) if is_linear and making else UNLIMITED
        return Terms(most=min(cost, threshold or UNLIMITED), least=wanted)
    paid = min(amount, taking) if is_linear else amount
    out = paid * making // taking if is_linear and taking else 0
    floor = -(-threshold * paid // amount) if amount else threshold
    least = max(out, floor)
    if least > making:
        # It has no more than that, and gives it for as much less.
        return Terms(most=-(-paid * making // least), least=making)
    return Terms(most=paid, least=least)


def taker_terms(order: Fields, amount: int, traits: int, *, is_linear: bool) -> Terms:
    return terms_of(
        order["makingAmount"],
        order["takingAmount"],
        amount=amount,
        is_making=bool(traits & IS_MAKING),
        threshold=traits & _THRESHOLD,
        is_linear=is_linear,
    )


def expiry_of(traits: int) -> int:
    """Return until when an order is good; 0 where it does not end."""
    return traits >> _EXPIRES_AT & _EXPIRES


def account_of(part: Argument) -> tuple[Address, tuple[Fault, ...]]:
    """Return an account that stands as a number. Nothing reads what is above it."""
    number = part.value if isinstance(part.value, int) else 0
    fault = (Fault(kind=FaultKind.DIRTY, where=part.where),) if number >> 160 else ()
    return Address((number & (1 << 160) - 1).to_bytes(20, "big")), fault


def read_tail(part: Argument | None, traits: int) -> Tail:
    """Return what stands behind an order's arguments: who gets what comes out, the order's rest, and a call.

    Without it nothing does. Bytes that are missing stop the contract; those left over it does not read.
    """
    if part is None:
        return Tail()
    data = part.value if isinstance(part.value, bytes) else b""
    lengths = (
        _ACCOUNT if traits & _HAS_TARGET else 0,
        traits >> _EXTENSION_AT & _LENGTH,
        traits >> _INTERACTION_AT & _LENGTH,
    )
    at, parts = 0, []
    for length in lengths:
        parts.append(data[at : at + length])
        at += length
    faults: tuple[Fault, ...] = ()
    start = part.where.start
    if at > len(data):
        where = ByteRange(start=start, stop=part.where.stop)
        faults = (Fault(kind=FaultKind.TRUNCATED, where=where),)
    elif at < len(data):
        where = ByteRange(start=start + at, stop=start + len(data))
        faults = (Fault(kind=FaultKind.TRAILING, where=where),)
    target = Address(parts[0]) if len(parts[0]) == _ACCOUNT else None
    return Tail(target=target, extension=parts[1], interaction=parts[2], faults=faults)


def _field(extension: bytes, field: int) -> bool:
    """Whether an order's rest has something in a field."""
    return len(extension) >= 32 and has_field(int.from_bytes(extension[:32], "big"), field)


def has_field(ends: int, field: int) -> bool:
    """Whether there is something in a field: its end is behind the end of the one before.

    :param ends: four bytes for each of them
    """
    start, stop = bounds_of(ends, field)
    return stop != start


def bounds_of(ends: int, field: int) -> tuple[int, int]:
    """Return where a field begins and ends."""
    start = ends >> 32 * (field - 1) & 0xFFFFFFFF if field else 0
    return start, ends >> 32 * field & 0xFFFFFFFF
