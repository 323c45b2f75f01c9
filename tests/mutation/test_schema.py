"""Mutants of a real library: what differs in the intermediate code is the function that was changed."""

from __future__ import annotations

import pytest

from tests.mutation.compiler import Compiler
from tests.mutation.mutant import Mutant, mutants_of
from tests.mutation.operators import changes_of
from tests.mutation.roots import Root, Sources, roots, sources_of
from tests.mutation.schema import Builder, DoesNotCompileError, NoMutantError, SameError, groups_of
from tests.mutation.syntax import Node
from tests.mutation.yul import NUMBER, Object

LIBRARY = "contracts/libraries/Schnorr.sol"


@pytest.fixture(scope="module")
def root() -> Root:
    (found,) = (root for root in roots() if root.name == "SchnorrHarness")
    return found


@pytest.fixture(scope="module")
def mutants(parsed: tuple[Sources, dict[str, Node]]) -> list[Mutant]:
    sources, trees = parsed
    return list(mutants_of(LIBRARY, sources[LIBRARY], changes_of(trees[LIBRARY], sources[LIBRARY])))


@pytest.fixture(scope="module")
def builder(compiler: Compiler, root: Root) -> Builder:
    """A builder that looks at one contract only, since the others take their time."""
    return Builder(compiler, [root])


def changed(version: Object, original: Object) -> set[str]:
    """Return the named functions that differ."""
    return {
        name
        for one, other in zip(version.inner(), original.inner(), strict=True)
        for name in one.functions.keys() | other.functions.keys()
        if one.functions.get(name) != other.functions.get(name) and name.startswith("fun_")
    }


def test_version__of_any_mutant__differs_in_its_function_only(
    builder: Builder, root: Root, mutants: list[Mutant]
) -> None:
    original = builder.original(root).object
    seen = set()
    for mutant in [m for m in mutants if not m.change.place.isupper()][::7]:
        try:
            version = builder.versions(mutant)[root]
        except (DoesNotCompileError, SameError):
            continue
        # A change may add nodes or take some away: names behind it have other numbers then.
        (name,) = changed(version, original)
        assert name.startswith(f"fun_{mutant.change.place}_")
        seen.add(mutant.change.place)
    assert len(seen) > 2


def test_versions__of_many_at_once__are_those_of_each(
    compiler: Compiler, parsed: tuple[Sources, dict[str, Node]]
) -> None:
    root = next(root for root in roots() if root.key == "duty_registry")
    builder = Builder(compiler, [root])
    sources, trees = parsed
    files = [file for file in sources_of(root) if file in trees]
    mutants = [m for f in files for m in mutants_of(f, sources[f], changes_of(trees[f], sources[f]))]
    some = [mutant for mutant in mutants if mutant.change.is_in_function][::9]
    assert len(some) > 15
    assert max(len(group) for group in groups_of(some)) > 2
    original = builder.original(root).object
    for mutant, versions in builder.versions_of(some).items():
        if isinstance(versions, NoMutantError):
            with pytest.raises(type(versions)):
                builder.versions(mutant)
            continue
        together, alone = versions[root], builder.versions(mutant)[root]
        assert together != original
        for one, other in zip(together.inner(), alone.inner(), strict=True):
            # What is called by nobody any more may stay.
            assert {name: one.functions[name] for name in other.functions} == other.functions


def test_assemble__many_versions__asks_which_one_it_is(
    builder: Builder, root: Root, mutants: list[Mutant]
) -> None:
    versions = {}
    for number, mutant in enumerate(mutants[::20], start=1):
        try:
            versions[number] = builder.versions(mutant)[root]
        except (DoesNotCompileError, SameError):
            continue
    code = builder.assemble(root, versions)
    assert NUMBER in code.runtime
    assert NUMBER not in builder.assemble(root, {1: builder.original(root).object}).runtime
