"""In which letters a text is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obeya.orders import scripts


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Please send 2 ctn CAP-28-WHT", "latin"),
        ("२८ मिमी कैप भेजो", "devanagari"),
        ("૨૮ મીમી કેપ મોકલો", "gujarati"),
        ("أرسل كرتونين", "arabic"),
        ("भेजो please two cartons of the usual caps", "latin"),
        ("कृपया CAP-28-WHT के दो कार्टन भेज दीजिए", "devanagari"),
        ("2, 28 !!", ""),
        ("", ""),
    ],
)
def test_a_fifth_of_the_letters_in_another_script_than_latin_makes_a_text_one_of_that_script(text, script):
    assert scripts.script_of(text) == script


@given(st.text(max_size=300))
def test_every_text_has_a_script_with_a_name(text):
    assert scripts.name_of(scripts.script_of(text))
