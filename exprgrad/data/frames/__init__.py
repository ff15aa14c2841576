"""Tables that are in memory already: data frames of any library, dicts of columns, arrays. The home of narwhals."""
