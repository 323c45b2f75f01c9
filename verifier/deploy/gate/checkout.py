"""Whether a checkout is a commit and nothing else: every file is hashed here, whatever git's index says of it."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from verifier.deploy.gate.git import Git, object_hash
from verifier.errors import ReleaseRefused
from verifier.model.text import sanitise


def require_checkout(git: Git, commit: str) -> None:
    """Return if the checkout's head is this commit, its files are the commit's, and there are no others.

    Files that a .gitignore of the commit names may be there: those who reviewed the commit have seen that.

    :raises ReleaseRefused: it is not.
    :raises RepositoryUnreadable: git does not say what has to be known.
    """
    head = git.resolve("HEAD")
    if head != commit:
        raise ReleaseRefused(rule="head-other", why=f"the checkout is at {head}, and not at {commit}")
    folders: set[Path] = set()
    for mode, name, path in _entries(git, commit):
        place = git.root / os.fsdecode(path)
        folders.update(place.parents[: len(place.relative_to(git.root).parts) - 1])
        if not _is_same(place, mode, name):
            raise _unclean(path, "is not what the commit has")
    for folder in folders:
        if folder.is_symlink():
            raise _unclean(os.fsencode(folder), "is a link, and a folder in the commit")
    for path in _others(git, commit):
        raise _unclean(path, "is not in the commit")


def read_file_of(git: Git, commit: str, path: str) -> bytes:
    """Return a file as a commit has it.

    :raises ReleaseRefused: it has none there.
    """
    (name,) = git.hashes([f"{commit}:{path}"])
    if name is not None and git.ask("cat-file", "-t", name).strip() == b"blob":
        (content,) = git.objects([name])
        if content is not None:
            return content
    why = f"{sanitise(path)} is no file of commit {commit[:12]}, so nobody can tell who wrote it"
    raise ReleaseRefused(rule="file-untracked", why=why)


def path_of(git: Git, file: Path) -> str:
    """Return a file's path in the repository.

    :raises ReleaseRefused: it is elsewhere.
    """
    try:
        path = Path(os.path.abspath(file)).relative_to(git.root).as_posix()  # noqa: PTH100 - links are not followed
    except ValueError:
        try:
            path = file.resolve().relative_to(git.root.resolve()).as_posix()
        except (ValueError, OSError) as exc:
            why = f"{sanitise(str(file))} is not in the repository, so nobody can tell who wrote it"
            raise ReleaseRefused(rule="file-untracked", why=why) from exc
    if not path.isprintable() or not path.isascii():
        raise ReleaseRefused(rule="file-untracked", why="the file's path should be plain letters")
    return path


def _entries(git: Git, commit: str) -> Iterator[tuple[bytes, str, bytes]]:
    """Yield mode, hash and path of everything that a commit holds."""
    for line in git.ask("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
        if line:
            facts, _, path = line.partition(b"\t")
            mode, _, name = facts.split(b" ")
            yield mode, name.decode("ascii"), path


def _is_same(place: Path, mode: bytes, name: str) -> bool:
    """Whether a file is the one that a commit has. A submodule never is: its commits are not looked at."""
    try:
        found = place.lstat()
        if mode == b"120000":
            # As it is written: a Path would tidy it up.
            return stat.S_ISLNK(found.st_mode) and _has_hash(os.readlink(os.fsencode(place)), name)  # noqa: PTH115
        if mode not in (b"100644", b"100755") or not stat.S_ISREG(found.st_mode):
            return False
        is_executable = bool(found.st_mode & stat.S_IXUSR)
        return is_executable == (mode == b"100755") and _has_hash(place.read_bytes(), name)
    except OSError:
        return False


def _has_hash(content: bytes, name: str) -> bool:
    return object_hash("blob", content, name) == name


def _others(git: Git, commit: str) -> list[bytes]:
    """Return the files that are not the commit's, whatever the checkout's own index and excludes say."""
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        git.ask("read-tree", commit, index=index)
        said = git.ask("ls-files", "--others", "--exclude-per-directory=.gitignore", "-z", index=index)
    return [path for path in said.split(b"\0") if path]


def _unclean(path: bytes, why: str) -> ReleaseRefused:
    return ReleaseRefused(rule="checkout-unclean", why=f"{sanitise(path)} {why}")
