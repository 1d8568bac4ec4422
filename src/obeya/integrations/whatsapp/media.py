"""The file of a message: fetched through the Graph API after Meta was answered, kept with its signal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings

from obeya.inbox import fetching, queries
from obeya.integrations.whatsapp import client, failures, inbound, parts

MB = 1024 * 1024
MOST_BYTES: Mapping[parts.MediaKind, int] = {
    "image": 16 * MB,
    "audio": 32 * MB,
    "document": 48 * MB,
    "video": 48 * MB,
}
"""What is fetched of each kind: more than WhatsApp itself lets through, but for very large documents."""
GONE = (
    "WhatsApp does not have this file any more: it keeps files for a limited time."
    " Ask the customer to send it again."
)
_OURS_TO_MEND = {failures.Reason.TOKEN, failures.Reason.PERMISSION, failures.Reason.ACCOUNT}


def fetch(signal: queries.Signal) -> Sequence[fetching.Fetched | fetching.Missing]:
    """The file of the message in `signal`, if it has one; the fetcher of source "whatsapp".

    Raises fetching.TryAgainLater.
    """
    if signal.natural_key.startswith(inbound.WHOLE):
        return []
    part = inbound.part_of(signal)
    media = part.content if isinstance(part, parts.Edited) else part
    if not isinstance(media, parts.Media) or media.kind not in MOST_BYTES:
        return []
    return [_fetch(media)]


def name_of(media: parts.Media) -> str:
    """What people call the file: the sender's name for it, else its kind."""
    if media.filename:
        return media.filename
    return "Voice message" if media.voice else {"audio": "Recording"}.get(media.kind, media.kind.capitalize())


def _fetch(media: parts.Media) -> fetching.Fetched | fetching.Missing:
    name = name_of(media)
    told = settings.WHATSAPP
    if not told["access_token"] or not told["phone_number_id"]:
        text = "WhatsApp is not set up to fetch files: an administrator must set its access token."
        return fetching.Missing(name, text, again=True)
    try:
        with client.GraphClient(
            base_url=str(told["base_url"]),
            version=str(told["version"]),
            token=str(told["access_token"]),
            phone_number_id=str(told["phone_number_id"]),
        ) as graph:
            found = graph.fetch_media(
                media.media_id, max_bytes=MOST_BYTES[media.kind], expected_sha256=media.sha256
            )
    except client.CannotTakeMedia as error:
        return fetching.Missing(name, str(error))
    except failures.TryAgainLater as error:
        raise fetching.TryAgainLater(str(error), name=name) from error
    except failures.Refused as error:
        return _refused(name, error)
    return fetching.Fetched(found.content, found.mime_type or media.mime_type, name)


def _refused(name: str, error: failures.Refused) -> fetching.Missing:
    if error.reason is failures.Reason.MEDIA:
        return fetching.Missing(name, GONE)
    return fetching.Missing(name, str(error), again=error.reason in _OURS_TO_MEND)
