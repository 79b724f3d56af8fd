"""A quantity in the record of an entry is the text that a spec has, and is read back as the same quantity."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec.catalogue.entry import find, from_record, to_record
from netspec.catalogue.search_stops import SearchStop
from netspec.catalogue.stopping import Stop
from netspec.catalogue.values import Quantity

SHARES = st.one_of(st.integers(1, 99), st.floats(1e-30, 99, exclude_max=True)).map(lambda number: Quantity(number, "%"))
EPOCHS = st.integers(1, 2**40).map(lambda number: Quantity(number, "epochs"))


@given(after=EPOCHS, share=SHARES)
def test_an_entry_with_quantities_is_the_same_after_it_was_written_and_read(after: Quantity, share: Quantity) -> None:
    early = find(Stop, "early_stopping")
    assert early is not None
    entry = early.model_validate({"patience": after, "min_delta": share})
    assert from_record(Stop, to_record(entry)) == entry


@pytest.mark.parametrize(
    "text",
    [
        "3",
        "epochs",
        "3 steps",
        "-3 epochs",
        "0 epochs",
        "2.5 epochs",
        "1e999 epochs",
        "nan epochs",
        "3 epochs ",
        "٣ epochs",
        3,
        None,
        ["3"],
    ],
)
def test_what_is_no_quantity_of_the_unit_is_refused(text: Any) -> None:
    with pytest.raises(ValueError):
        from_record(SearchStop, {"op": "median", "after": text, "startup_trials": 5})
