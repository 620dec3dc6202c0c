"""tool.token_share: a row that is mostly tools."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.fingerprint import tools_as_text
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._descriptions import han_count
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._guards import OfTools
from toolcall_data.rules._turns import texts
from toolcall_data.rules.base import Finding, Rule, Severity

_SHARE = 0.6
_CUTOFF = 2048
_PER_HAN, _PER_OTHER = 0.7, 0.3


def _tokens(text: str) -> int:
    han = han_count(text)
    return round(_PER_HAN * han + _PER_OTHER * (len(text) - han))


def _has_long_tools(conversation: Conversation) -> bool:
    """Whether the tools alone have their share of the context window."""
    text = tools_as_text(conversation)
    return _PER_HAN * len(text) > _SHARE * _CUTOFF and _tokens(text) > _SHARE * _CUTOFF


class ToolTokenShare(Rule):
    """Tools should not fill most of a row that is as long as the usual cut-off.

    What it does:
        Reports a row of more than about 2048 tokens of which tools are more than 60 %. Tokens are estimated by
        characters: 0.7 for a Chinese one, 0.3 for any other. A short row may consist of tools for the most part.

    Why it matters:
        LLaMA-Factory cuts rows at `cutoff_len`, 2048 unless you set it, and the tools come first: the question and the
        answer are what is lost.

    Example:
        Forty tools with long descriptions, and a question of one line.

    What to do:
        Leave out tools that are not called, shorten descriptions, or raise `cutoff_len`.
    """

    chinese = """一行的长度达到常用截断长度时，工具不应占去大部分。

    检查什么：
        报告约超过 2048 个 token、且工具占 60% 以上的行。token 数按字符估算：汉字 0.7 个，其他字符 0.3 个。
        短的行大部分是工具没有关系。

    为什么重要：
        LLaMA-Factory 按 `cutoff_len` 截断（默认 2048），工具排在最前面，被截掉的是问题和回答。

    例子：
        四十个描述很长的工具，加上一行问题。

    怎么办：
        去掉没有被调用的工具，缩短描述，或调大 `cutoff_len`。
    """

    code = "TC346"
    name = "tool.token_share"
    severity = Severity.WARNING
    only_if = OfTools(_has_long_tools)
    good = (FINE,)
    bad = (offers({**tool("query_report"), "description": "查询报表，支持按日期和部门筛选。" * 200}),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        tools = conversation.tools_text
        if tools is None:
            tools = encode([tool.raw for tool in conversation.tools])
        others = conversation.system or ""
        others += "".join(text for message in conversation.messages for text in texts(message))
        if len(tools) < _SHARE * _CUTOFF or len(tools) < len(others) / 4:
            return
        of_tools, of_others = _tokens(tools), _tokens(others)
        total = of_tools + of_others
        if total > _CUTOFF and of_tools > _SHARE * total:
            share = round(100 * of_tools / total)
            text = Prose(
                f"tools are about {of_tools} of about {total} tokens ({share} %, estimated by characters)",
                f"工具约占 {total} 个 token 中的 {of_tools} 个（{share}%，按字符估算）",
            )
            yield self.found(text, at=conversation.tools_at)
