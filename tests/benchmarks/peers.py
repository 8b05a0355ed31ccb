"""The packages that the statistics are measured beside: brought once into build/peers, never into the product's own."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "build" / "peers"
LOCK = Path(__file__).with_name("peers.lock")
STAMP = PLACE / "made-from.txt"  # written last


def bring() -> str:
    """Have the packages of peers.lock on the path; where they cannot be had, the sentence that says so."""
    wanted = sha256(LOCK.read_bytes()).hexdigest()
    if not (STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted):
        fault = _install()
        if fault:
            return f"scikit-learn, statsmodels and krippendorff could not be fetched, so nothing stands beside: {fault}"
        STAMP.write_text(wanted, encoding="utf-8")
    if str(PLACE) not in sys.path:
        sys.path.append(str(PLACE))  # last: what the product has, it keeps
    return ""


def _install() -> str:
    """Fetch them, numpy and scipy excepted, which are there; the last line of pip's own words where that fails."""
    print("… fetching scikit-learn, statsmodels and krippendorff, for comparison alone", file=sys.stderr, flush=True)
    options = ["--target", str(PLACE), "--upgrade", "--no-deps", "--require-hashes", "--no-input", "--quiet"]
    command = [sys.executable, "-m", "pip", "install", *options, "--requirement", str(LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return ([*done.stderr.strip().splitlines(), "pip failed"][-2]) if done.returncode else ""
