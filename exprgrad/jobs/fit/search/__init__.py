"""Where the descents of a fit start: from what is given, or from what the data say of each kind of parameter."""
