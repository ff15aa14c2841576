"""What is said of the parameters beside the rows: constraints, ties and priors."""
