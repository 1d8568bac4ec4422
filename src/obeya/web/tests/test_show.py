"""How values are printed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.utils import translation

from obeya.web import shown
from obeya.web.templatetags import show

NOON = datetime(2026, 2, 3, 12, 0, tzinfo=UTC)


def test_a_quantity_keeps_its_unit_and_only_the_decimals_it_has() -> None:
    assert show.show(shown.Quantity(Decimal("1200.000"), "pcs")) == (
        '<bdi class="num">1,200<span class="unit">pcs</span></bdi>'
    )
    assert "2.5<" in show.show(shown.Quantity(Decimal("2.50"), "kg"))


def test_money_has_two_decimals_and_its_currency() -> None:
    assert ">56,800.00<" in show.show(shown.Money(Decimal("56800"), "INR"))
    assert ">INR<" in show.show(shown.Money(Decimal("56800"), "INR"))


def test_a_change_shows_what_was_what_is_and_by_how_much() -> None:
    html = show.show(shown.Change(shown.Quantity(Decimal(420), "pcs"), shown.Quantity(Decimal(360), "pcs")))
    assert html.index("420") < html.index("360") < html.index("60</span></span>")
    assert "change-down" in html


def test_what_a_customer_wrote_is_never_read_as_html() -> None:
    html = show.show("<img src=x onerror=alert(1)>")
    assert "<img" not in html
    assert show.parts((shown.TextPart("<b>", hit=True),)) == "<mark>&lt;b&gt;</mark>"


def test_a_badge_says_its_state_with_an_icon_too() -> None:
    assert "#exception" in show.badge(shown.Badge("Refused", "bad"))
    assert show.badge(None) == ""


def test_icons_that_point_along_the_line_turn_with_it() -> None:
    assert "icon-turns" in show.icon("forward")
    assert "icon-turns" not in show.icon("check")


def test_the_time_left_carries_what_the_browser_needs_to_go_on_counting() -> None:
    window = shown.Window(opened_at=NOON, due_at=NOON + timedelta(minutes=10))
    html = show.time_left(window, NOON + timedelta(minutes=5))
    assert 'datetime="2026-02-03T12:10:00+00:00"' in html
    assert 'data-opened="2026-02-03T12:00:00+00:00"' in html
    assert 'stroke-dasharray="50 100"' in html
    assert "5 min 00 s left" in html


def test_confidence_is_a_bar_and_a_figure() -> None:
    html = show.sure(81)
    assert 'width="81%"' in html
    assert "sure-mid" in html
    assert "style" not in html


def test_numbers_follow_the_language_of_the_page() -> None:
    with translation.override("de"):
        assert ">1.200<" in show.show(shown.Quantity(Decimal(1200), "Stk"))
