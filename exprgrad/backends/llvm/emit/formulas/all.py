"""All vector formulas, by name. A name that is no function of the table is for other formulas and writers only."""

from __future__ import annotations

from exprgrad.backends.llvm.emit.formulas import activations, exponentials, normal, powers

FORMULAS = {**exponentials.FORMULAS, **activations.FORMULAS, **normal.FORMULAS, **powers.FORMULAS}
