"""Writes a tiny random Qwen3 with a tokenizer trained on given texts: `tiny_model.py --texts FILE --out DIR`.

Standalone: run by the trainer's interpreter, needs tokenizers, safetensors and numpy, and neither torch nor
transformers. FILE holds one JSON string per line. The same texts give the same files.

A plain random Qwen3 hardly learns with LoRA, because the embeddings, which would have to learn first, are frozen: the
loss went from 8.32 to 8.21 in 60 steps (vocabulary 4096, LLaMA-Factory 0.9.5). This one is initialised so that
there is something in reach of the adapters, as in a pretrained model, and the loss falls within 20 steps:

- `lm_head` is not tied to the embeddings. Its column 0 carries each token's log frequency in the texts, so a hidden
  state that points along dimension 0 predicts the unigram distribution.
- Nothing points there at the start: column 0 of the embeddings and row 0 of every projection that writes to the
  hidden state are zero. The first loss is that of a model that knows nothing, about ln(vocabulary).
- Dimension 1 of every embedding holds one constant, which normalisation hands to every adapter as a bias.
- The embeddings are small, so the little that an adapter adds in 20 steps counts after the last normalisation.

Everything after that is real training of a real model: nothing is faked in the forward pass or in the log.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

SEED = 20250101
HIDDEN, LAYERS, HEADS, KV_HEADS, HEAD_DIM, INTERMEDIATE = 64, 2, 4, 2, 16, 192
MAX_POSITION = 8192

# Qwen's published split pattern: https://huggingface.co/Qwen/Qwen3-0.6B/blob/main/tokenizer.json (2025-04).
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
# Not special, as in Qwen3: decoding with skip_special_tokens must keep them, or every call would be lost.
MARKERS = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>"]

CHAT_TEMPLATE = """\
{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{% endif %}
    {{- 'Tools, one JSON schema per line:\\n<tools>' }}
    {%- for tool in tools %}{{- '\\n' + (tool | tojson) }}{% endfor %}
    {{- '\\n</tools>\\nCall one as <tool_call>\\n{"name": ..., "arguments": {...}}\\n</tool_call><|im_end|>\\n' }}
{%- elif messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages if message.role != 'system' %}
    {%- if message.role == 'tool' %}
        {{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + (message.content or '') }}
        {%- for call in message.tool_calls or [] %}
            {%- set function = call.function or call %}
            {{- '\\n<tool_call>\\n{"name": ' + (function.name | tojson) + ', "arguments": ' }}
            {{- function.arguments if function.arguments is string else function.arguments | tojson }}
            {{- '}\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{% endif %}
"""


def read_texts(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def train_tokenizer(texts: Path, vocab: int) -> Tokenizer:
    """A byte-level BPE of at most `vocab` tokens, special ones and markers included."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    trainer = trainers.BpeTrainer(
        vocab_size=vocab - len(SPECIAL) - len(MARKERS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(read_texts(texts), trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    tokenizer.add_tokens([AddedToken(token, special=False, normalized=False) for token in MARKERS])
    return tokenizer


def log_frequencies(texts: Path, tokenizer: Tokenizer) -> np.ndarray:
    """The log frequency of every token in the texts, centred on 0; an unseen token counts as half a token."""
    counts: Counter[int] = Counter()
    for text in read_texts(texts):
        counts.update(tokenizer.encode(text).ids)
    # The chat template puts these around every message, and the texts hold the messages only.
    turns = max(1, sum(counts.values()) // 100)
    for token in ("<|im_start|>", "<|im_end|>"):
        counts[tokenizer.token_to_id(token)] += turns
    frequency = np.array([counts[i] or 0.5 for i in range(tokenizer.get_vocab_size())])
    logs = np.log(frequency / frequency.sum())
    return np.asarray(logs - logs.mean())


def tensors(rows: int, logs: np.ndarray) -> dict[str, np.ndarray]:
    """Qwen3's weights in float32 under the names of Hugging Face; `rows` is the vocabulary with padding."""
    random = np.random.default_rng(SEED)

    def normal(*shape: int, std: float) -> np.ndarray:
        return random.normal(0.0, std, shape).astype(np.float32)

    def writes_to_hidden(width: int) -> np.ndarray:
        weight = normal(HIDDEN, width, std=0.002)
        weight[:2] = 0.0
        return weight

    embeddings = normal(rows, HIDDEN, std=0.02)
    embeddings[:, 0], embeddings[:, 1] = 0.0, 0.04
    head = normal(rows, HIDDEN, std=0.02)
    head[:, 0] = 0.0
    head[: len(logs), 0] = logs / 4.0
    named = {"model.embed_tokens.weight": embeddings, "lm_head.weight": head, "model.norm.weight": ones(HIDDEN)}
    for layer in range(LAYERS):
        name = f"model.layers.{layer}."
        named |= {
            name + "input_layernorm.weight": ones(HIDDEN),
            name + "post_attention_layernorm.weight": ones(HIDDEN),
            name + "self_attn.q_proj.weight": normal(HEADS * HEAD_DIM, HIDDEN, std=0.1),
            name + "self_attn.k_proj.weight": normal(KV_HEADS * HEAD_DIM, HIDDEN, std=0.1),
            name + "self_attn.v_proj.weight": normal(KV_HEADS * HEAD_DIM, HIDDEN, std=0.1),
            name + "self_attn.o_proj.weight": writes_to_hidden(HEADS * HEAD_DIM),
            name + "self_attn.q_norm.weight": ones(HEAD_DIM),
            name + "self_attn.k_norm.weight": ones(HEAD_DIM),
            name + "mlp.gate_proj.weight": normal(INTERMEDIATE, HIDDEN, std=0.1),
            name + "mlp.up_proj.weight": normal(INTERMEDIATE, HIDDEN, std=0.1),
            name + "mlp.down_proj.weight": writes_to_hidden(INTERMEDIATE),
        }
    return named


def ones(size: int) -> np.ndarray:
    return np.ones(size, dtype=np.float32)


def config(rows: int, end: int, padding: int) -> dict[str, object]:
    return {
        "architectures": ["Qwen3ForCausalLM"],
        "model_type": "qwen3",
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": padding,
        "eos_token_id": end,
        "pad_token_id": padding,
        "head_dim": HEAD_DIM,
        "hidden_act": "silu",
        "hidden_size": HIDDEN,
        "initializer_range": 0.02,
        "intermediate_size": INTERMEDIATE,
        "max_position_embeddings": MAX_POSITION,
        "num_attention_heads": HEADS,
        "num_hidden_layers": LAYERS,
        "num_key_value_heads": KV_HEADS,
        "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0,
        "tie_word_embeddings": False,
        "torch_dtype": "float32",
        "use_cache": True,
        "vocab_size": rows,
    }


def tokenizer_config() -> dict[str, object]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "add_prefix_space": False,
        "bos_token": None,
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>",
        "errors": "replace",
        "model_max_length": MAX_POSITION,
        "pad_token": "<|endoftext|>",
        "unk_token": None,
    }


def write_json(path: Path, value: dict[str, object]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def build(texts: Path, out: Path, vocab: int) -> None:
    """Writes the model's folder."""
    tokenizer = train_tokenizer(texts, vocab)
    logs = log_frequencies(texts, tokenizer)
    rows = -(-len(logs) // 64) * 64
    end, padding = tokenizer.token_to_id("<|im_end|>"), tokenizer.token_to_id("<|endoftext|>")
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / "tokenizer.json"))
    save_file(tensors(rows, logs), str(out / "model.safetensors"), metadata={"format": "pt"})
    (out / "model.safetensors").chmod(0o644)  # safetensors writes it for its owner alone
    write_json(out / "config.json", config(rows, end, padding))
    write_json(
        out / "generation_config.json", {"do_sample": False, "eos_token_id": [end, padding], "pad_token_id": padding}
    )
    write_json(out / "tokenizer_config.json", tokenizer_config())
    (out / "chat_template.jinja").write_text(CHAT_TEMPLATE, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=Path, required=True, help="a file with one JSON string per line")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write")
    parser.add_argument("--vocab", type=int, default=4096, help="tokens in the vocabulary, at most")
    given = parser.parse_args()
    build(given.texts, given.out, given.vocab)


if __name__ == "__main__":
    main()
