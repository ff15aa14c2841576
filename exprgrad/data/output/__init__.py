"""Where output goes: whole or not at all."""
