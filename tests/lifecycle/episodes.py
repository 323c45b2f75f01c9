"""Longer turns about what the newer controls are for: hurry and review, people apart, groups, duties, the bucket."""

from __future__ import annotations

from typing import Any, Final

from eth_hash.auto import keccak

from tests.lifecycle import messages
from tests.lifecycle.consents import improper_consent, may_approve, proper
from tests.lifecycle.director import BYSTANDER, Director
from tests.lifecycle.errands import call_of_duties, call_of_terms, check_call, person_of_interest, ruled_call
from tests.lifecycle.listing import hurrying
from tests.lifecycle.proposals import governing_call, group_arguments
from tests.lifecycle.registers import APPROVAL, KEY_MATERIAL, SIGNING_SERVER
from tests.lifecycle.slots import LEDGER, OTHER_REGISTRY, REGISTRY
from tests.lifecycle.state import COMPANIONS
from tests.lifecycle.vocabulary import SEAT_OPERATIONS, data_of, id_of
from tests.lifecycle.world import FRIEND
from tests.stage import ETHER
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.operation import Call, Operation
from verifier.model.tier import Tier
from verifier.model.units import Person, Timestamp, Wei

_REGISTERS: Final = (REGISTRY, REGISTRY, OTHER_REGISTRY)


class Episodes(Director):
    # ---------------------------------------------------------------- break-glass

    def hurry(self, operation: Operation) -> None:
        """Let people consent to hurry: enough of them, at times too few or wrongly."""
        run, choices = self.run, self.choices
        names = hurrying(run, operation)
        if choices.rarely(20):
            names = choices.some(names)
        consents = [run.consent(name, operation) for name in names]
        if consents and choices.rarely(30):
            consents[choices.dice.randint(0, len(consents) - 1)] = improper_consent(choices, operation)
        if run.step(BYSTANDER, "expedite", operation, consents) is None and choices.rarely(70):
            self.wait_and_execute(operation)

    def hurry_a_payment(self) -> None:
        choices = self.choices
        large = choices.rarely(50)
        operation = self._publish(choices.large_call() if large else self._standard_call())
        if operation is None:
            return
        self.gather(operation)
        if choices.rarely(30):
            self._let_an_epoch_begin()
        self.hurry(operation)
        if choices.rarely(25) and self.run.is_open(operation):
            self._lose_and_regain(operation)
            self.hurry(operation)
        if choices.rarely(40):
            self.review()

    def hurry_often(self) -> None:
        """Break the glass again and again, and look into some of it, not always the first."""
        choices = self.choices
        for _ in range(3):
            self.hurry_a_payment()
        if choices.rarely(40):
            self._make_a_participant_an_auditor()
        for _ in range(2):
            self.review()

    def _make_a_participant_an_auditor(self) -> None:
        """Somebody who took part gives up approving, and wants to say what it was."""
        run, choices = self.run, self.choices
        open_ones = [i for i, each in run.state.ledger.bypasses.items() if each.record.verdict == 0]
        if not open_ones:
            return
        index = choices.pick(open_ones)
        took_part = run.state.ledger.bypasses[index].participants
        names = run.seated(lambda record: record.is_active and record.person in took_part)
        if not names:
            return
        name = choices.pick(names)
        data = data_of("setRoles", [run.address(name), int(Role.AUDITOR)])
        self.carry_out(Call(target=run.vault, value=Wei(0), data=data))
        run.step_at(LEDGER, name, "review", run.vault, index, keccak(b""), True)

    def _let_an_epoch_begin(self) -> None:
        """Somebody who approves nothing leaves."""
        run = self.run
        names = run.seated(lambda record: record.is_active and not record.has_any(Role.APPROVER))
        if names:
            whom = self.choices.pick(names)
            run.step(whom, "suspend", run.address(whom))

    def _lose_and_regain(self, operation: Operation) -> None:
        """Somebody takes an approval back, and gives it again by an own transaction."""
        run, lane = self.run, self.run.state.lane(operation.lane).state
        names = run.seated(lambda record: record.seat in lane.approvals and not record.is_group)
        for name in names[: max(1, len(names) - 1)]:
            run.step(name, "withdraw", operation)
        for name in names[: max(1, len(names) - 1)]:
            run.step(name, "approve", operation, [run.own(name, operation)])
        self.gather(operation)

    def _standard_call(self) -> Call:
        return Call(target=FRIEND, value=Wei(2 * ETHER), data=b"")

    def review(self) -> None:
        """Let an auditor say what a bypass was; at times somebody who may not."""
        run, choices = self.run, self.choices
        bypasses = run.state.ledger.bypasses
        open_ones = [i for i, each in bypasses.items() if each.record.verdict == 0]
        index = choices.pick(open_ones) if open_ones and not choices.rarely(10) else len(bypasses)
        by = choices.anyone() if choices.rarely(12) else choices.member(Role.AUDITOR)
        findings = keccak(index.to_bytes(4, "big"))
        run.step_at(LEDGER, by, "review", run.vault, index, findings, choices.rarely(50))

    def change_the_bypass_terms(self) -> None:
        self.carry_out(call_of_terms(self.choices))

    # --------------------------------------------------------------- people apart

    def name_a_quorum(self) -> None:
        """Record approvals one after the other, and then name those who are apart from each other."""
        run, choices = self.run, self.choices
        operation = self._publish(choices.large_call())
        if operation is None:
            return
        for name in choices.some(may_approve(run, operation), least=1):
            run.step(BYSTANDER, "approve", operation, [proper(choices, operation, name)])
        self.gather(operation)
        if choices.rarely(50):
            self.gather(operation)
        if choices.rarely(60):
            # Somebody of the quorum moves, and may be near to another one now.
            self.carry_out(governing_call(choices, "setAttributes"))
        if choices.rarely(40):
            self.carry_out(governing_call(choices, "setTiers"))
        if run.is_open(operation):
            self.wait_and_execute(operation)

    # --------------------------------------------------------------------- groups

    def let_a_group_in(self) -> None:
        run, choices = self.run, self.choices
        fresh = [name for name in run.world.flocks if run.record(name).status is MemberStatus.STRANGER]
        if fresh and not (choices.group() and choices.rarely(60)):
            data = data_of("addGroup", group_arguments(choices, choices.pick(fresh)))
            self.carry_out(Call(target=run.vault, value=Wei(0), data=data))
        operation = self._publish(self._standard_call())
        if operation is None:
            return
        group = choices.group()
        if group is not None and group in may_approve(run, operation):
            run.step(BYSTANDER, "approve", operation, [run.sign_published(group, operation)])
        self.gather(operation)

    def let_a_group_speak(self) -> None:
        """Send what a group says: about an operation, or about itself; at times what it did not say so."""
        run, choices = self.run, self.choices
        group = choices.group()
        if group is None and choices.rarely(70):
            self.let_a_group_in()
            return
        if group is None or choices.rarely(10):
            group = choices.anyone()
        if choices.rarely(40):
            self._publish(governing_call(choices, choices.pick(SEAT_OPERATIONS)))
        about_seats = [
            each for each in run.open_operations() if run.state.lane(each.lane).state.seat_operation
        ]
        operation = choices.operation_at_hand() if run.operations else None
        if about_seats and choices.rarely(50):
            operation = choices.pick(about_seats)
        if operation is None or choices.rarely(25):
            if choices.can_spare_one():
                seat, epoch = run.record(group).seat, run.state.roster.epoch - choices.rarely(10)
                proof = run.word_of(group, messages.suspension(seat, epoch))
                run.step(BYSTANDER, "suspendAsGroup", proof)
            return
        lane = run.state.lane(operation.lane).state
        veto = run.word_of(group, messages.veto(id_of(operation)))
        withdrawal = run.word_of(group, messages.withdrawal(id_of(operation), lane.publication.pack()))
        if choices.rarely(10):
            veto, withdrawal = withdrawal, veto
        is_recorded = run.record(group).seat in lane.approvals
        if is_recorded != choices.rarely(15):
            run.step(BYSTANDER, "withdrawAsGroup", operation, withdrawal)
        elif choices.rarely(60):
            run.step(BYSTANDER, "vetoAsGroup", operation, veto)

    def send_as_a_group(self) -> None:
        """Somebody has the whole key of a group, and sends transactions with it."""
        run, choices = self.run, self.choices
        group = choices.group()
        if group is None or not run.operations:
            return
        operation = choices.operation_at_hand()
        sent: list[tuple[str, list[Any]]] = [
            ("propose", [choices.operation(group, [choices.small_call()]), []]),
            ("withdraw", [operation]),
            ("veto", [operation.lane, id_of(operation)]),
            ("object", [operation]),
            ("execute", [operation]),
            ("suspend", [run.address(group)]),
            ("approve", [operation, [run.own(group, operation)]]),
        ]
        function, arguments = choices.pick(sent)
        run.step(group, function, *arguments)

    # --------------------------------------------------------------------- duties

    def order_the_duties(self) -> None:
        """Let duties exclude each other, give them, and bring in or move whom they concern."""
        choices = self.choices
        target = COMPANIONS.duty_registry

        def to_register(function: str, *arguments: int) -> Call:
            return Call(target=target, value=Wei(0), data=data_of(function, list(arguments), REGISTRY))

        if choices.rarely(35):
            self.carry_out(*[call_of_duties(choices) for _ in range(choices.pick([1, 1, 2, 3]))])
            return
        newcomer, seated = choices.newcomer(), choices.member(Role.APPROVER)
        whom = choices.person_of(seated if choices.rarely(25) else newcomer)
        duty = choices.pick([KEY_MATERIAL, KEY_MATERIAL, KEY_MATERIAL, 1 << 15])
        exclude = to_register("setConflicts", APPROVAL, KEY_MATERIAL | SIGNING_SERVER)
        grant = to_register("grant", whom, duty)
        held = self.run.state.duties[REGISTRY].duties.get(Person(whom), 0) & duty
        calls = (
            [exclude] if held and choices.rarely(80) else [exclude, grant, grant][: choices.pick([2, 2, 3])]
        )
        self.carry_out(*calls)
        match choices.dice.randint(0, 3):
            case 0 | 1:
                attributes = choices.attributes()
                arguments = [choices.run.address(newcomer), whom, Role.APPROVER, attributes]
                data = data_of("addMember", arguments)
                self.carry_out(Call(target=choices.run.vault, value=Wei(0), data=data))
            case 2:
                self.carry_out(governing_call(choices, "setRegistry"))
            case _:
                self.carry_out(governing_call(choices, "setRoles"))

    def revoke_a_duty(self) -> None:
        run, choices = self.run, self.choices
        register = choices.pick(_REGISTERS)
        held = [(person, duties) for person, duties in run.state.duties[register].duties.items() if duties]
        person, duties = choices.pick(held) if held else (person_of_interest(choices), KEY_MATERIAL)
        duty = duties & -duties if not choices.rarely(25) else choices.pick([SIGNING_SERVER, APPROVAL, 3])
        by = choices.member(Role.GUARDIAN)
        if choices.rarely(50):
            own = [name for name, actor in run.world.cast.items() if actor.person == person]
            by = choices.pick(own or [by])
        run.step_at(register, by, "revoke", run.vault, person, duty)

    # --------------------------------------------------------- the bucket and rules

    def spend_bit_by_bit(self) -> None:
        """Publish payments one after the other, each of them small, until they are not any more."""
        run, choices = self.run, self.choices
        call = Call(
            target=FRIEND, value=Wei(choices.pick([3 * ETHER, 4 * ETHER, 6 * ETHER, ETHER, ETHER])), data=b""
        )
        published = [self._publish(call) for _ in range(3)]
        for operation in published:
            if operation is not None and run.is_open(operation):
                self.gather(operation)
        if choices.rarely(50):
            run.time = Timestamp(run.time + choices.pick([3_600, 43_200, 86_400]))
        for operation in published:
            if operation is not None and run.is_open(operation):
                self.gather(operation)

    def use_the_venue(self) -> None:
        choices = self.choices
        operation = self._publish(*[ruled_call(choices) for _ in range(choices.pick([1, 1, 2]))])
        if operation is not None:
            self.gather(operation)
            self.wait_and_execute(operation)

    def make_sure(self) -> None:
        """Pay with a check in front, which may hold when the batch is executed, or not."""
        calls = [check_call(self.choices) for _ in range(self.choices.pick([1, 1, 2]))]
        operation = self.publish_with_quorum(*calls, self.choices.small_call())
        if operation is not None:
            self.wait_and_execute(operation)

    def waiting(self) -> Operation | None:
        """Return an operation that waits, and could be hurried; at times another one."""
        run, choices = self.run, self.choices
        found = [
            each
            for each in run.open_operations()
            if run.state.lane(each.lane).state.status_at(run.time) is Status.WAITING
            and run.state.lane(each.lane).state.tier < Tier.CUSTODY
        ]
        if found and not choices.rarely(10):
            return choices.pick(found)
        return choices.operation_at_hand() if run.operations else None
