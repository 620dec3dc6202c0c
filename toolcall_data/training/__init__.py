"""Running LLaMA-Factory: finding it, checking its options, starting it, following it, reading its failures."""
