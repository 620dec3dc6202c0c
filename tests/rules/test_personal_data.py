"""Data of persons: found where check digits hold, and not in numbers that only look like them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import Origin
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.rules._personal_data import (
    counts_of,
    is_identity_number,
    is_luhn,
    personal_data,
    personal_data_of,
)
from toolcall_data.rules._secrets import secrets_in

KEY = "sk-" + "Q7rT2mZ9kLp4VwXc8NbH3d"


def with_check_digit(first: str) -> str:
    """An identity number from its first 17 digits."""
    return next(first + last for last in "0123456789X" if is_identity_number(first + last))


def with_luhn(first: str) -> str:
    return next(first + last for last in "0123456789" if is_luhn(first + last))


IDENTITY = with_check_digit("11010519851231002")
CARD = with_luhn("622588013954776")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"身份证{IDENTITY}。", "identity_number"),
        (f"身份证：{with_check_digit('11010519491231002').lower()}", "identity_number"),
        ("手机13912847563", "mobile"),
        ("+86 139-1284-7563", "mobile"),
        ("电话 139 1284 7563，谢谢", "mobile"),
        (f"卡号{CARD}", "bank_card"),
        (f"卡号 {CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:]}", "bank_card"),
        ("写信到li.lei@126.com。", "email"),
        ("服务器 47.96.12.201 宕机", "ip_address"),
        (f"密钥 {KEY}", "secret"),
        ("-----BEGIN RSA PRIVATE KEY-----", "secret"),
        ("mysql://root:hunter2secret@db1.host/x", "secret"),
    ],
)
def test_what_is_found(text: str, kind: str) -> None:
    assert [found.kind for found in personal_data(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "ISBN 9780306406157，978-7-111-54742-6",
        "订单号 20240501139128475632",
        f"流水 9{IDENTITY}1",
        f"身份证{IDENTITY[:-1]}{'0' if IDENTITY[-1] != '0' else '1'}",
        with_check_digit("11010519851231002").replace("1985", "2985"),
        f"卡号{CARD[:-1]}{(int(CARD[-1]) + 1) % 10}",
        "测试号 13800000000、13812345678",
        "版本 1.2.3.4，本机 127.0.0.1，内网 192.168.1.7，掩码 255.255.255.0，999.1.1.1",
        "圆周率 3.14159265358979",
        "john@example.com，boss@company.com，图@2x.png，git@github.com",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxx，sk-your-key-here-placeholder，task-management-for-everyone",
        "1714550400000",
        "0.13912847563",
        "4.5.6.7.8",
    ],
)
def test_what_is_not(text: str) -> None:
    assert personal_data(text) == []


def test_a_row_is_searched_everywhere_and_places_are_told() -> None:
    example = row(
        human("我的手机是13912847563"),
        call("get_weather", city="13912847563"),
        observation({"mail": "li.lei@126.com"}),
        gpt(f"记下了 {KEY}"),
    )
    conversation = ShareGPT().read(example, Origin(path="a.json", row=0, format="sharegpt"))
    seen = [(each.at, each.value) for each in personal_data_of(conversation)]
    assert ("/conversations/0/value", "13912847563") in seen
    assert ("/conversations/1/value", "13912847563") in seen
    assert counts_of(conversation) == {"mobile": 2, "email": 1, "secret": 1}


def test_secrets_say_whose_they_are() -> None:
    assert [kind for kind, _ in secrets_in(f"{KEY} AKIA{'Q7R2T9Z4M1K8L5V3'}")] == ["OpenAI", "AWS"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80) | st.text("0123456789 -.@abX/:k_s", max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    for found in personal_data(text):
        start, end = found.span
        assert 0 <= start < end <= len(text)


def test_long_hostile_texts_end_soon() -> None:
    for text in (
        "1" * 100_000,
        "1-" * 50_000,
        "a@" * 50_000,
        "sk-" * 30_000,
        "1.1." * 25_000,
        "eyJa" * 25_000,
        "a://" * 25_000,
    ):
        personal_data(text)
