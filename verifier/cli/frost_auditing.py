"""`frost audit`: the records of rounds, replayed by another implementation."""

from __future__ import annotations

from argparse import Namespace

from verifier.cli.answer import Answer


def run_frost_audit(options: Namespace) -> Answer:
    raise NotImplementedError(options)
