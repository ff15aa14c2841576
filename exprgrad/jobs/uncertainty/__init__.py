"""How sure a result is: the uncertainty of an expression from those of its inputs, and the budget behind it."""
