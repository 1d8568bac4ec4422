"""The addresses of the portal."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from obeya.web.portal import entering, following, shopping

app_name = "portal"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", following.orders, name="orders"),
    path("login", entering.login, name="login"),
    path("enter", entering.enter, name="enter"),
    path("leave", entering.leave, name="leave"),
    path("new", shopping.new_order, name="new"),
    path("items", shopping.items, name="items"),
    path("read", shopping.read, name="read"),
    path("send", shopping.send, name="send"),
    path("sent/<uuid:form_id>", shopping.sent, name="sent"),
    path("orders/<uuid:order_id>", following.order, name="order"),
    path("orders/<uuid:order_id>/wish", following.wish, name="wish"),
    path("orders/<uuid:order_id>/choose", following.choose, name="choose"),
]
