"""Results as text and as JSON, for people and for programs."""
