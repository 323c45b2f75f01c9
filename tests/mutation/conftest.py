"""One compiler for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.mutation.compiler import Compiler, errors_of, start_compiler
from tests.mutation.mutant import Mutant, mutants_of
from tests.mutation.operators import changes_of
from tests.mutation.roots import Sources
from tests.mutation.schema import trees_of
from tests.mutation.syntax import Node

HEAD = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.37;\n"


@pytest.fixture(scope="session")
def compiler() -> Iterator[Compiler]:
    with start_compiler() as running:
        yield running


@pytest.fixture(scope="session")
def parsed(compiler: Compiler) -> tuple[Sources, dict[str, Node]]:
    """All sources of the product, and the syntax trees of those that can be mutated."""
    return trees_of(compiler)


@pytest.fixture
def mutate(compiler: Compiler) -> Callable[[str], list[Mutant]]:
    """The mutants of a Solidity text."""

    def mutants(text: str) -> list[Mutant]:
        source = HEAD + text
        output = compiler.compile(
            {
                "language": "Solidity",
                "settings": {"outputSelection": {"*": {"": ["ast"]}}},
                "sources": {"contracts/A.sol": {"content": source}},
            }
        )
        assert errors_of(output) == []
        tree = output["sources"]["contracts/A.sol"]["ast"]
        return list(mutants_of("contracts/A.sol", source, changes_of(tree, source)))

    return mutants
