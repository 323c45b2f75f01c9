"""Vault files drawn at random: most of them nearly right, since a file that is all wrong tells little."""

from __future__ import annotations

from typing import Any, Final

import tomli_w
from hypothesis import strategies as st

from tests.stage import Actor
from verifier.model.address import Address
from verifier.model.member import Role

NAMES: Final = tuple(f"member {i}" for i in range(9))
ADDRESSES: Final = tuple(str(Address(Actor.new(name, Role.APPROVER).address)) for name in NAMES)
OTHERS: Final = tuple(str(Address(bytes(19) + bytes([i]) + b"")) for i in range(200, 204))
_ROLES: Final = (
    ["proposer", "approver"],
    ["proposer", "approver", "security"],
    ["proposer", "approver", "security"],
    ["approver"],
    ["approver", "security"],
    ["approver", "security"],
    ["approver", "security", "break_glass"],
    ["proposer"],
    ["guardian"],
    ["auditor"],
)
_ODD_ROLES: Final = (
    ["guardian", "approver"],
    ["security"],
    ["proposer", "guardian"],
    ["break_glass", "auditor"],
)
_OFFSETS: Final = ("-12:00", "-10:00", "-05:00", "+00:00", "+01:00", "+05:30", "+09:00", "+14:00")
_ODD_OFFSETS: Final = ("-12:01", "+14:01", "+99:00")
_PLACES: Final = ((0, 0), (47.37, 8.54), (-36.85, 174.76), (90, 0), (-90, 0), (35.68, 139.77), (21.3, -157.9))


def seldom(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw something odd once in forty times."""
    return st.integers(0, 39).flatmap(lambda n: odd if n == 7 else usual)


@st.composite
def members(draw: st.DrawFn) -> list[dict[str, Any]]:
    count = draw(st.integers(5, len(NAMES)))
    found = []
    for i in range(count):
        latitude, longitude = draw(st.sampled_from(_PLACES))
        found.append(
            {
                "name": NAMES[i],
                "person": i + 1,
                "address": ADDRESSES[i],
                "roles": draw(seldom(st.sampled_from(_ROLES), st.sampled_from(_ODD_ROLES))),
                "employer": draw(st.sampled_from(("one", "two", "three", "four"))),
                "utc_offset": draw(seldom(st.sampled_from(_OFFSETS), st.sampled_from(_ODD_OFFSETS))),
                "place": {"latitude": latitude, "longitude": longitude},
            }
        )
    return found


@st.composite
def tiers(draw: st.DrawFn) -> dict[str, Any]:
    """Draw terms that mostly get stricter from tier to tier."""
    found: dict[str, Any] = {}
    quorum, security, hours, segregated = 2, 0, 1, False
    for name in ("routine", "standard", "high_value", "custody"):
        quorum = draw(seldom(st.sampled_from((quorum, quorum, quorum, quorum + 1)), st.integers(0, 9)))
        security = draw(
            seldom(st.sampled_from((security, security, security, security + 1)), st.integers(0, 9))
        )
        least = 24 if name in ("high_value", "custody") else 1
        least = max(hours, least)
        hours = draw(seldom(st.integers(least, max(least, 200)), st.integers(0, 1500)))
        segregated = draw(seldom(st.just(segregated or draw(st.booleans())), st.booleans()))
        terms: dict[str, Any] = {
            "quorum": quorum,
            "security": security,
            "delay": f"{hours}h",
            "grace": f"{draw(seldom(st.integers(192, 720), st.integers(0, 800)))}h",
            "segregated": segregated,
        }
        if name != "custody" and draw(st.booleans()):
            terms["expedited"] = f"{draw(seldom(st.just(hours), st.integers(0, 200)))}h"
        if draw(st.integers(0, 7)) == 3:
            opens, closes = draw(st.integers(0, 96)), draw(st.integers(0, 96))
            terms["window"] = {"opens": _clock(opens), "closes": _clock(closes), "days": draw(_days)}
        found[name] = terms
    return found


_days = st.lists(st.sampled_from(("mon", "tue", "wed", "thu", "fri", "sat", "sun")), min_size=1, unique=True)


def _clock(quarters: int) -> str:
    return f"{quarters // 4:02}:{quarters % 4 * 15:02}"


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Draw the text of a file."""
    people, terms = draw(members()), draw(tiers())
    approvers = sum("approver" in member["roles"] for member in people)
    quorum = terms["custody"]["quorum"]
    supermajority = draw(
        seldom(st.integers(min(quorum, approvers), max(quorum, approvers)), st.integers(0, 14))
    )
    routine, high = draw(seldom(st.just((1, 5)), st.tuples(st.integers(0, 9), st.integers(0, 9))))
    account = st.sampled_from(OTHERS)
    parties = draw(st.lists(seldom(account, st.sampled_from(ADDRESSES)), max_size=3, unique=True))
    content: dict[str, Any] = {
        "version": 1,
        "salt": "0x" + draw(st.binary(min_size=32, max_size=32)).hex(),
        "supermajority": supermajority,
        "networks": {"local": {"chain": 31337, "production": False}},
        "employers": {"one": 1, "two": 2, "three": 3, "four": 4},
        "members": people,
        "tiers": terms,
        "assets": [
            {
                "symbol": "ETH",
                "address": "native",
                "decimals": draw(seldom(st.just(18), st.integers(0, 60))),
                "routine": f"{routine} ETH",
                "high_value": f"{high} ETH",
            }
        ],
        "counterparties": [
            {"name": f"party {i}", "address": address, "uses": ["recipient"]}
            for i, address in enumerate(parties)
        ],
        "rules": draw(rules()),
        "companions": {"duty_registry": draw(st.booleans())},
    }
    return tomli_w.dumps(content)


@st.composite
def rules(draw: st.DrawFn) -> list[dict[str, Any]]:
    target = draw(st.sampled_from(OTHERS))
    if draw(st.booleans()):
        return [{"target": target, "function": "claim()"}]
    return [
        {
            "target": target,
            "selector": "0x" + draw(st.binary(min_size=4, max_size=4)).hex(),
            "asset": "ETH",
            "amount": draw(seldom(st.just(1), st.integers(0, 40))),
            "counterparty": draw(seldom(st.just(0), st.integers(0, 40))),
            "words": draw(seldom(st.just(2), st.integers(1, 40))),
            "use": "recipient",
        }
    ]
