"""From a program and bindings to the record of its value and derivatives."""
