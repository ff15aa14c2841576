"""Files of other programs, which are read and not written: arrays of NumPy, workbooks, databases."""
