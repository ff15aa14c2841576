"""Tables of numbers in files and pipes: read as columns in batches, and written.

The only home of pyarrow. `table.open_table` reads, `writer.open_writer` writes; CSV, NDJSON, Parquet
and Arrow IPC, the first two also compressed. What needs no package: `target`, where any output goes; `whole`, files
that are whole or not there; `bounded`, texts that are read whole.
"""

import os
import resource

if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
    # pyarrow's allocator, if this is the first that it hears, takes a gigabyte of addresses at once: of a limit
    # (ulimit -v), little may remain.
    os.environ.setdefault("MIMALLOC_ARENA_RESERVE", "64MiB")
