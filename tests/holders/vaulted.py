"""What a coordinator does at a vault, killed at each step, and the vault itself once it has come right.

register       the group signs to be let in, and the call that adds it is written
sign           the group approves, and a file is written
say            the group vetoes, and the veto is sent
keep           as `sign`, from the terminal
send           as `keep`, and the approval is sent
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.anvil import Anvil, start_anvil
from tests.cli.council import Seat, seat_at_home
from tests.holders.ceremonies import PATIENCE
from tests.holders.chore import Chore, ChoreGame
from tests.holders.company import Company
from tests.holders.kept_words import KEEP, SEND
from tests.holders.test_member import CAST, PAYROLL, data_in, pin
from tests.stage import DAY, ETHER, NATIVE, STRANGER, Actor, Operation, Stage, call, found
from verifier.desk.group_request import address_of_group
from verifier.model.asset import AssetTerms
from verifier.model.life import Status
from verifier.model.units import Units
from verifier.store.approval_file import read_approval_file
from verifier.store.calls_file import read_calls

_ADDITION: Final = "add-group.toml"
_APPROVAL: Final = "group.approval"


@dataclass(slots=True)
class Vault:
    """A vault on a chain of its own, with an operation for the group to judge."""

    chain: Anvil
    stage: Stage
    people: list[Actor]
    bob: Seat | None = None
    payment: list[Operation] = field(default_factory=list)

    # ------------------------------------------------------------------------------------------------------ before

    def prepare_stranger(self, path: Path) -> Company:
        """Return a company that can read the vault, and has no seat in it."""
        company = Company.of(path, threshold=2, holders=3)
        with company.present():
            company.must("keygen", str(company.desk))
        pin(company.home, self.stage)
        self.bob = seat_at_home(path / "bob", self.people[1], 1, self.stage)
        self.chain.set_balance(self.people[1].address, ETHER)
        # What can be proven is what a block has.
        self.chain.mine()
        return company

    def prepare(self, path: Path) -> Company:
        """Return a company that has a seat, and a payment that waits for approvals."""
        company = self.prepare_stranger(path)
        for chair in company.chairs:
            pin(chair.home, self.stage)
        with company.present(more=["--agree-register"]):
            company.must("register", str(company.desk), "--output", str(path / "added"))
        self._add(path / "added")
        self.chain.set_time(int(time.time()) - 60)
        payment = self.stage.operation("ann", [call(to=PAYROLL, value=ETHER // 2)])
        self.stage.must(self.stage.propose("ann", payment))
        self.payment.append(payment)
        return company

    @contextmanager
    def apart(self, _: Company) -> Iterator[None]:
        """Undo what comes to the chain, which a company that is put back has never seen."""
        with self.chain.isolate():
            yield

    # --------------------------------------------------------------------------------------------------- what is run

    def register(self, company: Company) -> list[str]:
        output = str(company.home.path / _ADDITION)
        return ["frost", "register", str(company.desk), "--output", output, *PATIENCE]

    def sign(self, company: Company) -> list[str]:
        output = str(company.home.path / _APPROVAL)
        return ["frost", "sign", str(company.desk), self._lane, "--output", output, *PATIENCE]

    def say(self, company: Company) -> list[str]:
        return ["frost", "say", str(company.desk), "veto", self._lane, *self._opened, "--yes", *PATIENCE]

    def at_the_terminal(self, command: str) -> Callable[[Company], list[str]]:
        def arguments(company: Company) -> list[str]:
            return [command, self._lane, "open", "--group", str(company.desk), *self._opened, *PATIENCE]

        return arguments

    # ------------------------------------------------------------------------------------------------------- after

    def require_added(self, game: ChoreGame) -> None:
        self._add(game.company.home.path / _ADDITION)
        self._go_on(game)

    def require_approvable(self, game: ChoreGame) -> None:
        """Hold the one file that was written against the vault."""
        company = game.company
        (path,) = company.home.path.glob("*.approval")
        seat = read_approval_file(path).approval.seat
        ran = company.home.call("submit", str(path), "--data")
        assert ran.code == 0, ran
        self.stage.must(self.chain.send(STRANGER, self.stage.vault, bytes.fromhex(data_in(ran.out))))
        assert self.stage.lane(self.payment[-1][1])[1].approvals == {seat}
        self._go_on(game)

    def require_vetoed(self, game: ChoreGame) -> None:
        assert self.stage.status(self.payment[-1]) is Status.VETOED
        self._go_on(game)

    def require_approved(self, game: ChoreGame) -> None:
        point = game.company.group.point
        assert point is not None
        seat = self.stage.member(address_of_group(point)).seat
        assert self.stage.lane(self.payment[-1][1])[1].approvals == {seat}
        self._go_on(game)

    def _go_on(self, game: ChoreGame) -> None:
        for index in (1, 2):
            game.forker.start(index)
        game.sign("words after it")

    def _add(self, path: Path) -> None:
        (added,) = read_calls(path)
        addition = self.stage.operation("ann", [call(to=added.target, data=added.data)], nth=7)
        self.stage.must(self.stage.carry_out("ann", addition, ["bob", "cid", "dot"]))

    @property
    def _lane(self) -> str:
        return str(self.payment[-1][1])

    @property
    def _opened(self) -> list[str]:
        assert self.bob is not None
        return ["--key", str(self.bob.key), "--passphrase-file", str(self.bob.passphrase)]


VAULTED: Final = ("register", "sign", "say", KEEP, SEND)


@contextmanager
def at_a_vault() -> Iterator[Mapping[str, Chore]]:
    """Found a vault, and return what is done at it."""
    with start_anvil() as chain:
        chain.set_time(int(time.time()) - 30 * DAY)
        terms = AssetTerms(routine_limit=Units(10**6), high_value_from=Units(10**7), decimals=18)
        people = [Actor.new(name, roles, person=i + 1) for i, (name, roles) in enumerate(CAST.items())]
        stage = found(
            chain,
            people,
            value=100 * ETHER,
            assets=[(NATIVE, terms.pack())],
            counterparties=[(PAYROLL, 1)],
        )
        yield _chores(Vault(chain=chain, stage=stage, people=people))


def _chores(vault: Vault) -> Mapping[str, Chore]:
    def chore(
        name: str,
        arguments: Callable[[Company], list[str]],
        finish: Callable[[ChoreGame], None],
        again: str,
        prepare: Callable[[Path], Company] = vault.prepare,
    ) -> Chore:
        return Chore(
            name=name,
            prepare=prepare,
            arguments=arguments,
            finish=finish,
            again=(again,),
            holders=(1, 2),
            apart=vault.apart,
        )

    already = "there is a file already"
    register = chore("register", vault.register, vault.require_added, already, vault.prepare_stranger)
    sign = chore("sign", vault.sign, vault.require_approvable, already)
    say = chore("say", vault.say, vault.require_vetoed, "It is VETOED, and that is final")
    keep = chore(KEEP, vault.at_the_terminal(KEEP), vault.require_approvable, already)
    send = chore(SEND, vault.at_the_terminal(SEND), vault.require_approved, "The group has approved it")
    return {one.name: one for one in (register, sign, say, keep, send)}
