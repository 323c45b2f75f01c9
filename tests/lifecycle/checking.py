"""The companion `Checks` in the model: what a batch takes for granted, as far as the stories ask."""

from __future__ import annotations

from eth_abi.abi import decode

from tests.lifecycle.outside import Outside, Reverted
from tests.lifecycle.state import Block
from tests.lifecycle.vocabulary import name_in
from verifier.errors.checks import CheckBalanceTooLow, CheckChainUnexpected, CheckTooEarly, CheckTooLate
from verifier.model.address import Address
from verifier.model.units import ChainId


def require_check(data: bytes, block: Block, outside: Outside, chain_id: ChainId) -> None:
    """Return if what some calldata asserts holds now."""
    match name_in("checks", data[:4]):
        case "requireNotAfter":
            (moment,) = decode(["uint256"], data[4:])
            if block.time > moment:
                raise CheckTooLate(not_after=moment, now_=block.time)
        case "requireNotBefore":
            (moment,) = decode(["uint256"], data[4:])
            if moment > block.time:
                raise CheckTooEarly(not_before=moment, now_=block.time)
        case "requireChain":
            (expected,) = decode(["uint256"], data[4:])
            if expected != chain_id:
                raise CheckChainUnexpected(expected=expected, actual=chain_id)
        case "requireBalanceAtLeast":
            account, minimum = decode(["address", "uint256"], data[4:])
            actual = outside.native[Address(bytes.fromhex(account[2:]))]
            if actual < minimum:
                raise CheckBalanceTooLow(account=bytes.fromhex(account[2:]), minimum=minimum, actual=actual)
        case None:
            raise Reverted
        case other:
            raise NotImplementedError(other)
