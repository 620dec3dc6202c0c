"""call.ungrounded_string: a value that nobody named."""

from __future__ import annotations

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.prose import Prose
from toolcall_data.rules._copied import Uncopied
from toolcall_data.rules._copied_rule import CopiedRule, shortened
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import Severity

_SEARCH = tool(
    "search_recipes",
    diet={"type": "string", "description": "饮食习惯"},
    place={"type": "string", "description": "城市"},
)


class CallUngroundedString(CopiedRule):
    """A text in a call should come from what was said before.

    What it does:
        Reports a text that stands neither in an earlier message or result nor among the tool's choices, defaults and
        examples: not in another width, case or punctuation, not as a synonym, and not by half. Codes, times that follow
        from words such as 明天, search words and texts that a model words itself are not judged. Values of which it is
        known what became of them have rules of their own, such as `call.copy_drift`.

    Why it matters:
        The model learns to fill arguments with what it was not told.

    Example:
        `"diet": "低盐"` where the user asked for a recipe with tomatoes.

    What to do:
        Write what the user said, or drop the argument. An inference that the tool needs may stay.
    """

    code = "TC460"
    name = "call.ungrounded_string"
    severity = Severity.WARNING
    fate = "string"
    chinese = """调用里的文本应当出自前文。

    检查什么：
        报告前面的消息和工具结果里没有、工具的可选值、默认值和示例里也没有的文本；全半角、大小写、标点不同，
        或是同义词，或有一半相同，都不算。编码、由“明天”之类推出的时间、搜索词和本该由模型措辞的文本不判断。
        已经知道是怎么变来的值另有规则，例如 `call.copy_drift`。

    为什么重要：
        模型会学着用没人说过的内容去填参数。

    例子：
        用户要含番茄的菜谱，参数却是 `"diet": "低盐"`。

    怎么办：
        改成用户说的内容，或删掉这个参数。工具确实需要的推断可以保留。
    """
    good = (
        FINE,
        row(
            human("有什么番茄做的菜？我在三藩市"),
            call("search_recipes", place="旧金山"),
            observation([]),
            gpt("没有找到。"),
            tools=[_SEARCH],
        ),
    )
    bad = (
        row(
            human("有什么番茄做的菜？"),
            call("search_recipes", diet="低盐"),
            observation([]),
            gpt("没有找到。"),
            tools=[_SEARCH],
        ),
    )

    def say(self, found: Uncopied) -> Prose:
        name, value = found.argument.name, shortened(found.argument.value)
        return Prose(f"`{name}` is `{value}`, which nothing before says", f"`{name}` 的值 `{value}` 在前文中没有依据")
