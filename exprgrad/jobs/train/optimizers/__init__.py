"""The optimizers, one row of a table each, and the schedules of the learning rate."""
