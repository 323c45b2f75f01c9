"""New shares whose certificates never came are put aside by their person, and come back if one comes after all."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest

from tests.cli.program import Ran
from tests.holders.company import Company
from tests.holders.seats import call_for, certificate, deal, desk_of, sign, sit
from verifier.cli import frost_put_aside
from verifier.frost import relay
from verifier.frost.charter import Index
from verifier.frost.envelope import Fault
from verifier.holder import dealings

FIRST: Final = Index(1)
MOST: Final = 2


@pytest.fixture
def waiting(company: Company, monkeypatch: pytest.MonkeyPatch) -> tuple[Company, relay.Relay]:
    """A group that confirmed as many refreshes as it may without a certificate, and the last of them."""
    monkeypatch.setattr(dealings, "MOST_PENDING", MOST)
    seats, desk = sit(company), desk_of(company)
    key = seats[FIRST].keeper.key()
    last, _ = deal(seats, desk, call_for(company, key, epoch=2), known=key)
    for epoch in range(3, 2 + MOST):
        last, _ = deal(seats, desk, call_for(company, key, epoch=epoch), known=key)
        assert last.stage is relay.Stage.TRIAL
    refused, _ = deal(seats, desk, call_for(company, key, epoch=2 + MOST), known=key)
    assert refused.stage is relay.Stage.FAILED
    return company, last


def put_aside(company: Company, index: int, *more: str) -> Ran:
    chair = company.chairs[index - 1]
    return chair.home.call("frost", "put-aside", str(chair.folder), *more)


def places(company: Company) -> tuple[list[str], list[str]]:
    folder = company.chairs[0].folder
    here, aside = (
        sorted(each.name for each in at.glob("share.pending-*")) for at in (folder, folder / "put-aside")
    )
    return here, aside


PENDING: Final = ["share.pending-2.json", "share.pending-3.json"]


def test_put_aside__as_many_as_there_may_be__the_next_refresh_goes_on_and_no_epoch_is_confirmed_twice(
    waiting: tuple[Company, relay.Relay],
) -> None:
    company, _ = waiting
    asked = put_aside(company, 1)
    assert (asked.code != 0, places(company)) == (True, (PENDING, []))
    for index in (1, 2, 3):
        ran = put_aside(company, index, "--yes")
        assert ran.code == 0, ran
        assert "2 shares, of epochs 2 to 3" in ran.out
    assert places(company) == ([], PENDING)
    seats, desk = sit(company), desk_of(company)
    key = seats[FIRST].keeper.key()
    again, _ = deal(seats, desk, call_for(company, key, epoch=3), known=key)
    assert (again.stage, seats[FIRST].faults) == (relay.Stage.OFFERS, [Fault.EPOCH])
    later, _ = deal(seats, desk, call_for(company, key, epoch=4), known=key)
    assert later.stage is relay.Stage.TRIAL
    shown = certificate(seats, desk, later)
    for seat in seats.values():
        seat.take(shown)
    # With a later epoch in use they are worth nothing, and enough of them would make the key.
    assert places(company) == ([], [])
    assert sit(company)[FIRST].keeper.aside() == frozenset()


def test_certificate__of_a_share_that_was_put_aside__said_with_what_helps_and_it_comes_into_use_once_it_is_back(
    waiting: tuple[Company, relay.Relay],
) -> None:
    company, last = waiting
    seats, desk = sit(company), desk_of(company)
    shown = certificate(seats, desk, last)
    assert put_aside(company, 1, "--yes").code == 0
    seat = sit(company)[FIRST]
    (rejected,) = seat.service.take(shown).rejected
    assert rejected.fault is Fault.EPOCH
    assert "frost put-aside FOLDER --back`" in rejected.sentence()
    assert seat.keeper.share() is not None
    assert put_aside(company, 1, "--back").code == 0
    assert places(company) == (PENDING, [])
    seats = sit(company)
    for each in seats.values():
        each.take(shown)
    assert last.key is not None
    assert sign(seats, desk, last.key, bytes(32)) is not None


def test_put_aside__cut_off_between_two_files__either_way_goes_on_from_there(
    waiting: tuple[Company, relay.Relay], monkeypatch: pytest.MonkeyPatch
) -> None:
    company, last = waiting
    folder = company.chairs[0].folder
    for epoch in (2, 3):
        shutil.copy(folder / "group.toml", folder / f"share.pending-{epoch}.toml")
    rename, left = Path.rename, [0]

    def cut(self: Path, target: Path) -> Path:
        if not left[0]:
            raise OSError(5, "the machine stops")
        left[0] -= 1
        return rename(self, target)

    shown = certificate(sit(company), desk_of(company), last)
    for more in (("--yes",), ("--back",)):
        for moves in range(4):
            left[0] = moves
            with monkeypatch.context() as machine:
                machine.setattr(Path, "rename", cut)
                assert put_aside(company, 1, *more).code != 0
            # Whatever stopped it, no share is lost, no epoch confirmed twice, and what waits finds its group's file.
            here, aside = places(company)
            assert sorted({*here, *aside}) == sorted(
                [*PENDING, "share.pending-2.toml", "share.pending-3.toml"]
            )
            assert all(name.replace("json", "toml") in here for name in here)
            assert sit(company)[FIRST].keeper.highest_epoch() == 3
            put_aside(company, 1, "--back")
            assert places(company)[1] == []
            if more == ("--back",):
                assert put_aside(company, 1, "--yes").code == 0
        put_aside(company, 1, "--yes")
    put_aside(company, 1, "--back")
    sit(company)[FIRST].take(shown)
    assert company.chairs[0].folder.joinpath("share.pending-3.json").exists() is False


def test_put_aside__nothing_waits_or_the_holder_runs__said_and_nothing_moves(company: Company) -> None:
    ran = put_aside(company, 1, "--yes")
    assert "no share in it waits for a certificate" in ran.sentence
    assert "nothing was put aside in it" in put_aside(company, 1, "--back").sentence
    with company.present(1):
        assert "another process uses it" in put_aside(company, 1, "--yes").sentence
    assert not (company.chairs[0].folder / frost_put_aside.ASIDE).exists()
