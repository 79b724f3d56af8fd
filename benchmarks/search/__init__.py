"""How long searches take: see `python -m benchmarks.search --help`."""
