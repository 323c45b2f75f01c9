"""watch.toml: what it may say, and that nothing wrong in it is passed over."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from verifier.assess.happenings import USUAL
from verifier.errors import ConfigurationError
from verifier.errors.watching import WatchConfigurationMalformed
from verifier.model.credential import Credential
from verifier.model.finding import Severity
from verifier.model.routes import Daily, Hours
from verifier.model.units import ChainId
from verifier.model.watching import Kind
from verifier.store.watch_configuration import read_watch_settings, watch_path
from verifier.store.watch_settings import ChannelKind, WatchSettings

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "watch"
VARIABLES = {
    "TEAM_CHAT_URL": "jsons://chat.example.com/token-of-this-test",
    "HEARTBEAT_URL": "https://beat.example.com/token-of-this-test",
}
SIGNERS = f"""\
version = 1

[vaults.treasury]
chain = 1
address = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
code_hash = "0x{"ab" * 32}"
founding = "0x{"cd" * 32}"

[vaults.payroll]
chain = 10
address = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"
code_hash = "0x{"ab" * 32}"
founding = "0x{"cd" * 32}"

[chains.1]
endpoints = ["https://one.example/key"]
quorum = 1
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the example, and what it refers to."""
    shutil.copy(EXAMPLES / "watch.toml", tmp_path)
    (tmp_path / "config.toml").write_text(SIGNERS)
    for name in ("phone.url", "boss.url"):
        (tmp_path / name).write_text("jsons://chat.example.com/another-token\n")
    (tmp_path / "tickets.secret").write_text("a secret of sixteen bytes or more\n")
    for path in tmp_path.iterdir():
        path.chmod(0o600)
    return tmp_path


def read(folder: Path, **variables: str) -> WatchSettings:
    return read_watch_settings(folder / "watch.toml", {**VARIABLES, **variables})


def changed(folder: Path, content: dict[str, Any]) -> WatchSettings:
    (folder / "watch.toml").write_text(tomli_w.dumps(content))
    return read(folder)


def minimal(**more: Any) -> dict[str, Any]:
    return {"version": 1, "configuration": "config.toml", **more}


def refusal(folder: Path, content: dict[str, Any]) -> str:
    with pytest.raises(WatchConfigurationMalformed) as refused:
        changed(folder, content)
    return refused.value.why


def test_read__the_example__it_is_as_it_is_written(folder: Path) -> None:
    settings = read(folder)

    assert (settings.name, settings.vaults, settings.zone) == (
        "watch-zurich",
        ("treasury", "payroll"),
        "Europe/Zurich",
    )
    assert settings.store.reveal() == str(folder / "watch.sqlite3")
    assert settings.memory == folder / "watch.memory.sqlite3"
    assert settings.listen == ("127.0.0.1", 9464)
    assert settings.chains[ChainId(1)].block_seconds == 12
    assert settings.since == {"treasury": 19_000_000}
    assert settings.manner.lead == 6 * 3_600
    assert [channel.name for channel in settings.channels] == [
        "diary",
        "siem",
        "team",
        "phone",
        "tickets",
        "boss",
    ]
    team, boss = settings.channels[2], settings.channels[5]
    assert team.url == Credential(VARIABLES["TEAM_CHAT_URL"])
    assert team.route.quiet == Hours(first=22 * 60, last=7 * 60, zone="Europe/Zurich")
    assert (team.route.least, team.route.most_an_hour) == (Severity.WARNING, 30)
    assert (boss.zone, boss.route.is_last_resort) == ("America/New_York", True)
    assert [escalation.after for escalation in settings.routes.escalations] == [900, 3_600]
    assert settings.routes.digest == Daily(minute=480, zone="Europe/Zurich", channels=("team", "diary"))
    assert settings.heartbeat is not None
    assert settings.heartbeat.every == 60
    assert [remark for remark in settings.remarks if "tickets" not in remark] == []


def test_read__the_least__everything_else_is_usual(folder: Path) -> None:
    settings = changed(folder, minimal())

    assert settings.vaults == ("treasury", "payroll")
    assert settings.store.reveal() == str(folder / "watch.sqlite3")
    assert (settings.listen, settings.channels, settings.heartbeat) == (None, (), None)
    assert settings.manner == USUAL


def test_repr__settings_with_secrets__none_is_in_it(folder: Path) -> None:
    assert not re.search(r"token-of-this-test|another-token|sixteen bytes", repr(read(folder)))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"zoned": "UTC"}, "the file has `zoned`, which means nothing here; did you mean `zone`?"),
        (
            {"channels": {"ops": {"kind": "terminal", "leest": "info"}}},
            "channels.ops has `leest`, which means nothing here; did you mean `least`?",
        ),
        (
            {"vaults": ["tresury"]},
            "vaults of the file has `tresury`, which nothing is named; did you mean `treasury`?",
        ),
        ({"digest": {"at": "8 o'clock"}}, 'at of digest should be a time of day such as "08:00"'),
        ({"digest": {"at": "24:00"}}, 'at of digest should be a time of day such as "08:00"'),
        ({"digest": {}}, "digest has no at"),
        ({"zone": "Europe/Zuerich"}, "zone of the file should be a time zone"),
        ({"zone": "../../etc/passwd"}, "zone of the file should be a time zone"),
        (
            {"channels": {"ops": {}}},
            "channels.ops has no kind; known are chat, webhook, lines, file, terminal",
        ),
        ({"channels": {"ops": {"kind": "smoke"}}}, "kind of channels.ops should be one of chat, webhook"),
        ({"channels": {"ops": {"kind": "chat"}}}, "channels.ops has no url, url_file or url_env"),
        (
            {"channels": {"ops": {"kind": "chat", "url": "json://x", "url_env": "X"}}},
            "channels.ops should have one of url, url_file and url_env",
        ),
        (
            {"channels": {"ops": {"kind": "chat", "url_env": "NOT_SET"}}},
            "url_env of channels.ops names NOT_SET, which is not set",
        ),
        (
            {"channels": {"ops": {"kind": "chat", "url_file": "none"}}},
            "url_file of channels.ops cannot be read",
        ),
        ({"channels": {"ops": {"kind": "lines"}}}, "channels.ops has no path"),
        (
            {"channels": {"ops": {"kind": "terminal", "url": "json://x"}}},
            "channels.ops has `url`, which means nothing",
        ),
        (
            {"channels": {"ops": {"kind": "webhook", "url": "https://x", "secret": "short"}}},
            "the secret of channels.ops should have at least 16 bytes",
        ),
        (
            {"channels": {"ops": {"kind": "webhook", "url": "https://x"}}},
            "channels.ops has no secret, secret_file",
        ),
        (
            {"channels": {"Ops!": {"kind": "terminal"}}},
            "channels.Ops! should be named by up to 32 small letters",
        ),
        (
            {"channels": {"ops": {"kind": "terminal", "quiet": "22-7"}}},
            'quiet of channels.ops should be a part of the day such as "22:00-07:00"',
        ),
        (
            {"channels": {"ops": {"kind": "terminal", "pager": "yes"}}},
            "pager of channels.ops should be true or false",
        ),
        (
            {"channels": {"ops": {"kind": "terminal", "kinds": ["operation-qeued"]}}},
            "has `operation-qeued`, which nothing is named; did you mean `operation-queued`?",
        ),
        (
            {"escalations": [{"after": "15m", "channels": ["phone"]}]},
            "has `phone`, which nothing is named; known are none",
        ),
        ({"escalations": {"after": "15m"}}, "escalations should be written as [[escalations]]"),
        ({"listen": "0.0.0.0:9464"}, "listen leads beyond this machine"),
        ({"listen": "9464"}, "listen of the file should be an address"),
        ({"heartbeat": {"every": "1m"}}, "heartbeat has no url, url_file or url_env"),
        ({"chains": {"one": {}}}, "chains.one should be named by the number of a chain"),
        ({"chains": {"1": {"block_time": 0}}}, "block_time of chains.1 should be seconds between two blocks"),
        ({"chains": {"1": {"patience": 60}}}, "patience of chains.1 should be a time such as"),
        ({"judging": {"night": "22:30-06:00"}}, "night of judging should be whole hours"),
        (
            {"since": {"tresury": 1}},
            "since has `tresury`, which means nothing here; did you mean `treasury`?",
        ),
        ({"configuration": "none.toml"}, "the configuration with the vaults is missing"),
        ({"version": 2}, "it should begin with `version = 1`"),
        ({"version": True}, "it should begin with `version = 1`"),
    ],
)
def test_read__something_is_wrong__it_is_named_with_what_to_do(
    folder: Path, content: dict[str, Any], why: str
) -> None:
    assert why in refusal(folder, {**minimal(), **content})


def test_read__no_file__it_says_where_to_find_an_example(tmp_path: Path) -> None:
    with pytest.raises(WatchConfigurationMalformed, match=r"docs/watching\.md"):
        read_watch_settings(tmp_path / "watch.toml", {})


@pytest.mark.parametrize("text", ["version = ", "\x00", "version = 1\nversion = 1", "a = " + "[" * 5_000])
def test_read__no_toml__it_says_so(folder: Path, text: str) -> None:
    (folder / "watch.toml").write_text(text)

    with pytest.raises(WatchConfigurationMalformed):
        read(folder)


def test_read__a_secret_in_plain__it_is_taken_and_remarked(folder: Path) -> None:
    content = minimal(
        channels={"ops": {"kind": "chat", "url": "jsons://chat.example.com/token-of-this-test"}}
    )

    settings = changed(folder, content)

    assert settings.channels[0].url == Credential("jsons://chat.example.com/token-of-this-test")
    assert settings.remarks == (
        "url of channels.ops stands in the configuration itself; url_file or url_env keep it out of copies.",
    )


def test_read__a_secret_that_others_may_read__it_is_remarked(folder: Path) -> None:
    (folder / "phone.url").chmod(0o644)

    assert any("phone.url" in remark and "chmod 600" in remark for remark in read(folder).remarks)


def test_read__a_database_with_a_password__it_is_a_credential(folder: Path) -> None:
    content = minimal(store_env="STORE")
    (folder / "watch.toml").write_text(tomli_w.dumps(content))

    settings = read(folder, STORE="postgresql://watch:password-of-this-test@db/watch")

    assert settings.store.reveal().startswith("postgresql://")
    assert "password-of-this-test" not in repr(settings)


def test_read__a_path_of_the_store__it_is_no_secret(folder: Path) -> None:
    settings = changed(folder, minimal(store="kept/watch.sqlite3"))

    assert settings.remarks == ()
    assert settings.memory == folder / "kept" / "watch.memory.sqlite3"


def test_read__a_webhook_whose_secret_is_being_changed__it_has_both(folder: Path) -> None:
    hook = {
        "kind": "webhook",
        "url": "https://x.example",
        "secret_file": "tickets.secret",
        "former_secret": "the former one, which is long",
    }
    channel = changed(folder, minimal(channels={"ops": hook})).channels[0]

    assert channel.kind is ChannelKind.WEBHOOK
    assert [each.reveal() for each in channel.secrets] == [
        "a secret of sixteen bytes or more",
        "the former one, which is long",
    ]


def test_read__every_kind_of_happening__a_route_may_name_it(folder: Path) -> None:
    kinds = [kind.value for kind in Kind]
    content = minimal(channels={"ops": {"kind": "terminal", "kinds": kinds}})

    assert changed(folder, content).channels[0].route.kinds == frozenset(Kind)


def test_path__what_is_given_then_the_environment_then_beside_the_signers(tmp_path: Path) -> None:
    environment = {"FOURTH_SIGNER_WATCH": "/etc/watch.toml", "XDG_CONFIG_HOME": str(tmp_path)}

    assert watch_path("mine.toml", environment) == Path("mine.toml")
    assert watch_path(None, environment) == Path("/etc/watch.toml")
    del environment["FOURTH_SIGNER_WATCH"]
    assert watch_path(None, environment) == tmp_path / "fourth-signer" / "watch.toml"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 1 << 70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
_TABLES = ("chains", "since", "judging", "channels", "escalations", "digest", "test", "heartbeat")
_KEYS = (*_TABLES, "zone", "vaults", "store", "listen", "name", "configuration")


@given(
    st.sampled_from(_KEYS),
    _VALUES,
    st.sampled_from(["", "kind", "at", "1", "ops", "after"]),
)
def test_read__anything_under_any_key__it_is_taken_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: Any, inner: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "config.toml").write_text(SIGNERS)
    content = minimal(**{key: {inner: value} if inner else value})
    try:
        text = tomli_w.dumps(content)
        tomllib.loads(text)
    except (TypeError, ValueError, AttributeError):
        return
    (folder / "watch.toml").write_text(text)
    said = ""
    try:
        read_watch_settings(folder / "watch.toml", VARIABLES)
    except ConfigurationError as refused:
        said = refused.sentence()
    assert said.isascii()
