"""row.too_long: a row that the trainer is likely to cut."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import gpt, human, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import facts
from toolcall_data.rules._lengths import PER_HAN, estimated_tokens
from toolcall_data.rules.base import Finding, Rule, Severity

_CUTOFF = 8192


def _may_be_long(conversation: Conversation) -> bool:
    """Whether the characters may be too many; calls written in one text are counted by the rule."""
    found, tools = facts(conversation), conversation.tools_text
    if found.has_parallel_calls or (tools is None and conversation.tools):
        return True
    return (len(found.said) + len(tools or "")) * PER_HAN > _CUTOFF


class RowTooLong(Rule):
    """A row should fit into the trainer's cut-off.

    What it does:
        Reports a row of more than about 8192 tokens: the largest `cutoff_len` that is usual for fine-tuning on one GPU.
        Tokens are estimated by characters, 0.7 for a Chinese one and 0.3 for any other; how many there are depends on
        the model's tokenizer.

    Why it matters:
        LLaMA-Factory cuts what exceeds `cutoff_len` (2048 unless you set it) without a word. It cuts the end of the
        prompt first: the question goes, and the call is trained without it.

    Example:
        A conversation whose result is the text of a whole web page.

    What to do:
        Shorten results, leave out tools that are not called, split the conversation, or raise `cutoff_len`.
    """

    chinese = """一行应能放进训练的截断长度。

    检查什么：
        报告约超过 8192 个 token 的行，这是单卡微调常用的最大 `cutoff_len`。
        token 数按字符估算：汉字 0.7 个，其他字符 0.3 个；实际数量取决于模型的分词器。

    为什么重要：
        超出 `cutoff_len`（默认 2048）的部分会被 LLaMA-Factory 悄悄截掉，而且先截提示的末尾：
        问题没了，调用却照样训练。

    例子：
        某个结果是整个网页的文本。

    怎么办：
        缩短结果，去掉没有被调用的工具，拆分对话，或调大 `cutoff_len`。
    """

    code = "TC110"
    name = "row.too_long"
    severity = Severity.WARNING
    only_if = staticmethod(_may_be_long)
    good = (FINE,)
    bad = (row(human("总结这篇文章：" + "春眠不觉晓，处处闻啼鸟。" * 1200), gpt("春天的早晨。")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        tokens = estimated_tokens(conversation, more_than=_CUTOFF)
        if tokens > _CUTOFF:
            text = Prose(
                f"about {tokens} tokens (estimated by characters), more than {_CUTOFF}: the trainer may cut the row",
                f"约 {tokens} 个 token（按字符估算），超过 {_CUTOFF}：训练时可能被截断",
            )
            yield self.found(text, hint=_HINT)


_HINT = Prose("shorten results or tools, or raise `cutoff_len`", "缩短结果或工具，或调大 `cutoff_len`")
