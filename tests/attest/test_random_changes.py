"""Random files on a real chain: the contract itself takes every operation in the order that was worked out, and what is
read afterwards is as the file says. Operations are made as the vault makes them: from its own address.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from tests.anvil import Anvil, start_anvil
from tests.core.arrangements import TOKENS, vault_files
from tests.stage import deploy_companions, release
from verifier.assess.changing.differences import differences_between
from verifier.assess.changing.names import Names
from verifier.assess.changing.order import operations_between
from verifier.assess.changing.wanted import arrangement_of, founding_of
from verifier.chain.blocks import PanelBlocks
from verifier.chain.books import CompanionBooks
from verifier.chain.endpoint import Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.chain.reader import VaultReader
from verifier.desk.attesting import WholeReading, read_whole
from verifier.errors import from_revert
from verifier.model.address import Address
from verifier.model.arrangement import Arrangement
from verifier.model.units import ChainId
from verifier.model.vault_file import VaultFile
from verifier.store.release import companion_addresses, release_code_hash

COMPANIONS = companion_addresses()
CHAIN = ChainId(31_337)
# `scripts/fuzz changes` asks for more.
_PAIRS = int(os.environ.get("CHANGES", "5"))


@pytest.fixture(scope="module")
def chain() -> Iterator[Anvil]:
    with start_anvil() as anvil:
        deploy_companions(anvil)
        for token in TOKENS:
            anvil.set_code(token, b"\x00")
        yield anvil


def read(anvil: Anvil, vault: Address, wanted: Arrangement) -> WholeReading:
    panel = Panel([Endpoint(HttpTransport(anvil.url))], needed=1, chain_id=CHAIN)
    reader = VaultReader(
        panel, vault=vault, code_hash=release_code_hash(), founding=None, companions=COMPANIONS
    )
    books, source = CompanionBooks(panel, COMPANIONS), PanelBlocks(panel)
    return read_whole(reader, books, source, reader.read_vault(), wanted)


@settings(max_examples=_PAIRS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(vault_files(), vault_files())
def test_operations__random_files_on_a_chain__all_taken_and_nothing_differs(
    chain: Anvil, before: VaultFile, after: VaultFile
) -> None:
    names = Names(companions=COMPANIONS)
    creation = bytes.fromhex(release()["creation_code"][2:]) + before.configuration(COMPANIONS).encode()
    with chain.isolate():
        vault = Address(chain.deploy(creation))
        present = founding_of(before, companions=COMPANIONS)
        for file in (before, after):
            wanted = arrangement_of(file, chain_id=CHAIN, companions=COMPANIONS)
            found = operations_between(present, wanted, vault=vault, companions=COMPANIONS)
            assert found.obstacles == ()
            for call in (call for each in found.operations for call in each.calls):
                outcome = chain.send(vault, call.target, call.data)
                assert outcome.succeeded, from_revert(outcome.revert_data)
            whole = read(chain, vault, wanted)
            present = whole.present
            assert differences_between(present, wanted, names) == ()
            assert whole.past is not None
            assert whole.past.is_complete
