"""Words of scripts whose letters join: taken from the letters that were meant, not from the shapes."""

from obeya.integrations.documents import grids, shaped


def test_a_space_that_was_added_between_shapes_parts_no_word():
    assert not shaped._parts(" ", True, (50.0, 10, 50.0, 16), (48.0, 10, 55.0, 16), "स्ला")
    assert shaped._parts(" ", True, (56.0, 10, 56.0, 16), (48.0, 10, 55.0, 16), "न")
    assert shaped._parts(" ", False, (50.0, 10, 50.0, 16), (48.0, 10, 55.0, 16), "न")


def test_a_far_letter_and_one_on_another_line_begin_a_word():
    assert shaped._parts("क", False, (80.0, 10, 84.0, 16), (48.0, 10, 55.0, 16), "न")
    assert shaped._parts("क", False, (40.0, 30, 44.0, 36), (48.0, 10, 55.0, 16), "न")
    assert not shaped._parts("क", False, (56.0, 10, 60.0, 16), (48.0, 10, 55.0, 16), "न")


def test_the_words_of_a_cell_keep_their_lines():
    words = [
        grids.Word("मात्रा", 10, 30, 10, 18),
        grids.Word("इकाई", 34, 50, 10, 18),
        grids.Word("नग", 10, 20, 22, 30),
        grids.Word("बाहर", 90, 99, 10, 18),
    ]
    assert shaped.cell_text(words, (5, 5, 60, 40)) == "मात्रा इकाई\nनग"
    assert shaped.cell_text(words, None) == ""
    assert shaped.laid_out(words).splitlines()[1].strip() == "नग"
