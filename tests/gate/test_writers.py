"""Who wrote what is deployed may not release it: authors, co-authors, committers, mergers, signers, over a range."""

from __future__ import annotations

import subprocess

import pytest

from tests.gate.house import TOP, House, policy_text
from tests.gate.refusals import refuses
from verifier.errors import RepositoryUnreadable


def release(house: House, *kids: str) -> object:
    return house.release(*(house.token(kid) for kid in kids))


def test_release__the_author_is_one_of_the_two__refused(house: House) -> None:
    house.change("ann")
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))
    assert release(house, "ben-1", "cleo-1")


def test_release__the_author_by_another_address_and_other_capitals__refused(house: House) -> None:
    house.change("ANN@HOME.example")
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))


def test_release__the_committer_is_one_of_the_two__refused(house: House) -> None:
    house.change("dave", committer="ben")
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))
    assert release(house, "ann-1", "cleo-1")


@pytest.mark.parametrize(
    "trailer",
    [
        "Co-authored-by: Ben <ben@example.org>",
        "co-AUTHORED-by:Ben<BEN@example.org>",
        "  Co-developed-by: Ben <ben@example.org>",
        "Co-authored-by: Dave <dave@example.org> <ben@example.org>",
    ],
)
def test_release__a_co_author_is_one_of_the_two__refused(house: House, trailer: str) -> None:
    house.change(message=f"Change it\n\n{trailer}\n\nand a line after it")
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))
    assert release(house, "ann-1", "cleo-1")


@pytest.mark.parametrize("who", ["nobody@example.com", "ann@example.org.evil.example", ""])
def test_release__somebody_unknown_wrote_it__refused(house: House, who: str) -> None:
    house.write("contracts/Vault.sol", "// theirs\n")
    house.git("add", "--all")
    house.git("-c", "user.useConfigOnly=false", "commit", "--quiet", "-m", "x", who=who or "@")
    refuses(house, "writer-unknown", lambda: release(house, "ann-1", "ben-1"))


@pytest.mark.parametrize("trailer", ["Co-authored-by: Eve <eve@evil.example>", "Co-authored-by: Eve"])
def test_release__an_unknown_co_author__refused(house: House, trailer: str) -> None:
    house.change(message=f"Change it\n\n{trailer}")
    refuses(house, "writer-unknown", lambda: release(house, "ann-1", "ben-1"))


def test_release__a_machine_committed_it__its_author_counts(house: House) -> None:
    house.change("dave", committer="noreply@github.com")
    assert release(house, "ann-1", "ben-1")
    house.change("ann", committer="noreply@github.com")
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))


def test_release__a_machine_as_author__refused(house: House) -> None:
    house.change("noreply@github.com")
    refuses(house, "writer-unknown", lambda: release(house, "ann-1", "ben-1"))


# --------------------------------------------------------------------------------------------------------------- Range


def test_release__an_earlier_commit_is_theirs__refused_until_it_was_released(house: House) -> None:
    house.change("ann")
    house.change("dave")
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))
    assert release(house, "ben-1", "cleo-1")
    house.change("dave")
    # Ann's is below the last release now, which others looked at.
    assert release(house, "ann-1", "ben-1")


def test_release__their_commit_touches_nothing_that_is_deployed__released(house: House) -> None:
    house.write("README.md", "More.\n")
    house.commit(who="ann")
    house.change("dave")
    assert release(house, "ann-1", "ben-1")


def test_release__their_commit_is_the_deployed_one__refused_whatever_it_touches(house: House) -> None:
    house.write("README.md", "More.\n")
    house.commit(who="ann")
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))


def test_release__they_wrote_the_deployed_file__refused(house: House) -> None:
    house.write("vault.toml", 'name = "mine"\n')
    house.commit(who="ann")
    house.change("dave")
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))


def test_release__written_and_taken_back__still_theirs(house: House) -> None:
    before = (house.checkout / "contracts/Vault.sol").read_text()
    house.change("ann")
    house.write("contracts/Vault.sol", before)
    house.commit(who="dave")
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))


def test_release__written_on_a_branch_that_dave_merged__theirs(house: House) -> None:
    house.git("switch", "--quiet", "--create", "side")
    house.change("ann")
    house.git("switch", "--quiet", "main")
    house.write("README.md", "More.\n")
    house.commit()
    house.git("merge", "--quiet", "--no-ff", "--message", "Merge", "side")
    house.git("commit", "--quiet", "--allow-empty", "--message", "After")
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))
    assert release(house, "ben-1", "cleo-1")


def test_release__they_merged_so_that_a_fix_is_dropped__theirs(house: House) -> None:
    house.git("switch", "--quiet", "--create", "fix")
    house.change("dave")
    house.git("switch", "--quiet", "main")
    house.write("README.md", "More.\n")
    house.commit()
    house.git("merge", "--quiet", "--strategy", "ours", "--message", "Merge", "fix", who="ann")
    house.commit("After")
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))


def test_release__the_first_one__all_of_history_counts_unless_the_policy_says_since(house: House) -> None:
    house.change("ann")
    seen = house.change("dave")
    house.change("dave")
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))
    house.adopt(policy_text(TOP + f'since = "{seen}"\n'), "ben-1", "cleo-1")
    assert release(house, "ann-1", "ben-1")


def test_release__a_since_that_is_no_commit_of_this_repository__nobody_can_tell(house: House) -> None:
    house.adopt(policy_text(TOP + f'since = "{"ab" * 20}"\n'), "ben-1", "cleo-1")
    with pytest.raises(RepositoryUnreadable):
        release(house, "ann-1", "ben-1")


# -------------------------------------------------------------------------------------------- A history that tells lies


def test_release__a_replacement_that_names_another_author__ignored(house: House) -> None:
    theirs = house.change("ann")
    raw = house.git("cat-file", "commit", theirs).replace("ann@example.org", "dave@example.org")
    fake = house.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=raw + "\n")
    house.git("replace", theirs, fake)
    assert "dave@example.org" in house.git("log", "-1", "--format=%ae")
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))


def test_release__a_graft_that_hides_a_parent__ignored(house: House) -> None:
    first = house.git("rev-parse", "HEAD")
    house.change("ann")
    last = house.change("dave")
    (house.checkout / ".git" / "info").mkdir(exist_ok=True)
    (house.checkout / ".git" / "info" / "grafts").write_text(f"{last} {first}\n")
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))


def test_release__a_shallow_clone__refused(house: House) -> None:
    house.change("ann")
    house.change("dave")
    place = house.folder / "shallow"
    subprocess.run(
        ["git", "clone", "--quiet", "--depth", "1", house.checkout.as_uri(), place],
        check=True,
        capture_output=True,
    )
    shallow = House(folder=house.folder / "elsewhere")
    shallow.folder.mkdir()
    place.rename(shallow.checkout)
    with pytest.raises(RepositoryUnreadable, match="cut off"):
        shallow.gate()


def test_release__a_commit_with_two_authors_in_its_bytes__both_count(house: House) -> None:
    raw = house.git("cat-file", "commit", house.change("dave"))
    name, _, rest = raw.partition("committer ")
    two = f"{name}author Ann <ann@example.org> 1790000000 +0000\ncommitter {rest}\n"
    fake = house.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=two)
    house.git("update-ref", "refs/heads/main", fake)
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))


def test_release__an_object_that_is_not_what_its_name_says__refused(house: House) -> None:
    theirs = house.change("ann")
    ours = house.change("dave")
    folder = house.checkout / ".git" / "objects"
    target, source = folder / theirs[:2] / theirs[2:], folder / ours[:2] / ours[2:]
    target.chmod(0o644)
    target.write_bytes(source.read_bytes())
    with pytest.raises(RepositoryUnreadable):
        release(house, "ben-1", "cleo-1")
