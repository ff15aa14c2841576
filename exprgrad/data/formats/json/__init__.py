"""Tables as JSON: an object a line (NDJSON), or a document; and what of JSON is read or explained line by line."""
