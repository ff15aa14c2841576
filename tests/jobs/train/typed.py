"""What a type checker knows of the keywords: mypy reads this (tests/test_style.py), and nothing runs it.

A comment that ignores an error is itself an error of `mypy --strict` where there is nothing to ignore.
"""

import exprgrad

exprgrad.train("w^2", {"w": 1.0}, ["w"], epochs=3, l2=0.5)
exprgrad.train("w^2", w=1.0, parameters=["w"], epochs=3)
exprgrad.parse("w^2").train({"w": 1.0}, ["w"], epoch=3)  # type: ignore[call-arg]
exprgrad.parse("w^2").train({"w": 1.0}, ["w"], epochs="3")  # type: ignore[arg-type]
