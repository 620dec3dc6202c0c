"""What readers say of a row's shape, in Chinese too: their own sentences are English."""

from __future__ import annotations

import re

from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import KINDS

_KIND = rf"(?P<kind>{'|'.join(KINDS)})"
_SENTENCES = tuple(
    (re.compile(pattern, re.DOTALL), chinese)
    for pattern, chinese in (
        (r"the row has no keys", "该行没有任何键"),
        (rf"a row is an object, this is {_KIND}", "一行应当是对象，这里是{kind}"),
        (r"no `(?P<key>[^`]*)` \(the row has `(?P<near>[^`]*)`\)", "没有 `{key}`（该行有 `{near}`）"),
        (
            r"no `(?P<key>[^`]*)` \(the row has `(?P<near>[^`]*)`\); the row has (?P<keys>.*)",
            "没有 `{key}`（该行有 `{near}`）；该行的键：{keys}",
        ),
        (r"no `(?P<key>[^`]*)`; the row has (?P<keys>.*)", "没有 `{key}`；该行的键：{keys}"),
        (r"no `(?P<key>[^`]*)`", "没有 `{key}`"),
        (r"no list of steps of User, AI and API", "没有由 User、AI、API 步骤组成的列表"),
        (r"no instance: `Instances` or `Instructions`", "没有实例：缺少 `Instances` 或 `Instructions`"),
        (r"`(?P<key>[^`]*)` is null", "`{key}` 是 null"),
        (rf"`(?P<key>[^`]*)` is {_KIND}, not a list", "`{key}` 是{kind}，不是列表"),
        (rf"`(?P<key>[^`]*)` is {_KIND}, not a list of pairs", "`{key}` 是{kind}，不是成对的列表"),
        (rf"`(?P<key>[^`]*)` is {_KIND}, not a string", "`{key}` 是{kind}，不是字符串"),
        (
            rf"`(?P<key>[^`]*)` is {_KIND}, not a string or a list of text blocks",
            "`{key}` 是{kind}，既不是字符串也不是文本块的列表",
        ),
        (
            rf"`(?P<key>[^`]*)` is {_KIND}; LLaMA-Factory takes the list as a JSON string",
            "`{key}` 是{kind}；LLaMA-Factory 要的是写成 JSON 字符串的列表",
        ),
        (
            rf"a turn of `(?P<key>[^`]*)` is a pair \[user, assistant\], this is {_KIND}",
            "`{key}` 的一轮应当是 [用户, 助手] 一对，这里是{kind}",
        ),
        (
            r"a turn of `(?P<key>[^`]*)` is a pair \[user, assistant\], this is a list of (?P<count>\d+)",
            "`{key}` 的一轮应当是 [用户, 助手] 一对，这里是 {count} 项的列表",
        ),
        (r"byte (?P<at>\d+) of the line is no UTF-8 \((?P<byte>\w+)\)", "该行第 {at} 个字节不是 UTF-8（{byte}）"),
        (r"holds bytes that are no UTF-8", "含有不是 UTF-8 的字节"),
        (r"nested too deeply", "嵌套太深"),
        (r"holds half of a surrogate pair.*", "含有半个代理对"),
        (r"the line is longer than (?P<size>\d+) MiB and was not read", "该行超过 {size} MiB，没有读取"),
        (r"(?P<error>[A-Z].*) at column (?P<at>\d+)", "第 {at} 列有误（{error}）"),
    )
)


def in_both(detail: str) -> Prose:
    """A reader's sentence with its Chinese; what no pattern knows stays English in both."""
    for pattern, chinese in _SENTENCES:
        if found := pattern.fullmatch(detail):
            parts = found.groupdict()
            if "kind" in parts:
                parts["kind"] = KINDS[parts["kind"]] if KINDS[parts["kind"]] != "null" else " null"
            return Prose(detail, chinese.format_map(parts))
    return Prose(detail, detail)
