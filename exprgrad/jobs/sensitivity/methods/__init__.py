"""The methods: which rows are computed, and what measures come of their sums."""
