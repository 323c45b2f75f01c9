"""Each kind of clause on operations of a real vault: what it holds of, and the neighbour that differs in one thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode

from tests.anvil import Anvil
from tests.guard.scene import GuardScene, guarded
from tests.stage import ETHER, Stage, data_of
from tests.watch.scene import PAYEE, TOKEN
from verifier.guard.judging import Matter, judge_rule
from verifier.guard.looking import sources_of
from verifier.guard.plan import Guarded
from verifier.guard.replay import Deed, Published, foresee, past_matters
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.guarding import GuardRule
from verifier.model.operation import Call, Operation
from verifier.model.reading import VaultReading
from verifier.model.text import Shown
from verifier.model.units import LaneIndex, Sequence, Timestamp, Wei
from verifier.store.guard_rules import read_lists, read_rules
from verifier.store.watch_table import Table

STRANGER = Address(b"\x51" * 20)
BATCHER = Address(b"\x61" * 20)
# Wednesday 2026-11-25, 12:30 UTC.
NOON = Timestamp(1_795_609_800)
DAY = 86_400
TRANSFER, APPROVE = bytes.fromhex("a9059cbb"), bytes.fromhex("095ea7b3")
UNLIMITED = (1 << 256) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What rules are tried on."""

    scene: GuardScene
    target: Guarded
    reading: VaultReading

    def matter(self, *calls: Call, at: Timestamp = NOON) -> Matter:
        operation = Operation(
            calls=calls, lane=LaneIndex(0), sequence=Sequence(1), approve_by=Timestamp(NOON + DAY)
        )
        (matter,) = past_matters(
            self.target, self.reading, self.target.signer, [Published(operation=operation, at=at)]
        )
        return matter

    def holds(self, rule: GuardRule, *calls: Call, at: Timestamp = NOON) -> bool | None:
        return judge_rule(rule, self.matter(*calls, at=at)).holds


@pytest.fixture(scope="module")
def bench(node: Anvil, founded: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder: Path = tmp_path_factory.mktemp("bench")
    with node.isolate(), guarded(node, founded, folder) as scene:
        (chain,) = scene.chains()
        (target,) = chain.targets
        yield Bench(scene=scene, target=target, reading=target.reader.read_vault())


def rule(*clauses: dict[str, Any], **more: Any) -> GuardRule:
    """Return a rule as its owners would write it."""
    content = {
        "lists": {"payees": [str(PAYEE)], "thieves": [str(STRANGER)], "tokens": [str(TOKEN)]},
        "rules": [{"name": "it", "veto": True, "all": list(clauses), **more}],
    }
    top = Table(content, "the file")
    (found,) = read_rules(top, read_lists(top), [])
    return found


def pay(amount: int, to: Address = PAYEE) -> Call:
    return Call(target=to, value=Wei(amount), data=b"")


def token(amount: int, to: Address = PAYEE, *, selector: bytes = TRANSFER) -> Call:
    return Call(target=TOKEN, value=Wei(0), data=selector + encode(["address", "uint256"], [to, amount]))


def at(target: Address, call: Call) -> Call:
    """Return a call with another target."""
    return Call(target=target, value=call.value, data=call.data)


OPAQUE = Call(target=BATCHER, value=Wei(0), data=bytes.fromhex("deadbeef") + bytes(40))


def itself(bench: Bench) -> Call:
    return Call(target=bench.scene.vault, value=Wei(0), data=data_of("removeMember", PAYEE))


AMOUNTS = [
    ({"over": "1", "asset": "native"}, [pay(ETHER + 1)], [pay(ETHER)]),
    ({"over": "1", "asset": "native"}, [pay(ETHER // 2), pay(ETHER // 2 + 1)], [pay(ETHER // 2)] * 2),
    ({"over": "2.5", "asset": str(TOKEN)}, [token(2_500_001)], [token(2_500_000)]),
    ({"over": "2.5", "asset": str(TOKEN)}, [token(5_000_000, selector=APPROVE)], [pay(5_000_000)]),
    ({"over": "2.5", "asset": str(TOKEN)}, [token(UNLIMITED, selector=APPROVE)], [token(0, selector=APPROVE)]),
    ({"over": "3", "asset": str(TOKEN)}, [token(2_000_000), token(2_000_000, selector=APPROVE)], [token(2_000_000)]),
    ({"over": "0", "asset": str(STRANGER), "decimals": 0}, [at(STRANGER, token(1))], [token(1)]),
]  # fmt: skip


@pytest.mark.parametrize(("clause", "held", "left"), AMOUNTS)
def test_amount__over_it_and_not_over_it(
    bench: Bench, clause: dict[str, Any], held: list[Call], left: list[Call]
) -> None:
    assert bench.holds(rule(clause), *held) is True
    assert bench.holds(rule(clause), *left) is False


def test_amount__decimals_that_nobody_proves__cannot_be_told(bench: Bench) -> None:
    unlisted = {"over": "1", "asset": str(STRANGER)}
    assert bench.holds(rule(unlisted), at(STRANGER, token(9))) is None


def test_amount__a_call_of_the_token_that_is_not_understood__cannot_be_told(bench: Bench) -> None:
    odd = Call(target=TOKEN, value=Wei(0), data=OPAQUE.data)
    assert bench.holds(rule({"over": "1", "asset": str(TOKEN)}), odd) is None


def test_tier__at_least_and_below(bench: Bench) -> None:
    assert bench.holds(rule({"tier": "custody"}), itself(bench)) is True
    assert bench.holds(rule({"tier": "custody"}), pay(1)) is False
    assert bench.holds(rule({"tier": "routine"}), pay(1)) is True


def test_finding__by_name_and_by_severity(bench: Bench) -> None:
    trailing = Call(target=TOKEN, value=Wei(0), data=token(1).data + b"\1")
    assert bench.holds(rule({"finding": "encoding-trailing"}), trailing) is True
    assert bench.holds(rule({"finding": "encoding-trailing"}), token(1)) is False
    assert bench.holds(rule({"finding": "encoding-trailing", "severity": "danger"}), trailing) is False
    dirty = Call(
        target=TOKEN, value=Wei(0), data=TRANSFER + b"\1" + bytes(11) + PAYEE + (1).to_bytes(32, "big")
    )
    assert bench.holds(rule({"severity": "danger"}), dirty) is True
    assert bench.holds(rule({"severity": "danger"}), token(1)) is False


def test_counterparty__in_and_not_in_a_list(bench: Bench) -> None:
    inside, outside = rule({"counterparty_in": "thieves"}), rule({"counterparty_not_in": "payees"})
    for thing in (pay(1, STRANGER), token(1, STRANGER), token(1, STRANGER, selector=APPROVE)):
        assert bench.holds(inside, pay(1), thing) is True
        assert bench.holds(outside, pay(1), thing) is True
    assert bench.holds(inside, pay(1), token(1)) is False
    assert bench.holds(outside, pay(1), token(1)) is False
    assert bench.holds(outside, pay(1), OPAQUE) is None


def test_call__target_function_and_both(bench: Bench) -> None:
    function = {"function": "transfer(address,uint256)"}
    assert bench.holds(rule({"target": str(TOKEN), **function}), token(1)) is True
    assert bench.holds(rule({"target": str(TOKEN), **function}), token(1, selector=APPROVE)) is False
    assert bench.holds(rule({"target": str(STRANGER), **function}), token(1)) is False
    assert bench.holds(rule({"selector": "0x095ea7b3"}), token(1, selector=APPROVE)) is True
    assert bench.holds(rule({"target_not_in": "tokens"}), token(1)) is False
    assert bench.holds(rule({"target_not_in": "tokens"}), token(1), OPAQUE) is True


def test_vault__a_call_to_it_and_none(bench: Bench) -> None:
    assert bench.holds(rule({"changes_vault": True}), itself(bench)) is True
    assert bench.holds(rule({"changes_vault": True}), pay(1)) is False


def test_opaque__data_that_nobody_understands_and_none(bench: Bench) -> None:
    assert bench.holds(rule({"not_understood": True}), token(1), OPAQUE) is True
    assert bench.holds(rule({"not_understood": True}), token(1)) is False


@pytest.mark.parametrize(
    ("clause", "inside", "outside"),
    [
        ({"published": "12:00-13:00"}, NOON, NOON + 1_800),
        ({"published": "12:30-12:31"}, NOON, NOON - 1),
        ({"published": "22:00-06:00"}, NOON + 12 * 3_600, NOON),
        ({"weekdays": ["wed"]}, NOON, NOON + DAY),
        ({"weekdays": ["sat", "sun"]}, NOON + 3 * DAY, NOON + 5 * DAY),
        ({"published": "12:00-13:00", "weekdays": ["thu"]}, NOON + DAY, NOON),
    ],
)
def test_time__inside_and_outside(bench: Bench, clause: dict[str, Any], inside: int, outside: int) -> None:
    assert bench.holds(rule(clause), pay(1), at=Timestamp(inside)) is True
    assert bench.holds(rule(clause), pay(1), at=Timestamp(outside)) is False


def test_all_and_any__as_they_say(bench: Bench) -> None:
    big, strange = {"over": "1", "asset": "native"}, {"counterparty_not_in": "payees"}
    both, either = rule(big, strange), rule({"any": [big, strange]})
    assert bench.holds(both, pay(2 * ETHER, STRANGER)) is True
    assert bench.holds(both, pay(2 * ETHER)) is False
    assert bench.holds(both, pay(1, STRANGER)) is False
    assert bench.holds(either, pay(2 * ETHER)) is True
    assert bench.holds(either, pay(1)) is False
    # What cannot be told decides nothing where something else does.
    assert bench.holds(both, pay(1), OPAQUE) is None
    assert bench.holds(either, pay(2 * ETHER), OPAQUE) is True


def test_except__only_where_all_of_it_is_excepted(bench: Bench) -> None:
    excepted = rule({"tier": "routine"}, **{"except": [{"counterparty_in": "payees"}]})
    assert bench.holds(excepted, pay(1), token(1)) is False
    # A cent for somebody of the list, or nothing that anybody gains by, excepts nothing.
    assert bench.holds(excepted, pay(1), pay(1, STRANGER)) is True
    assert bench.holds(excepted, pay(1), OPAQUE) is True
    assert bench.holds(excepted, pay(1), itself(bench)) is True
    assert bench.holds(excepted, itself(bench)) is True


def test_except__targets_and_times(bench: Bench) -> None:
    by_target = rule({"tier": "routine"}, **{"except": [{"target_in": "tokens"}]})
    assert bench.holds(by_target, token(1)) is False
    assert bench.holds(by_target, token(1), pay(1)) is True
    by_time = rule({"tier": "routine"}, **{"except": [{"published": "12:00-13:00"}]})
    assert bench.holds(by_time, pay(1)) is False
    assert bench.holds(by_time, pay(1), at=Timestamp(NOON + DAY // 2)) is True


def test_foresee__several_rules__the_first_veto_before_any_ring(bench: Bench) -> None:
    ring = rule({"tier": "routine"}, veto=False, name="ring")
    veto = rule({"over": "1", "asset": "native"}, name="veto")
    forecast = foresee(bench.matter(pay(2 * ETHER)), [ring, veto])
    assert (forecast.deed, forecast.rule) == (Deed.VETO, "veto")
    assert foresee(bench.matter(pay(1)), [ring, veto]).deed is Deed.RING
    assert foresee(bench.matter(pay(1)), [veto]).deed is Deed.LEAVE


def test_judge__claimed_only__cannot_be_told_and_agreed_holds(bench: Bench) -> None:
    found = rule({"finding": "code-young"})
    for evidence, holds in ((Evidence.CLAIMED, None), (Evidence.AGREED, True), (Evidence.PROVEN, True)):
        finding = Finding(
            rule="code-young", severity=Severity.WARNING, sentence=Shown("It is young."), evidence=evidence
        )
        matter = bench.matter(pay(1))
        judged = judge_rule(found, replace(matter, review=replace(matter.review, findings=(finding,))))
        assert judged.holds is holds
        assert ("claimed only" in judged.words) is (holds is None)


def test_judge__time_that_is_not_known__cannot_be_told(bench: Bench) -> None:
    matter = replace(bench.matter(pay(1)), published_at=None)
    assert judge_rule(rule({"published": "00:00-00:00"}), matter).holds is None
    excepted = rule({"tier": "routine"}, **{"except": [{"weekdays": ["mon"]}]})
    assert judge_rule(excepted, matter).holds is None


def test_sources__names_that_lead_to_one_place__count_as_one(bench: Bench) -> None:
    head = replace(bench.reading.head, agreeing=("a", "b", "c"))
    assert sources_of(head) == 3
    assert sources_of(replace(head, shared=(("a", "b"),))) == 2
    assert sources_of(replace(head, shared=(("a", "b"), ("b", "c")))) == 1
    assert sources_of(replace(head, shared=(("a", "x"), ("x", "b")))) == 3
