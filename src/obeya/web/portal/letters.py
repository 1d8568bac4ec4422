"""The letters with links that let buyers in: by e-mail, and by WhatsApp where the number is known."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from obeya.journal.events import Origin
from obeya.outbox import actions as outbox
from obeya.people import buyer_queries, buyers
from obeya.people import queries as people


def link_of(key: buyers.NewKey) -> str:
    """The address that opens the portal once."""
    return f"{settings.BASE_URL.rstrip('/')}{reverse('portal:enter')}?{urlencode({'key': key.secret})}"


def invite(
    *, site: str, customer: str, name: str, email: str, phone: str, origin: Origin
) -> buyer_queries.Buyer:
    """Give somebody at a customer access and send them the link. Raises buyers.CannotInvite."""
    with transaction.atomic():
        key = buyers.invite(site=site, customer=customer, name=name, email=email, phone=phone, origin=origin)
        buyer = buyer_queries.find_buyer(key.buyer_id)
        assert buyer is not None
        words = _(
            "Hello %(name)s, here you can order from %(site)s: open the link within three days, on your own"
            " phone or computer. It works once.\n\n%(link)s"
        )
        _send(buyer, key, words, origin)
    return buyer


def send_links(contact: str) -> int:
    """Send a link to everybody who is reached at this address and has access; returns how many."""
    sent = 0
    for buyer in buyer_queries.find_reached(contact):
        with transaction.atomic():
            key = buyers.give_link(buyer_id=buyer.id)
            if key is None:
                continue
            words = _(
                "Hello %(name)s, this link logs you in to order from %(site)s. It works once, within half an"
                " hour. If you did not ask for it, do nothing.\n\n%(link)s"
            )
            _send(buyer, key, words, Origin.fresh(source="portal", actor=buyer.actor))
            sent += 1
    return sent


def _send(buyer: buyer_queries.Buyer, key: buyers.NewKey, words: str, origin: Origin) -> None:
    site = people.get_site(buyer.site).name
    link = link_of(key)
    ways = (("email", buyer.email), ("whatsapp", buyer.phone))
    for channel, address in ways:
        if address:
            outbox.send_message(
                key=f"buyer:{buyer.id}:{buyers.digest_of(key.secret)[:16]}:{channel}",
                site=buyer.site,
                channel=channel,
                to=address,
                title=_("Your link to order from %(site)s") % {"site": site},
                body=words % {"name": buyer.name, "site": site, "link": link},
                subject=f"buyer:{buyer.id}",
                origin=origin,
            )
