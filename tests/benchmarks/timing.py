"""How long calls take: what is compared runs in turns, so that a busy moment of the machine falls on all of them."""

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median

Call = Callable[[], object]


def in_turns(calls: Mapping[str, Call], *, rounds: int, most_seconds: float = 6.0) -> dict[str, float]:
    """Median milliseconds of each call, by its name.

    Each is called once to warm up, then `rounds` times in turns; after `most_seconds` no new round begins.
    """
    for call in calls.values():
        call()
    took: dict[str, list[float]] = {name: [] for name in calls}
    gc.collect()
    gc.disable()
    began = time.perf_counter()
    try:
        for done in range(rounds):
            if done and time.perf_counter() - began > most_seconds:
                break
            for name, call in calls.items():
                started = time.perf_counter()
                call()
                took[name].append((time.perf_counter() - started) * 1000)
    finally:
        gc.enable()
    return {name: median(times) for name, times in took.items()}


def alone(call: Call, *, rounds: int, most_seconds: float = 6.0) -> float:
    """Median milliseconds of one call."""
    return in_turns({"": call}, rounds=rounds, most_seconds=most_seconds)[""]


def processor_ms(call: Call, *, rounds: int) -> float:
    """Median milliseconds of processor time of one call, after one to warm up."""
    call()
    took = []
    for _ in range(rounds):
        started = time.process_time()
        call()
        took.append((time.process_time() - started) * 1000)
    return median(took)
