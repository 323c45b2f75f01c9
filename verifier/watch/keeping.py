"""Keeps steps, each with what its happenings put into the outbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from verifier.model.routes import Routes
from verifier.model.units import BlockNumber, Timestamp
from verifier.model.watching import NOTHING_FINAL, WatchStep
from verifier.ports import WatchStore
from verifier.watch.routing import deliveries_for


class Keeper:
    """The store, and who is told of what goes into it."""

    def __init__(self, store: WatchStore, routes: Routes, told: Callable[[], None]) -> None:
        """Take the store.

        :param told: called when something may be due for delivery
        """
        self.store = store
        self.routes = routes
        self._told = told
        # What counts as final, for the standing of what is told.
        self.final: BlockNumber = NOTHING_FINAL

    def keep(self, step: WatchStep, now: Timestamp) -> None:
        """Keep a step in one transaction.

        :raises WatchStoreError: it is not kept.
        """
        if step.happenings:
            told = self.store.told({happening.episode for happening in step.happenings})
            made = deliveries_for(step.happenings, told, self.routes, now, final=self.final)
            step = replace(step, deliveries=(*step.deliveries, *made))
        self.store.keep(step, now=now)
        if step.deliveries or step.retracted or step.unwound_to is not None:
            self._told()
