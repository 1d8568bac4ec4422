"""Only what Meta signed is read, and only our own webhook is confirmed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obeya.integrations.whatsapp import signature

SECRETS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


def test_the_published_form_is_accepted() -> None:
    header = "sha256=0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914"
    assert signature.check_signature(body=b"test", header=header, app_secrets=["secret"]) == 0
    assert signature.check_signature(body=b"test", header=header.upper(), app_secrets=["secret"]) == 0
    assert signature.check_signature(body=b"test", header=f" {header} ", app_secrets=["secret"]) == 0


def test_while_a_secret_is_changed_both_are_good() -> None:
    header = signature.sign(b"{}", app_secret="old")
    assert signature.check_signature(body=b"{}", header=header, app_secrets=["new", "old"]) == 1
    with pytest.raises(signature.CannotTrustDelivery, match="not signed with our app secret"):
        signature.check_signature(body=b"{}", header=header, app_secrets=["new"])


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "is missing"),
        ("", "is missing"),
        ("   ", "is missing"),
        ("sha1=0329a06b62cd16b33eb6792be8c60b158d89a2ee", "is malformed"),
        ("sha256=", "is malformed"),
        ("sha256=" + "0" * 63, "is malformed"),
        ("sha256=" + "0" * 65, "is malformed"),
        ("sha256=" + "g" * 64, "is malformed"),
        ("sha256=" + "٠" * 64, "is malformed"),
        ("0" * 64, "is malformed"),
        ("sha256=" + "0" * 64, "does not fit"),
    ],
)
def test_a_bad_signature_says_what_is_bad(header: str | None, reason: str) -> None:
    with pytest.raises(signature.CannotTrustDelivery, match=reason):
        signature.check_signature(body=b"{}", header=header, app_secrets=["secret"])


@pytest.mark.parametrize("secrets", [[], [""], ["good", ""]])
def test_without_a_secret_nothing_is_trusted(secrets: list[str]) -> None:
    header = signature.sign(b"{}", app_secret="")
    with pytest.raises(signature.CannotTrustDelivery, match="No app secret is set"):
        signature.check_signature(body=b"{}", header=header, app_secrets=secrets)


@given(
    body=st.binary(max_size=200),
    secret=SECRETS,
    other=SECRETS,
    place=st.integers(0, 199),
    flip=st.integers(1, 255),
)
def test_only_the_same_bytes_and_the_same_secret_pass(
    body: bytes, secret: str, other: str, place: int, flip: int
) -> None:
    header = signature.sign(body, app_secret=secret)
    assert signature.check_signature(body=body, header=header, app_secrets=[secret]) == 0
    if other != secret:
        with pytest.raises(signature.CannotTrustDelivery):
            signature.check_signature(body=body, header=header, app_secrets=[other])
    if body:
        at = place % len(body)
        changed = body[:at] + bytes([body[at] ^ flip]) + body[at + 1 :]
        with pytest.raises(signature.CannotTrustDelivery):
            signature.check_signature(body=changed, header=header, app_secrets=[secret])


@given(header=st.text(max_size=90))
def test_no_header_whatever_breaks_the_check(header: str) -> None:
    with pytest.raises(signature.CannotTrustDelivery):
        signature.check_signature(body=b"{}", header=header, app_secrets=["secret"])


QUERY = {"hub.mode": "subscribe", "hub.verify_token": "our-token", "hub.challenge": "1158201444"}


def test_our_webhook_is_confirmed_with_the_challenge() -> None:
    assert signature.answer_challenge(query=QUERY, verify_token="our-token") == "1158201444"


@pytest.mark.parametrize(
    ("changes", "token", "reason"),
    [
        ({"hub.mode": "unsubscribe"}, "our-token", "hub.mode"),
        ({"hub.verify_token": "guess"}, "our-token", "not ours"),
        ({"hub.verify_token": "\ud800"}, "our-token", "not ours"),
        ({"hub.verify_token": ""}, "", "No verify token is set"),
        ({"hub.challenge": ""}, "our-token", "challenge"),
        ({"hub.challenge": "<script>"}, "our-token", "challenge"),
        ({"hub.challenge": "1" * 257}, "our-token", "challenge"),
    ],
)
def test_any_other_request_is_not_confirmed(changes: dict[str, str], token: str, reason: str) -> None:
    with pytest.raises(signature.CannotConfirmWebhook, match=reason):
        signature.answer_challenge(query={**QUERY, **changes}, verify_token=token)


def test_a_token_of_any_script_works() -> None:
    query = {**QUERY, "hub.verify_token": "ओबेया"}
    assert signature.answer_challenge(query=query, verify_token="ओबेया") == "1158201444"
