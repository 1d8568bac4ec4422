"""The addresses of the screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from obeya.web import live
from obeya.web.accuracy import views as accuracy
from obeya.web.aliases import views as aliases
from obeya.web.audits import views as audits
from obeya.web.cases import files as case_files
from obeya.web.cases import views as cases
from obeya.web.connectors import views as connectors
from obeya.web.customers import views as customers
from obeya.web.decision_request import views as requests
from obeya.web.desk_answers import views as desk_answers
from obeya.web.home import views as home
from obeya.web.leakage import views as leakage
from obeya.web.login import views as login
from obeya.web.notices import views as notices
from obeya.web.order_desk import answers, files, pasting, sending
from obeya.web.order_desk import views as orders
from obeya.web.password import views as password
from obeya.web.price_rules import acting as price_acting
from obeya.web.price_rules import views as price_rules
from obeya.web.search import views as search
from obeya.web.shell import views as shell
from obeya.web.terminal import views as terminal
from obeya.web.waiting import views as waiting

app_name = "web"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("home/body", home.home_body, name="home_body"),
    path("login", login.login, name="login"),
    path("logout", login.logout, name="logout"),
    path("password", password.password, name="password"),
    path("nav", shell.nav, name="nav"),
    path("site", shell.site, name="site"),
    path("live", live.live, name="live"),
    path("orders", orders.order_desk, name="order_desk"),
    path("orders/list", orders.order_list, name="order_list"),
    path("orders/tools", orders.order_tools, name="order_tools"),
    path("orders/paste", pasting.order_paste, name="order_paste"),
    path("orders/paste/customers", pasting.paste_customers, name="paste_customers"),
    path("orders/paste/<uuid:signal_id>", pasting.order_pasted, name="order_pasted"),
    path("orders/accuracy", accuracy.accuracy, name="accuracy"),
    path("orders/accuracy/share", accuracy.audit_share, name="audit_share"),
    path("orders/accuracy/back", accuracy.learning_back, name="learning_back"),
    path("orders/leakage", leakage.leakage, name="leakage"),
    path("orders/leakage/file", leakage.leakage_file, name="leakage_file"),
    path("orders/audits/<uuid:request_id>", audits.audit, name="audit"),
    path("orders/audits/<uuid:request_id>/judge", audits.audit_judge, name="audit_judge"),
    path("orders/answers", desk_answers.desk_answers, name="desk_answers"),
    path("orders/answers/set", desk_answers.desk_answers_set, name="desk_answers_set"),
    path("orders/answers/suppliers", desk_answers.supplier_add, name="supplier_add"),
    path(
        "orders/answers/suppliers/<int:supplier_id>/remove",
        desk_answers.supplier_remove,
        name="supplier_remove",
    ),
    path("orders/aliases", aliases.aliases, name="aliases"),
    path("orders/aliases/list", aliases.alias_list, name="alias_list"),
    path("orders/aliases/items", aliases.alias_items, name="alias_items"),
    path("orders/aliases/<int:alias_id>", aliases.alias, name="alias"),
    path("orders/aliases/<int:alias_id>/change", aliases.alias_change, name="alias_change"),
    path("orders/<uuid:order_id>", orders.order, name="order"),
    path("orders/<uuid:order_id>/detail", orders.order_detail, name="order_detail"),
    path("orders/<uuid:order_id>/story", orders.order_story, name="order_story"),
    path("orders/<uuid:order_id>/story/body", orders.order_story_body, name="order_story_body"),
    path("orders/<uuid:order_id>/files", files.order_fetch, name="order_fetch"),
    path("orders/<uuid:order_id>/files/<str:digest>", files.order_file, name="order_file"),
    path(
        "orders/<uuid:order_id>/files/<str:digest>/pages/<int:number>",
        files.order_file_page,
        name="order_file_page",
    ),
    path(
        "orders/<uuid:order_id>/files/<str:digest>/sheets/<int:number>",
        files.order_file_pages,
        name="order_file_pages",
    ),
    path("orders/<uuid:order_id>/doubts/<uuid:doubt_id>", answers.order_answer, name="order_answer"),
    path("orders/<uuid:order_id>/doubts/<uuid:doubt_id>/items", orders.order_items, name="order_items"),
    path(
        "orders/<uuid:order_id>/doubts/<uuid:doubt_id>/customers",
        orders.order_customers,
        name="order_customers",
    ),
    path("orders/<uuid:order_id>/requests/<uuid:request_id>/send", sending.order_send, name="order_send"),
    path("orders/<uuid:order_id>/confirm", answers.order_confirm, name="order_confirm"),
    path("orders/<uuid:order_id>/ask", answers.order_ask, name="order_ask"),
    path("orders/<uuid:order_id>/reject", answers.order_reject, name="order_reject"),
    path("price-rules", price_rules.price_rules, name="price_rules"),
    path("price-rules/list", price_rules.price_list, name="price_list"),
    path("price-rules/choices", price_rules.price_choices, name="price_choices"),
    path("price-rules/sentence", price_rules.price_sentence, name="price_sentence"),
    path("price-rules/file", price_rules.price_file, name="price_file"),
    path("price-rules/begin", price_acting.price_begin, name="price_begin"),
    path("price-rules/draft", price_acting.price_draft_change, name="price_draft_change"),
    path("price-rules/trial", price_rules.price_trial, name="price_trial"),
    path("price-rules/trial/body", price_rules.price_trial_body, name="price_trial_body"),
    path("price-rules/trial/state", price_rules.price_trial_state, name="price_trial_state"),
    path("price-rules/rows/<int:row_id>", price_rules.price_row, name="price_row"),
    path("price-rules/rows/<int:row_id>/change", price_acting.price_row_change, name="price_row_change"),
    path("price-rules/versions/<int:number>", price_rules.price_version, name="price_version"),
    path("orders/<uuid:order_id>/customer", customers.customer_of_order, name="customer_of_order"),
    path("customers", customers.customers, name="customers"),
    path("customers/portal", customers.portal_set, name="portal_set"),
    path("customers/<int:customer_id>", customers.customer, name="customer"),
    path("customers/<int:customer_id>/invite", customers.buyer_invite, name="buyer_invite"),
    path(
        "customers/<int:customer_id>/buyers/<int:buyer_id>/revoke",
        customers.buyer_revoke,
        name="buyer_revoke",
    ),
    path(
        "customers/<int:customer_id>/buyers/<int:buyer_id>/token", customers.buyer_token, name="buyer_token"
    ),
    path("waiting", waiting.waiting, name="waiting"),
    path("waiting/list", waiting.waiting_list, name="waiting_list"),
    path("waiting/<uuid:request_id>", waiting.chosen_request, name="request"),
    path("requests/<uuid:request_id>", requests.request_page, name="request_page"),
    path("requests/<uuid:request_id>/detail", requests.request_detail, name="request_detail"),
    path("requests/<uuid:request_id>/claim", requests.request_claim, name="request_claim"),
    path("requests/<uuid:request_id>/release", requests.request_release, name="request_release"),
    path("requests/<uuid:request_id>/delegate", requests.request_delegate, name="request_delegate"),
    path("requests/<uuid:request_id>/decide", requests.request_decide, name="request_decide"),
    path("requests/<uuid:request_id>/outcome", requests.request_outcome, name="request_outcome"),
    path("exceptions", cases.cases, name="cases"),
    path("exceptions/list", cases.case_list, name="case_list"),
    path("exceptions/<uuid:case_id>", cases.case, name="case"),
    path("exceptions/<uuid:case_id>/body", cases.case_body, name="case_body"),
    path("exceptions/<uuid:case_id>/files/<str:digest>", case_files.case_file, name="case_file"),
    path("exceptions/<uuid:case_id>/withdraw", cases.case_withdraw, name="case_withdraw"),
    path("terminal", terminal.terminal, name="terminal"),
    path("terminal/lot", terminal.terminal_lot, name="terminal_lot"),
    path("terminal/hold", terminal.place_hold, name="place_hold"),
    path("terminal/held/<uuid:hold_id>", terminal.placed, name="placed"),
    path("connectors", connectors.connectors, name="connectors"),
    path("connectors/body", connectors.connectors_body, name="connectors_body"),
    path("connectors/postings/<uuid:posting_id>/retry", connectors.posting_retry, name="posting_retry"),
    path("connectors/messages/<uuid:message_id>/retry", connectors.message_retry, name="message_retry"),
    path("connectors/signals/<uuid:signal_id>/retry", connectors.signal_retry, name="signal_retry"),
    path("connectors/<str:connector>/sync", connectors.connector_sync, name="connector_sync"),
    path("search", search.search, name="search"),
    path("search/results", search.search_results, name="search_results"),
    path("notices", notices.notices, name="notices"),
    path("notices/list", notices.notice_list, name="notice_list"),
    path("notices/read", notices.notices_read, name="notices_read"),
]
