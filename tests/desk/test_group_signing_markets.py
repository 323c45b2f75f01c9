"""Orders, pools and factories: no holder's rules sign them, however loose, since what comes of them is open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.meaning import USDC, data
from tests.core.test_meaning_seaport import FULFIL, KEY, PRICE, order
from tests.desk.fakes import NOW, operation
from tests.desk.test_group_signing import PAYEE, RULES, asked, brief, judge
from verifier.desk.group_signing import Answer, judge_by_rules
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.operation import Call
from verifier.model.units import Timestamp, Wei

FACTORY = Address.parse("0x4e59b44847b379578588920cA78FbF26c0B4956C")
MARKET = Address(b"\x5e" * 20)
LOOSE = replace(
    RULES,
    most_severe=Severity.DANGER,
    counterparties=None,
    most={**RULES.most, MARKET: 1 << 255, USDC: 1 << 255},
)


@pytest.mark.parametrize(
    ("target", "written"),
    [
        (MARKET, data(FULFIL, order([], [PRICE]), KEY)),
        (
            MARKET,
            data(
                "decreaseLiquidity((uint256,uint128,uint256,uint256,uint256))", (7, 1, 10**9, 10**9, 1 << 40)
            ),
        ),
        (MARKET, data("remove_liquidity_one_coin(uint256,int128,uint256)", 5, 1, 10**9)),
        (
            MARKET,
            data("execute((address,address,uint256),bytes[],bytes32)", (MARKET, MARKET, 10**9), [], KEY),
        ),
        (FACTORY, bytes(32) + b"\x60\x80"),
    ],
)
def test_judge_by_rules__what_comes_of_it_is_open__a_person_decides(target: Address, written: bytes) -> None:
    briefing = brief(operation(Call(target=target, value=Wei(0), data=written)))
    judged = judge_by_rules(asked(briefing), briefing, LOOSE, Timestamp(NOW))
    assert judged.answer is not Answer.SIGN
    assert judged.because == "it does more than to move amounts that are known"


def test_judge_by_rules__a_payment__is_signed_by_rules_that_loose() -> None:
    """That the ones above are not refused for another reason."""
    paid = Call(target=MARKET, value=Wei(0), data=data("transfer(address,uint256)", PAYEE, 5))
    assert judge(LOOSE, operation(paid)) is Answer.SIGN
