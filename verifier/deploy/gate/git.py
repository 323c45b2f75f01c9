"""Asking git, the program, in an environment in which the repository's own configuration runs nothing.

Replacements, grafts and the commit-graph file are ignored: each could tell of other parents than a commit has. Nothing
is fetched. Whatever is read of a commit is hashed here once more.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from verifier.errors import RepositoryUnreadable

_SECONDS: Final = 120
_SETTINGS: Final = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.commitGraph", "false"),
    ("core.attributesFile", os.devnull),
    ("core.quotePath", "false"),
    ("core.useReplaceRefs", "false"),
    ("protocol.allow", "never"),
    ("log.showSignature", "false"),
    # Whoever owns the files: nothing of their configuration is carried out.
    ("safe.directory", "*"),
)
_ENVIRONMENT: Final = {
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "HOME": os.devnull,
    "LC_ALL": "C",
}


class Git:
    """One repository, read only."""

    def __init__(self, root: Path) -> None:
        """Take the checkout at a folder.

        :raises RepositoryUnreadable: there is none.
        """
        self._at = root
        top = self.ask("rev-parse", "--show-toplevel").rstrip(b"\n")
        # From here on commands see all of the checkout, wherever in it we were called.
        self.root: Final = Path(os.fsdecode(top))
        self._at = self.root
        # A repository's configuration can name a folder elsewhere, and nobody would look at what lies here.
        if not Path(os.path.realpath(root)).is_relative_to(os.path.realpath(self.root)):
            raise self.unreadable(f"it names another folder for its files, {self.root}")
        if self.ask("rev-parse", "--is-shallow-repository").strip() != b"false":
            raise self.unreadable("its history is cut off (a shallow clone); fetch all of it")

    def ask(self, *words: str, stdin: bytes = b"", index: Path | None = None) -> bytes:
        """Return what a command of git writes.

        :param index: a file to use in the place of the checkout's own index
        :raises RepositoryUnreadable: it does not do it.
        """
        settings = [word for name, value in _SETTINGS for word in ("-c", f"{name}={value}")]
        command = ["git", *settings, "--no-pager", "--literal-pathspecs", *words]
        environment = {**_ENVIRONMENT, "PATH": os.environ.get("PATH", os.defpath)}
        if index is not None:
            environment["GIT_INDEX_FILE"] = str(index)
        try:
            ended = subprocess.run(  # noqa: S603 - no shell, and no word of it is an option unless it is ours
                command,
                cwd=self._at,
                env=environment,
                input=stdin,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as exc:
            raise self.unreadable(f"git took longer than {_SECONDS} seconds") from exc
        except (OSError, ValueError) as exc:
            raise self.unreadable(getattr(exc, "strerror", None) or "its path is no path") from exc
        if ended.returncode != 0:
            said = ended.stderr.decode("utf-8", "replace").strip().splitlines()
            raise self.unreadable(said[-1] if said else f"git {words[0]} failed")
        return ended.stdout

    def resolve(self, name: str) -> str:
        """Return the full hash of the commit that a name means.

        :raises RepositoryUnreadable: it means none.
        """
        if not name or name.startswith("-") or not name.isprintable():
            raise self.unreadable(f"{name!r} is no name of a commit")
        return (
            self.ask("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
            .decode("ascii")
            .strip()
        )

    def objects(self, names: Sequence[str]) -> list[bytes | None]:
        """Return the content of objects by their full hashes, in order, each hashed here; None where one is missing."""
        said = self.ask("cat-file", "--batch", stdin="".join(f"{name}\n" for name in names).encode("ascii"))
        found: list[bytes | None] = []
        at = 0
        for name in names:
            end = said.index(b"\n", at)
            words = said[at:end].split(b" ")
            at = end + 1
            if words[-1] == b"missing":
                found.append(None)
                continue
            kind, length = words[1], int(words[2])
            content = said[at : at + length]
            at += length + 1
            if object_hash(kind.decode("ascii"), content, name) != name:
                raise self.unreadable(f"object {name} is not what its hash says")
            found.append(content)
        return found

    def hashes(self, names: Sequence[str]) -> list[str | None]:
        """Return the hashes of what names such as `COMMIT:PATH` mean, in order; None where there is nothing."""
        said = self.ask(
            "cat-file", "--batch-check", stdin="".join(f"{name}\n" for name in names).encode("utf-8")
        )
        lines = said.decode("utf-8").splitlines()
        if len(lines) != len(names):
            raise self.unreadable("git does not answer for each object")
        return [None if line.endswith(" missing") else line.split(" ", 1)[0] for line in lines]

    def unreadable(self, why: str) -> RepositoryUnreadable:
        return RepositoryUnreadable(path=str(self._at), why=why)


def object_hash(kind: str, content: bytes, like: str) -> str:
    """Return the hash that git gives an object.

    :param like: a hash of the same repository, which tells whether it is one of SHA-1 or of SHA-256
    """
    framed = f"{kind} {len(content)}\0".encode("ascii") + content
    if len(like) == 64:
        return hashlib.sha256(framed).hexdigest()
    return hashlib.sha1(framed, usedforsecurity=False).hexdigest()
