"""One file a format of data: how its tables are read and written."""
