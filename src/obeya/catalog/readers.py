"""Which connectors are read for which sites; `config` registers them, `actions` reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from obeya.catalog import ports


class NoSuchConnector(LookupError):
    """No connector is registered under this name."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A connector, the sites its ERP serves, and how to get a reader.

    What belongs to a company (items, customers, prices, bills of materials) is mirrored at every
    site. What lies or runs at a place is mirrored at the first one: a connector that tells several
    plants apart is registered once per plant.
    """

    connector: str
    sites: tuple[str, ...]
    factory: Callable[[], ports.Reader]

    def plan(self) -> tuple[tuple[str, ports.Entity], ...]:
        """What to read, in the order in which rows need each other."""
        return tuple(
            (site, entity)
            for site in self.sites
            for entity in ports.ENTITIES
            if site == self.sites[0] or entity in COMPANY_WIDE
        )


COMPANY_WIDE: frozenset[ports.Entity] = frozenset({"items", "customers", "prices", "boms"})
_registered: dict[str, Registered] = {}


def register(connector: str, sites: Iterable[str], factory: Callable[[], ports.Reader]) -> None:
    """Have `connector` read for `sites`; registering again replaces. Without a site it is not read."""
    known = tuple(dict.fromkeys(sites))
    if known:
        _registered[connector] = Registered(connector, known, factory)
    else:
        _registered.pop(connector, None)


def get(connector: str) -> Registered:
    """The connector with this name. Raises NoSuchConnector."""
    try:
        return _registered[connector]
    except KeyError:
        raise NoSuchConnector(f"No connector is registered as {connector[:40]!r}.") from None


def names() -> tuple[str, ...]:
    """The registered connectors."""
    return tuple(_registered)


def serving(site: str) -> str:
    """The connector whose ERP keeps the books of `site`; "" where there is none."""
    return next((name for name, found in _registered.items() if site in found.sites), "")
