"""Which texts count as a date, a time, an address."""

from __future__ import annotations

import pytest

from toolcall_data.schema.text_formats import JUDGED, SAMPLES

RIGHT = {
    "date": ["2024-02-29", "1999-12-31"],
    "time": ["10:00", "9:30", "23:59:59", "10:00:00Z", "10:00:00.5+08:00", "23:59:60Z"],
    "date-time": ["2024-05-01T10:00:00Z", "2024-05-01 10:00", "2024-05-01T10:00:00.123+08:00"],
    "email": ["a@example.com", "first.last+tag@mail.example.co"],
    "uri": ["https://example.com/新闻?q=1", "mailto:a@example.com", "urn:isbn:0451450523"],
    "uuid": ["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"],
    "ipv4": ["192.0.2.1", "0.0.0.0"],
    "ipv6": ["2001:db8::1", "::"],
}
WRONG = {
    "date": ["2024年5月1日", "2024-02-30", "2024/05/01", "20240501", "明天", "2024-W01-1", "２０２４-05-01", ""],
    "time": ["10点", "25:00", "10:61", "10", "下午三点", ""],
    "date-time": ["2024-05-01", "2022年3月15日 10:00:00", "2024-05-01T25:00:00Z", "2024-05-01x10:00"],
    "email": ["老板@公司.com", "约翰·多伊@example.com", "a@b", "a b@example.com", "@example.com", "a@.com"],
    "uri": ["example.com", "/a/b", "https://", "官方网站", "http://a b"],
    "uuid": ["123e4567e89b12d3a456426614174000", "123"],
    "ipv4": ["256.0.0.1", "1.2.3", "１.2.3.4"],
    "ipv6": ["192.0.2.1", "::g"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in RIGHT.items() for text in texts])
def test_right(name: str, text: str) -> None:
    assert JUDGED[name](text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_wrong(name: str, text: str) -> None:
    assert not JUDGED[name](text)


def test_every_format_has_a_sample_that_fits() -> None:
    assert set(SAMPLES) == set(JUDGED) == set(RIGHT) == set(WRONG)
    assert all(JUDGED[name](sample) for name, sample in SAMPLES.items())
