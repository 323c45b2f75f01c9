"""Opening stores for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.watch_store.story import at
from verifier.audit.chain import HashChain
from verifier.model.text import Shown
from verifier.store.watch_place import open_database, open_watch_store
from verifier.store.watch_store import DatabaseWatchStore

WHO = Shown("a watcher")


def open_file(path: Path, *, is_visit: bool = False) -> DatabaseWatchStore:
    return open_watch_store(str(path), HashChain(), identity=WHO, now=at(0), is_visit=is_visit)


def open_place(place: str, **options: Any) -> DatabaseWatchStore:
    return DatabaseWatchStore(open_database(place), HashChain(), identity=WHO, now=at(0), **options)
