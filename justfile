# The doors to the checks; CONTRIBUTING.md says when to take which.

# these tests run torch, the others are the front end's
slow := "--ignore=tests/benchmarks/test_speed_benchmark.py --ignore=tests/build --ignore=tests/catalogue --ignore=tests/data --ignore=tests/e2e --ignore=tests/generate --ignore=tests/report --ignore=tests/run"

_default:
    @just --list

# lint, format, types, floors and the front end's tests, in seconds
check:
    ruff check
    ruff format --check
    pyright
    lint-imports --no-logo
    python -m pytest --quiet {{ slow }}

# every test
test *options:
    python -m pytest -n auto {{ options }}

# format, and put right what the linter can
fix:
    ruff check --fix
    ruff format

# write the generated files anew
generate:
    python -m netspec.generate
    python -m netspec.generate.coverage
