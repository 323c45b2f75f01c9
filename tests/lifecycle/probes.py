"""Invariants that only the chain itself can answer: who could stop what, and whose code it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from eth_hash.auto import keccak

from tests.anvil import Anvil
from tests.lifecycle import messages
from tests.lifecycle.signatures import sign_as_group
from tests.lifecycle.vocabulary import data_of, id_of
from tests.lifecycle.wire import Request
from tests.stage import STRANGER, release
from verifier.model.address import Address
from verifier.model.life import OPEN, Status
from verifier.model.member import Role
from verifier.model.operation import UNPUBLISHED, Approval, Operation
from verifier.model.units import Timestamp

if TYPE_CHECKING:
    from tests.lifecycle.run import Run

_STOPPING: Final = Role.APPROVER | Role.GUARDIAN


class Stops:
    """I-14, first half: every approver and guardian in office can veto every open operation that is not about a seat.

    They are asked by `eth_call` after each step, once for every state that an operation and a member are in together.
    """

    def __init__(self, run: Run) -> None:
        self._run: Final = run
        # By member and operation: the words of both, and the status, for which it is known.
        self._known: Final[dict[tuple[str, bytes], tuple[int, int, Status]]] = {}
        self._asked: list[str] = []

    def asking(self, now: Timestamp) -> list[Request]:
        """Return the calls to make in the block that was just made."""
        run, requests = self._run, []
        self._asked = []
        for operation in run.operations:
            slot = run.state.lane(operation.lane)
            status = slot.state.status_at(now)
            if slot.id != id_of(operation) or status not in OPEN or slot.state.seat_operation:
                continue
            for name in run.seated(lambda record: record.may_stop and record.has_any(_STOPPING)):
                key, words = (name, slot.id), (run.record(name).pack(), slot.state.pack(), status)
                if self._known.get(key) != words:
                    self._known[key] = words
                    self._asked.append(f"{name} cannot veto lane {operation.lane} while it is {status.name}")
                    requests.append(self._veto(name, operation))
        return requests

    def _veto(self, name: str, operation: Operation) -> Request:
        run, sender = self._run, self._run.address(name)
        if run.record(name).is_group:
            # A trial: the group has not said it, so the journal does not hear of it.
            message = messages.veto(id_of(operation))
            digest = message.digest(run.reference.chain_id, run.vault)
            signature = sign_as_group(run.world.flocks[name].group, digest)
            proof = Approval(seat=run.record(name).seat, publication=UNPUBLISHED, signature=signature)
            sender, data = Address(STRANGER), data_of("vetoAsGroup", [operation, proof])
        else:
            data = data_of("veto", [operation.lane, id_of(operation)])
        call = {"from": "0x" + sender.hex(), "to": "0x" + run.vault.hex(), "data": "0x" + data.hex()}
        return ("eth_call", [call, "latest"])

    def check_i14_everyone_can_stop(self, answers: Sequence[Any]) -> None:
        for answer, otherwise in zip(answers, self._asked, strict=True):
            assert answer == "0x", f"{otherwise}: {answer}"


def check_i13_the_code_is_the_release_s(chain: Anvil, vaults: Iterable[Address]) -> None:
    """Every vault has the code that the release pins, whatever it was founded with, and whatever it did since."""
    expected = bytes.fromhex(release()["code_hash"][2:])
    requests: list[Request] = [("eth_getCode", ["0x" + vault.hex(), "latest"]) for vault in vaults]
    for code in chain.batch(requests):
        assert keccak(bytes.fromhex(code[2:])) == expected, "the code of a vault is another one"
