"""From the report of what is given away to its page and its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from obeya.orders import leakage
from obeya.web import shown
from obeya.web.leakage import page

PERIODS: Mapping[str, str] = {
    "this_month": "This month",
    "last_month": "Last month",
    "last_90_days": "90 days",
}
PARTS: Mapping[str, tuple[str, str]] = {
    "decider": ("By who decided", "Decided by"),
    "customer": ("By customer", "Customer"),
    "item": ("By item", "Item"),
    "category": ("By category", "Category"),
    "reason": ("By reason", "Reason"),
}
NOTHING: Mapping[str, str] = {
    "decider": "Nobody",
    "customer": "Unknown",
    "item": "Unknown",
    "category": "No category",
    "reason": "No reason given",
}
FIGURES: Mapping[str, str] = {
    "all": "Lines under list or below the floor",
    "below_floor": "Lines below the floor",
    "undecided": "Lines under list that nobody decided",
}
AGREED: Mapping[str, str] = {"asked": "As asked", "counter": "Counter-offer", "list": "At list"}
HEADINGS = (
    *("order", "erp_number", "confirmed_at", "customer", "customer_name", "item", "item_name", "category"),
    *("quantity", "uom", "currency", "list_price", "floor", "booked_price", "list_value", "booked_value"),
    *("discount", "agreed_as", "decided_by", "decided_at", "reason"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What part of the report: the period by its name or its two days, and the lines behind a figure."""

    period: leakage.Period
    name: str = ""
    currency: str = ""
    by: str = ""
    code: str = ""
    problem: str = ""

    def url(self, path: str, **other: str) -> str:
        """The address of this part, with some of it changed."""
        if self.name:
            told = {"period": self.name}
        else:
            told = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        told |= {"currency": self.currency, "by": self.by, "code": self.code} | other
        query = urlencode({name: value for name, value in told.items() if value})
        return f"{reverse(path)}?{query}"


def leakage_page(site: str, wanted: Wanted, now: datetime) -> page.LeakagePage:
    """The page of one period."""
    told = leakage.report(site, wanted.period, currency=wanted.currency)
    own = "web:leakage"
    plain = {"by": "", "code": ""}
    return page.LeakagePage(
        now=now,
        periods=tuple(
            shown.Tab(_(words), f"{reverse(own)}?period={code}", None, code == wanted.name)
            for code, words in PERIODS.items()
        ),
        currencies=tuple(
            shown.Tab(code, wanted.url(own, currency=code, **plain), None, code == told.currency)
            for code in (told.currencies if len(told.currencies) > 1 else ())
        ),
        currency=wanted.currency,
        first=wanted.period.first,
        last=wanted.period.last,
        problem=wanted.problem,
        empty=not told.total.lines and not told.offers.sent,
        tiles=_tiles(told, wanted),
        offers=_offers(told),
        parts=tuple(_part(told, wanted, by) for by in PARTS) if told.discounted.lines else (),
        lines=_lines(told, wanted) if leakage.is_narrowing(wanted.by) else None,
        csv_url=wanted.url("web:leakage_file", **plain),
    )


def _money(amount: Decimal, currency: str) -> shown.Money:
    return shown.Money(amount.quantize(Decimal("0.01"), ROUND_HALF_UP), currency)


def _whole(amount: Decimal, currency: str) -> shown.Quantity:
    """An amount of money as a headline: no cents."""
    return shown.Quantity(amount.quantize(Decimal(1), ROUND_HALF_UP), currency)


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{part / whole * 100:.1f} %" if whole else "0 %"


def _tiles(told: leakage.Report, wanted: Wanted) -> tuple[page.Tile, ...]:
    orders = ngettext("%(n)d order confirmed", "%(n)d orders confirmed", told.total.orders)
    lines = ngettext("%(n)d line, %(share)s of list", "%(n)d lines, %(share)s of list", told.discounted.lines)
    share = _percent(told.discounted.discount, told.total.list_value)
    below = ngettext("%(n)d line approved below it", "%(n)d lines approved below it", told.below_floor_lines)
    at_list = _("%(amount)s at list, ") % {"amount": f"{told.total.list_value:,.0f}"}
    tiles = [
        page.Tile(
            _("Booked"),
            _whole(told.total.booked_value, told.currency),
            at_list + orders % {"n": told.total.orders},
        ),
        page.Tile(
            _("Given away"),
            _whole(told.discounted.discount, told.currency),
            lines % {"n": told.discounted.lines, "share": share},
            "warn" if told.discounted.discount else "plain",
            _behind(wanted, "all", told.discounted.lines),
        ),
        page.Tile(
            _("Under the floor"),
            _whole(told.below_floor, told.currency),
            below % {"n": told.below_floor_lines},
            "warn" if told.below_floor_lines else "plain",
            _behind(wanted, "below_floor", told.below_floor_lines),
        ),
        _undecided(told, wanted),
    ]
    if told.below_erp:
        words = _("below ERP's list, by the price rules")
        tiles.append(page.Tile(_("Price rules"), _whole(told.below_erp, told.currency), words))
    return tuple(tiles)


def _undecided(told: leakage.Report, wanted: Wanted) -> page.Tile:
    if not told.undecided_lines:
        return page.Tile(_("Nobody's decision"), _("none"), _("every discount was decided"), "good")
    lines = ngettext("%(n)d line under list", "%(n)d lines under list", told.undecided_lines)
    return page.Tile(
        _("Nobody's decision"),
        _whole(told.undecided, told.currency),
        lines % {"n": told.undecided_lines},
        "bad",
        _behind(wanted, "undecided", told.undecided_lines),
    )


def _behind(wanted: Wanted, by: str, lines: int) -> str:
    return wanted.url("web:leakage", by=by, code="") + "#lines" if lines else ""


def _offers(told: leakage.Report) -> tuple[page.Tile, ...]:
    offers = told.offers
    if not offers.sent:
        return ()
    accepted = _percent(Decimal(offers.accepted), Decimal(offers.sent))
    return (
        page.Tile(_("Sent"), offers.sent, _("%(n)d still wait") % {"n": offers.open}),
        page.Tile(_("Accepted"), offers.accepted, _("%(share)s of those sent") % {"share": accepted}, "good"),
        page.Tile(
            _("Declined"),
            offers.declined,
            _("%(n)d unanswered, %(back)d taken back") % {"n": offers.unanswered, "back": offers.withdrawn},
        ),
        page.Tile(
            _("Value saved"),
            _whole(offers.saved, told.currency),
            _("above the prices that were asked"),
            "good" if offers.saved else "plain",
        ),
    )


def _part(told: leakage.Report, wanted: Wanted, by: str) -> page.Part:
    title, head = PARTS[by]
    whole = told.discounted.discount
    return page.Part(
        _(title),
        _(head),
        tuple(
            page.Row(
                label=_label(by, group),
                url=wanted.url("web:leakage", by=by, code=group.code) + "#lines",
                lines=group.sums.lines,
                list_value=_money(group.sums.list_value, told.currency),
                booked_value=_money(group.sums.booked_value, told.currency),
                discount=_money(group.sums.discount, told.currency),
                share=int(group.sums.discount / whole * 100) if whole else 0,
                chosen=(wanted.by, wanted.code) == (by, group.code),
            )
            for group in told.groups[by]
        ),
    )


def _label(by: str, group: leakage.Group) -> str:
    if by == "item" and group.code:
        return f"{group.code} {group.name}"
    return group.name or group.code or _(NOTHING[by])


def _title(told: leakage.Report, wanted: Wanted) -> str:
    if wanted.by in FIGURES:
        return _(FIGURES[wanted.by])
    found = [group for group in told.groups[wanted.by] if group.code == wanted.code]
    return _label(wanted.by, found[0]) if found else _(PARTS[wanted.by][0])


def _lines(told: leakage.Report, wanted: Wanted) -> page.Lines:
    found = list(
        leakage.list_lines(
            told.site,
            told.period,
            currency=told.currency,
            by=wanted.by,
            code=wanted.code,
            limit=leakage.MOST_LINES + 1,
        )
    )
    cut = len(found) > leakage.MOST_LINES
    return page.Lines(
        title=_title(told, wanted),
        rows=tuple(_line(line) for line in found[: leakage.MOST_LINES]),
        close_url=wanted.url("web:leakage", by="", code=""),
        csv_url=wanted.url("web:leakage_file"),
        more=_("The %(n)d largest; the file has all.") % {"n": leakage.MOST_LINES} if cut else "",
    )


def _line(line: leakage.Line) -> page.Line:
    below = line.floor is not None and line.price < line.floor
    agreed = _(AGREED[line.agreed]) if line.agreed in AGREED else _("Not decided")
    if below:
        badge = shown.Badge(_("Below floor"), "bad")
    else:
        badge = shown.Badge(agreed, "info" if line.agreed else "bad")
    return page.Line(
        number=line.number,
        url=reverse("web:order", args=[line.order_id]),
        confirmed_at=line.confirmed_at,
        customer=line.customer_name or line.customer,
        item=f"{line.sku} {line.item_name}".strip(),
        quantity=shown.Quantity(line.quantity, line.uom),
        list_price=shown.Money(line.list_price, line.currency),
        price=shown.Money(line.price, line.currency),
        discount=_money(line.discount, line.currency),
        badge=badge,
        decided_by=line.decided_by or _("Nobody"),
        reason=line.reason,
    )


def cells(line: leakage.Line, zone: ZoneInfo) -> list[str]:
    """One line of the file, in the order of `HEADINGS`; moments by the site's clock."""
    told = (
        *(line.number, line.erp_number, _moment(line.confirmed_at, zone), line.customer, line.customer_name),
        *(line.sku, line.item_name, line.category, _plain(line.quantity), line.uom, line.currency),
        *(_plain(line.list_price), _plain(line.floor), _plain(line.price)),
        *(_plain(line.list_price * line.quantity), _plain(line.price * line.quantity), _plain(line.discount)),
        *(line.agreed, line.decided_by, _moment(line.decided_at, zone), line.reason),
    )
    return [safe(cell) for cell in told]


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; a number stays one."""
    return f"'{cell}" if cell.startswith(_FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).isdecimal()


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")


def rows_of(lines: Iterator[leakage.Line], zone: ZoneInfo) -> Iterator[list[str]]:
    """The rows of the file, its headings first."""
    yield list(HEADINGS)
    for line in lines:
        yield cells(line, zone)


def day(text: str) -> date | None:
    """A day as forms send it; None for anything else."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
