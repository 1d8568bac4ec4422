"""The order desk: send the answer that was suggested, as it is or changed."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from obeya.orders.enquiries import replying, sending
from obeya.web import access, doors, replies
from obeya.web.decision_request import views as decision_requests
from obeya.web.order_desk import enquiries, views

FRAGMENT = "web/order_desk/_detail.html"


@access.holders(*doors.ORDERS)
@require_POST
def order_send(request: HttpRequest, order_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponse:
    """Send the suggested answer as it stands in the form, and settle the question."""
    views.find(request, order_id)
    if request_id not in {one.id for one in enquiries.asked_of(order_id)}:
        raise Http404
    text, then = request.POST.get("text", "")[: replying.LONGEST + 1], reverse("web:order", args=[order_id])
    try:
        sending.send(
            request_id=request_id,
            text=text,
            access=access.access_of(request),
            origin=decision_requests.origin_of(request),
        )
    except sending.CannotSend as error:
        typed = replies.problem(error, reply=text)
        told = views.show(request, order_id, typed)
        return replies.refused(request, FRAGMENT, told, typed=typed, then=then)
    return replies.done(
        request, FRAGMENT, views.show(request, order_id), said=_("The answer is on its way."), then=then
    )
