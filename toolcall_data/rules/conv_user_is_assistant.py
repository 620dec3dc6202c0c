"""conv.user_is_assistant: a question that is an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import Holds
from toolcall_data.rules.base import Finding, Rule

_ANSWERS = re.compile(
    r"\s*(?:(?:sure|certainly|of course|absolutely|no problem)[,!.] ?"
    r"(?:here(?:'s|’s| is| are)|i(?:'d| would) be happy)\b"
    r"|here(?:'s|’s| is) the (?:translation|translated)"
    r"|当然(?:可以)?[，,！!。] ?(?:以下是|下面是|这是|这里是|我(?:很乐意|可以帮|来帮|会))"
    r"|当然可以[，,！!。] ?(?!但|不过|可|只|你|您|请|能|我想|帮)"
    r"|(?:好的|没问题)[，,！!。] ?(?:以下是|下面是|这是)(?!我)"
    r"|作为一[个名](?:ai|人工智能)(?:语言模型|助手|助理|模型)?[，,] ?我(?:无法|不能|没有|可以)"
    r"|(?:非常|很)?(?:抱歉|对不起)[，,] ?(?:作为一[个名](?:ai|人工智能)|我(?:无法|不能)(?:为您|帮您|提供)))",
    re.IGNORECASE,
)
_MAY_ANSWER = Holds(
    asked="当然|好的|没问题|作为一|抱歉|对不起"
    "|s[uU]|S[uU]|\u017f[uU]|c[eE][rR]|C[eE][rR]|o[fF] |O[fF] |a[bB]|A[bB]|n[oO] |N[oO] |h[eE][rR]|H[eE][rR]"
)


class ConvUserIsAssistant(Rule):
    """The first user message must be the user's, not an answer.

    What it does:
        Reports a first user message that begins as only an assistant speaks: `Sure, here's`, `当然可以，`,
        `好的，以下是`, `作为一个人工智能，我无法`. Later user messages are not looked at: there people say such things.

    Why it matters:
        The program that translated or rewrote the row had its prompt answered instead of translated. The question is
        lost, and the model learns to answer an answer.

    Example:
        human `Sure, here's the translation into Chinese: …`

    What to do:
        Restore the question from the source of the row, or delete the row.
    """

    chinese = """第一条用户消息必须是用户的话，不能是回答。

    检查什么：
        第一条用户消息的开头只有助手才会这么说：`Sure, here's`、`当然可以，`、`好的，以下是`、
        `作为一个人工智能，我无法`。后面的用户消息不看：那里人们会这样说。

    为什么重要：
        翻译或改写这一行的程序没有翻译提示，而是回答了它。问题已经丢失，模型学到的是对回答作答。

    例子：
        human `Sure, here's the translation into Chinese: …`

    怎么办：
        从该行的来源找回问题，或删除该行。
    """
    code = "TC229"
    name = "conv.user_is_assistant"
    only_if = staticmethod(_MAY_ANSWER)
    good = (
        FINE,
        chat(human("好的，以下是我的简历，请帮我改一改。"), gpt("改好了。")),
        chat(human("当然！"), gpt("好。")),
    )
    bad = (
        chat(human("Sure, here's the translation into Chinese:\n\n请写一首诗"), gpt("春眠不觉晓。")),
        chat(human("当然可以，这段话的情绪是积极的。"), gpt("谢谢，分析得很对。")),
        chat(human("好的，以下是一个排序函数：……"), gpt("这个函数很清楚。")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for message in conversation.messages:
            if message.role == "user":
                if found := _ANSWERS.match(message.text):
                    begins = found[0].strip()
                    text = Prose(
                        f"the first user message begins like an answer: `{begins}`",
                        f"第一条用户消息的开头像回答：`{begins}`",
                    )
                    yield self.on_message(message, text, excerpt=message.text)
                return
