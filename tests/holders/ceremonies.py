"""The ceremonies whose steps are killed, each with the company as it is before.

signing    two of three sign words
keygen     three make a key
refresh    three get new shares of it
reshare    holder 3 leaves, and holder 4 comes
repair     holder 2 has lost its share
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.holders.company import Company, rules
from tests.holders.forker import SIGN

LOST: Final = 2
LEAVER: Final = 3
PATIENCE: Final = ("--patience", "120")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """One kind of ceremony."""

    name: str
    # Makes the company as it is before, in a folder.
    prepare: Callable[[Path], Company]
    holders: tuple[int, ...]

    def arguments(self, company: Company) -> list[str]:
        """Return what the coordinator runs."""
        desk = str(company.desk)
        if self.name == "signing":
            return signing(company, "the words")
        more = [str(LOST)] if self.name == "repair" else []
        return ["frost", self.name, desk, *more, *PATIENCE]


def signing(company: Company, words: str) -> list[str]:
    """Return what lets a company sign words; the signature is in `signature_of`."""
    output = signature_of(company)
    output.unlink(missing_ok=True)
    return [SIGN, words, str(output), "frost", "refresh", str(company.desk), *PATIENCE]


def signature_of(company: Company) -> Path:
    return company.home.path / "signature"


def _unmade(path: Path) -> Company:
    company = Company.of(path, threshold=2, holders=3)
    for chair in company.chairs:
        rules(chair, f"version = 1\nrepairs = [{LOST}]\n")
        shutil.copyfile(company.desk / "group.toml", chair.folder / "group.toml")
    return company


def _made(path: Path) -> Company:
    company = _unmade(path)
    with company.present():
        company.must("keygen", str(company.desk))
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
    )
}
