"""Results of inputs that have an uncertainty: how sure they are, and which input matters."""
