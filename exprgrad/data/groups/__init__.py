"""Groups of rows: which group each row belongs to, and the rows of a table put together group by group."""
