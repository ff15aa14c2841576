"""What a table of data holds: its columns, their types, extremes and missing values, and its first rows."""
