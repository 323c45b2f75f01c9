"""Playing an operation before it is executed, by every endpoint that can, so that one that lies stands apart.

    simulation = OperationSimulator(panel).simulate(reading, lane, operation, at=ready_at)

Each endpoint plays it twice: first to hear which tokens and accounts it is about; then, after all of them were heard,
between two rounds of the same questions about balances and allowances. An endpoint can so leave out something only
where no other one names it. What is shown is still the claim of one endpoint, and says of which. And code can notice
that it is only being played (there is no fee, and the block is made up), and behave until it is not.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from verifier.chain.answer import Answer
from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.gather import Gathered
from verifier.chain.panel import Panel
from verifier.chain.simulation_deltas import NO_CHANGES, Changes, changes_of
from verifier.chain.simulation_events import Said
from verifier.chain.simulation_play import Play, play_of
from verifier.chain.simulation_probes import MOST_CONTRACTS, probes_for
from verifier.chain.simulation_run import CALL, METHODS, SIMULATE, Run, run, run_measured
from verifier.chain.simulation_trace import Trace, read_accounts, touched_by, trace
from verifier.errors import (
    EndpointAnswerMalformed,
    EndpointError,
    EndpointRefused,
    EndpointTooSlow,
    EvidenceError,
    NumberOutOfRange,
    from_revert,
)
from verifier.model.address import Address
from verifier.model.operation import Operation
from verifier.model.reading import Head, LaneReading, VaultReading
from verifier.model.simulation import Outcome, Simulation
from verifier.model.text import Shown
from verifier.model.units import Timestamp

# For all that an endpoint is asked about one operation.
_MOST_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What an endpoint told when it played an operation for the first time."""

    endpoint: Endpoint
    run: Run
    trace: Trace | None
    remarks: tuple[Shown, ...]


class OperationSimulator:
    """The port Simulator over a panel of endpoints."""

    def __init__(self, panel: Panel, *, most_seconds: float = _MOST_SECONDS) -> None:
        """Take endpoints, and for how long they are asked about one operation."""
        self._panel = panel
        self._most_seconds = most_seconds

    def simulate(
        self, reading: VaultReading, lane: LaneReading | None, operation: Operation, *, at: Timestamp
    ) -> Simulation:
        """Return what an operation would do at a moment, on top of the block of a reading.

        :param lane: where the operation stands; None where it is not published yet
        """
        try:
            play = play_of(reading, lane, operation, at)
        except NumberOutOfRange as exc:
            return _unknown(reading, at, Shown(exc.sentence()))
        if play is None:
            why = Shown("No member is left who may execute, so it cannot be played; see who is suspended.")
            return _unknown(reading, at, why)
        panel = self._patient(reading.head)
        first = panel.ask_each(lambda endpoint: _hear(endpoint, play, operation))
        heard = [outcome for _, outcome in first if isinstance(outcome, _Heard)]
        failures: list[EvidenceError] = [
            outcome for _, outcome in first if isinstance(outcome, EndpointError)
        ]
        there: Gathered | None = None
        try:
            there = read_accounts(panel, reading.head, [one.trace for one in heard if one.trace])
        except EvidenceError as exc:
            failures.append(exc)
        played: list[Simulation] = []
        if heard:
            scene = _Scene(play=play, operation=operation, heard=heard, there=there)
            second = panel.ask_each(scene.conclude, [one.endpoint for one in heard])
            played = [outcome for _, outcome in second if isinstance(outcome, Simulation)]
            failures += [outcome for _, outcome in second if isinstance(outcome, EndpointError)]
        if not played:
            return _unknown(reading, play.at, Shown(failures[0].sentence()))
        best = min(played, key=lambda one: (METHODS.index(one.method), not one.is_measured))
        others = tuple(one.endpoint for one in played if one is not best and _differs(one, best))
        remarks = tuple(Shown(failure.sentence()) for failure in failures)
        return replace(best, disagreeing=others, remarks=(*best.remarks, *remarks))

    def _patient(self, head: Head) -> Panel:
        """Return those endpoints that have the block of a reading, to be asked for so long."""
        until = time.monotonic() + self._most_seconds
        able = [one for one in self._panel.endpoints if one.name not in head.dissenting]
        patient = [_Patient(one, until, self._most_seconds) for one in able or self._panel.endpoints]
        needed = min(self._panel.needed, len(patient))
        return Panel(patient, needed=needed, chain_id=self._panel.chain_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """An operation, and what all endpoints told of it."""

    play: Play
    operation: Operation
    heard: Sequence[_Heard]
    # What is at the accounts that take part; None where nobody could tell.
    there: Gathered | None

    def conclude(self, endpoint: Endpoint) -> Simulation:
        """Return what an endpoint plays in the end.

        :raises EndpointError: it contradicts itself, or played code that is not there.
        """
        (own,) = (one for one in self.heard if one.endpoint is endpoint)
        found, play, remarks = own.run, self.play, list(own.remarks)
        touched = touched_by(endpoint, own.trace, self.there) if own.trace else None
        # What reverts changes nothing.
        changes = self._changes(own, remarks) if found.succeeded else NO_CHANGES
        return Simulation(
            outcome=Outcome.DONE if found.succeeded else Outcome.REVERTED,
            why=Shown("") if found.succeeded else Shown(from_revert(found.output).sentence()),
            endpoint=endpoint.name,
            block=play.block,
            at=play.at,
            method=found.method,
            is_assumed=bool(play.words),
            gas_used=found.gas_used,
            is_measured=changes is not None and changes.is_measured,
            deltas=changes.deltas if changes else None,
            allowances=changes.allowances if changes else None,
            storage=own.trace.storage if own.trace else None,
            touched=touched,
            omitted=changes.omitted if changes else 0,
            remarks=(*remarks, *(changes.remarks if changes else ())),
        )

    def _changes(self, own: _Heard, remarks: list[Shown]) -> Changes | None:
        """Return what an endpoint says that changes, by balances where it can be asked; None where it cannot tell."""
        vault, said = self.play.vault, own.run.said
        if said is None:
            remarks.append(Shown("This method does not tell what changes; another endpoint may."))
            return None
        if own.run.method != SIMULATE:
            remarks.append(Shown("No balance could be asked for, so amounts are what events say."))
            return changes_of(vault, said)
        # Its own first, so that no other endpoint crowds them out.
        heard = [own, *(one for one in self.heard if one is not own)]
        contracts = _contracts(heard)
        if len(contracts) > MOST_CONTRACTS:
            remarks.append(Shown("More contracts take part than were asked for the vault's balance."))
        probes = probes_for(vault, self.operation, _names(heard), contracts)
        try:
            again, measured = run_measured(own.endpoint, self.play, probes)
        except EndpointError as exc:
            remarks.append(Shown(f"Amounts are what events say. {exc.sentence()}"))
            return changes_of(vault, said)
        if (again.succeeded, again.said) != (own.run.succeeded, said):
            # The same code on the same state: only an endpoint that makes things up says another thing.
            why = "it played the same operation twice, and it ended differently"
            raise EndpointAnswerMalformed(endpoint=own.endpoint.name, method=SIMULATE, why=why)
        return changes_of(vault, said, measured)


class _Patient(Endpoint):
    """An endpoint that is asked nothing more when its time is over."""

    def __init__(self, endpoint: Endpoint, until: float, seconds: float) -> None:
        self._endpoint = endpoint
        self._until = until
        self._seconds = seconds
        self.name = endpoint.name

    def try_many(self, calls: Sequence[Call]) -> list[Answer | EndpointRefused]:
        """Return what the endpoint answers.

        :raises EndpointTooSlow: its time is over.
        """
        if time.monotonic() > self._until:
            raise EndpointTooSlow(endpoint=self.name, seconds=self._seconds)
        return self._endpoint.try_many(calls)


def _hear(endpoint: Endpoint, play: Play, operation: Operation) -> _Heard:
    found = run(endpoint, play)
    remarks: tuple[Shown, ...] = ()
    try:
        seen = trace(endpoint, play, operation)
    except EndpointError as exc:
        seen, remarks = None, (Shown(exc.sentence()),)
    return _Heard(endpoint=endpoint, run=found, trace=seen, remarks=remarks)


def _contracts(heard: Sequence[_Heard]) -> list[Address]:
    """Return every contract that some endpoint says takes part."""
    traces = [one.trace for one in heard if one.trace]
    return list(
        dict.fromkeys(account for found in traces for account, code in found.codes.items() if code != b"")
    )


def _names(heard: Sequence[_Heard]) -> Said:
    """Return everything that some endpoint's events name."""
    said = [one.run.said for one in heard if one.run.said]
    return Said(
        moves={about: amount for one in said for about, amount in one.moves.items()},
        grants={about: amount for one in said for about, amount in one.grants.items()},
    )


def _differs(one: Simulation, other: Simulation) -> bool:
    """Whether two endpoints say that different things would happen. Different methods tell different amounts of it."""
    if one.outcome is not other.outcome:
        return True
    if one.method != other.method or one.method == CALL:
        return False
    return _key(one) != _key(other)


def _key(one: Simulation) -> tuple[object, object]:
    deltas = {(d.token, d.account, d.token_id, d.amount) for d in one.deltas or ()}
    allowances = {
        (c.token, c.owner, c.spender, c.token_id, c.through, c.amount) for c in one.allowances or ()
    }
    return deltas, allowances


def _unknown(reading: VaultReading, at: Timestamp, why: Shown) -> Simulation:
    return Simulation(
        outcome=Outcome.UNKNOWN,
        why=why,
        endpoint="",
        block=reading.head.number,
        at=at,
        method="",
    )
