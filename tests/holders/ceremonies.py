"""The ceremonies whose steps are killed, each with the company as it is before.

signing    two of three sign words
keygen     three make a key
refresh    three get new shares of it
reshare    holder 3 leaves, and holder 4 comes
repair     holder 2 has lost its share

keygen-carried, refresh-carried, signing-carried: holder 3 has no network, and its messages are carried as files.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.holders.company import Company, rules
from tests.holders.forker import SIGN

LOST: Final = 2
LEAVER: Final = 3
FAR: Final = 3
"""Who has no network, where somebody has none."""
PATIENCE: Final = ("--patience", "120")
_CARRIED: Final = "-carried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """One kind of ceremony."""

    name: str
    # Makes the company as it is before, in a folder.
    prepare: Callable[[Path], Company]
    holders: tuple[int, ...]

    @property
    def act(self) -> str:
        """Which ceremony it is, however its messages travel."""
        return self.name.removesuffix(_CARRIED)

    @property
    def is_carried(self) -> bool:
        return self.name.endswith(_CARRIED)

    def arguments(self, company: Company) -> list[str]:
        """Return what the coordinator runs."""
        if self.act == "signing":
            return signing(company, "the words")
        more = [str(LOST)] if self.act == "repair" else []
        return ["frost", self.act, str(company.desk), *more, *PATIENCE, *carrying(company)]


def signing(company: Company, words: str) -> list[str]:
    """Return what lets a company sign words; the signature is in `signature_of`."""
    output = signature_of(company)
    output.unlink(missing_ok=True)
    return [SIGN, words, str(output), "frost", "refresh", str(company.desk), *PATIENCE, *carrying(company)]


def stick_of(company: Company) -> Path:
    """Return the folder in which messages are carried, where any are."""
    return company.path / "stick"


def carrying(company: Company) -> list[str]:
    """Return what tells a program of that folder, where it is there."""
    stick = stick_of(company)
    return ["--parcels", str(stick)] if stick.exists() else []


def signature_of(company: Company) -> Path:
    return company.home.path / "signature"


def _unmade(path: Path, *, by_files: Sequence[int] = ()) -> Company:
    company = Company.of(path, threshold=2, holders=3, by_files=by_files)
    if by_files:
        stick_of(company).mkdir()
    for chair in company.chairs:
        rules(chair, f"version = 1\nrepairs = [{LOST}]\n")
        shutil.copyfile(company.desk / "group.toml", chair.folder / "group.toml")
    return company


def _unmade_carried(path: Path) -> Company:
    return _unmade(path, by_files=[FAR])


def _made(path: Path) -> Company:
    return _with_key(_unmade(path))


def _made_carried(path: Path) -> Company:
    return _with_key(_unmade_carried(path))


def _with_key(company: Company) -> Company:
    carried = carrying(company)
    try:
        for chair in company.chairs:
            company.join(chair.index, *(carried if chair.index == FAR else ()))
        company.must("keygen", str(company.desk), *carried)
        for chair in company.chairs:
            company.running[chair.index].wait_for("The share of epoch 1 is in use.")
    finally:
        company.end()
    return company


def _to_change(path: Path) -> Company:
    company = _made(path)
    newcomer = company.seat()
    card = str(newcomer.folder / "card.toml")
    shutil.copyfile(company.desk / "group.toml", newcomer.folder / "group.toml")
    company.must("reshare", str(company.desk), "--card", card, "--without", str(LEAVER))
    for chair in company.chairs:
        shutil.copyfile(company.desk / "next.toml", chair.folder / "next.toml")
    return company


def _lost(path: Path) -> Company:
    company = _made(path)
    (company.chairs[LOST - 1].folder / "share.json").unlink()
    return company


CEREMONIES: Final = {
    one.name: one
    for one in (
        Ceremony(name="signing", prepare=_made, holders=(1, 2, 3)),
        Ceremony(name="keygen", prepare=_unmade, holders=(1, 2, 3)),
        Ceremony(name="refresh", prepare=_made, holders=(1, 2, 3)),
        Ceremony(name="reshare", prepare=_to_change, holders=(1, 2, 3, 4)),
        Ceremony(name="repair", prepare=_lost, holders=(1, 2, 3)),
        Ceremony(name="keygen-carried", prepare=_unmade_carried, holders=(1, 2, 3)),
        Ceremony(name="refresh-carried", prepare=_made_carried, holders=(1, 2, 3)),
        Ceremony(name="signing-carried", prepare=_made_carried, holders=(1, 2, 3)),
    )
}
