"""Reading vault.toml. It is believed only as a whole, and whatever it does not know is named.

Its schema is docs/vault-file.md. Which values the vault takes, the plan says: here they only have to be some.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Final
from unicodedata import category

from verifier.decode.content import UnfitError as UnfitContentError
from verifier.errors.deploying import VaultFileMalformed
from verifier.model.text import Shown
from verifier.model.units import ChainId
from verifier.model.vault_file import Network, VaultFile
from verifier.store.books import read_bounded
from verifier.store.vault_file_members import read_employers, read_members, read_tiers
from verifier.store.vault_file_policy import (
    read_assets,
    read_bypass,
    read_counterparties,
    read_duties,
    read_exclusions,
    read_rules,
    read_strategies,
)
from verifier.store.vault_file_values import require_different, salt_in, whole_in
from verifier.store.watch_table import Table, UnfitError

VERSION: Final = 1
MOST_BYTES: Final = 256 * 1024
MAIN_NETWORKS: Final = {
    1: "Ethereum",
    10: "OP Mainnet",
    14: "Flare",
    25: "Cronos",
    30: "Rootstock",
    40: "Telos",
    50: "XDC",
    56: "BNB Smart Chain",
    61: "Ethereum Classic",
    100: "Gnosis",
    122: "Fuse",
    130: "Unichain",
    137: "Polygon",
    143: "Monad",
    146: "Sonic",
    169: "Manta Pacific",
    204: "opBNB",
    250: "Fantom",
    252: "Fraxtal",
    288: "Boba",
    295: "Hedera",
    324: "ZKsync Era",
    369: "PulseChain",
    480: "World Chain",
    592: "Astar",
    999: "HyperEVM",
    1088: "Metis",
    1101: "Polygon zkEVM",
    1135: "Lisk",
    1284: "Moonbeam",
    1285: "Moonriver",
    1329: "Sei",
    1868: "Soneium",
    2020: "Ronin",
    2741: "Abstract",
    5000: "Mantle",
    8217: "Kaia",
    8453: "Base",
    9745: "Plasma",
    33139: "ApeChain",
    34443: "Mode",
    42161: "Arbitrum One",
    42170: "Arbitrum Nova",
    42220: "Celo",
    42793: "Etherlink",
    43114: "Avalanche",
    48900: "Zircuit",
    57073: "Ink",
    59144: "Linea",
    60808: "BOB",
    80094: "Berachain",
    81457: "Blast",
    98866: "Plume",
    167000: "Taiko",
    534352: "Scroll",
    747474: "Katana",
    7777777: "Zora",
}
"""Nobody waves the gate of a release away there by a line of the file. Any other network may be production too."""
_NETWORK: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_MOST_CHAIN: Final = (1 << 64) - 1


def read_vault_file(path: Path) -> VaultFile:
    """Return what a file says about a vault.

    :raises VaultFileMalformed: it cannot be read, is not TOML, or not what it should be.
    """
    return parse_vault_file(read_content(path), str(path))


def read_content(path: Path) -> bytes:
    """Return the bytes of a vault's file, so that what is looked at, released and deployed is the same.

    :raises VaultFileMalformed: they cannot be read, or are too many.
    """
    try:
        return read_bounded(path, MOST_BYTES)
    except UnfitContentError as exc:
        raise VaultFileMalformed(path=str(path), why=str(exc)) from exc


def parse_vault_file(content: bytes, path: str) -> VaultFile:
    """Return what the bytes of such a file say.

    :param path: what errors call it
    :raises VaultFileMalformed: they are not TOML, or not what they should be.
    """
    try:
        text = content.decode("utf-8")
        _require_visible(text)
        parsed = tomllib.loads(text, parse_float=Decimal)
        return _vault_file(Table(parsed, "the file"), hashlib.sha256(content).digest())
    except UnicodeDecodeError as exc:
        raise VaultFileMalformed(path=path, why=f"byte {exc.start} is no UTF-8") from exc
    except RecursionError as exc:
        raise VaultFileMalformed(path=path, why="it is nested too deeply") from exc
    except UnfitError as exc:
        raise VaultFileMalformed(path=path, why=str(exc)) from exc
    except (tomllib.TOMLDecodeError, ArithmeticError, ValueError) as exc:
        raise VaultFileMalformed(path=path, why=f"it is no TOML: {exc}") from exc


def _require_visible(text: str) -> None:
    """A reviewer has to see what is read: no sign that turns the direction of text, breaks a line that goes on, or has
    no width, not even in a remark.

    :raises UnfitError: there is one.
    """
    for number, line in enumerate(text.split("\n"), 1):
        # A line may end in CR LF; alone, CR is no TOML.
        for sign in line.removesuffix("\r"):
            if sign != "\t" and category(sign) in _UNSEEN:
                raise UnfitError(
                    f"line {number} has the sign U+{ord(sign):04X}, which nobody sees; take it out"
                )


def _vault_file(top: Table, file_hash: bytes) -> VaultFile:
    version = top.take("version")
    if version != VERSION or isinstance(version, bool):
        raise UnfitError(f"it should begin with `version = {VERSION}`, the only one that this program reads")
    networks = _networks(top)
    chains = {network.name: network.chain_id for network in networks}
    employers = read_employers(top)
    assets = read_assets(top, chains)
    companions = top.table("companions")
    found = VaultFile(
        file_hash=file_hash,
        salt=salt_in(top),
        members=read_members(top, employers),
        tiers=read_tiers(top),
        supermajority=whole_in(top, "supermajority", most=255),
        assets=assets,
        counterparties=read_counterparties(top, chains),
        rules=read_rules(top, assets, chains),
        asks_registry=companions.flag("duty_registry", usual=True) if companions else True,
        duties=read_duties(top),
        exclusions=read_exclusions(top),
        bypass=read_bypass(top),
        strategies=read_strategies(top),
        networks=networks,
        employers={number: name for name, number in employers.items()},
    )
    if companions:
        companions.end()
    top.end()
    return found


def _networks(top: Table) -> tuple[Network, ...]:
    found = []
    for name, table in top.tables("networks"):
        key = table.where.removeprefix("networks.")
        if not _NETWORK.fullmatch(name):
            raise UnfitError(f"{table.where} should be named by small letters, digits and -, a letter first")
        chain_id = ChainId(whole_in(table, "chain", least=1, most=_MOST_CHAIN))
        # Whoever leaves it out has not thought about it: then it is the strict one.
        network = Network(
            name=Shown(key), chain_id=chain_id, is_production=table.flag("production", usual=True)
        )
        if not network.is_production and chain_id in MAIN_NETWORKS:
            raise UnfitError(
                f"{table.where} is the main network of {MAIN_NETWORKS[chain_id]}, where money of others is: leave out "
                "`production = false`; a copy of it for trials has another number"
            )
        table.end()
        found.append(network)
    if not found:
        raise UnfitError("the file has no [networks.NAME] with the chains that the vault is for")
    require_different("the chain", (network.chain_id for network in found))
    return tuple(found)
