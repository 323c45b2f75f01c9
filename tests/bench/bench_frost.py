"""Groups that share one key: signing and the making of a key, beside @noble/curves in the same run."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.bench import frost_processes
from tests.bench.report import BenchError, Number, Report, Row
from tests.frost_core.noble_peer import Noble, start_noble
from tests.frost_core.party import (
    call_for_key,
    charter,
    dice,
    make_key,
    run_dealing,
    run_signing,
)
from verifier.frost import curve
from verifier.frost.charter import Index
from verifier.frost.nonces import Nonces
from verifier.frost.polynomial import Polynomial, is_proven, point_at, prove
from verifier.frost.rfc9591 import Committed, aggregate, answer, prepare
from verifier.frost.scalar import WIDE, SecretScalar
from verifier.frost.shares import GroupKey, Share

_PACKAGE: Final = Path(__file__).parents[2] / "scripts/node/node_modules/@noble/curves/package.json"
_DIGEST: Final = hashlib.sha256(b"an operation").digest()
_TURNS: Final = 8
_ROUNDS: Final = 10
_DEALINGS: Final = 9
_SIZES: Final = ((2, 3), (3, 5), (7, 10))
_MOST_RATIO: Final = 0.1

TITLE: Final = "Groups that share one key"
NOTES: Final = """\
The fastest of some, since this machine runs other work; both sides take turns in one run. A signing is all of it, one
holder after the other: the nonces of all who sign, their answers (each computes for itself what follows from all
commitments), and adding up with the check of the signature. The making of a key is a Pedersen DKG with proofs of
knowledge: all members deal, and check what they got from all others. At least ten times faster than noble is wanted for
signing.

Peer: @noble/curves {version}, by Node. Ours: libsecp256k1 by {backend}; under "debian" by Debian's library. "With
envelopes" is the same through states, signed envelopes, sealing and the coordinator, in one process."""


def measure(say: Callable[[str], None]) -> Report:
    rows: list[Row] = []
    with start_noble() as noble:
        for threshold, holders in _SIZES:
            say(f"signing, {threshold} of {holders}")
            rows += _signing(noble, threshold, holders)
        say("the making of a key of 10")
        rows += _dealing(noble)
    rows += frost_processes.measure_processes(say)
    notes = NOTES.format(version=_version(), backend=curve.backend()) + "\n\n" + frost_processes.NOTES
    return Report(bench="frost", title=TITLE, rows=rows, notes=notes.split("\n\n"), varies=True)


def _signing(noble: Noble, threshold: int, holders: int) -> list[Row]:
    shares = list(make_key(threshold, holders).values())
    asked = {"min": threshold, "max": holders, "message": _DIGEST.hex()}
    ours, debian, theirs = [], [], []
    for _ in range(_TURNS):
        ours += _times(lambda: _sign(shares[:threshold]), _ROUNDS)
        with curve.using("debian"):
            debian += _times(lambda: _sign(shares[:threshold]), _ROUNDS)
        theirs += noble.ask("time_signing", {**asked, "rounds": _ROUNDS})
    whole = _times(lambda: run_signing({one.index: one for one in shares}, _DIGEST), _ROUNDS)
    name = f"signing, {threshold} of {holders}"
    peer = _ms(theirs)
    return [
        Row(name=name, ours=_ms(ours), peer=peer, unit="ms", most_ratio=_MOST_RATIO),
        Row(name=f"{name}, debian", ours=_ms(debian), peer=peer, unit="ms", most_ratio=_MOST_RATIO),
        Row(name=f"{name}, with envelopes", ours=_ms(whole), peer=None, unit="ms"),
    ]


def _dealing(noble: Noble) -> list[Row]:
    threshold, holders = 7, 10
    ours = _times(lambda: _deal(threshold, holders), _DEALINGS)
    theirs = noble.ask("time_dealing", {"min": threshold, "max": holders, "rounds": _DEALINGS})
    new = charter(threshold, tuple(range(1, holders + 1)))
    whole = _times(lambda: run_dealing(call_for_key(new)), 3)
    name = f"making a key, {threshold} of {holders}"
    return [
        Row(name=name, ours=_ms(ours), peer=_ms(theirs), unit="ms"),
        Row(name=f"{name}, with envelopes", ours=_ms(whole), peer=None, unit="ms"),
    ]


def _sign(shares: list[Share]) -> None:
    """Sign with all of these, one after the other, as RFC 9591 writes it."""
    key = shares[0].key
    rolled = time.perf_counter_ns()
    nonces = {
        one.index: Nonces(one.secret, dice=dice(rolled, one.index, length=64), occasion=b"bench")
        for one in shares
    }
    committed = [Committed(index=i, hiding=one.hiding, binding=one.binding) for i, one in nonces.items()]
    answers = {
        one.index: answer(prepare(key, _DIGEST, committed), one.index, one.secret, *nonces[one.index].take())
        for one in shares
    }
    if aggregate(prepare(key, _DIGEST, committed), answers) is None:
        raise BenchError("the group did not sign")


def _deal(threshold: int, holders: int) -> None:
    """Make a key with all members one after the other, as the Zcash Foundation's parts 1 to 3 do."""
    indexes = tuple(map(Index, range(1, holders + 1)))
    rolled = time.perf_counter_ns()

    def number(*names: object) -> SecretScalar:
        return SecretScalar.from_wide(dice(rolled, *names, length=WIDE))

    polynomials = {i: Polynomial(tuple(number(i, power) for power in range(threshold))) for i in indexes}
    commitments = {i: one.commit() for i, one in polynomials.items()}
    proofs = {i: prove(i, one.coefficients[0], number(i, "proof")) for i, one in polynomials.items()}
    for me in indexes:
        total = polynomials[me].value_at(me)
        for other in indexes:
            if other != me:
                value = polynomials[other].value_at(me)
                point_at.cache_clear()  # each member computes for itself
                if not is_proven(other, commitments[other][0], proofs[other]):
                    raise BenchError("a proof is wrong")
                if point_at(commitments[other], me) != value.point():
                    raise BenchError("a value is wrong")
                total = total.plus(value)
        columns = zip(*commitments.values(), strict=True)
        points = tuple(point for column in columns if (point := curve.add(column)) is not None)
        key = GroupKey(charter=charter(threshold, indexes), commitments=points)
        Share(key=key, index=me, secret=total)


def _times(work: Callable[[], object], rounds: int) -> list[float]:
    """Return how long each took, in milliseconds, after a first one that warms up."""
    work()
    found = []
    for _ in range(rounds):
        before = time.perf_counter()
        work()
        found.append((time.perf_counter() - before) * 1_000)
    return found


def _ms(found: list[float]) -> Number:
    return round(min(found), 3)


def _version() -> str:
    try:
        found: str = json.loads(_PACKAGE.read_text("utf-8"))["version"]
    except FileNotFoundError:
        raise BenchError(
            "scripts/node/node_modules/@noble/curves is missing; run scripts/install first."
        ) from None
    return found
