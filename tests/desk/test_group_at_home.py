"""The configuration's own group: the terminal finds its folder without being told, and opens without it too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.test_group_file import group
from tests.desk.test_configuration_file import OWN
from verifier.cli.arguments import make_parser
from verifier.cli.frost_setting_up import make_identity
from verifier.cli.terminal import open_source
from verifier.errors import HolderFolderUnfit
from verifier.store.group_file import write_group_file
from verifier.store.holder_folder import HolderFolder
from verifier.store.release import release_code_hash
from verifier.tui.source import Source

PINNED = OWN.replace("ab" * 32, release_code_hash().hex())


def opened(folder: Path, *arguments: str, is_display: bool = False) -> Source:
    options = make_parser().parse_args(["open", "--config", str(folder / "config.toml"), *arguments])
    return open_source(options, is_display=is_display)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder with a configuration that names the group `desk`, and no such group."""
    text = PINNED.replace("chain = 1\n", 'chain = 1\ngroup = "desk"\n', 1)
    (tmp_path / "config.toml").write_text(text)
    return tmp_path


def make_desk(folder: Path) -> None:
    """Put a coordinator's folder there."""
    desk = HolderFolder(folder)
    make_identity(desk)
    key = desk.read_transport().point()[1:]
    write_group_file(desk.group, group(coordinator_key=key))


def test_open__the_configuration_names_a_group__its_holders_can_be_asked_and_a_display_has_none(
    home: Path,
) -> None:
    make_desk(home / "desk")
    found = opened(home).for_group
    assert found is not None
    assert found.group.describe() == 'the group "custody desk" (2 of its 3 holders sign)'
    assert found.send is None
    assert opened(home, is_display=True).for_group is None


def test_open__the_configurations_group_cannot_be_used__opened_all_the_same_with_why(home: Path) -> None:
    source = opened(home)
    assert source.for_group is None
    assert "desk" in source.why_no_group


def test_open__another_group_is_given__that_one_or_nothing(home: Path) -> None:
    make_desk(home / "desk")
    make_desk(home / "other")
    write_group_file(home / "desk" / "group.toml", group(coordinator_key=bytes([9]) * 32))
    assert opened(home, "--group", str(home / "other")).for_group is not None
    # A holder's folder has the same group's file, and not the coordinator's key.
    with pytest.raises(HolderFolderUnfit, match="is not that of the group's coordinator"):
        opened(home, "--group", str(home / "desk"))
    assert "coordinator" in opened(home).why_no_group
