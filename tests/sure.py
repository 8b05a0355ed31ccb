"""Knows every check of `./run sure`: runs them all, goes on after a fault, and ends with a table of what held."""

import subprocess
import sys
import time
from typing import NamedTuple

PYTHON = sys.executable
FIXES = (["ruff", "format", ".", "run"], ["ruff", "check", "--fix-only", ".", "run"])
CHECKS = {
    "format": [PYTHON, "-m", "ruff", "format", "--check", ".", "run"],
    "lint": [PYTHON, "-m", "ruff", "check", ".", "run"],
    "types": [PYTHON, "-m", "mypy"],
    "imports": [PYTHON, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    "templates": [PYTHON, "-m", "djlint", "--lint", "--quiet", "--allow-empty-input", "qa_app/templates"],
    "tests": [PYTHON, "run", "test"],
}


class Outcome(NamedTuple):
    """What one check came to."""

    name: str
    holds: bool
    seconds: float

    def __str__(self) -> str:
        return f"{self.name:<10} {'holds' if self.holds else 'FAILS'} {self.seconds:7.1f} s"


def check(name: str, command: list[str]) -> Outcome:
    """Run one check with its own words on the screen."""
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    status = subprocess.call(command)
    return Outcome(name, status == 0, time.monotonic() - began)


def main(arguments: list[str]) -> int:
    """Run every check and return 0 when all hold, 1 when one fails, 2 when the arguments are not understood."""
    if arguments not in ([], ["--fix"]):
        print("./run sure takes nothing but --fix.", file=sys.stderr)
        return 2
    if arguments:
        for fix in FIXES:
            subprocess.call([PYTHON, "-m", *fix])
    outcomes = [check(name, command) for name, command in CHECKS.items()]
    print("", *outcomes, sep="\n")
    return 0 if all(outcome.holds for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
