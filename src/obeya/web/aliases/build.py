"""From the alias library to its screen."""

from __future__ import annotations

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from obeya.catalog import queries as catalog
from obeya.journal import queries as journal
from obeya.orders import alias_queries as library
from obeya.web import doors, shown
from obeya.web.aliases import page
from obeya.web.decision_request.build import Viewer
from obeya.web.order_desk import states
from obeya.web.story import build as story

_SOURCES = {
    "fix": "a fix on an order",
    "edit": "this library",
    "confirmed": "an order that a person saw",
    "booked": "an order booked by itself",
}


def tabs(site: str, show: str, query: str) -> tuple[shown.Tab, ...]:
    """In use, in conflict, corrected, retired."""
    told = library.counts(site)
    named = {
        "": (_("In use"), told.used),
        "conflict": (_("Conflicts"), told.conflict),
        "corrected": (_("Corrected"), told.corrected),
        "retired": (_("Retired"), told.retired),
    }
    return tuple(
        shown.Tab(words, _url(part, query), count, part == show) for part, (words, count) in named.items()
    )


def _url(show: str, query: str) -> str:
    values = {name: value for name, value in (("show", show), ("words", query)) if value}
    return reverse("web:aliases") + (f"?{urlencode(values)}" if values else "")


def rows(site: str, show: str, query: str, chosen: str) -> tuple[page.AliasRow, ...]:
    """The aliases behind one filter that fit what is searched for."""
    found = library.list_aliases(site=site, show=show, text=query)
    kept = _url(show, query).partition("?")[2]
    return tuple(_row(alias, f"?{kept}" if kept else "", chosen) for alias in found)


def _row(alias: library.Alias, kept: str, chosen: str) -> page.AliasRow:
    badge = _badge(alias)
    return page.AliasRow(
        id=alias.id,
        url=reverse("web:alias", args=[alias.id]) + kept,
        words=alias.words,
        who=who(alias),
        means=f"{alias.sku} {alias.item_name}" + (f" · {alias.uom}" if alias.uom else ""),
        evidence=evidence(alias),
        used_at=alias.last_at,
        badge=None if badge.tone == "good" else badge,
        chosen=str(alias.id) == chosen,
    )


def who(alias: library.Alias) -> str:
    """Whose words they are."""
    return alias.customer_name or _("Every customer")


def evidence(alias: library.Alias) -> str:
    """How often it was confirmed and corrected."""
    told = ngettext("confirmed %(n)d time", "confirmed %(n)d times", alias.ok) % {"n": alias.ok}
    if not alias.bad:
        return told
    corrected = ngettext("corrected %(n)d time", "corrected %(n)d times", alias.bad) % {"n": alias.bad}
    return f"{told}, {corrected}"


def _badge(alias: library.Alias) -> shown.Badge:
    if alias.retired_at is not None:
        return shown.Badge(_("Retired"))
    if alias.conflict_at is not None:
        return shown.Badge(_("In conflict: not used"), "bad")
    if not alias.used:
        return shown.Badge(_("Corrected too often: not used"), "warn")
    if not alias.item_active:
        return shown.Badge(_("Item no longer sold"), "warn")
    return shown.Badge(_("In use"), "good")


def detail(alias: library.Alias, viewer: Viewer, *, typed: shown.Typed | None = None) -> page.AliasDetail:
    """One alias with all that speaks for and against it."""
    item = catalog.find_item(alias.site, alias.sku)
    in_conflict = alias.conflict_at is not None and alias.retired_at is None
    others = [other for other in library.list_rivals(alias) if other.retired_at is None]
    return page.AliasDetail(
        id=alias.id,
        words=alias.words,
        who=who(alias),
        code=alias.sku,
        item_name=alias.item_name,
        uom=alias.uom,
        badge=_badge(alias),
        facts=_facts(alias),
        rivals=tuple(_rival(one) for one in _one_a_code([alias, *others])) if in_conflict else (),
        seen=tuple(_seen(one) for one in library.list_seen(alias)),
        story=story.tell(journal.list_about(library.subject_of(alias))),
        units=tuple(item.units) if item else (),
        retired=alias.retired_at is not None,
        may_change=viewer.access.may(doors.ALIASES, alias.site),
        notice=_notice(alias, others),
        typed=typed or shown.Typed(),
    )


def _one_a_code(found: list[library.Alias]) -> list[library.Alias]:
    return list({alias.sku: alias for alias in reversed(found)}.values())[::-1]


def _notice(alias: library.Alias, others: list[library.Alias]) -> str:
    if alias.retired_at is not None:
        return _("Nobody's order is read by it. A person who says the same again brings it back.")
    if alias.conflict_at is not None or not others:
        return ""
    names = ", ".join(sorted({other.sku for other in others}))
    return _("The same words also stand for %(names)s: what the customer usually buys decides.") % {
        "names": names
    }


def _facts(alias: library.Alias) -> tuple[shown.Fact, ...]:
    return (
        shown.Fact(_("Unit"), alias.uom or _("as written")),
        shown.Fact(_("Confirmed"), alias.ok, _("times")),
        shown.Fact(_("Corrected"), alias.bad, _("times; each weighs double")),
        shown.Fact(_("Learned from"), _(_SOURCES.get(alias.source, alias.source))),
        shown.Fact(_("Last learned"), alias.last_at),
    )


def _rival(alias: library.Alias) -> page.Rival:
    return page.Rival(str(alias.id), alias.sku, alias.item_name, evidence(alias))


def _seen(one: library.Seen) -> page.SeenIn:
    quantity = shown.Quantity(one.quantity, one.uom) if one.quantity is not None else None
    much = f"{quantity.value.normalize():f} {quantity.unit}" if quantity else ""
    badge = None
    if one.fixed:
        badge = shown.Badge(_("a person said so"), "info", "user")
    elif one.sku and not one.same:
        badge = shown.Badge(_("another item"), "warn")
    return page.SeenIn(
        url=reverse("web:order", args=[one.order_id]),
        number=one.number,
        who=one.customer_name,
        at=one.received_at,
        text=one.text,
        became=f"{one.sku} {much}".strip() or states.state_badge(one.state).label,
        badge=badge,
    )
