"""How findings are written: one shape a file."""
