"""What is said once a day: what happened, what nobody acknowledged, how the watcher is. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.routes import WATCHER, Pulse
from verifier.model.text import Shown, show_bytes, show_duration, show_moment
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import AuditRecord, Happening, Kept, Kind, Standing

Names = Mapping[tuple[ChainId, Address], Shown]
"""What the configuration calls vaults."""

MOST_LINES: Final = 40
"""Of each part; how many more there are is said."""


def digest_lines(
    kept: Sequence[Kept], waiting: Sequence[Kept], pulse: Pulse, names: Names, since: Timestamp
) -> tuple[Shown, ...]:
    """Return the lines of a day's digest.

    :param kept: what was seen for the first time since then
    :param waiting: what nobody acknowledged yet, and still stands
    """
    lines = [Shown(f"Since {show_moment(since)}, by vault:"), *_cut(list(_vault_lines(kept, names)))]
    if not kept:
        lines.append(Shown("Nothing happened in any vault."))
    grave = [one for one in kept if _is_grave(one)]
    if grave:
        lines.append(Shown("What was a warning or danger:"))
        lines += _cut([_kept_line(one, names) for one in grave])
    if waiting := [one for one in waiting if one.happening.severity >= Severity.WARNING]:
        lines.append(Shown("Nobody acknowledged yet (`fourth-signer watch ack NUMBER`):"))
        lines += _cut([_kept_line(one, names) for one in waiting])
    return (*lines, *_pulse_lines(pulse))


def head_lines(head: AuditRecord) -> tuple[Shown, ...]:
    """Return what lets somebody outside find out later that the audit log was changed."""
    return (
        Shown(f"Head of the audit log: record {head.number}, hash {show_bytes(head.hash)}."),
        Shown(
            f"Keep it: `fourth-signer audit verify --head {show_bytes(head.hash)}` then finds whatever was removed or "
            "changed up to here."
        ),
    )


def synthetic(day: str, now: Timestamp) -> Happening:
    """Return the alert that is sent once a day to find out whether alerts arrive."""
    return Happening(
        chain_id=WATCHER,
        vault=None,
        kind=Kind.TEST,
        subject=f"test/{day}",
        severity=Severity.INFO,
        sentence=Shown(f"This is the daily test of {day}: nothing happened, and alerts arrive here."),
        lines=(Shown("Whoever misses it one day should ask why the watcher is silent."),),
        evidence=Evidence.CLAIMED,
        block=BlockNumber(0),
        block_hash=b"",
        at=now,
        pages=False,
    )


def vault_name(chain_id: ChainId, vault: Address | None, names: Names) -> Shown:
    """Return what people call a vault, and where it is."""
    if vault is None:
        return Shown("the watcher") if chain_id == WATCHER else Shown(f"chain {chain_id}")
    name = names.get((chain_id, vault))
    return Shown(f"{name} ({vault}, chain {chain_id})" if name else f"{vault}, chain {chain_id}")


def _is_grave(kept: Kept) -> bool:
    return kept.happening.severity >= Severity.WARNING


def _vault_lines(kept: Iterable[Kept], names: Names) -> Iterator[Shown]:
    counts: dict[Shown, Counter[Kind]] = {}
    for one in kept:
        happening = one.happening
        if one.standing is not Standing.RETRACTED and happening.kind is not Kind.TEST:
            name = vault_name(happening.chain_id, happening.vault, names)
            counts.setdefault(name, Counter())[happening.kind] += 1
    for name, kinds in sorted(counts.items()):
        said = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        yield Shown(f"- {name}: {said}")


def _kept_line(kept: Kept, names: Names) -> Shown:
    happening = kept.happening
    where = vault_name(happening.chain_id, happening.vault, names)
    taken = " (taken back)" if kept.standing is Standing.RETRACTED else ""
    return Shown(f"- {kept.number} {happening.severity.name}{taken} {where}: {happening.sentence}")


def _pulse_lines(pulse: Pulse) -> Iterator[Shown]:
    for chain_id, lag in sorted(pulse.lag.items()):
        yield Shown(f"Chain {chain_id}: read up to {show_duration(lag)} ago.")
    if pulse.pending:
        oldest = show_duration(pulse.oldest_undelivered)
        yield Shown(f"Not delivered yet: {pulse.pending}, the oldest for {oldest}.")
    for channel, tally in sorted(pulse.tallies.items()):
        if tally.failing:
            yield Shown(f"Channel {channel} failed {tally.failing} times in a row.")


def _cut(lines: list[Shown]) -> list[Shown]:
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[:MOST_LINES], Shown(f"... and {len(lines) - MOST_LINES} more")]
