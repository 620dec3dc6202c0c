"""info.ranking: `ranking` and the columns of pairs do not go together."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import COLUMNS, SOUND, entry
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding, Severity
from toolcall_data.target.registry import Registered

_PAIR = ("chosen", "rejected")


class InfoRanking(InfoRule):
    """`ranking` must be true for pairs of answers and for nothing else.

    What it does:
        Reports `ranking: true` without the columns `chosen` and `rejected`; and, as a warning, a whole pair of columns
        without `ranking`, and every dataset of pairs, since supervised training refuses it: its rows are not
        judged.

    Why it matters:
        LLaMA-Factory ends with `The dataset is not applicable in the current training stage`: a dataset with `ranking`
        serves the stages rm and dpo only, one without never does.

    Example:
        `"ranking": true` for ordinary conversations.

    What to do:
        Take `ranking` out for supervised training; add it with both columns for preferences.
    """

    chinese = """`ranking` 为 true 时必须是成对的回答，反之亦然。

    检查什么：
        报告 `ranking: true` 却没有 `chosen` 和 `rejected` 列；并以警告报告写了这两列却没有 `ranking`，
        以及所有成对数据集，因为监督训练会拒绝它们，其中的行也不检查。

    为什么重要：
        LLaMA-Factory 会以 `The dataset is not applicable in the current training stage` 结束：带 `ranking` 的数据集
        只用于 rm 和 dpo 阶段，不带的则不能用于这两个阶段。

    例子：
        普通对话写了 `"ranking": true`。

    怎么办：
        监督训练请去掉 `ranking`；偏好数据请加上它和这两列。
    """

    code = "TC917"
    name = "info.ranking"
    good = (SOUND,)
    bad = (entry(ranking=True), entry(columns={**COLUMNS, "chosen": "good", "rejected": "bad"}))

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        columns = entry.block("columns") or {}
        named = [name for name in _PAIR if columns.get(name)]
        if entry.is_of_pairs and len(named) < len(_PAIR):
            text = Prose(
                "`ranking` is true, and `columns` names no pair `chosen` and `rejected`: no stage can train it",
                "`ranking` 是 true，而 `columns` 没有写 `chosen` 和 `rejected`：任何阶段都无法训练",
            )
            yield self.on_key(entry, text, "ranking", hint=_REMOVE)
        elif entry.is_of_pairs:
            text = Prose(
                "a dataset of pairs: supervised training ends with `not applicable in the current training stage`",
                "成对数据集：监督训练会以 `not applicable in the current training stage` 结束",
            )
            yield self.on_key(entry, text, "ranking", severity=Severity.WARNING)
        elif len(named) == len(_PAIR):
            text = Prose(
                "`columns` names `chosen` and `rejected` without `ranking`: the pairs are not read",
                "`columns` 写了 `chosen` 和 `rejected`，但没有 `ranking`：成对的回答不会被读取",
            )
            yield self.on_key(entry, text, "columns", "chosen", hint=_ADD, severity=Severity.WARNING)


_REMOVE = Prose("for supervised training take `ranking` out", "监督训练请去掉 `ranking`")
_ADD = Prose('add `"ranking": true` for the stages rm and dpo', '用于 rm 和 dpo 阶段时请加上 `"ranking": true`')
