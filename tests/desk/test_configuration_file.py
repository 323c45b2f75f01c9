"""Writing the configuration file: what it said before it still says."""

from __future__ import annotations

import stat
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from verifier.errors import ConfigurationMalformed, ConfigurationUnwritable, PinConflict
from verifier.model.address import Address
from verifier.model.units import ChainId, MemberIndex
from verifier.store.configuration import parse_settings, read_settings
from verifier.store.file import TEMPLATE, edited, write_settings
from verifier.store.settings import ChainSettings, Pin, Settings

HERE = Path("config.toml")
VAULT = Address(b"\x5f" * 20)
MEMBER = Address(b"\x70" * 20)
PIN = Pin(name="treasury", chain_id=ChainId(1), vault=VAULT, code_hash=b"\xab" * 32, founding=b"\xcd" * 32)
CHAIN = ChainSettings(chain_id=ChainId(1), endpoints=("https://one.example",), quorum=1)
OWN = """\
# mine, above
version = 1 # v

# about the vault
[vaults.treasury]   # here
# inside
chain = 1
address = "0x5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f"
code_hash = "0x{ab}"
founding = "0x{cd}" # compared with Ann

# about the chain
[chains.1]
endpoints = [
  "https://one.example", # slow
]
quorum = 1
block = "safe" # on purpose

[labels]
"0x7070707070707070707070707070707070707070" = "Payroll" # since May
""".replace("{ab}", "ab" * 32).replace("{cd}", "cd" * 32)


def add(settings: Settings, pin: Pin, *, may_replace: bool = False) -> Settings:
    return settings.with_pin(pin, path="config.toml", may_replace=may_replace)


def test_edited__template__is_valid_and_explains_every_key() -> None:
    assert parse_settings(TEMPLATE, HERE) == Settings()
    text = edited(
        TEMPLATE,
        add(Settings(), replace(PIN, seat=MemberIndex(1), member=MEMBER, group="desk")).with_chain(CHAIN),
        HERE,
    )
    keys = {line.split(" = ")[0] for line in text.splitlines() if " = " in line and not line.startswith("#")}
    for key in keys - {"version"}:
        assert f"#   {key}" in text or f"and {key}:" in text, key


def test_edited__template__tables_stand_below_their_remarks() -> None:
    text = edited(TEMPLATE, add(Settings(), PIN).with_chain(CHAIN), HERE)
    places = [
        text.index(part)
        for part in ("# Vaults:", "[vaults.", "# Chains:", "[chains.", "# Labels:", "[labels]")
    ]
    assert places == sorted(places)


def test_edited__nothing_new__same_text() -> None:
    assert edited(OWN, parse_settings(OWN, HERE), HERE) == OWN


def test_edited__another_vault_and_chain__every_old_line_remains() -> None:
    other = replace(PIN, name="reserve", chain_id=ChainId(10), seat=MemberIndex(1), member=MEMBER)
    settings = add(parse_settings(OWN, HERE), other).with_chain(replace(CHAIN, chain_id=ChainId(10)))
    text = edited(OWN, settings, HERE)
    assert parse_settings(text, HERE) == settings
    lines = iter(text.splitlines())
    assert all(line in lines for line in OWN.splitlines()), "each, and in its order"


def test_edited__changed_chain__remarks_and_unchanged_lines_remain() -> None:
    before = parse_settings(OWN, HERE)
    chain = replace(
        before.chains[ChainId(1)], endpoints=("https://one.example", "https://two.example"), quorum=2
    )
    text = edited(OWN, before.with_chain(chain), HERE)
    assert parse_settings(text, HERE).chains[ChainId(1)] == chain
    for kept in ("# about the chain", 'block = "safe" # on purpose', "# compared with Ann", "# since May"):
        assert kept in text


def test_edited__last_line_without_end__not_glued() -> None:
    settings = add(Settings(), PIN)
    assert parse_settings(edited("version = 1", settings, HERE), HERE) == settings


def test_edited__windows_line_ends__still_right() -> None:
    text = OWN.replace("\n", "\r\n")
    settings = add(parse_settings(text, HERE), replace(PIN, name="reserve", chain_id=ChainId(10)))
    assert parse_settings(edited(text, settings, HERE), HERE) == settings


@pytest.mark.parametrize(
    "text",
    [
        "version = 1\nvaults = { }",
        OWN.replace("[vaults.treasury]", "[vaults]\n[vaults.treasury]"),
        'version = 1\nlabels."0x7070707070707070707070707070707070707070" = """\n[chains.1]\n"""',
    ],
)
def test_edited__unusual_layout__right_or_refused(text: str) -> None:
    before = parse_settings(text, HERE)
    settings = add(before, replace(PIN, name="reserve", chain_id=ChainId(10)))
    with suppress(ConfigurationMalformed):
        assert parse_settings(edited(text, settings, HERE), HERE) == settings


def test_with_pin__same_again__unchanged() -> None:
    settings = add(Settings(), replace(PIN, seat=MemberIndex(1), member=MEMBER))
    assert add(settings, PIN) == settings


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (replace(PIN, vault=MEMBER), "address"),
        (replace(PIN, chain_id=ChainId(10)), "chain"),
        (replace(PIN, founding=b"\xce" * 32), "founding hash"),
        (replace(PIN, code_hash=b"\xac" * 32), "code hash"),
        (replace(PIN, name="other"), "name"),
        (replace(PIN, seat=MemberIndex(2), member=MEMBER), "seat"),
    ],
)
def test_with_pin__differs__refused_unless_told_to(other: Pin, what: str) -> None:
    settings = add(Settings(), replace(PIN, seat=MemberIndex(1), member=MEMBER))
    with pytest.raises(PinConflict) as refused:
        add(settings, other)
    assert refused.value.what == what
    replaced = add(settings, other, may_replace=True).pins
    assert replaced[other.name].vault == other.vault
    assert len(replaced) == 1


def test_write_settings__new__whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "config.toml"
    settings = add(Settings(), PIN).with_chain(CHAIN)
    write_settings(path, None, settings)
    assert read_settings(path) == settings
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["config.toml"]


def test_write_settings__link__what_it_leads_to_changes(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text(OWN)
    link.symlink_to(real)
    settings = add(read_settings(link), replace(PIN, name="reserve", chain_id=ChainId(10)))
    write_settings(link, OWN, settings)
    assert link.is_symlink()
    assert read_settings(real) == settings


def test_write_settings__folder_in_the_way__refused_and_nothing_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigurationUnwritable):
        write_settings(tmp_path / "file" / "config.toml", None, Settings())
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigurationUnwritable):
        write_settings(tmp_path / "folder", None, Settings())
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "x"


def test_with_pin__pinned_anew__its_group_stays() -> None:
    settings = add(Settings(), replace(PIN, group="desk"))
    renamed = add(settings, replace(PIN, name="reserve"), may_replace=True)
    assert [pin.group for pin in renamed.pins.values()] == ["desk"]
    assert (
        parse_settings(edited(OWN, add(parse_settings(OWN, HERE), replace(PIN, group="d")), HERE), HERE)
        .pins["treasury"]
        .group
        == "d"
    )


@pytest.mark.parametrize("value", ["5", '""', '["a"]', '"a\\u0000b"'])
def test_parse_settings__a_group_that_is_no_path__refused(value: str) -> None:
    text = OWN.replace("chain = 1\n", f"chain = 1\ngroup = {value}\n", 1)
    with pytest.raises(ConfigurationMalformed, match=r"group of vaults\.treasury should be a path in quotes"):
        parse_settings(text, HERE)
