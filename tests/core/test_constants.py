"""Constants that Solidity and Python both write down."""

from __future__ import annotations

import re

import pytest

from tests.core.release import read_source
from verifier.model import asset, limits, member, units
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.tier import EVERY_DAY, QUARTER_HOURS, Tier

UNITS = {"minutes": 60, "hours": 3_600, "days": 86_400}


def constants(path: str) -> dict[str, int]:
    """Return the constants of a Solidity file that are sums and products of numbers and units of time."""
    found = {}
    for name, text in re.findall(r"constant (\w+) =\s*([^;]+);", read_source(path)):
        plain = re.sub(r"\w+\.wrap\((.*)\)", r"\1", text).replace("_", "")
        plain = re.sub(r"(\d+) (minutes|hours|days)", lambda m: str(int(m[1]) * UNITS[m[2]]), plain)
        if re.fullmatch(r"[\d +*]+", plain):
            found[name] = sum(
                eval_product(part)
                for part in plain.split("+")  # sums of products are all that is written
            )
    return found


def eval_product(text: str) -> int:
    product = 1
    for factor in text.split("*"):
        product *= int(factor)
    return product


@pytest.mark.parametrize(("name", "value"), constants("libraries/Limits.sol").items())
def test_limits__of_the_contract__the_same(name: str, value: int) -> None:
    assert getattr(limits, name) == value


def test_limits__of_the_client__all_are_the_contracts() -> None:
    own = {name for name in vars(limits) if name.isupper() and not name.startswith("_")}
    assert own == set(constants("libraries/Limits.sol"))


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("types/Status.sol", {status.name: status.value for status in Status}),
        ("types/MemberRecord.sol", {status.name: status.value for status in MemberStatus}),
        ("types/Tier.sol", {tier.name: tier.value for tier in Tier} | {"TIERS": len(Tier)}),
        ("types/Roles.sol", {role.name: role.value for role in Role} | {"ALL_ROLES": sum(Role)}),
        ("libraries/Policy.sol", {use.name: use.value for use in asset.Use}),
        ("types/MemberIndex.sol", {"SEATS": units.SEATS, "LANES_PER_SEAT": units.LANES_PER_SEAT}),
        ("types/Attributes.sol", {"UNIT": member.UNIT, "NO_ATTRIBUTES": 0}),
        (
            "types/TierTerms.sol",
            {"QUARTER_HOURS": QUARTER_HOURS, "EVERY_DAY": EVERY_DAY, "FIRST_WEEKDAY": 3},
        ),
    ],
)
def test_constants__of_a_type__the_same(path: str, ours: dict[str, int]) -> None:
    written = {
        name: value
        for name, value in constants(path).items()
        if name not in ("ONLY_WAITING", "ONLY_READY", "ANY_OPEN")
    }
    assert written == ours
