"""The second look of exported code: derivatives computed again where a number left the range of floats on the way."""
