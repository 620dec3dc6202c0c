"""JSON Schema of tools: normalising what datasets write for it, and judging arguments against it."""
