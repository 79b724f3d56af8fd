"""Names and numbers read well and hide nothing."""

from __future__ import annotations

import pytest

from netspec.render.words import clean, count, duration, measure, reveal, shorten
from netspec.wording import decimal


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "\ufffd[31mred\ufffd[0m"),
        ("\x9b2Jc1", "\ufffd2Jc1"),
        ("a\r\nb\tc\u2028d", "a  b c d"),
        ("\u202egnp.exe\u2066", "\ufffdgnp.exe\ufffd"),
        ("nul\x00bell\x07\udcff", "nul\ufffdbell\ufffd\ufffd"),
        ("猫 é ß 🐈", "猫 é ß 🐈"),
    ],
)
def test_names_are_one_clean_line(raw, cleaned):
    assert clean(raw) == cleaned
    assert len(clean(raw)) == len(raw)


def test_a_text_shows_what_it_hides():
    assert reveal("a\u202eb\x1b\r\n\tc\rd") == "a<U+202E>b<U+001B>\n\tc\nd"


def test_long_names_are_cut():
    assert shorten("a long name", 7) == "a long…"


def test_numbers():
    assert [count(number) for number in (0, 1290, 16_022, 235_914)] == ["0", "1290", "16 022", "235 914"]
    assert [decimal(value) for value in (0.0, 0.08123, 1e-5, 12345.6)] == ["0.0000", "0.0812", "1.000e-05", "1.235e+04"]
    assert measure("validation.accuracy", 0.9425) == "94.25%"
    assert measure("accuracy", float("nan")) == "nan"
    assert measure("train.seconds", 0.8123) == "0.81"
    assert [duration(seconds) for seconds in (0.42, 185, 3720)] == ["0.4 s", "3 min 05 s", "1 h 02 min"]
