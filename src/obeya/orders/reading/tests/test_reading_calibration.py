"""How sure a reading is told to be: by constants that a site may learn."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obeya.orders.reading import deciding

codes = st.lists(st.sampled_from(sorted(deciding.FACTORS)), max_size=4)


@given(st.floats(0.0, 0.995), codes)
def test_the_score_before_any_doubt_gives_the_same_confidence_as_reading_anew(chance, doubts):
    bare = deciding.graded(deciding.discounted(chance, doubts, deciding.BARE), deciding.BARE)
    assert bare == pytest.approx(chance, abs=1e-4)
    told = deciding.graded(deciding.discounted(chance, doubts))
    again = deciding.graded(deciding.discounted(deciding.discounted(chance, [], deciding.BARE), doubts))
    assert again == told


@given(st.floats(0.01, 0.99))
def test_a_confidence_leads_back_to_its_score(score):
    assert deciding.score_of(deciding.graded(score)) == pytest.approx(score, abs=0.002)


def test_another_calibration_tells_another_confidence_and_nothing_else():
    careful = replace(deciding.TODAY, grades=((0.0, 0.1), (0.9, 0.95)))
    assert deciding.graded(0.95, careful) == pytest.approx(0.9525)
    assert deciding.score_of(0.9525, careful) == pytest.approx(0.95)


@given(st.floats(0.0, 0.99), codes, st.sampled_from(sorted(deciding.FACTORS)))
def test_one_more_doubt_never_makes_surer(chance, doubts, code):
    assert deciding.discounted(chance, [*doubts, code]) <= deciding.discounted(chance, doubts)
