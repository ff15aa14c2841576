"""Tables of numbers in files, pipes and at URLs: read as columns in batches, and written.

The only home of pyarrow. `table.open_table` reads, `output.writer.open_writer` writes. The rooms:

- `stores`: bytes, from files, pipes, web servers and buckets, decompressed;
- `text`: where the rows of a text begin and end;
- `formats`: bytes to rows and back, one file a format, all of them in `formats.registry`;
- `parts`: a table divided into what workers read apart;
- `output`: files that appear when they are whole.

What needs no package: `output.target`, where any output goes; `stores.bounded`, texts that are read whole; the list of
formats.
"""

import os
import resource

if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
    # pyarrow's allocator, if this is the first that it hears, takes a gigabyte of addresses at once: of a limit
    # (ulimit -v), little may remain.
    os.environ.setdefault("MIMALLOC_ARENA_RESERVE", "64MiB")
