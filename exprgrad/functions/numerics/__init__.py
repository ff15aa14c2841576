"""Careful algorithms on floats, for the values of functions that libm lacks or rounds badly."""
