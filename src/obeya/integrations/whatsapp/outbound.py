"""The channel "whatsapp" of the outbox: texts to customers and colleagues through the Graph API."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from obeya.integrations.whatsapp import client, failures, outgoing, templates
from obeya.outbox import channels, choices
from obeya.people import queries as people

NOT_SET_UP = "WhatsApp sending is not set up"
NO_TEMPLATE = (
    "The customer has not written for 24 hours, and WhatsApp then takes approved templates only; none is set"
    " up. Call or mail the customer, or press Try again when the customer has written. IT can have a template"
    " approved by Meta and name it in OBEYA_WHATSAPP_TEMPLATES."
)
NO_QUESTION = (
    "The customer has not written for 24 hours, and WhatsApp then takes no question with answers to tap. Call"
    " or mail the customer, or decide at the order desk."
)
LANGUAGE = "language"
OUTSIDE_WINDOW = "outside_window"
"""Where a letter's data say so, WhatsApp has refused it as a text already."""
ASK_ADMINISTRATOR_AFTER_S = 600.0
_OUR_OWN_TROUBLE = {failures.Reason.TOKEN, failures.Reason.PERMISSION, failures.Reason.ACCOUNT}
"""An administrator puts these right; the message is not to blame and is tried again."""


def channel() -> channels.Channel:
    """The channel, as the settings of this process have it."""
    told = settings.WHATSAPP
    if not told["access_token"] or not told["phone_number_id"]:
        return WhatsAppChannel(None, f"{NOT_SET_UP}.")
    try:
        templates.configured()
        graph = client.GraphClient(
            base_url=str(told["base_url"]),
            version=str(told["version"]),
            token=str(told["access_token"]),
            phone_number_id=str(told["phone_number_id"]),
        )
    except ValueError as error:
        return WhatsAppChannel(None, f"{NOT_SET_UP}: {error}.")
    return WhatsAppChannel(graph, templates=templates.configured())


class WhatsAppChannel:
    """Sends by one business number. Without a client it says why and sends nothing.

    To a customer who has been quiet for 24 hours it sends a template in the letter's language, if there is.
    """

    def __init__(
        self,
        graph: client.GraphClient | None,
        problem: str = "",
        *,
        templates: Mapping[str, str] | None = None,
    ) -> None:
        self._graph = graph
        self._problem = problem
        self._templates = templates or {}

    def problem(self) -> str:
        """Why nothing can be sent."""
        return self._problem

    def address_of(self, person: people.Person) -> str:
        """The person's phone number."""
        return person.phone

    def send(self, letter: channels.Letter) -> channels.Outcome:
        """Hand one text over to WhatsApp; the letter's key comes back in the receipts as `tracking`."""
        if self._graph is None:
            return channels.Failed(self._problem, temporary=True)
        if letter.data.get(OUTSIDE_WINDOW):
            return self._send_template(self._graph, letter)
        try:
            return _hand_over(self._graph, letter, message_of(letter))
        except failures.Refused:
            return self._send_template(self._graph, letter)

    def _send_template(self, graph: client.GraphClient, letter: channels.Letter) -> channels.Outcome:
        if choices.of_data(letter.data).choices:
            return channels.Failed(NO_QUESTION)
        chosen = templates.choose(self._templates, letter.data.get(LANGUAGE, ""))
        if chosen is None:
            return channels.Failed(NO_TEMPLATE)
        name, language = chosen
        words = templates.in_one_line(words_of(letter))
        template = outgoing.Template(name=name, language=language, body=(words,))
        try:
            return _hand_over(graph, letter, template)
        except failures.Refused as error:
            return channels.Failed(str(error))


def _hand_over(
    graph: client.GraphClient, letter: channels.Letter, message: outgoing.Outgoing
) -> channels.Outcome:
    """Send it. Raises failures.Refused where WhatsApp says that the customer has been quiet for too long."""
    try:
        sent = graph.send(
            message, to=letter.to, reply_to=letter.data.get("reply_to", ""), tracking=letter.key
        )
    except outgoing.CannotComposeMessage as error:
        return channels.Failed(str(error))
    except failures.AnswerUnknown as error:
        return channels.NoAnswer(str(error))
    except failures.TryAgainLater as error:
        return channels.Failed(str(error), temporary=True, retry_after_s=error.retry_after_s)
    except failures.Refused as error:
        if error.reason is failures.Reason.WINDOW:
            raise
        if error.reason in _OUR_OWN_TROUBLE:
            return channels.Failed(str(error), temporary=True, retry_after_s=ASK_ADMINISTRATOR_AFTER_S)
        return channels.Failed(str(error))
    return channels.Sent(sent.wamid)


def message_of(letter: channels.Letter) -> outgoing.Outgoing:
    """The letter with the answers it offers: buttons where they are few and short, else a list."""
    offer, words = choices.of_data(letter.data), words_of(letter)
    if not offer.choices:
        return outgoing.Text(body=words)
    labels = [one.label for one in offer.choices]
    short = all(len(label) <= outgoing.MAX_BUTTON_TITLE for label in labels)
    if short and len(labels) <= outgoing.MAX_BUTTONS and len(set(labels)) == len(labels):
        buttons = tuple(outgoing.Button(button_id=one.token, title=one.label) for one in offer.choices)
        return outgoing.Buttons(body=words, buttons=buttons)
    rows = tuple(_row(one) for one in offer.choices)
    return outgoing.Choices(body=words, open_with=offer.open_with, sections=(outgoing.Section(rows=rows),))


def _row(choice: choices.Choice) -> outgoing.Row:
    """A row with as much of its label as fits; the rest stands below it, after the detail."""
    whole = len(choice.label) <= outgoing.MAX_ROW_TITLE
    below = choice.detail if whole else " · ".join(filter(None, (choice.detail, choice.label)))
    title = _cut(choice.label, outgoing.MAX_ROW_TITLE)
    return outgoing.Row(
        row_id=choice.token, title=title, description=_cut(below, outgoing.MAX_ROW_DESCRIPTION)
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def words_of(letter: channels.Letter) -> str:
    """The letter as one text: its title in bold, its words, and where it leads."""
    url = letter.data.get("url", "")
    link = f"{settings.BASE_URL.rstrip('/')}{url}" if url.startswith("/") else url
    title = " ".join(letter.title.replace("*", " ").split())
    return "\n\n".join(part for part in (f"*{title}*" if title else "", letter.body.strip(), link) if part)
