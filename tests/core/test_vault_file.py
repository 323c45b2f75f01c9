"""vault.toml: what is read of it, and that whatever it should not say is named."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors.deploying import VaultFileMalformed
from verifier.model.asset import NATIVE, Use
from verifier.model.member import Kind, Role
from verifier.model.tier import Tier
from verifier.model.units import ChainId, Duration, Hours
from verifier.store.release import companion_addresses
from verifier.store.vault_file import MOST_BYTES, parse_vault_file, read_vault_file

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "vault" / "vault.toml"
TEXT = EXAMPLE.read_text()


def refusal(text: str | bytes) -> str:
    """Return why a file is refused."""
    with pytest.raises(VaultFileMalformed) as caught:
        parse_vault_file(text.encode() if isinstance(text, str) else text, "vault.toml")
    sentence = caught.value.sentence()
    assert sentence.isascii()
    assert "\n" not in sentence
    return sentence


def changed(old: str, new: str) -> str:
    """Return the example with one thing changed."""
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_read__the_example__every_line_of_it() -> None:
    file = read_vault_file(EXAMPLE)
    assert file.file_hash == hashlib.sha256(EXAMPLE.read_bytes()).digest()
    ann, *_, desk = file.members
    assert (ann.name, ann.person, ann.roles) == ("Ann", 1, Role.PROPOSER | Role.APPROVER | Role.BREAK_GLASS)
    assert (ann.attributes.employer, ann.attributes.utc_offset) == (1, -300)
    assert desk.group is not None
    assert (desk.group.kind, desk.group.threshold, [h.person for h in desk.group.holders]) == (
        Kind.FROST_EVEN,
        2,
        [21, 22, 23],
    )
    assert file.groups == (desk,)
    custody = file.tiers[Tier.CUSTODY]
    assert (custody.delay, custody.grace_hours, custody.segregated) == (Duration(72 * 3600), Hours(168), 1)
    assert custody.expedited_delay is None
    assert file.tiers[Tier.HIGH_VALUE].expedited_delay == 7_200
    ether, dollar = file.assets
    assert (ether.asset.asset, ether.asset.terms.high_value_from) == (NATIVE, 100 * 10**6)
    assert dollar.asset.terms.routine_limit == 10_000 * 10**6
    assert dollar.only_on == {ChainId(1)}
    assert file.rules[0].ruling.rule.measure is not None
    assert file.rules[0].ruling.rule.measure.asset == dollar.asset.asset
    assert file.counterparties[2].counterparty.uses == Use.SPENDER
    assert file.strategies[0].venues[0] == b"cme".ljust(32, b"\0")
    assert [network.is_production for network in file.networks] == [True, False, False]


def test_configuration__of_the_example__what_is_on_every_chain_and_no_group() -> None:
    companions = companion_addresses()
    configuration = read_vault_file(EXAMPLE).configuration(companions)
    assert [int(f.person) for f in configuration.founders] == list(range(1, 10))
    assert [asset.asset for asset in configuration.assets] == [NATIVE]
    assert len(configuration.rules) == 1
    assert configuration.registry == companions.duty_registry


REFUSED = {
    "another version": (changed("version = 1", "version = 2"), "version = 1"),
    "a misspelt key": (changed("quorum = 2", "qorum = 2"), "has no quorum"),
    "an unknown key": (changed("supermajority = 4", "supermajority = 4\nstrategie = 4"), "did you mean `strategies`"),
    "an unknown role": (changed('"proposer", "approver", "break', '"proposr", "approver", "break'), "`proposer`"),
    "a wrong checksum": (changed("0x08504A73fE", "0x08504a73fE"), "EIP-55"),
    "an address without checksum": (
        changed("0x08504A73fE049fea8dEDb3B1366584Ece1acB3E9", "0x08504a73fe049fea8dedb3b1366584ece1acb3e9"),
        "0x08504A73fE049fea8dEDb3B1366584Ece1acB3E9",
    ),
    "an address twice": (
        changed("0xB0Dca2f0C2751A05BB68757e406BAD8785A372d6", "0x08504A73fE049fea8dEDb3B1366584Ece1acB3E9"),
        "is there twice",
    ),
    "a person twice": (changed("person = 2\n", "person = 1\n"), "person 1 is there twice"),
    "a holder who has a seat": (changed("person = 21", "person = 1"), "person 1 is there twice"),
    "a name twice": (changed('"Bob"', '"Ann"'), "the member Ann is there twice"),
    "too many decimals": (changed('"5 ETH"', '"0.0000001 ETH"'), "at most 6 decimals"),
    "an amount as a number": (changed('"5 ETH"', "5"), "amount with its unit"),
    "another unit": (changed('"5 ETH"', '"5 USDC"'), "in ETH"),
    "a comma": (changed('"10_000 USDC"', '"10,000 USDC"'), "amount with its unit"),
    "more than a word holds": (changed('"100 ETH"', '"18446744073710 ETH"'), "below 18446744073709 ETH"),
    "half an hour of grace": (changed('grace = "72h"', 'grace = "90m"'), "whole hours"),
    "a delay without unit": (changed('delay = "1h"', "delay = 3600"), "a time such as"),
    "an offset without sign": (changed('"+05:30"', '"05:30"'), "standard time"),
    "a latitude that is none": (changed("latitude = 40.71", "latitude = 91"), "latitude"),
    "an endless latitude": (changed("latitude = 40.71", "latitude = inf"), "degrees"),
    "no number at all": (changed("latitude = 40.71", "latitude = nan"), "degrees"),
    "an employer that is nobody": (changed('employer = "acme"', 'employer = "acne"'), "`acme`"),
    "a network that is none": (changed('networks = ["mainnet"]', 'networks = ["maintnet"]'), "`mainnet`"),
    "a point that is none": (changed("0x020d", "0x040d"), "point"),
    "a threshold above the holders": (changed("threshold = 2", "threshold = 4"), "at most the number"),
    "a dynamic function measured": (changed("For(address,uint256)", "For(address,bytes)"), "single words"),
    "an amount that is an address": (changed("amount = 1", "amount = 0"), "type uint"),
    "an asset that is not there": (changed('use = "recipient"\nnetworks = ["mainnet"]', 'use = "spender"'), "chain"),
    "two chains of one number": (
        changed("chain = 31337", "chain = 11155111"),
        "the chain 11155111 is there twice",
    ),
    "a main network that should be none": (
        changed("production = true", "production = false"),
        "the main network of Ethereum",
    ),
    "no TOML": ("version = ", "no TOML"),
    "a number of many digits": (changed("version = 1", "version = " + "1" * 5_000), "no TOML"),
    "depth": (changed("version = 1", "version = 1\nx = " + "[" * 5_000), "nested"),
    "a salt too short": (changed("0x0000", "0x00"), "64 hex digits"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_read__a_file_with_one_thing_wrong__is_refused_and_named(what: str) -> None:
    text, said = REFUSED[what]
    assert said in refusal(text)


def test_read__a_file_that_is_too_large__is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vault.toml"
    path.write_text(TEXT + "#" * (MOST_BYTES - len(TEXT.encode())))
    assert read_vault_file(path).members
    path.write_text(TEXT + "#" * (MOST_BYTES - len(TEXT.encode()) + 1))
    with pytest.raises(VaultFileMalformed, match="more than"):
        read_vault_file(path)


def test_read__a_folder_or_nothing__is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.toml"):
        with pytest.raises(VaultFileMalformed):
            read_vault_file(path)


def test_read__names_with_control_characters__shows_them_as_escapes() -> None:
    file = parse_vault_file(changed('"Ann"', '"A\\u202Enn\\u001b[2J"').encode(), "vault.toml")
    assert file.members[0].name == "A\\u{202e}nn\\u{1b}[2J"


@given(st.data())
def test_read__the_example_with_bytes_changed__is_read_or_refused_in_one_sentence(
    data: st.DataObject,
) -> None:
    content = bytearray(EXAMPLE.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        file = parse_vault_file(bytes(content), "vault.toml")
    except VaultFileMalformed as refused:
        said = refused.sentence()
    else:
        said = "".join(member.name for member in file.members)
        assert file.configuration(companion_addresses()).encode()
    assert said.isascii()


@pytest.mark.parametrize(
    "sign", ["\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\u0085", "\u00ad", "\U000e0041", "\x7f"]
)
@pytest.mark.parametrize("where", ["# The order", 'name = "Ann'])
def test_read__a_sign_that_nobody_sees__is_refused_with_its_line(where: str, sign: str) -> None:
    line = TEXT[: TEXT.index(where)].count("\n") + 1
    said = refusal(changed(where, where + sign))
    assert f"line {line} has the sign U+{ord(sign):04X}" in said


def test_read__letters_of_other_tongues_tabs_and_windows_lines__are_fine() -> None:
    text = changed("# The order", "# \u041f\u043e\u0440\u044f\u0434\u043e\u043a\t\u00e9").replace(
        "\n", "\r\n"
    )
    assert len(parse_vault_file(text.encode(), "vault.toml").members) == 10


SECOND_RULE = """
[[rules]]
target = "0x86B33f0EFf92Be6cF9EA571C50C09bf7E290908c"
selector = "SELECTOR"

[companions]"""


def test_read__a_rule_once_by_its_signature_and_once_by_its_selector__is_refused() -> None:
    # claim()
    said = refusal(changed("\n[companions]", SECOND_RULE.replace("SELECTOR", "0x4e71d92d")))
    assert "the rule for 0x4e71d92d of 0x86B33f0EFf92Be6cF9EA571C50C09bf7E290908c is there twice" in said
    other = changed("\n[companions]", SECOND_RULE.replace("SELECTOR", "0x4e71d92e"))
    assert len(parse_vault_file(other.encode(), "vault.toml").rules) == 3
