"""One of several watchers on one database: it follows the chain while it has the lease, and delivers what it claims.

    python -m tests.watch_store.sharer ADDRESS FILE HOLDER LAST

Says `open`, begins with the first line that comes in, and ends when the chain stands at block LAST and nothing is
pending.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import Final

from tests.watch_store.stores import open_place
from tests.watch_store.story import CHAIN, at, happening, look
from verifier.errors import ChainLeased
from verifier.model.text import Shown
from verifier.store.watch_store import DatabaseWatchStore

CHANNEL: Final = "file"
LEASE_SECONDS: Final = 2
CLAIM_SECONDS: Final = 2
EACH: Final = 5
"""So many happenings has a block."""


def follow(store: DatabaseWatchStore, holder: str, last: int) -> bool:
    """Keep one more block, if the chain is ours, and return whether there are more."""
    checkpoint = store.checkpoint(CHAIN)
    number = 1 if checkpoint is None else int(checkpoint.number) + 1
    if number > last:
        return False
    if store.lease_chain(CHAIN, holder, now=at(number), seconds=LEASE_SECONDS):
        told = (happening(number * EACH + i, number) for i in range(EACH))
        with suppress(ChainLeased):
            store.keep(look(number, *told, channels=(CHANNEL,)), now=at(number))
    return True


def main() -> None:
    address, path, holder, last = sys.argv[1:]
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with open_place(address, claim_seconds=CLAIM_SECONDS) as store:
        os.write(1, b"open\n")
        sys.stdin.readline()
        while True:
            is_more = follow(store, holder, int(last))
            given = store.claim(CHANNEL, holder, now=at(1 << 20), most=2)
            for delivery in given:
                os.write(handle, f"{delivery.key}\n".encode())
                store.delivered(delivery, now=at(1 << 20), reply=Shown("written"))
            if not given and not is_more and not store.health(now=at(1 << 20)).pending:
                return
            if not given:
                time.sleep(0.01)


if __name__ == "__main__":
    main()
