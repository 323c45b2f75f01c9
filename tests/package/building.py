"""Making the wheel and the source archive, and installing a wheel, without any network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[2]
# What a build reads, and nothing else of the checkout.
_NEEDED: Final = ("pyproject.toml", "README.md", "LICENSE", ".gitignore")
_PATIENCE: Final = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What one build wrote."""

    wheel: Path
    archive: Path


def copy_checkout(into: Path) -> Path:
    """Return a copy of what a build reads, as it is now: others may be editing the checkout meanwhile."""
    into.mkdir()
    for name in _NEEDED:
        shutil.copy(ROOT / name, into / name)
    shutil.copytree(ROOT / "verifier", into / "verifier", ignore=shutil.ignore_patterns("__pycache__"))
    return into


def build(source: Path, into: Path) -> Built:
    """Build both from `source` with the hatchling of this environment."""
    run(
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "-t",
        "sdist",
        "-t",
        "wheel",
        "-d",
        str(into),
        folder=source,
    )
    (wheel,), (archive,) = into.glob("*.whl"), into.glob("*.tar.gz")
    return Built(wheel=wheel, archive=archive)


def unpack(archive: Path, into: Path) -> Path:
    """Return the folder that a source archive unpacks to."""
    with tarfile.open(archive) as opened:
        opened.extractall(into, filter="data")
    (folder,) = into.iterdir()
    return folder


def install(wheel: Path, into: Path) -> Path:
    """Return the scripts' folder of a new environment with the wheel, and the base dependencies alone beside it."""
    run(sys.executable, "-m", "venv", "--without-pip", str(into), folder=into.parent)
    python = into / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "--no-input")
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", "--no-compile", str(wheel), folder=into)
    shelf = into / "shelf"
    shelf.mkdir()
    for one in base_distributions():
        _lend(one, shelf)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (into / "lib" / version / "site-packages" / "base.pth").write_text(f"{shelf}\n", "utf-8")
    return into / "bin"


def base_distributions() -> list[Distribution]:
    """Return what `pip install fourth-signer` brings beside itself: no extra, and all that it needs in turn."""
    found: dict[str, Distribution] = {}
    waiting = [(name, frozenset[str]()) for name in base_requirements()]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        found[name] = distribution(name)
        for each in map(Requirement, found[name].requires or ()):
            wanted = {"", *extras} if each.marker is not None and "extra" in str(each.marker) else {""}
            if each.marker is not None and not any(
                each.marker.evaluate({"extra": extra}) for extra in wanted
            ):
                continue
            step = (canonicalize_name(each.name), frozenset(each.extras))
            if step not in seen:
                seen.add(step)
                waiting.append(step)
    return [found[name] for name in sorted(found)]


def base_requirements() -> dict[str, Requirement]:
    """Return the requirements of pyproject.toml that are in no extra, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {canonicalize_name(each.name): each for each in map(Requirement, project["dependencies"])}


def _lend(one: Distribution, shelf: Path) -> None:
    """Put links to what a distribution brought for import onto the shelf."""
    site = Path(sysconfig.get_path("purelib"))
    tops = {path.parts[0] for path in one.files or () if path.parts[0] not in ("..", "__pycache__")}
    for top in sorted(tops):
        if (site / top).exists() and not (shelf / top).exists():
            (shelf / top).symlink_to(site / top)


def run(*command: str, folder: Path) -> str:
    """Run something that has to go well, in an environment without anything of the checkout; return what it said."""
    kept = {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", "COLUMNS": "80"}
    done = subprocess.run(
        command,
        check=False,
        env=kept,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
    )
    assert done.returncode == 0, (command, done.stdout[-2_000:], done.stderr[-2_000:])
    return done.stdout
