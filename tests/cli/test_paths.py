"""Paths that begin in a home which nobody has: each command says so in one sentence, with the code for usage."""

from __future__ import annotations

import pytest

from tests.cli.council import Council
from tests.cli.program import Home

NOWHERE = "~nobody-of-this-name/file"


@pytest.mark.parametrize(
    "arguments",
    [
        ("queue", "--config", NOWHERE),
        ("show", "0", "--bundle", NOWHERE),
        ("bundle", "0", "--output", NOWHERE),
        ("submit", NOWHERE, "--key", "key.json"),
        ("propose", NOWHERE, "--dry-run"),
        ("review", "0", "--findings", NOWHERE, "--justified", "--key", "key.json"),
        ("decode", NOWHERE),
        ("watch", "--config", NOWHERE),
    ],
    ids=lambda arguments: arguments[0],
)
def test_path__in_the_home_of_nobody__one_sentence_and_2(home: Home, arguments: tuple[str, ...]) -> None:
    refused = home.call(*arguments)
    assert refused.code == 2
    assert refused.sentence.startswith(f"{NOWHERE} should be a path")


def test_path__in_the_environment__the_same(home: Home) -> None:
    elsewhere = Home(path=home.path, variables={"FOURTH_SIGNER_CONFIG": NOWHERE})
    refused = elsewhere.call("queue")
    assert (refused.code, NOWHERE in refused.sentence) == (2, True)


def test_path__of_what_is_to_be_signed_or_of_its_key__nothing_is_signed(
    proposed: Council,
) -> None:
    bob = proposed["bob"]
    before = bob.files
    refused = bob.do("sign", "0", "--output", NOWHERE)
    assert (refused.code, NOWHERE in refused.sentence) == (2, True)
    secret = ("--passphrase-file", NOWHERE)
    refused = bob.call("sign", "0", "--key", str(bob.key), *secret, "--yes")
    assert (refused.code, NOWHERE in refused.sentence) == (2, True)
    refused = bob.call("sign", "0", "--key", NOWHERE, "--passphrase-file", str(bob.passphrase), "--yes")
    assert (refused.code, NOWHERE in refused.sentence) == (80, True)
    assert bob.files == before
