"""Text that no tokenizer takes: half of a surrogate pair."""

from __future__ import annotations

from toolcall_data.prose import Prose
from toolcall_data.target.outcome import EndedError, Outcome, aborts

_REFUSED = "TextEncodeInput must be Union[TextInputSequence, Tuple[InputSequence, InputSequence]]"


def refuse_half_characters(text: str, at: str) -> None:
    """Does nothing where the text can be tokenised.

    Raises:
        EndedError: it holds half of a surrogate pair.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise EndedError(half_character(at)) from None


def half_character(at: str) -> Outcome:
    """What comes of a text that holds half of a surrogate pair."""
    return aborts(TypeError(_REFUSED), Prose("half of a surrogate pair", "半个代理对字符"), at)
