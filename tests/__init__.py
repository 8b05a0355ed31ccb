"""The tests: they mirror the three packages, plus journeys in a browser, laws that hold everywhere, and benchmarks."""
