"""`fourth-signer attest`: whether a vault is of the release, and as its file says."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any

from verifier.chain.blocks import PanelBlocks
from verifier.chain.books import CompanionBooks
from verifier.cli.adapters import CLOCK, choose, open_aids, open_panel, open_reader
from verifier.cli.answer import Answer
from verifier.cli.patience import patience
from verifier.cli.planning import released_founding
from verifier.cli.record_parts import hex_of
from verifier.desk.attesting import Attestation, attest
from verifier.desk.statements import Statement
from verifier.model.difference import Difference
from verifier.model.text import sanitise
from verifier.model.units import BlockNumber
from verifier.pages.attest import attestation_page
from verifier.pages.layout import width_of_terminal
from verifier.store.place import path_of
from verifier.store.release import companion_addresses, release_companions
from verifier.store.vault_file import read_vault_file

VERSION = 1


def run_attest(options: Namespace) -> Answer:
    """Look at a vault, and say where it is not as its file says.

    :raises VaultFileMalformed: the file cannot be read.
    :raises PinError: the vault is not of this release, or not the one that is pinned.
    :raises EvidenceError: it cannot be read.
    """
    file = None if options.release_only else read_vault_file(path_of(options.file))
    options.vault = options.address
    choice = choose(options)
    panel = open_panel(choice)
    with patience(choice.chain.hosts):
        attestation = attest(
            open_reader(choice, panel),
            CompanionBooks(panel, companion_addresses()),
            PanelBlocks(panel),
            CLOCK,
            choice.signer,
            file=file,
            released=release_companions(),
            planned=released_founding(file).vault.address if file else None,
            since=None if options.since is None else BlockNumber(options.since),
            aids=open_aids(options, choice, panel),
        )
    name = sanitise(path_of(options.file).name) if file else None
    if options.json:
        text = json.dumps(attestation_record(attestation), indent=2) + "\n"
    else:
        text = attestation_page(attestation, width_of_terminal(), file=name)
    return Answer(text=text, code=attestation.code)


def attestation_record(attestation: Attestation) -> dict[str, Any]:
    """Return an attestation as `--json` prints it; the words are those of `verifier.cli.record`."""
    reading = attestation.reading
    return {
        "version": VERSION,
        "kind": "attestation",
        "code": attestation.code,
        "chain": reading.head.chain_id,
        "address": str(reading.vault),
        "code_hash": hex_of(reading.code_hash.value),
        "founding": hex_of(reading.founding.value),
        "file": None if attestation.file_hash is None else hex_of(attestation.file_hash),
        "block": {
            "number": reading.head.number,
            "hash": hex_of(reading.head.hash),
            "time": reading.head.timestamp,
            "evidence": reading.head.evidence.name.lower(),
        },
        "differences": [difference_record(each) for each in attestation.differences],
        "statements": [_statement_record(each) for each in attestation.statements],
    }


def difference_record(difference: Difference) -> dict[str, str]:
    return {
        "rule": difference.rule,
        "side": difference.side.value,
        "subject": difference.subject,
        "sentence": difference.sentence,
        "evidence": difference.evidence.name.lower(),
    }


def _statement_record(statement: Statement) -> dict[str, str]:
    return {
        "rule": statement.rule,
        "severity": statement.severity.name.lower(),
        "sentence": statement.sentence,
        "evidence": statement.evidence.name.lower(),
    }
