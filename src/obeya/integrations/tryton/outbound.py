"""The poster: one command in, one answer out, exactly one document in the ERP.

Every post first looks for its key, so a repeated command finds what the first one made. Steps are
single REST requests, each one transaction of the ERP; after an unclear one nothing more is sent, and the
document's own state says later how far it got.
"""

from __future__ import annotations

from functools import partial

from obeya.integrations.tryton import (
    client,
    deliveries,
    documents,
    movements,
    production,
    sales,
    stamps,
    wire,
)
from obeya.outbox import ports

FAILURES = (client.Refused, client.NotSent, client.Unclear)
REVERSIBLE = (sales.SALE, production.PRODUCTION, movements.INTERNAL, deliveries.SHIPPED)


class TrytonPoster:
    """Writes to one company of a Tryton. Implements `outbox.ports.Poster`."""

    def __init__(self, erp: client.Client) -> None:
        self._erp = erp
        self.request_limit_s = erp.connection.request_limit_s

    def post(self, command: ports.Command) -> ports.Answer:
        """Carry the command out from where the ERP's document stands."""
        payload = command.payload
        if isinstance(payload, ports.Reverse):
            return self._reverse(payload)
        kind = _kind(payload)
        try:
            record = documents.find(self._erp, kind, command.key)
        except documents.TwoOfThem as error:
            return _conflict(kind, error.records[0], str(error))
        except FAILURES as error:
            return _unclear(error, step="find", sent=False)
        if record is None:
            return self._begin(command.key, kind, payload)
        if record["state"] == documents.CANCELLED:
            return _conflict(kind, record, f"{documents.name(record)} was cancelled in the ERP")
        if stamps.differs(record[kind.stamp_field], command.key, payload):
            return _conflict(kind, record, "the ERP holds another document under this key")
        if self._is_complete(kind, record):
            return ports.Replayed(documents.refs(kind, record))
        return self._finish(kind, payload, record)

    def find(self, key: str, payload: ports.Payload) -> ports.Found | None:
        """What the ERP holds under `key`; None if nothing. Raises CannotAskErp."""
        try:
            if isinstance(payload, ports.Reverse):
                return self._find_reversed(payload)
            kind = _kind(payload)
            record = documents.find(self._erp, kind, key)
            if record is None:
                return None
            found = documents.found(kind, record)
            if found.complete and not self._is_complete(kind, record):
                return ports.Found(erp_refs=found.erp_refs, complete=False, step="settle")
        except documents.TwoOfThem as error:
            return ports.Found(
                erp_refs=documents.refs(_kind(payload), error.records[0]), complete=False, step="two"
            )
        except FAILURES as error:
            raise ports.CannotAskErp(str(error)) from error
        return found

    def _begin(self, key: str, kind: documents.Kind, payload: ports.Payload) -> ports.Answer:
        try:
            record = _start(self._erp, key, payload)
        except client.Refused as error:
            return ports.Rejected(error.code, error.text, error.field)
        except (client.NotSent, client.Unclear) as error:
            return _unclear(error, step="create")
        return self._finish(kind, payload, record)

    def _finish(self, kind: documents.Kind, payload: ports.Payload, record: wire.Record) -> ports.Answer:
        reached = record
        try:
            for stage in documents.steps(self._erp, kind, record, partial(_prepare, self._erp, payload)):
                reached = stage
            if kind is production.PRODUCTION:
                production.settle(self._erp, reached)
        except documents.Stuck as stuck:
            return self._not_available(kind, stuck.record)
        except client.Refused as error:
            return self._rejected(kind, payload, reached, error)
        except (client.NotSent, client.Unclear) as error:
            return _unclear(
                error, step=documents.next_step(kind, reached), refs=documents.refs(kind, reached)
            )
        return ports.Posted(documents.refs(kind, reached))

    def _is_complete(self, kind: documents.Kind, record: wire.Record) -> bool:
        """Done, and where it is a part of a production order, taken off it as well."""
        if record["state"] not in kind.done:
            return False
        return kind is not production.PRODUCTION or production.is_settled(self._erp, record)

    def _rejected(
        self, kind: documents.Kind, payload: ports.Payload, record: wire.Record, error: client.Refused
    ) -> ports.Answer:
        """The ERP's own words, or ours where we can say the reason better."""
        if isinstance(payload, ports.SalesOrder):
            try:
                now = self._erp.page(kind.model, [["id", "=", record["id"]]], kind.fields)
                explained = sales.explain(self._erp, payload, now[0]) if now else None
            except FAILURES:
                explained = None
            if explained:
                return explained
        return ports.Rejected(
            error.code,
            error.text,
            error.field,
            step=documents.next_step(kind, record),
            erp_refs=documents.refs(kind, record),
        )

    def _not_available(self, kind: documents.Kind, record: wire.Record) -> ports.Answer:
        """Not all of it is in stock where it should be: take the document back and say what lacks."""
        try:
            missing = _missing(self._erp, kind, record)
            self._give_up(kind, record)
        except client.Refused as error:
            return ports.Rejected(error.code, error.text, error.field)
        except (client.NotSent, client.Unclear) as error:
            return _unclear(error, step="assign_try", refs=documents.refs(kind, record))
        return ports.Rejected("not_available", f"The ERP cannot take {missing} where it should be.", "moves")

    def _give_up(self, kind: documents.Kind, record: wire.Record) -> None:
        """Cancel a document that Obeya made; a shipment or order of the ERP's own goes back to waiting.

        The stamp goes too, so that the same command can be tried again: a cancelled document that still
        has its stamp is one that somebody cancelled.
        """
        reference = record["reference"] or ""
        shipment = kind in (deliveries.SHIPPED, deliveries.DELIVERED)
        ours = not shipment and _is_stamp(reference.removeprefix(stamps.PART))
        self._erp.act(kind.model, record["id"], "cancel" if ours else "wait")
        kept = " ".join(word for word in reference.split() if not _is_stamp(word))
        if ours:
            kept = stamps.GIVEN_UP if not reference.startswith(stamps.PART) else stamps.PART + stamps.GIVEN_UP
        self._erp.write(kind.model, record["id"], {"reference": kept or None})

    def _reverse(self, payload: ports.Reverse) -> ports.Answer:
        """Cancel what a key made, by the ERP's own cancel button."""
        try:
            kind, record = self._any(payload.key_to_reverse)
            if record is None:
                return ports.Rejected("nothing_to_reverse", "The ERP holds nothing under that key.")
            if record["state"] == documents.CANCELLED:
                self._restore(kind, record)
                return ports.Replayed(documents.refs(kind, record))
            after = self._erp.act(kind.model, record["id"], "cancel", kind.fields)
            self._restore(kind, after)
        except client.Refused as error:
            return ports.Rejected(error.code, error.text, error.field)
        except (client.NotSent, client.Unclear) as error:
            return _unclear(error, step="cancel")
        return ports.Posted(documents.refs(kind, after))

    def _restore(self, kind: documents.Kind, record: wire.Record) -> None:
        if kind is production.PRODUCTION and (record["reference"] or "").startswith(stamps.PART):
            production.settle(self._erp, record, "back")

    def _find_reversed(self, payload: ports.Reverse) -> ports.Found | None:
        kind, record = self._any(payload.key_to_reverse)
        if record is None or record["state"] != documents.CANCELLED:
            return None
        return ports.Found(erp_refs=documents.refs(kind, record), complete=True, step="")

    def _any(self, key: str) -> tuple[documents.Kind, wire.Record | None]:
        """The document of any kind under a key, a cancelled one only if there is no other."""
        cancelled: tuple[documents.Kind, wire.Record] | None = None
        for kind in REVERSIBLE:
            domain = [[kind.stamp_field, "like", stamps.pattern(key)]]
            for record in self._erp.page(kind.model, domain, kind.fields):
                if record["state"] != documents.CANCELLED:
                    return kind, record
                cancelled = cancelled or (kind, record)
        return cancelled or (REVERSIBLE[0], None)


def _kind(payload: ports.Payload) -> documents.Kind:
    if isinstance(payload, ports.SalesOrder):
        return sales.SALE
    if isinstance(payload, ports.ProductionConfirmation):
        return production.PRODUCTION
    if isinstance(payload, ports.Delivery):
        return deliveries.kind(payload)
    return movements.INTERNAL


def _start(erp: client.Client, key: str, payload: ports.Payload) -> wire.Record:
    """The first write of a posting: it creates or claims the document and stamps it, in one go."""
    if isinstance(payload, ports.SalesOrder):
        return sales.create(erp, key, payload)
    if isinstance(payload, ports.ProductionConfirmation):
        return production.start(erp, key, payload)
    if isinstance(payload, ports.GoodsMovement | ports.LotStatus):
        return movements.create(erp, key, payload)
    if isinstance(payload, ports.Delivery):
        return deliveries.start(erp, key, payload)
    raise TypeError("a reversal starts no document")


def _prepare(erp: client.Client, payload: ports.Payload, record: wire.Record) -> None:
    if isinstance(payload, ports.GoodsMovement | ports.LotStatus):
        movements.fill(erp, payload, record)


def _missing(erp: client.Client, kind: documents.Kind, record: wire.Record) -> str:
    """What could not be taken, in words."""
    field = {"production": "inputs", "stock.shipment.out": "inventory_moves"}.get(kind.model, "moves")
    names = ("state", "quantity", "unit.symbol", "product.code", "lot.number", "from_location.code")
    row = erp.page(kind.model, [["id", "=", record["id"]]], [f"{field}.{name}" for name in names])[0]
    lacking = [
        f"{move['quantity'].normalize():f} {move['unit']['symbol']} of {move['product']['code']}"
        + (f" lot {move['lot']['number']}" if move["lot"] else "")
        + (f" at {move['from_location']['code']}" if move["from_location"] else "")
        for move in row[field]
        if move["state"] == "draft"
    ]
    return ", ".join(lacking) or "the goods"


def _is_stamp(word: str) -> bool:
    return word.startswith("obeya:")


def _conflict(kind: documents.Kind, record: wire.Record, text: str) -> ports.Conflict:
    return ports.Conflict(documents.refs(kind, record), text)


def _unclear(
    error: Exception, *, step: str, refs: dict[str, str] | None = None, sent: bool | None = None
) -> ports.Unknown:
    came_back = isinstance(error, client.NotSent) if sent is None else not sent
    return ports.Unknown(str(error), step=step, erp_refs=refs or {}, sent=not came_back)
