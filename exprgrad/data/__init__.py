"""Tables of numbers in files and pipes: read as columns in batches, and written.

The only home of pyarrow. `table.open_table` reads, `writer.open_writer` writes; CSV, NDJSON, Parquet
and Arrow IPC, the first two also compressed. What needs no package: `target`, where any output goes; `whole`, files
that are whole or not there; `bounded`, texts that are read whole.
"""
