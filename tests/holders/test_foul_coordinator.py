"""What somebody with the coordinator's key may do to a group that has done nothing wrong: bring no share to nothing."""

from __future__ import annotations

import hashlib
import secrets
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.holders.company import Company, rules
from tests.holders.seats import call_for, certificate, deal, desk_of, go_on, kind_of, sign, sit
from tests.holders.test_rules import Noted
from verifier.cli.frost_deciding import VaultDecider
from verifier.cli.frost_rules import KeptRules
from verifier.desk.group_asking import Asked
from verifier.frost import relay, repair_relay
from verifier.frost.charter import Index
from verifier.frost.envelope import Fault
from verifier.frost.messages import Kind
from verifier.frost.repair_messages import RepairCall
from verifier.holder.ports import Decision
from verifier.store.holder_folder import HolderFolder

DIGEST: Final = hashlib.sha256(b"an operation").digest()
FIRST: Final = Index(1)


def test_deal__two_for_one_epoch__the_first_is_kept_and_comes_into_use(company: Company) -> None:
    """Both were called before either was confirmed. Were the second kept over the first, half a group could be told
    that the one is in use, and half that the other is: then nobody could sign any more.
    """
    seats, desk = sit(company), desk_of(company)
    known = seats[FIRST].keeper.key()
    call = call_for(company, known, epoch=2)
    one, held = deal(seats, desk, call, known=known, holding={Kind.SUB_SHARES})
    other, late = deal(seats, desk, call, known=known, holding={Kind.SUB_SHARES})
    one = go_on(seats, one, held)
    assert one.stage is relay.Stage.TRIAL
    assert go_on(seats, other, late).stage is relay.Stage.CONFIRMATIONS
    assert all(Fault.EPOCH in seat.faults for seat in seats.values())
    raw = certificate(seats, desk, one)
    for seat in seats.values():
        seat.take(raw)
        assert seat.keeper.key() == one.key
    assert one.key is not None
    assert sign(seats, desk, one.key, DIGEST) is not None
    # The next epoch is free, and is reached.
    last, _ = deal(seats, desk, call_for(company, one.key, epoch=3), known=one.key)
    assert last.stage is relay.Stage.TRIAL


def test_certificate__of_another_key_than_the_one_in_use__refused_for_ever(tmp_path: Path) -> None:
    """Two keys are made before one is in use, and both certificates are kept back. Once the first is in a vault, the
    second would destroy its shares.
    """
    company = Company.of(tmp_path / "company", threshold=2, holders=2)
    seats, desk = sit(company), desk_of(company)
    first, _ = deal(seats, desk, call_for(company, None, epoch=1), known=None)
    in_time = certificate(seats, desk, first)
    second, _ = deal(seats, desk, call_for(company, None, epoch=2), known=None)
    in_wait = certificate(seats, desk, second)
    assert first.key
    assert second.key
    assert first.key.point != second.key.point
    for started_again in (False, True):
        seats = sit(company) if started_again else seats
        for seat in seats.values():
            seat.take(in_time)
            seat.take(in_wait)
            assert seat.faults[-1] is Fault.EPOCH
            assert seat.keeper.key() == first.key
    assert sign(seats, desk, first.key, DIGEST) is not None


@pytest.mark.parametrize("is_repair", [False, True])
def test_answer__a_call_that_was_overtaken__nothing_is_said(company: Company, is_repair: bool) -> None:
    """Who thinks while new shares come into use would speak for another share than the one that was asked about: an
    honest word that looks like a lie.
    """
    seats, desk = sit(company), desk_of(company)
    known, slow = seats[FIRST].keeper.key(), seats[FIRST]
    assert known is not None
    name = secrets.token_bytes(32)
    if is_repair:
        asked = RepairCall(lost=Index(3), helpers=(FIRST, Index(2)))
        call = repair_relay.start_repair(asked, known, desk, session=name).sent[0].raw
    else:
        again = call_for(company, known, epoch=3)
        call = relay.start_dealing(again, desk, session=name, known=known).sent[0].raw
    slow.take(call, answers=False)
    (question,), slow.asked = slow.asked, []
    done, _ = deal(seats, desk, call_for(company, known, epoch=2), known=known)
    raw = certificate(seats, desk, done)
    for seat in seats.values():
        seat.take(raw)
    slow.asked = [question]
    assert slow.answer() == []
    assert slow.faults[-1] is Fault.OVER
    assert name not in slow.keeper.sessions()


@pytest.mark.parametrize("is_repair", [False, True])
def test_answer__a_call_that_nothing_overtook__the_holder_takes_part(
    company: Company, is_repair: bool
) -> None:
    seats, desk = sit(company), desk_of(company)
    known, slow = seats[FIRST].keeper.key(), seats[FIRST]
    assert known is not None
    name = secrets.token_bytes(32)
    if is_repair:
        asked = RepairCall(lost=Index(3), helpers=(FIRST, Index(2)))
        call = repair_relay.start_repair(asked, known, desk, session=name).sent[0].raw
    else:
        again = call_for(company, known, epoch=3)
        call = relay.start_dealing(again, desk, session=name, known=known).sent[0].raw
    (said,) = slow.take(call)
    assert kind_of(said) is (Kind.REPAIR_OFFER if is_repair else Kind.OFFER)
    assert name in slow.keeper.sessions()


def test_decide__a_share_for_who_shows_none__only_as_for_a_repair(company: Company) -> None:
    """A thief of the third holder's transport key, which is not sealed, would get a share by an ordinary refresh in
    which the others deal: without a passphrase, and without anybody being asked.
    """
    chair = company.chairs[0]

    def is_given(*dealers: int) -> bool:
        seats, desk = sit(company), desk_of(company)
        keeper, known = seats[FIRST].keeper, seats[FIRST].keeper.key()
        call = replace(call_for(company, known, epoch=2), dealers=tuple(map(Index, dealers)))
        sent = relay.start_dealing(call, desk, session=secrets.token_bytes(32), known=known).sent
        seats[FIRST].take(sent[0].raw, answers=False)
        (question,) = seats[FIRST].asked
        folder = HolderFolder(chair.folder)
        kept = KeptRules(folder.rules, Noted(), lambda _: None, before={})
        decider = VaultDecider(options=Namespace(), folder=folder, keeper=keeper, rules=kept)
        decided = decider.decide(question)
        # Never a plain no: it is the person's, who is asked.
        assert isinstance(decided, Asked) or decided.is_yes
        return isinstance(decided, Decision)

    assert is_given(1, 2, 3)
    assert not is_given(1, 2)
    rules(chair, "version = 1\nrepairs = [2]\n")
    assert not is_given(1, 2)
    rules(chair, "version = 1\nrepairs = [3]\n")
    assert is_given(1, 2)


def test_refresh__after_a_foul_coordinator_jumped_far_ahead__goes_on_above_what_holders_say(
    company: Company,
) -> None:
    """Whoever had the coordinator's key for an hour let all confirm shares of a far epoch. The honest one counts from
    its own file: its calls are refused, and a holder says what to do.
    """
    seats, desk = sit(company), desk_of(company)
    known = seats[FIRST].keeper.key()
    far = 5_000
    done, _ = deal(seats, desk, call_for(company, known, epoch=far), known=known)
    assert done.stage is relay.Stage.TRIAL
    with company.present():
        late = company.call_until(
            lambda _: f"Shares of epoch {far} were confirmed here" in company.running[1].text,
            *("refresh", str(company.desk)),
        )
        assert late.code == 12
        said = company.running[1].wait_for(f"Shares of epoch {far} were confirmed here")
        assert f"`--above {far}`" in said
        too_far = company.call("refresh", str(company.desk), "--above", str(1 << 21))
        assert too_far.code == 12
        assert "skips more than" in too_far.err
        company.must("refresh", str(company.desk), "--above", str(far))
        assert company.group.epoch == far + 1
        # From then on it counts by itself.
        company.must("refresh", str(company.desk))
    assert company.group.epoch == far + 2
