"""Numbers and dates that Chinese and English text names, however they are written.

`numbers_in("两年半")` has 2.5 and, because 年 is a unit of time, also 30 (months): a value is grounded when the context
names it in any unit or spelling that a reader would take for the same amount.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_DIGITS = {each: value for value, each in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_HAN_NUMBER = "零〇一二两俩三四五六七八九十百千万亿"
_LONGEST = 24

_SCALES = {
    "万亿": 1e12, "千万": 1e7, "百万": 1e6, "亿": 1e8, "万": 1e4, "千": 1e3, "百": 1e2,
    "k": 1e3, "K": 1e3, "w": 1e4, "W": 1e4, "thousand": 1e3, "million": 1e6, "billion": 1e9, "hundred": 1e2,
}  # fmt: skip
_HOURS, _DAYS = (24.0, 1 / 24), (7.0, 1 / 7)
_UNITS: dict[str, tuple[float, ...]] = {
    "年": (12, 365, 52, 4), "月": (30, 1 / 12), "周": (7,), "天": (24, 1 / 7), "小时": (60, 3600, 1 / 24),
    "分钟": (60, 1 / 60, 60_000), "秒": (1000, 1 / 60), "公里": (1000,), "米": (100, 1000, 1 / 1000),
    "厘米": (10, 1 / 100), "公斤": (1000, 2), "斤": (0.5, 500),
    "克": (1 / 1000,), "吨": (1000,), "元": (100,), "分": (1 / 100,), "打": (12,),
    "G": (1024, 1000, 1024**3, 1e9), "M": (1 / 1024, 1024, 1024**2, 1e6), "英尺": (12,), "季度": (3,), "对": (2,),
}  # fmt: skip
_SPELLINGS = {
    "年": "年 years year yrs yr", "月": "个月 月 months month", "周": "周 星期 个星期 礼拜 个礼拜 weeks week",
    "天": "天 日 days day", "小时": "小时 个小时 钟头 个钟头 hours hour hrs h", "分钟": "分钟 minutes minute mins min",
    "秒": "秒 秒钟 seconds second sec s", "公里": "公里 千米 km kilometers kilometer", "米": "米 meters meter m",
    "厘米": "厘米 公分 cm", "公斤": "公斤 千克 kg", "斤": "斤", "克": "克 g", "吨": "吨 tons ton",
    "元": "元 块 块钱 美元 欧元 英镑 人民币 dollars dollar euros euro", "分": "美分 cents cent", "打": "打 dozen",
    "G": "GB gb G", "M": "MB mb", "英尺": "英尺 feet foot ft", "季度": "季度 个季度 quarters quarter", "对": "对 双",
}  # fmt: skip
UNITS = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings.split()}
"""Every spelling of a unit with the one name it goes by here."""

_SMALL = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty
"""
_WORDS = {word: float(value) for value, word in enumerate(_SMALL.split())} | {
    "half": 0.5,
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "sixty": 60.0,
    "ninety": 90.0,
}


def _either(words: object) -> str:
    return "|".join(sorted((re.escape(str(word)) for word in words), key=len, reverse=True))  # type: ignore[attr-defined]


_ARABIC = r"[0-9]{1,3}(?:,[0-9]{3}){1,6}(?:\.[0-9]{1,12})?|[0-9]{1,24}(?:\.[0-9]{1,12})?|\.[0-9]{1,12}"
_NUMBER = re.compile(
    rf"(?P<arabic>{_ARABIC})\s?(?P<scale>{_either(_SCALES)})?(?![A-Za-z]*[0-9])"
    rf"|(?P<han>[{_HAN_NUMBER}]{{1,{_LONGEST}}}(?:点[零一二三四五六七八九]{{1,8}})?)"
    rf"|(?P<word>\b(?:{_either(_WORDS)})\b)"
    r"|(?P<half>半)",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"\s?(?P<more>个?半|多|余|来)?\s?(?:(?P<discount>折)|(?P<tenths>成)|(?P<percent>%|个百分点)|(?P<unit>{_either(UNITS)})(?!代))?(?P<half>半)?"
)
_PERCENT = re.compile(rf"百分之((?:{_ARABIC})|[{_HAN_NUMBER}点]{{1,{_LONGEST}}})")
_FRACTION = re.compile(
    rf"([0-9]{{1,6}}|[{_HAN_NUMBER}]{{1,8}})分之([0-9]{{1,6}}|[{_HAN_NUMBER}]{{1,8}})|([0-9]{{1,6}})/([0-9]{{1,6}})"
)
_AFTERNOON = re.compile(
    rf"(?:下午|晚上|傍晚|夜里|中午|pm)\s?([0-9]{{1,2}}|[{_HAN_NUMBER}]{{1,3}})[点时:]|([0-9]{{1,2}})(?::[0-9]{{2}})?\s?pm"
)
_MOST_CHARACTERS = 200_000


@lru_cache(maxsize=16)
def numbers_in(text: str) -> frozenset[float]:
    """Every amount that the text names, in each unit and spelling that means the same; rounded to six decimals."""
    text = narrow(text[:_MOST_CHARACTERS])
    found: set[float] = set()
    for number in _NUMBER.finditer(text):
        found |= _amounts(number, text)
    for percent in _PERCENT.finditer(text):
        if (value := value_of(percent[1])) is not None:
            found |= {value, value / 100}
    for part in _FRACTION.finditer(text):
        under, over = value_of(part[1] or part[4]), value_of(part[2] or part[3])
        if under and over is not None:
            found.add(over / under)
    for hour in _AFTERNOON.finditer(text.lower()):
        if (value := value_of(hour[1] or hour[2])) is not None and value < 12:
            found.add(value + 12)
    return frozenset(round(value, 6) for value in found)


def narrow(text: str) -> str:
    """Full-width digits, letters and signs in ASCII."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _amounts(number: re.Match[str], text: str) -> set[float]:
    """The values of one number, with what follows it."""
    value = _plain_value(number)
    if value is None:
        return set()
    after = _AFTER.match(text, number.end())
    values = {value}
    if number["scale"]:
        values.add(value * _SCALES.get(number["scale"], _SCALES.get(number["scale"].lower(), 1)))
    if after is None:
        return values
    if (after["more"] or "").endswith("半") or (after["half"] and after["unit"]):
        values |= {each + 0.5 for each in values}
    if after["discount"]:
        return values | _discounts(value)
    if after["tenths"]:
        return values | {value / 10, value * 10}
    if after["percent"]:
        return values | {value / 100, 100 - value, 1 - value / 100}
    if after["unit"]:
        factors = _UNITS[UNITS.get(after["unit"]) or UNITS[after["unit"].lower()]]
        values |= {each * factor for each in values for factor in factors}
    return values


def _plain_value(number: re.Match[str]) -> float | None:
    if number["half"]:
        return 0.5
    if number["word"]:
        return _WORDS[number["word"].lower()]
    return value_of(number["arabic"] or number["han"])


def _discounts(value: float) -> set[float]:
    """What 八折, 85折 and 八五折 say: the share paid and the share saved, as percentages and as fractions."""
    paid = value * 10 if value < 10 else value
    return {paid, 100 - paid, paid / 100, 1 - paid / 100, paid / 10}


def value_of(text: str | None) -> float | None:
    """The number that digits or Chinese numerals write: `一百二十`, `两千`, `三点五`, `二〇二二`, `12,000`."""
    if not text:
        return None
    if text.isascii():
        try:
            return float(text.replace(",", ""))
        except ValueError:
            return None
    whole, _, rest = text.partition("点")
    value = _han_value(whole)
    if value is None or whole == text:
        return value
    if not rest or any(each not in _DIGITS for each in rest):
        return None
    return value + float("0." + "".join(str(_DIGITS[each]) for each in rest))


def _han_value(text: str) -> float | None:
    if any(each not in _HAN_NUMBER for each in text) or not text:
        return None
    if all(each in _DIGITS for each in text):
        return float("".join(str(_DIGITS[each]) for each in text))
    total = section = 0.0
    digit: float | None = None
    last = 1.0
    for each in text:
        if each in _DIGITS:
            digit = float(_DIGITS[each])
        elif each in _TENS:
            section += (1.0 if digit is None else digit) * _TENS[each]
            digit, last = None, _TENS[each]
        else:
            section += digit or 0.0
            total = (
                (total + section or 1.0) * _MYRIADS[each] if each == "亿" else total + (section or 1.0) * _MYRIADS[each]
            )
            section, digit, last = 0.0, None, _MYRIADS[each]
    if digit is None:
        return total + section
    is_colloquial = last > 10 and text[-2] not in "零〇"
    return total + section + digit * (last / 10 if is_colloquial else 1.0)


Day = tuple[int, int, int]
"""Year (0 where none is named), month, day."""

_HAN_SHORT = r"[〇零一二三四五六七八九十]"
_ISO = r"(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})"
_DAY = re.compile(
    rf"(?<![0-9]){_ISO}(?![0-9])"
    rf"|(?:(?P<hy>[0-9]{{4}}|{_HAN_SHORT}{{4}})\s?年\s?)?(?P<hm>[0-9]{{1,2}}|{_HAN_SHORT}{{1,3}})\s?月\s?"
    rf"(?P<hd>[0-9]{{1,2}}|{_HAN_SHORT}{{1,3}})\s?[日号]"
    r"|(?<![0-9/])(?P<um>[0-9]{1,2})/(?P<ud>[0-9]{1,2})/(?P<uy>[0-9]{4})(?![0-9/])"
)
_ISO_TEXT = re.compile(
    r"(?<![0-9])(?P<day>(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2}))"
    r"(?P<time>[T ](?P<hh>[0-9]{2}):(?P<mm>[0-9]{2})(?::(?P<ss>[0-9]{2}))?(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?(?![0-9])"
)
_CHINESE_DATE = re.compile(
    r"\s*(?:(?P<y>[0-9]{4})\s*年\s*)?(?P<m>[0-9]{1,2})\s*月\s*(?P<d>[0-9]{1,2})\s*[日号]?"
    r"(?:\s*(?:上午|早上)?\s*(?P<hh>[0-9]{1,2})[:点时](?:(?P<mm>[0-9]{1,2})分?)?(?::(?P<ss>[0-9]{1,2}))?)?\s*"
)


def dates_in(text: str) -> frozenset[Day]:
    """Every day that the text names, in ISO, Chinese or American order."""
    found: set[Day] = set()
    for day in _DAY.finditer(narrow(text[:_MOST_CHARACTERS])):
        year = value_of(day["y"] or day["hy"] or day["uy"] or "0")
        month, number = value_of(day["m"] or day["hm"] or day["um"]), value_of(day["d"] or day["hd"] or day["ud"])
        if year is not None and month is not None and number is not None and month <= 12 and number <= 31:
            found.add((int(year), int(month), int(number)))
    return frozenset(found)


def iso_spelling(value: str, text: str) -> str | None:
    """The one ISO spelling in `text` of the day (and the time, where both name one) that `value` writes in Chinese.

    None where `value` is no Chinese date, where `text` has no such day in ISO, or where it has several spellings of it.
    """
    written = _CHINESE_DATE.fullmatch(narrow(value))
    if written is None or written["y"] is None:
        return None
    spellings = {
        found["day"] if written["hh"] is None else found[0]
        for found in _ISO_TEXT.finditer(text)
        if _same(found, written, ("y", "m", "d")) and (written["hh"] is None or _same_time(found, written))
    }
    return spellings.pop() if len(spellings) == 1 else None


def _same(one: re.Match[str], other: re.Match[str], names: tuple[str, ...]) -> bool:
    return all(int(one[name] or 0) == int(other[name] or 0) for name in names)


def _same_time(one: re.Match[str], other: re.Match[str]) -> bool:
    return one["time"] is not None and _same(one, other, ("hh", "mm", "ss"))
