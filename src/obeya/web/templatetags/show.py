"""Template tags that print the small values of `obeya.web.shown`. A strict CSP allows no inline styles."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from obeya.web import shown, wording

register = template.Library()

TURNS = frozenset({"forward", "back", "arrow", "send", "leave", "out", "hand-over", "list"})
"""Icons that point along the line of reading, mirrored when it runs right to left."""

_STATE_ICONS = {"good": "check", "warn": "alert", "bad": "exception", "hold": "hold", "info": "info"}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One drawing from the sprite; without a label it is decoration and hidden from screen readers."""
    classes = "icon icon-turns" if name in TURNS else "icon"
    href = f"{static('obeya/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', classes, label, href
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', classes, href)


@register.simple_tag
def badge(value: shown.Badge | None) -> SafeString:
    """A state as a pill; prints nothing for None."""
    if value is None:
        return SafeString("")
    name = value.icon or _STATE_ICONS.get(value.tone, "")
    drawn = icon(name) if name else SafeString("")
    return format_html('<span class="badge badge-{}">{}{}</span>', value.tone, drawn, value.label)


@register.simple_tag
def show(value: shown.Shown | None) -> SafeString:
    """Any shown value in its own way: numbers with units, money, moments, links, plain words."""
    if value is None:
        return SafeString("")
    match value:
        case shown.Quantity():
            return _figure(value.value, value.unit)
        case shown.Money():
            return _money(value)
        case shown.Change():
            return _change(value)
        case shown.Link():
            return format_html('<a href="{}">{}</a>', value.url, value.label)
        case datetime():
            return _moment(value)
        case date():
            day = formats.date_format(value, "j M")
            return format_html('<time datetime="{}">{}</time>', value.isoformat(), day)
        case int() | Decimal():
            return format_html('<bdi class="num">{}</bdi>', _grouped(Decimal(value)))
        case _:
            return format_html("<bdi>{}</bdi>", value)


@register.simple_tag
def ago(at: datetime, now: datetime) -> SafeString:
    """How long ago, kept current by the browser; the full time is in the tooltip."""
    return format_html(
        '<time class="num" datetime="{}" title="{}" data-ago>{}</time>',
        at.isoformat(),
        formats.date_format(timezone.localtime(at), "j M Y, H:i:s"),
        wording.ago_words(at=at, now=now),
    )


@register.simple_tag
def clock(at: datetime, seconds: bool = False) -> SafeString:
    """The time of day in the site's zone, with the date in the tooltip."""
    local = timezone.localtime(at)
    return format_html(
        '<time class="num" datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        formats.date_format(local, "j M Y, H:i:s"),
        formats.date_format(local, "H:i:s" if seconds else "H:i"),
    )


@register.simple_tag
def time_left(window: shown.Window, now: datetime) -> SafeString:
    """The live chip of a window: a ring that empties and the time left in words."""
    due = formats.date_format(timezone.localtime(window.due_at), "j M, H:i:s")
    left = wording.time_left(opened_at=window.opened_at, due_at=window.due_at, now=now)
    return format_html(
        '<time class="left" datetime="{due}" data-opened="{opened}" data-left data-urgency="{urgency}"'
        ' title="{title}"><svg class="ring" viewBox="0 0 20 20" aria-hidden="true">'
        '<circle class="ring-track" cx="10" cy="10" r="8"/>'
        '<circle class="ring-fill" cx="10" cy="10" r="8" pathLength="100" stroke-dasharray="{share} 100"/>'
        "</svg><span data-words>{words}</span></time>",
        due=window.due_at.isoformat(),
        opened=window.opened_at.isoformat(),
        urgency=left.urgency,
        title=gettext("Due %(at)s") % {"at": due},
        share=round(left.share * 100),
        words=left.words,
    )


@register.simple_tag
def sure(percent: int) -> SafeString:
    """How sure the reading is: a bar and the figure."""
    level = "high" if percent >= 90 else "mid" if percent >= 70 else "low"
    return format_html(
        '<span class="sure sure-{}" title="{}"><svg class="bar" aria-hidden="true">'
        '<rect class="bar-fill" width="{}%" height="100%"/></svg>{}%</span>',
        level,
        gettext("How sure the reading is"),
        percent,
        percent,
    )


@register.simple_tag
def parts(values: tuple[shown.TextPart, ...]) -> SafeString:
    """Text with what was searched for marked."""
    joined = SafeString("")
    for part in values:
        joined += format_html("<mark>{}</mark>", part.text) if part.hit else format_html("{}", part.text)
    return joined


@register.filter
def error_of(typed: shown.Typed | None, name: str) -> str:
    """The message for one field of a form that came back, or ""."""
    return typed.error_of(name) if typed else ""


@register.filter
def value_of(typed: shown.Typed | None, name: str) -> str:
    """What was typed into one field of a form that came back, or ""."""
    return typed.values.get(name, "") if typed else ""


@register.filter
def with_columns(row: shown.TableRow, table: shown.Table) -> list[tuple[shown.Column, shown.Shown]]:
    """A row's cells, each beside the column it belongs to."""
    return list(zip(table.columns, row.cells, strict=True))


def _grouped(value: Decimal) -> str:
    places = max(0, -int(value.normalize().as_tuple().exponent))
    return formats.number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


def _figure(value: Decimal, unit: str) -> SafeString:
    return format_html('<bdi class="num">{}<span class="unit">{}</span></bdi>', _grouped(value), unit)


def _money(value: shown.Money) -> SafeString:
    amount = formats.number_format(value.amount, decimal_pos=2, use_l10n=True, force_grouping=True)
    return format_html('<bdi class="num">{}<span class="unit">{}</span></bdi>', amount, value.currency)


def _change(value: shown.Change) -> SafeString:
    by = value.now.value - value.was.value
    sign = "+" if by > 0 else "\N{MINUS SIGN}" if by < 0 else "\N{PLUS-MINUS SIGN}"
    return format_html(
        '<span class="change"><span class="change-was">{}</span><span class="change-now">{}</span>'
        '<span class="change-by change-{} num">{}{}</span></span>',
        _figure(value.was.value, value.was.unit),
        _figure(value.now.value, value.now.unit),
        "up" if by > 0 else "down" if by < 0 else "same",
        sign,
        _grouped(abs(by)),
    )


def _moment(value: datetime) -> SafeString:
    local = timezone.localtime(value)
    return format_html(
        '<time class="num" datetime="{}">{}</time>', value.isoformat(), formats.date_format(local, "j M, H:i")
    )
