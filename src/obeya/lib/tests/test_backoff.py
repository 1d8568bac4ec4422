"""When a dead process is started again."""

from obeya.lib import backoff


def test_the_first_death_is_followed_by_a_quick_restart():
    started = backoff.after_start(backoff.Standing(), 100.0)
    assert backoff.after_death(started, 100.5).next_at_s == 100.5 + backoff.FIRST_S


def test_each_death_in_a_row_doubles_the_wait_up_to_a_limit():
    standing, waits = backoff.Standing(), []
    for _ in range(12):
        standing = backoff.after_death(backoff.after_start(standing, 50.0), 50.0)
        waits.append(standing.next_at_s - 50.0)
    assert [round(wait, 3) for wait in waits[:3]] == [0.2, 0.4, 0.8]
    assert waits[-1] == backoff.LONGEST_S


def test_a_process_that_lasted_is_started_again_at_once():
    standing = backoff.Standing(deaths=9)
    lasted = backoff.after_death(backoff.after_start(standing, 0.0), backoff.LASTED_S + 1)
    assert lasted.deaths == 1
    assert lasted.next_at_s == backoff.LASTED_S + 1 + backoff.FIRST_S


def test_ten_thousand_deaths_in_a_row_are_no_overflow():
    assert backoff.after_death(backoff.Standing(deaths=10_000), 5.0).next_at_s == 5.0 + backoff.LONGEST_S
