"""Records as rows and as documents, one file a kind, named after it.

Each has `sheets` (the first is what CSV has), `document` and `lines` for JSON, and where tables for people differ from
the sheets, `tables`."""
