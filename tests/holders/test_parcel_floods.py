"""What may be wrong with a folder of parcels: it is away just now, or more is asked than one parcel answers."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path

import pytest

from tests.holders.company import PATIENCE, Company
from tests.holders.seats import YES, desk_of, kind_of
from verifier.cli import frost_joining
from verifier.courier.folder import ParcelFolder
from verifier.courier.parcel import MOST_ENVELOPES
from verifier.frost import coordinator
from verifier.frost.messages import Kind
from verifier.holder.ports import Decision, Question
from verifier.store.group_file import key_of


class Slow:
    """The port Decider: it says yes once it is let."""

    def __init__(self) -> None:
        self.asked, self.may = threading.Event(), threading.Event()

    def decide(self, question: Question) -> Decision:  # noqa: ARG002 - whatever it is
        self.asked.set()
        assert self.may.wait(PATIENCE)
        return YES


def test_join__a_stick_that_is_away_and_more_than_a_parcel_answers__nothing_is_lost_and_the_holder_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were its process to end, its nonces would go with it, and its person would have to open its share again."""
    company = Company.of(tmp_path, threshold=2, holders=2, by_files=[1])
    stick, pocket = tmp_path / "stick", tmp_path / "pocket"
    stick.mkdir()
    carried = ["--parcels", str(stick)]
    company.join(1, *carried)
    company.join(2)
    try:
        company.must("keygen", str(company.desk), *carried)
        company.running[1].wait_for("The share of epoch 1 is in use")
        company.leave(1)
        slow = Slow()
        monkeypatch.setitem(vars(frost_joining), "VaultDecider", lambda **_: slow)
        company.join(1, *carried)
        running, key = company.running[1], key_of(company.group)
        assert key is not None
        name = secrets.token_bytes(32)
        turn = coordinator.start_signing(key, desk_of(company), digest=name, request=b"", session=name)
        invitation = turn.sent[0].raw
        desk = ParcelFolder(stick, writes="to", reads="from", run=secrets.token_bytes(8))
        desk.write(1, [invitation])
        assert slow.asked.wait(PATIENCE), running.text
        # It thinks about it while the stick is carried away.
        stick.rename(pocket)
        slow.may.set()
        running.wait_for("Answered yes")
        running.wait_for("cannot be written")
        # The same again and again is answered the same again and again.
        for _ in range(2):
            ParcelFolder(pocket, writes="to", reads="from", run=secrets.token_bytes(8)).write(
                1, [invitation] * (MOST_ENVELOPES - 50)
            )
        pocket.rename(stick)
        most = 1 + 2 * (MOST_ENVELOPES - 50)
        heard: list[bytes] = []
        while len(heard) < most:
            before = running.text.count("Wrote ")
            heard += [raw for _, found in desk.read() for raw in found if isinstance(raw, bytes)]
            if len(heard) < most and running.text.count("Wrote ") == before:
                running.wait_for("Wrote ", times=before + 1)
    finally:
        company.end()
    assert {kind_of(raw) for raw in heard} == {Kind.COMMITMENT}
    assert len(set(heard)) == 1
    assert len(heard) == most
    assert running.text.count("cannot be written") == 1
