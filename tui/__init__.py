"""The sample browser: a Textual app over the rows of `toolcall_data.sources.row_store`."""
