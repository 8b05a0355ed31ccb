"""Knows what `run` says and does before and around the making of `.venv`."""

import ast
import os
import shutil
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
RUN = ROOT / "run"
# What `run` does where Python came without ensurepip, as on a bare Debian.
WITHOUT_ENSUREPIP = """
import runpy, sys
sys.modules["ensurepip"] = None
sys.argv[:] = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="module")
def run() -> ModuleType:
    """The program as a module, not started."""
    loader = SourceFileLoader("run", str(RUN))
    spec = spec_from_loader("run", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def start(*arguments: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with just what `run` reads, and no .venv."""
    for name in ("run", "requirements.lock", "setup.cfg", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.fixture
def ready(copy: Path, run: ModuleType) -> Path:
    """The same with a finished .venv, whose Python is the one of these tests and refuses to install anything."""
    python = copy / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    refuse = '[ "$2" = pip ] && { echo "ERROR: asked to $3 $*"; exit 1; }'
    python.write_text(f'#!/bin/sh\n{refuse}\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    write_stamp(copy, f"place {copy.resolve()}", *run.what_it_is_made_from()[1:])
    return copy


def write_stamp(place: Path, *lines: str) -> None:
    (place / ".venv" / "made-from.txt").write_text("".join(line + "\n" for line in lines), encoding="utf-8")


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"], ["-h"]])
def test_help_names_every_command_and_makes_nothing(run: ModuleType, copy: Path, arguments: list[str]) -> None:
    done = start(copy / "run", *arguments, cwd=Path("/"))
    assert done.returncode == 0
    assert all(f"./run {name} " in done.stdout for name in run.COMMANDS)
    assert not (copy / ".venv").exists()


def test_it_can_be_executed_by_its_name() -> None:
    done = subprocess.run(["./run"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "./run demo" in done.stdout


def test_an_unknown_command_is_refused_in_words() -> None:
    done = start(RUN, "dmeo")
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no command 'dmeo'" in done.stderr
    assert "demo" in done.stderr


def test_an_older_python_can_read_it_and_is_told_what_is_needed(run: ModuleType) -> None:
    ast.parse(RUN.read_text(encoding="utf-8"), feature_version=(3, 7))
    assert "needs Python 3.11 or newer" in run.too_old((3, 10, 13))
    assert "This is Python 2.7." in run.too_old((2, 7, 18))
    assert run.too_old((3, 11, 0)) is None
    assert run.too_old((4, 0, 0)) is None


def test_a_newer_python_is_found_under_its_own_name(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run.find_newer_python() is None
    broken = tmp_path / "python3.11"
    broken.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    broken.chmod(0o755)
    (tmp_path / "python3.12").symlink_to(sys.executable)
    assert run.find_newer_python() == str(tmp_path / "python3.12")


def test_a_user_of_debian_is_given_the_one_command(run: ModuleType) -> None:
    advice = run.how_to_get_venv("python3.11-venv", is_root=False, has_apt=True)
    assert "\n    sudo apt install python3.11-venv\n" in advice
    assert run.how_to_get_venv("python3.11-venv", is_root=True, has_apt=True) is None


def test_without_ensurepip_and_apt_it_stops_before_making_anything(copy: Path, tmp_path: Path) -> None:
    done = start("-c", WITHOUT_ENSUREPIP, copy / "run", "test", PATH=str(tmp_path))
    assert done.returncode == 2
    assert "ensurepip is missing" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (copy / ".venv").exists()


def test_a_place_that_cannot_be_written_to_is_said_to_be_one(copy: Path) -> None:
    (copy / ".venv").symlink_to("/proc/self")
    done = start(copy / "run", "test")
    assert done.returncode == 2
    assert f"Could not write in {copy.resolve()}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_finished_venv_is_used_as_it_is(ready: Path) -> None:
    done = start(ready / "run", "test", "--version", cwd=Path("/"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("pytest ")


def test_files_named_on_the_command_line_are_looked_for_where_the_user_stands(ready: Path, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (ready / "qa_app.py").write_text("import os, sys; print(os.getcwd(), *sys.argv[1:])", encoding="utf-8")
    done = start(ready / "run", "qa", "import", "staff", "staff.csv", cwd=here, PYTHONPATH=str(ready))
    assert done.stdout.split() == [str(here), "import", "staff", "staff.csv"]


@pytest.mark.parametrize(
    ("changed", "next_step"),
    [
        ("place", "ensurepip is missing"),
        ("python", "ensurepip is missing"),
        ("packages", "--require-hashes --requirement requirements.lock"),
        ("project", "--no-build-isolation --editable ."),
    ],
)
def test_a_venv_is_made_again_as_far_as_it_differs(ready: Path, changed: str, next_step: str) -> None:
    stamp = (ready / ".venv" / "made-from.txt").read_text(encoding="utf-8").splitlines()
    write_stamp(ready, *(f"{changed} other" if line.startswith(changed) else line for line in stamp))
    done = start("-c", WITHOUT_ENSUREPIP, ready / "run", "test", "--version", PATH="")
    assert done.returncode == 2
    assert next_step in done.stderr
    assert (ready / ".venv" / "made-from.txt").exists() == (changed in {"place", "python"})


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "is not the one that requirements.lock names"),
        ("Temporary failure in name resolution\nERROR: No matching distribution found", "Check the network connection"),
        ("ERROR: [Errno 28] No space left on device", "No space left on device"),
    ],
)
def test_a_fault_of_pip_is_put_in_words(run: ModuleType, words: str, says: str) -> None:
    assert says in run.why_pip_failed(words)


@pytest.mark.parametrize(
    "chosen", [["tests/test_run.py"], ["tests/test_run.py::test_x"], ["-n", "4"], ["-n4"], ["--pdb"]]
)
def test_workers_are_for_the_whole_suite(run: ModuleType, chosen: list[str]) -> None:
    assert run.workers(chosen) == []


def test_the_whole_suite_uses_every_core(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert run.workers(["-k", "streak"])[:2] == ["-n", "2"]
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert run.workers([]) == []


def test_sure_runs_every_check_and_fails_when_one_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests import sure

    assert list(sure.CHECKS) == ["format", "lint", "types", "imports", "templates", "tests"]
    good, bad = [sys.executable, "-c", ""], [sys.executable, "-c", "raise SystemExit(3)"]
    monkeypatch.setattr(sure, "CHECKS", {"first": bad, "second": good})
    assert sure.main([]) == 1
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()[-2:]] == [
        ["first", "FAILS"],
        ["second", "holds"],
    ]
    monkeypatch.setattr(sure, "CHECKS", {"second": good})
    assert sure.main([]) == 0
    assert sure.main(["--what"]) == 2
