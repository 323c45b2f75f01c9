"""The checkout is the commit and nothing else, whatever git's index, excludes and configuration say of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest

from tests.gate.house import House
from tests.gate.refusals import refuses
from verifier.errors import RepositoryUnreadable


def release(house: House) -> object:
    return house.release(house.token("ann-1"), house.token("ben-1"))


def write(path: str, content: str) -> Callable[[House], None]:
    return lambda house: house.write(path, content)


def assume_unchanged(house: House) -> None:
    house.git("update-index", "--assume-unchanged", "contracts/Vault.sol")
    house.write("contracts/Vault.sol", "// mine\n")
    assert house.git("status", "--porcelain") == ""


def skip_worktree(house: House) -> None:
    house.git("update-index", "--skip-worktree", "contracts/Vault.sol")
    house.write("contracts/Vault.sol", "// mine\n")
    assert house.git("status", "--porcelain") == ""


def same_size_and_time(house: House) -> None:
    place = house.checkout / "contracts/Vault.sol"
    before = place.stat()
    house.write("contracts/Vault.sol", "// the Vault\n")
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))


def hidden_by_exclude(house: House) -> None:
    (house.checkout / ".git" / "info").mkdir(exist_ok=True)
    (house.checkout / ".git" / "info" / "exclude").write_text("*.sol\n")
    house.write("contracts/Mine.sol", "// mine\n")
    assert house.git("status", "--porcelain") == ""


def in_the_index_only(house: House) -> None:
    house.write("contracts/Mine.sol", "// mine\n")
    house.git("add", "contracts/Mine.sol")


def made_a_link(house: House) -> None:
    place = house.checkout / "contracts/Vault.sol"
    other = house.folder / "elsewhere.sol"
    place.rename(other)
    place.symlink_to(other)


def folder_made_a_link(house: House) -> None:
    place = house.checkout / "contracts"
    other = house.folder / "elsewhere"
    place.rename(other)
    place.symlink_to(other)


def ignored_folder_made_a_link(house: House) -> None:
    house.write(".gitignore", "contracts\n")
    house.commit()
    folder_made_a_link(house)


def made_executable(house: House) -> None:
    (house.checkout / "contracts/Vault.sol").chmod(0o755)


def removed(house: House) -> None:
    (house.checkout / "contracts/Vault.sol").unlink()


def nested_repository(house: House) -> None:
    (house.checkout / "contracts/inner").mkdir()
    house.git("init", "--quiet", "contracts/inner")
    house.write("contracts/inner/Mine.sol", "// mine\n")


def filtered(house: House) -> None:
    """A filter of the repository's own configuration, which makes another file look like the commit's."""
    (house.checkout / ".git" / "info").mkdir(exist_ok=True)
    (house.checkout / ".git" / "info" / "attributes").write_text("*.sol filter=lie\n")
    house.git("config", "filter.lie.clean", "printf '// the vault\\n'")
    house.write("contracts/Vault.sol", "// mine\n")


@pytest.mark.parametrize(
    "change",
    [
        write("contracts/Vault.sol", "// mine\n"),
        write("README.md", "// mine\n"),
        write("contracts/Mine.sol", "// mine\n"),
        write("sitecustomize.py", "x = 1\n"),
        assume_unchanged,
        skip_worktree,
        same_size_and_time,
        hidden_by_exclude,
        in_the_index_only,
        made_a_link,
        folder_made_a_link,
        ignored_folder_made_a_link,
        made_executable,
        removed,
        nested_repository,
        filtered,
    ],
)
def test_release__the_checkout_differs__refused(house: House, change: Callable[[House], None]) -> None:
    change(house)
    refuses(house, "checkout-unclean", lambda: release(house))


def test_release__what_the_commit_ignores__may_lie_there(house: House) -> None:
    house.write(".gitignore", "build/\n")
    house.commit()
    house.write("build/artifact.json", "{}\n")
    assert release(house)


def test_release__links_and_programs_of_the_commit__released(house: House) -> None:
    (house.checkout / "contracts/tool").write_text("#!/bin/sh\n")
    (house.checkout / "contracts/tool").chmod(0o755)
    (house.checkout / "contracts/link").symlink_to("./Vault.sol")
    house.commit()
    assert release(house)


def test_release__a_submodule__refused(house: House) -> None:
    head = house.git("rev-parse", "HEAD")
    house.git("update-index", "--add", "--cacheinfo", f"160000,{head},contracts/inner")
    house.git("commit", "--quiet", "--message", "Add it")
    refuses(house, "checkout-unclean", lambda: release(house))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("core.fsmonitor", "touch {mark}; false"),
        ("core.sshCommand", "touch {mark}"),
        ("core.pager", "touch {mark}"),
        ("core.editor", "touch {mark}"),
        ("gpg.program", "touch {mark}"),
        ("alias.rev-parse", "!touch {mark}"),
        ("core.hooksPath", "{folder}"),
    ],
)
def test_release__a_configuration_that_runs_programs__nothing_runs(
    house: House, setting: str, value: str
) -> None:
    mark = house.folder / "mark"
    for hook in ("post-index-change", "reference-transaction", "post-checkout"):
        (house.folder / hook).write_text(f"#!/bin/sh\ntouch {mark}\n")
        (house.folder / hook).chmod(0o755)
    tokens = (house.token("ann-1"), house.token("ben-1"))
    section, name = setting.split(".")
    said = value.format(mark=mark, folder=house.folder)
    config = house.checkout / ".git" / "config"
    config.write_text(config.read_text() + f'[{section}]\n\t{name} = "{said}"\n')
    assert house.release(*tokens).entry is not None
    assert not mark.exists()


def test_release__a_configuration_that_names_another_folder__refused(house: House) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    clean = house.folder / "clean"
    shutil.copytree(house.checkout, clean)
    house.git("config", "core.worktree", str(clean))
    house.write("contracts/Vault.sol", "// mine\n")
    with pytest.raises(RepositoryUnreadable):
        house.release(*tokens)


def test_release__an_environment_that_points_elsewhere__ignored(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    monkeypatch.setenv("GIT_DIR", str(house.folder))
    monkeypatch.setenv("GIT_WORK_TREE", str(house.folder))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(house.folder))
    assert house.release(*tokens).entry is not None
