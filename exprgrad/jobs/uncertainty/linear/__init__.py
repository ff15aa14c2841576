"""The law of propagation: to first order, as the GUM has it."""
