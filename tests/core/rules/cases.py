"""Cases as rules are given them: a real operation, decoded from its bytes, in a vault of plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.desk.fakes import COMPANIONS, NOW, TIERS, VAULT, lane_of, operation, reading
from verifier.assess.case import Case, CheckedApproval, Precedent
from verifier.assess.policy import PolicyBook, judge
from verifier.assess.rules.table import judge_case
from verifier.assess.standing import judge_quorum
from verifier.decode.calls import decode_operation
from verifier.decode.lexicon import Lexicon
from verifier.model.account import AccountReading, TokenReading
from verifier.model.address import NOBODY, Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.effect import Effect
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Finding, Severity
from verifier.model.history import NO_HISTORY, History
from verifier.model.life import Status
from verifier.model.member import Member
from verifier.model.operation import Call, Operation
from verifier.model.reading import BypassReading, LaneReading, PolicyReading
from verifier.model.rule import Rule
from verifier.model.simulation import Outcome, Simulation
from verifier.model.text import Shown
from verifier.model.tier import TierBook
from verifier.model.units import Amount, BlockNumber, Timestamp, Wei

DAY: Final = 86_400
TOKEN: Final = Address(bytes.fromhex("a0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"))
ALICE: Final = Address(bytes.fromhex("a11ce0000000000000000000000000000000a11c"))
MALLORY: Final = Address(bytes.fromhex("bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0"))
ROUTER: Final = Address(bytes.fromhex("66a9893cc07d91d95644aedd05d03f95e1dba8af"))
PROTOCOL: Final = Address(bytes.fromhex("b53c1a33016b2dc2ff3653530bff1848a515c8c5"))
SAFE: Final = Address(bytes.fromhex("1db92e2eebc8e0c075a02bea49a2935bcd2dfcf4"))


def calldata(signature: str, *arguments: Any) -> bytes:
    """Return the data of a call as an honest encoder writes it."""
    types = signature.partition("(")[2][:-1]
    return keccak(signature.encode())[:4] + encode(_split(types), arguments)


def _split(types: str) -> list[str]:
    """Return the types of a signature; a comma inside of a tuple parts nothing."""
    found, depth = [""], 0
    for letter in types:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return found if types else []


def call(target: Address, signature: str = "", *arguments: Any, value: int = 0) -> Call:
    data = calldata(signature, *arguments) if signature else b""
    return Call(target=target, value=Wei(value), data=data)


def transfer(to: Address = ALICE, amount: int = 40) -> Call:
    return call(TOKEN, "transfer(address,uint256)", to, amount)


def approve(spender: Address = ALICE, amount: int = 40) -> Call:
    return call(TOKEN, "approve(address,uint256)", spender, amount)


def policy(
    *,
    assets: Mapping[Address, AssetTerms] | None = None,
    uses: Mapping[Address, Use] | None = None,
    rules: Mapping[tuple[Address, bytes], Rule] | None = None,
    evidence: Evidence = Evidence.PROVEN,
) -> PolicyReading:
    return PolicyReading(
        assets={asset: Fact(value=terms, evidence=evidence) for asset, terms in (assets or {}).items()},
        counterparties={account: Fact(value=use, evidence=evidence) for account, use in (uses or {}).items()},
        rules={function: Fact(value=rule, evidence=evidence) for function, rule in (rules or {}).items()},
    )


def case_of(
    *calls: Call,
    effects: Mapping[int, Sequence[Effect]] | None = None,
    labels: Mapping[Address, str] | None = None,
    policy: PolicyReading = PolicyReading(assets={}, counterparties={}),  # noqa: B008 - frozen
    accounts: Sequence[AccountReading] = (),
    simulation: Simulation | None = None,
    history: History = NO_HISTORY,
    approvals: tuple[CheckedApproval, ...] | None = None,
    bypasses: BypassReading | None = None,
    members: Mapping[int, Member] | None = None,
    tiers: TierBook = TIERS,
    lane: LaneReading | None = None,
    registry: Address = NOBODY,
    evidence: Evidence = Evidence.PROVEN,
    one: Operation | None = None,
    vault: Address = VAULT,
) -> Case:
    """Return the case of an operation of these calls, which are what the decoder makes of them.

    :param effects: what a call is taken to do besides, by its number, where no standard's bytes do it
    """
    one = one or operation(*calls)
    lane = lane or lane_of(one, 1, 2, 3)
    read = reading(lane, members=members, tiers=tiers, registry=registry, evidence=evidence)
    read = replace(read, vault=vault)
    known = {account.address: account for account in accounts}
    lexicon = Lexicon(
        vault=vault,
        companions=COMPANIONS,
        assets=policy.assets,
        labels=labels or {},
        accounts=known,
    )
    decoded = decode_operation(one, lexicon)
    book = PolicyBook(
        companions=COMPANIONS,
        assets={asset: fact.value for asset, fact in policy.assets.items()},
        counterparties={account: fact.value for account, fact in policy.counterparties.items()},
        rules={function: fact.value for function, fact in policy.rules.items()},
        registry=registry,
    )
    judgement = judge(
        one.calls,
        vault=vault,
        book=book,
        known=frozenset(member.address for member in read.members.value.values()),
        now=read.head.timestamp,
        with_levels=lane.state.status is Status.PROPOSED,
    )
    precedents = tuple(
        Precedent(
            operation_id=past.operation_id,
            calls=decode_operation(past.operation, lexicon),
            executed_at=past.executed_at,
        )
        for past in history.executed
    )
    return Case(
        reading=read,
        lane=lane,
        operation=one,
        calls=tuple(
            replace(each, effects=(*each.effects, *(effects or {}).get(i, ())))
            for i, each in enumerate(decoded)
        ),
        policy=policy,
        labels=labels or {},
        judgement=judgement,
        quorum=judge_quorum(read, lane, one, judgement.subject),
        bypasses=bypasses,
        accounts=known,
        simulation=simulation,
        history=history,
        precedents=precedents,
        approvals=approvals,
    )


def findings(case: Case, rule: str) -> list[Finding]:
    """Return what one rule finds."""
    return [finding for finding in judge_case(case) if finding.rule == rule]


def severities(case: Case, rule: str) -> list[Severity]:
    return [finding.severity for finding in findings(case, rule)]


def account(
    address: Address,
    code: bytes = b"\x60\x00\xf1",
    *,
    had_code: bool | None = True,
    token: TokenReading | None = None,
    evidence: Evidence = Evidence.PROVEN,
    implementation_code: bytes = b"",
) -> AccountReading:
    """Return what is at an address: a contract that can make calls, where nothing else is said."""
    return AccountReading(
        address=address,
        code=code,
        code_hash=keccak(code),
        balance=Wei(0),
        nonce=1,
        evidence=evidence,
        had_code=None if had_code is None else Fact(value=had_code, evidence=Evidence.AGREED),
        token=token,
        implementation_code=implementation_code,
    )


def token(
    *, supply: int | None = 10**12, balance: int | None = 10**9, decimals: int | None = 6
) -> TokenReading:
    return TokenReading(
        decimals=decimals,
        symbol="USDC",
        supply=None if supply is None else Amount(supply),
        balance=None if balance is None else Amount(balance),
        evidence=Evidence.AGREED,
    )


PLAYED: Final = Simulation(
    outcome=Outcome.DONE,
    why=Shown(""),
    endpoint="one.example",
    block=BlockNumber(100),
    at=Timestamp(NOW + DAY),
    method="eth_simulateV1",
    deltas=(),
    allowances=(),
    touched=(),
)
"""An execution that changes nothing."""

SEEN: Final = History(counterparties={ALICE: Timestamp(NOW - 30 * DAY)})
"""A memory in which Alice gained something a month ago."""
