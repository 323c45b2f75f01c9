"""One founded vault for all tests of this folder: what a test does to the chain is undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attest.town import Plan, Town, settle, write
from tests.cli.program import Home, Ran
from verifier.store.calls_file import read_calls


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The vault as its file says, with what operations bring after the founding."""
    with settle() as town:
        home = Desk(home=Home(path=tmp_path_factory.mktemp("founder")), town=town)
        assert home.diff(town.plan).code == 0
        home.execute_all()
        yield town


@pytest.fixture
def desk(founded: Town, tmp_path: Path) -> Iterator[Desk]:
    with founded.chain.isolate():
        yield Desk(home=Home(path=tmp_path), town=founded)


class Desk:
    """Somebody who looks at the vault from outside, and writes what is to change."""

    def __init__(self, *, home: Home, town: Town) -> None:
        self.home = home
        self.town = town
        self.folder = home.path / "changes"

    def attest(
        self, plan: Plan | None = None, *more: str, rpc: tuple[str, ...] = (), is_now: bool = True
    ) -> Ran:
        """Compare the vault with a file, as the usual plan has it where none is given.

        :param is_now: whether the chain is brought to the time of this machine
        """
        file = write(self.home.path / "vault.toml", self.town.plan if plan is None else plan)
        if is_now:
            self.town.catch_up()
        return self.home.call("attest", self.town.vault, str(file), *(rpc or self.town.rpc), *more)

    def rules(self, plan: Plan, *, is_now: bool = True) -> list[str]:
        """Return the rule and the side of each difference."""
        ran = self.attest(plan, "--json", is_now=is_now)
        return [f"{each['rule']} {each['side']}" for each in ran.record["differences"]]

    def diff(self, plan: Plan, *more: str) -> Ran:
        file = write(self.home.path / "wanted.toml", plan)
        return self.home.call(
            "diff", str(file), self.town.vault, *self.town.rpc, "-o", str(self.folder), *more
        )

    def execute_all(self) -> int:
        """Execute what was written, file by file, and return how many there were."""
        files = sorted(self.folder.iterdir())
        for path in files:
            self.town.execute(read_calls(path))
            path.unlink()
        return len(files)
