"""Logs from several endpoints, and who of them is wrong where they differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from verifier.chain.endpoint import Endpoint
from verifier.chain.header import Header
from verifier.chain.panel import Panel
from verifier.chain.receipts import is_asked_for, may_contain, may_have, prove_logs, read_logs
from verifier.errors import (
    EndpointAnswerTooLong,
    EndpointError,
    EndpointRefused,
    EndpointsDisagree,
    EndpointTooSlow,
    EndpointUnreachable,
    RangeTooWide,
)
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.text import Shown, sanitise
from verifier.model.units import BlockNumber
from verifier.model.watching import BlockRef, LogEvent

# How nodes and services say that a range is too wide, or has too much in it.
_TOO_WIDE: Final = re.compile(
    r"range|too (many|large|big|wide|long)|limit|exceed|more than|at most|max|result|size|time.?d? ?out|deadline",
    re.IGNORECASE,
)
# And that they are asked too often, which no narrower range changes.
_TOO_OFTEN: Final = re.compile(r"\brate\b|requests|per second|quota|credits|capacity", re.IGNORECASE)
# HTTP statuses that a smaller answer may avoid.
_TOO_MUCH: Final = frozenset({408, 413, 504, 524})
# So many blocks are settled by their receipts at one time; more than that, and somebody else has to be asked.
_MOST_PROVEN: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What logs are asked for."""

    first: BlockNumber
    last: BlockNumber
    emitters: frozenset[Address]
    topics: tuple[tuple[bytes, ...], ...]
    # The one block that it is about.
    at: BlockRef | None

    def filter(self) -> dict[str, Any]:
        """Return it as JSON-RPC wants it."""
        where: dict[str, Any] = {"address": [str(emitter) for emitter in sorted(self.emitters)]}
        if self.at is None:
            where |= {"fromBlock": hex(self.first), "toBlock": hex(self.last)}
        else:
            where |= {"blockHash": "0x" + self.at.hash.hex()}
        if self.topics:
            where["topics"] = [["0x" + topic.hex() for topic in wanted] or None for wanted in self.topics]
        return where

    def takes(self, log: LogEvent) -> bool:
        return self.first <= log.block <= self.last and is_asked_for(log, self.emitters, self.topics)

    def may_be_in(self, header: Header) -> bool:
        """Whether a block may have such a log, by its bloom. False is certain."""
        return any(may_contain(header.bloom, emitter) for emitter in self.emitters) and all(
            any(may_contain(header.bloom, topic) for topic in wanted) for wanted in self.topics if wanted
        )


@dataclass(slots=True, kw_only=True)
class _Answers:
    """What each endpoint says of each block, as far as it is still believed."""

    asked: Asked
    by_name: dict[str, dict[BlockNumber, tuple[LogEvent, ...]]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    # Settled for good, by a proof.
    proven: dict[BlockNumber, tuple[LogEvent, ...]] = field(default_factory=dict)

    def disputed(self) -> list[BlockNumber]:
        """Return the blocks about which they differ, and which are not settled."""
        numbers = {number for said in self.by_name.values() for number in said} - self.proven.keys()
        views = self.by_name.values()
        return sorted(number for number in numbers if len({said.get(number, ()) for said in views}) > 1)

    def settle(self, number: BlockNumber, truth: tuple[LogEvent, ...]) -> None:
        """Take a proven answer for one block, and name those who said otherwise."""
        self.proven[number] = truth
        for name, said in self.by_name.items():
            given = said.get(number, ())
            if set(truth) - set(given):
                self.note(name, "log-left-out", f"left out logs of block {number}")
            if set(given) - set(truth):
                self.note(name, "log-made-up", f"gave logs that block {number} has not")

    def note(self, name: str, rule: str, what: str) -> None:
        said = f"{sanitise(name)} {what}: its own header says otherwise; do not trust it, use another."
        self.findings.append(
            Finding(rule=rule, severity=Severity.DANGER, sentence=Shown(said), evidence=Evidence.PROVEN)
        )


class LogPanel:
    """Asks every endpoint of a panel for the same logs."""

    def __init__(self, panel: Panel, *, agreed: Callable[[BlockNumber], Header]) -> None:
        """Take the endpoints.

        :param agreed: returns a block's header that enough of them agree on
        """
        self._panel = panel
        self._agreed = agreed

    def ask(
        self, asked: Asked, known: Mapping[BlockNumber, Header]
    ) -> tuple[tuple[LogEvent, ...], tuple[Finding, ...]]:
        """Return the logs, and who was wrong about them.

        :param known: headers that are at hand; a single endpoint's empty answer is held against them
        :raises RangeTooWide: an endpoint wants fewer blocks at once.
        :raises EvidenceError: too few answer, or agree.
        """
        answers = _Answers(asked=asked, by_name=self._collect(asked))
        doubted = answers.disputed()
        if self._panel.by_vote is Evidence.CLAIMED:
            doubted += [number for number in self._too_empty(answers, known) if number not in doubted]
        for number in doubted[:_MOST_PROVEN]:
            header = known.get(number) or self._agreed(number)
            self._judge(answers, header)
        return self._believed(answers), tuple(answers.findings)

    def _collect(self, asked: Asked) -> dict[str, dict[BlockNumber, tuple[LogEvent, ...]]]:
        outcomes = self._panel.ask_each(lambda endpoint: _ask(endpoint, asked))
        failures = [outcome for _, outcome in outcomes if isinstance(outcome, EndpointError)]
        answered = {
            endpoint.name: outcome for endpoint, outcome in outcomes if not isinstance(outcome, EndpointError)
        }
        if len(answered) < self._panel.needed:
            wide = next((failure for failure in failures if _is_too_wide(failure)), None)
            if wide is not None and asked.last > asked.first:
                raise RangeTooWide(
                    endpoint=wide.endpoint, first=asked.first, last=asked.last, why=wide.sentence()
                ) from wide
            raise failures[0]
        return answered

    def _too_empty(self, answers: _Answers, known: Mapping[BlockNumber, Header]) -> list[BlockNumber]:
        said = next(iter(answers.by_name.values()))
        return [n for n, header in known.items() if not said.get(n) and answers.asked.may_be_in(header)]

    def _judge(self, answers: _Answers, header: Header) -> None:
        """Drop what the bloom denies and what stands in another block; settle the rest by the receipts."""
        number = header.number
        for name in list(answers.by_name):
            given = answers.by_name[name].get(number, ())
            if any(log.block_hash != header.hash for log in given):
                # It is on another branch yet, or still: about this block it says nothing.
                del answers.by_name[name]
                continue
            kept = tuple(log for log in given if may_have(header, log))
            if len(kept) < len(given):
                answers.note(name, "log-made-up", f"gave logs that block {number} cannot have")
                answers.by_name[name][number] = kept
        for endpoint in self._panel.endpoints:
            try:
                receipts = endpoint.ask("eth_getBlockReceipts", hex(number))
                truth = tuple(log for log in prove_logs(receipts, header) if answers.asked.takes(log))
            except EndpointError:
                continue
            answers.settle(number, truth)
            return

    def _believed(self, answers: _Answers) -> tuple[LogEvent, ...]:
        """Return what is proven, or what as many as needed say of every block together."""
        votes: dict[tuple[LogEvent, ...], list[str]] = {}
        for name, said in answers.by_name.items():
            rest = [log for number, logs in said.items() if number not in answers.proven for log in logs]
            votes.setdefault(tuple(rest), []).append(name)
        logs, agreeing = max(votes.items(), key=lambda each: len(each[1]), default=((), []))
        others = tuple(each.name for each in self._panel.endpoints if each.name not in agreeing)
        first, last = answers.asked.first, answers.asked.last
        what = f"the logs of blocks {first} to {last}" if last > first else f"the logs of block {first}"
        if len(agreeing) < self._panel.needed:
            raise EndpointsDisagree(
                what=what, needed=self._panel.needed, agreeing=len(agreeing), others=others
            )
        if len(votes) > 1:
            apart = sorted(name for names in votes.values() if names is not agreeing for name in names)
            sentence = f"{', '.join(map(sanitise, apart))} gave other logs than the others, about {what}."
            answers.findings.append(
                Finding(
                    rule="endpoint-dissents",
                    severity=Severity.DANGER,
                    sentence=Shown(sentence),
                    evidence=Evidence.AGREED,
                )
            )
        proven = [log for logs_of_one in answers.proven.values() for log in logs_of_one]
        return tuple(sorted([*logs, *proven], key=lambda log: (log.block, log.index)))


def _ask(endpoint: Endpoint, asked: Asked) -> dict[BlockNumber, tuple[LogEvent, ...]]:
    answer = endpoint.ask("eth_getLogs", asked.filter())
    found: dict[BlockNumber, list[LogEvent]] = {}
    for log in read_logs(answer):
        if not asked.takes(log) or (asked.at is not None and log.block_hash != asked.at.hash):
            raise answer.malformed("it gives logs that were not asked for")
        found.setdefault(log.block, []).append(log)
    return {number: tuple(logs) for number, logs in found.items()}


def _is_too_wide(failure: EndpointError) -> bool:
    match failure:
        case EndpointTooSlow() | EndpointAnswerTooLong():
            return True
        case EndpointUnreachable():
            return failure.status in _TOO_MUCH
        case EndpointRefused():
            return bool(_TOO_WIDE.search(failure.message)) and not _TOO_OFTEN.search(failure.message)
        case _:
            return False
