"""`python -m tests.kill`: eight writers, `kill -9` of server and PostgreSQL, then what was acknowledged is sought.

It says how much was acknowledged, killed and sent again, and ends with 1 where anything is lost, doubled or half done.
`--without-keys` shows what happens to forms without their key.
"""

import argparse
import signal
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path

from tests.benchmarks.databases import POSTGRESQL, SQLITE
from tests.kill.runs import ANY_MOMENT, DOUBLED, HALF, LOST, STARTING, SUBMITTING, UNANSWERED, Outcome, run

ORDER = {
    SQLITE: (STARTING, ANY_MOMENT, SUBMITTING, ANY_MOMENT),
    POSTGRESQL: (STARTING, POSTGRESQL, ANY_MOMENT, SUBMITTING, POSTGRESQL),
}


def told(outcome: Outcome, *, keyed: bool) -> None:
    """Say what came of a run."""
    said, kills = outcome.acknowledged, ", ".join(f"{what}: {count}" for what, count in outcome.killed.items())
    print(f"{outcome.kind}{'' if keyed else ' WITHOUT keys'}, killed {outcome.killed.total()} times ({kills})")
    print(f"  people at work for {outcome.seconds:.0f} s")
    print(f"  acknowledged: {said['saved']} texts, {said['started']} starts, {said['submitted']} submissions")
    print(f"  of these sent again {said['again']}, answered from the key {said['from_key']}")
    print(f"  answered ‘try again’ (503) meanwhile: {said['unavailable']}")
    print("  " + ", ".join(f"{kind} {outcome.count(kind)}" for kind in (LOST, DOUBLED, HALF, UNANSWERED)))
    for kind, sentence in outcome.wrong[:20]:
        print(f"  {kind}: {sentence}")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Run on the databases asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=10, help="how often something is killed")
    parser.add_argument("--pause", type=float, default=2.0, help="seconds of work between two kills, at least")
    parser.add_argument("--without-keys", action="store_true")
    parser.add_argument("--only", choices=(SQLITE, POSTGRESQL))
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing is left running
    wrong = 0
    for kind in (asked.only,) if asked.only else (SQLITE, POSTGRESQL):
        with tempfile.TemporaryDirectory(prefix="qa-kill-") as folder:
            kills = islice(cycle(ORDER[kind]), asked.kills)
            outcome = run(kind, Path(folder), kills, pause=asked.pause, audits=30, keyed=not asked.without_keys)
        told(outcome, keyed=not asked.without_keys)
        wrong += len(outcome.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
