"""kill -9, and the power going, at steps of what one does alone, of what is carried, and of what is said to a vault.

`scripts/fuzz holders` takes all steps of all kinds; here are those at which something could be half done.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.holders.chore import ENDED, doing
from tests.holders.chores import CHORES
from tests.holders.forked import CUT
from tests.holders.kept_words import KEEP
from tests.holders.killing import DESK, playing
from tests.holders.power import Disk, cut_power
from tests.holders.vaulted import at_a_vault
from tests.luck import draw_seed

ALONE: Final[Mapping[str, Sequence[str]]] = {
    # Who has an identity, and was stopped before the card was there.
    "card": ("write card.toml half 1", CUT + ENDED),
    "join": (CUT + "rename group.toml after 1",),
    "next": ("write next.toml half 1",),
    "restore": ("rename share.json after 1",),
}
KEPT: Final = ("write nameless half 1", CUT + "rename lane-N-N-seat-N.approval after 1")
PLANTED: Final[Mapping[str, tuple[str, str]]] = {
    "in-place": ("write next.toml half 1", r"next\.toml is half there"),
    "unsynced": (CUT + ENDED, "what it said to be done was not there"),
}
CARRIED: Final[Sequence[Mapping[int, str]]] = (
    {3: "write from.parcel half 1"},
    {DESK: CUT + "rename to.parcel after 2"},
)


@pytest.mark.parametrize("name", ALONE)
def test_kill__of_what_is_done_alone__run_again_it_is_done_once_and_the_group_signs(
    tmp_path: Path, name: str
) -> None:
    """`ChoreGame.play` holds everything against what must be, and against what must never be."""
    with doing(CHORES[name], tmp_path, seed=draw_seed()) as game:
        for step in ALONE[name]:
            assert game.play({DESK: step}) == [step.removeprefix(CUT)]


def test_kill__of_a_word_at_the_terminal__run_again_it_is_kept_whole_and_the_vault_takes_it(
    tmp_path: Path,
) -> None:
    with at_a_vault() as chores, doing(chores[KEEP], tmp_path, seed=draw_seed()) as game:
        for step in KEPT:
            assert game.play({DESK: step}) == [step.removeprefix(CUT)]


def test_kill__while_messages_are_carried__no_parcel_is_half_there_and_the_group_signs(
    tmp_path: Path,
) -> None:
    """Where parcels are written in place, the same finds one."""
    with playing("signing-carried", tmp_path, seed=draw_seed()) as game:
        for ends in CARRIED:
            (at,) = ends.values()
            assert game.play(ends, without=(2,)) == [at.removeprefix(CUT)]
        game.forker.fault = "parcel"
        with pytest.raises(AssertionError, match=r"parcel is half there"):
            game.play({DESK: "write to.parcel half 1"}, without=(2,))


def test_kill__faults_are_planted_in_how_files_are_written__each_is_found_at_the_step_that_is_fine_without(
    tmp_path: Path,
) -> None:
    with doing(CHORES["reshape"], tmp_path, seed=draw_seed()) as game:
        for fault, (step, said) in PLANTED.items():
            game.forker.fault = ""
            assert game.play({DESK: step}) == [step.removeprefix(CUT)]
            game.forker.fault = fault
            with pytest.raises(AssertionError, match=said):
                game.play({DESK: step})


def test_cut_power__of_what_was_written_and_not_synced__gone_and_all_else_stays(tmp_path: Path) -> None:
    root, notes = tmp_path / "root", tmp_path / "notes"
    root.mkdir()
    disk = Disk(notes)
    for name, is_safe in (("safe", True), ("lost", False)):
        path = root / name
        path.write_bytes(b"old")
        with path.open("ab") as file:
            disk.grows(file.fileno())
            file.write(b" new")
            file.flush()
            if is_safe:
                disk.is_safe(file.fileno())
    disk.changes(root / "made")
    (root / "made").write_bytes(b"x")
    disk.changes(root / "gone")
    disk.changes(root / "safe")
    os.replace(root / "safe", root / "gone")  # noqa: PTH105 - as it is counted
    cut_power(notes, root)
    assert {path.name: path.read_bytes() for path in root.iterdir()} == {"safe": b"old new", "lost": b"old"}
