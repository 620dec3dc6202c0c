"""ds.benchmark_leak: questions of a benchmark in the training rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._benchmarks import given, is_given
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._rows_by_file import RowsByFileRule
from toolcall_data.rules.base import Severity


class DsBenchmarkLeak(RowsByFileRule):
    """No training row should hold a question of the benchmark that is measured later.

    What it does:
        Compares every user message with the questions of the benchmarks that the environment variable
        `TCDATA_BENCHMARKS` names: files or folders, parted as in `PATH`, of rows in any format that tcdata recognises
        (BFCL's own files among them) or, as `.txt`, with a question a line. A message counts where four fifths of the
        runs of five characters are shared, or where it holds nine tenths of the question's. Questions of fewer than
        twelve runs are left out. Without the variable the rule says nothing: no benchmark comes with tcdata. It is
        no proof: a translated or reworded question is not found. The example assumes a benchmark with its question.

    Why it matters:
        A score on questions the model was trained on says nothing, and nobody can tell from outside.

    Example:
        `TCDATA_BENCHMARKS=bfcl_eval/data tcdata validate train.jsonl`

    What to do:
        Drop the rows, together with those derived from them.
    """

    chinese = """训练数据不应含有之后要测的基准题目。

    检查什么：
        把每条用户消息与环境变量 `TCDATA_BENCHMARKS` 指定的基准题目比较。变量里写文件或文件夹，分隔方法同 `PATH`；
        文件可以是 tcdata 能识别的任何格式（包括 BFCL 自己的文件），`.txt` 则每行一题。连续五字的片段有五分之四相同，
        或消息里含有题目十分之九的片段，就算命中。不足十二个片段的短题不算。
        没有设置变量时本规则不作声：tcdata 不附带任何基准。它不是证明：
        翻译或改写过的题目查不出来。例子假定基准里有其中的题目。

    为什么重要：
        在训练过的题目上得的分毫无意义，而且外人看不出来。

    例子：
        `TCDATA_BENCHMARKS=bfcl_eval/data tcdata validate train.jsonl`

    怎么办：
        删掉这些行，以及由它们派生的行。
    """
    code = "TC815"
    name = "ds.benchmark_leak"
    severity = Severity.WARNING
    good = ((FINE, chat(human("帮我算一下从杭州开车到黄山大约要多少油钱"), gpt("大约两百元。"))),)
    bad = ((FINE, chat(human("请问：底边长为 10 厘米、高为 5 厘米的三角形，面积是多少？"), gpt("25 平方厘米。"))),)

    def concerns(self, files: Sequence[str]) -> bool:
        return is_given()

    def kinds(self, conversation: Conversation) -> Iterator[str]:
        questions = given()
        asked = (message.text for message in conversation.messages if message.role == "user")
        return iter({file for text in asked if (file := questions.held_by(text)) is not None})

    def say(self, kinds: Counter[str], rows: int, places: Prose) -> Prose:
        names = ", ".join(f"`{name}`" for name, _ in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))[:4])
        noun = "row holds" if rows == 1 else "rows hold"
        return Prose(f"{rows:,} {noun} questions of {names}: {places}", f"{rows:,} 行含有 {names} 的题目：{places.zh}")

    def advice(self) -> Prose:
        return Prose("drop the rows, and those derived from them", "删掉这些行，以及由它们派生的行")
