"""ds.same_prompt_conflict: one question, the same tools, different calls."""

from __future__ import annotations

from toolcall_data.conversation.build import WEATHER, call, chat, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._agreeing import AgreeingRule
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.rules._row_keys import first_calls, in_one_spelling, key_of, row_keys
from toolcall_data.rules.base import Severity


class DsSamePromptConflict(AgreeingRule):
    """The same question with the same tools should lead to the same call.

    What it does:
        Compares the first calls of rows in which the user has said the same up to then, and system prompt and tools
        are the same. The order of arguments and of parallel calls does not count. Rows without calls are never
        compared: several human answers to one question are legitimate, and so are different calls where different
        tools are offered.

    Why it matters:
        The rows pull the model in two directions. Often one of them is wrong: a date in another form, an optional
        argument that was made up.

    Example:
        「北京后天天气？」, once with `{"city": "北京", "days": 3}` and once with `{"city": "北京市"}`.

    What to do:
        Decide which call is right, and correct or drop the others.
    """

    chinese = """同样的问题配同样的工具，应该得到同样的调用。

    检查什么：
        如果用户到首次调用为止说的话相同，系统提示和工具也相同，就比较各行的首次调用。参数顺序和并行调用的顺序不算。
        没有调用的行从不比较：对同一问题有多个人工回答是正常的；提供的工具不同，调用不同也是正常的。

    为什么重要：
        这些行把模型往两个方向拉。往往其中一个是错的：日期换了写法，或编造了可选参数。

    例子：
        「北京后天天气？」，一次是 `{"city": "北京", "days": 3}`，一次是 `{"city": "北京市"}`。

    怎么办：
        判断哪个调用正确，改正或删掉其余的。
    """
    code = "TC803"
    name = "ds.same_prompt_conflict"
    severity = Severity.WARNING
    hint = Prose("decide which call is right, correct or drop the others", "判断哪个调用正确，改正或删掉其余的行")
    good = (
        (FINE, FINE),
        (chat(human("讲个笑话"), gpt("有一只企鹅……")), chat(human("讲个笑话"), gpt("从前有座山……"))),
        (
            weather(city="北京"),
            row(
                human("北京天气？"),
                call("get_weather", city="北京", days=1),
                observation({"text": "晴"}),
                gpt("北京今天晴。"),
                tools=[WEATHER, tool("get_air_quality")],
            ),
        ),
    )
    bad = ((weather(city="北京"), weather(city="北京市")), (weather(city="北京", days=3), FINE, weather(city="北京")))

    def keys(self, conversation: Conversation) -> tuple[int, int] | None:
        if not conversation.calls:
            return None
        asked, calls = first_calls(conversation)
        if any(call.error is not None for call in calls):
            return None
        keys = row_keys(conversation)
        shared = key_of(str(keys.tools), keys.system_text, *keys.asked[:asked])
        written = sorted([f"{call.name} {in_one_spelling(call.arguments)}" for call in calls])
        return shared, key_of(str(shared), *written)

    def say(self, count: int, others: Prose) -> Prose:
        return Prose(
            f"the same question and tools lead to {count:,} different calls: also {others}",
            f"同样的问题和工具，却有 {count:,} 种不同的调用，另见{others.zh}",
        )
