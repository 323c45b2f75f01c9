"""What every WatchStore has to do, whatever is under it. A test class of a store inherits it and gives the fixture."""

from __future__ import annotations

from tests.watch_store.contract_chains import ChainsContract
from tests.watch_store.contract_outbox import OutboxContract
from tests.watch_store.contract_reorganisations import ReorganisationsContract


class WatchStoreContract(ChainsContract, ReorganisationsContract, OutboxContract):
    """All of it. `store` is empty at the start of each test."""
