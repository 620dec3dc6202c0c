"""What LLaMA-Factory 0.9.5 would do with a row under a chat template, told without running it.

The package follows the trainer's own path: `convert` is data/converter.py, `render` is the template's encoding with the
formatters of data/formatter.py and data/tool_utils.py, `templates` is what data/template.py registers. `verdict` joins
them. A verdict is about one row among well-formed rows of its file: what keeps a whole file from loading (columns of
mixed types, damaged JSON) and what depends on token counts (`cutoff_len`) is not its subject.
"""
