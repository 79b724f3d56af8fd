"""Those who search, each a command for any of the works: `python -m benchmarks.search.contenders.script WORK`.

Each prints the best accuracy on the validation split last. With `--trials 1` it trains once with the defaults instead.
"""
