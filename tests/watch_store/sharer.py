"""One of several watchers on one database: it follows the chain while it has the lease, and delivers what it claims.

    python -m tests.watch_store.sharer ADDRESS FILE HOLDER LAST CLAIM --peer FILE | --halt NUMBER

Says `open`, begins with the first line that comes in, and ends when the chain stands at block LAST and nothing is
pending. What it claims is its own for CLAIM seconds. With a peer it waits, after the first that it sent, until that one
has sent something too: both are at work, however slow one of them is. With a number it says `halted` once it has sent
so many, and does nothing more.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.watch_store.stores import open_place
from tests.watch_store.story import CHAIN, at, happening, look
from verifier.errors import ChainLeased
from verifier.model.text import Shown
from verifier.store.watch_store import DatabaseWatchStore

CHANNEL: Final = "file"
LEASE_SECONDS: Final = 2
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
    address, path, holder, last, claim, kind, value = sys.argv[1:]
    sent = 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with open_place(address, claim_seconds=int(claim)) as store:
        os.write(1, b"open\n")
        sys.stdin.readline()
        while True:
            is_more = follow(store, holder, int(last))
            given = store.claim(CHANNEL, holder, now=at(1 << 20), most=2)
            for delivery in given:
                os.write(handle, f"{delivery.key}\n".encode())
                sent += 1
                if kind == "--halt" and sent == int(value):
                    os.write(1, b"halted\n")
                    sys.stdin.read()
                store.delivered(delivery, now=at(1 << 20), reply=Shown("written"))
            while kind == "--peer" and sent and not (Path(value).exists() and Path(value).stat().st_size):
                time.sleep(0.01)
            if not given and not is_more and not store.health(now=at(1 << 20)).pending:
                return
            if not given:
                time.sleep(0.01)


if __name__ == "__main__":
    main()
