"""tcdata: check, curate, mix and train tool-calling data."""
