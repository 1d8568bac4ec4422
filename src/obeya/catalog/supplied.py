"""Who supplied what, as far as lots tell it: ERP's suppliers and purchase orders are not mirrored."""

from __future__ import annotations

from obeya.catalog import models, rules


def skus_from(site: str, supplier: str) -> tuple[str, ...]:
    """The items of which a supplier brought lots, by SKU."""
    found = models.Lot.objects.filter(site=site, supplier__iexact=rules.asked(supplier))
    return tuple(found.order_by("item__sku").values_list("item__sku", flat=True).distinct())
