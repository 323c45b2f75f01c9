"""Every function that a standard or a well-known protocol names, by its selector, with its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from verifier.decode.meaning import (
    aave,
    access,
    account,
    aggregators,
    bridges,
    curve_pools,
    deployers,
    erc20,
    executors,
    flash_loans,
    governor,
    lido,
    limit_orders,
    multicall,
    nft,
    operators,
    orders,
    owners,
    payouts,
    permit2,
    powers,
    proxy,
    safe,
    safe_proxies,
    seaport,
    settler,
    shares,
    timelock,
    uniswap_v2,
    uniswap_v3,
    uniswap_v4,
    universal_router,
    vault,
)
from verifier.decode.meaning.scene import Meaning, Table
from verifier.decode.signatures import Function, interface

STANDARDS: Final[Mapping[str, Table]] = {
    "erc20": erc20.MEANINGS,
    "erc721": nft.ERC721,
    "erc1155": nft.ERC1155,
    "erc4626": shares.ERC4626,
    "weth": shares.WETH,
    "permit2": permit2.MEANINGS,
    "multicall": multicall.MEANINGS,
    "safe": safe.MEANINGS,
    "timelock": timelock.MEANINGS,
    "access": access.ACCESS_CONTROL,
    "access_manager": access.ACCESS_MANAGER,
    "ownable": owners.MEANINGS,
    "proxy": proxy.PROXY,
    "diamond": proxy.DIAMOND,
    "account": account.MEANINGS,
    "uniswap_v2": uniswap_v2.MEANINGS,
    "uniswap_v3": uniswap_v3.MEANINGS,
    "uniswap_v4": uniswap_v4.MEANINGS,
    "universal_router": universal_router.MEANINGS,
    "aave": aave.MEANINGS,
    "aggregators": aggregators.MEANINGS,
    "operators": operators.MEANINGS,
    "powers": powers.MEANINGS,
    "governor": governor.MEANINGS,
    "executors": executors.MEANINGS,
    "bridges": bridges.MEANINGS,
    "flash_loans": flash_loans.MEANINGS,
    "lido": lido.MEANINGS,
    "payouts": payouts.MEANINGS,
    "orders": orders.MEANINGS,
    "seaport": seaport.MEANINGS,
    "limit_orders": limit_orders.MEANINGS,
    "settler": settler.MEANINGS,
    "curve_pools": curve_pools.MEANINGS,
    "safe_proxies": safe_proxies.MEANINGS,
    "deployers": deployers.MEANINGS,
    "vault": vault.ANOTHER_VAULT,
}
"""By data file, the most common first: of two with the same signature the first one's meaning counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A function of a standard, and what it does."""

    # The data file that it stands in.
    source: str
    function: Function
    meaning: Meaning


@lru_cache(maxsize=1)
def standards() -> Mapping[bytes, tuple[Standard, ...]]:
    """Return the functions by selector. Those of one selector differ in their signatures."""
    found: dict[bytes, dict[str, Standard]] = {}
    for source, table in STANDARDS.items():
        for function in interface(source).functions:
            if meaning := table.get(function.name):
                one = Standard(source=source, function=function, meaning=meaning)
                found.setdefault(function.selector, {}).setdefault(function.signature, one)
    return {selector: tuple(by_signature.values()) for selector, by_signature in found.items()}


def standard_of(function: Function) -> Standard | None:
    """Return what is known of a function of this signature, whoever named it."""
    same = standards().get(function.selector, ())
    return next((one for one in same if one.function.signature == function.signature), None)
