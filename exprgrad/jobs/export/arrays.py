"""Export to NumPy, JAX and PyTorch: the same function on arrays."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from types import FunctionType

from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.export.emitter import Emitter, signed
from exprgrad.jobs.export.python import Python, Sources
from exprgrad.jobs.export.target import Translation, Written
from exprgrad.jobs.export.texts import ARITHMETIC, COMPARISONS, Dialect, Operator, Text, call, calls

_NATIVE = (
    "abs sqrt exp exp2 expm1 log log2 log10 log1p sin cos tan sinh cosh tanh floor ceil trunc"
    " asin=arcsin acos=arccos atan=arctan asinh=arcsinh acosh=arccosh atanh=arctanh"
)
_NATIVE_2 = "hypot atan2=arctan2 copysign max=maximum min=minimum logaddexp"
_SCALAR = ("erf", "erfc", "gamma", "lgamma", "digamma", "polygamma", "spherical_bessel")
"""What NumPy lacks, and has no short formula: the interpreter's sources, a number at a time."""


def _dialect(name: str, module: str, more: Mapping[str, Operator], wrap: str = "") -> Dialect:
    def number(value: float) -> Text:
        if value != value:
            return Text(f"{module}.nan")
        if abs(value) == inf:
            return signed(f"{module}.inf" if value > 0 else f"-{module}.inf")
        return signed(repr(value))

    return Dialect(
        name=name,
        operators={
            **ARITHMETIC,
            **COMPARISONS,
            **calls(_NATIVE, f"{module}."),
            **calls(_NATIVE_2, f"{module}.", 2),
            "and": call(f"{module}.logical_and", 2)._replace(truths=(0, 1), truth=True),
            "or": call(f"{module}.logical_or", 2)._replace(truths=(0, 1), truth=True),
            "not": call(f"{module}.logical_not")._replace(truths=(0,), truth=True),
            "where": call(f"{module}.where", 3)._replace(truths=(0,)),
            **more,
        },
        number=number,
        as_truth=Operator("{0} != 0.0", 5, (6,), True),
        as_number=Operator(f"{module}.where({{0}}, 1.0, 0.0)"),
        wrap=wrap,
    )


def _numpy_like(module: str) -> dict[str, Operator]:
    return {
        **calls("sum prod largest=max smallest=min count=size mean round cbrt sign", f"{module}."),
        **calls("mod pow=power", f"{module}.", 2),
        "var": Operator(f"{module}.var({{0}}, ddof={{1}})"),
    }


class Arrays(Python):
    """What the three have in common."""

    columns = True

    def translator(self) -> Translation:
        return lambda emitter, function: None


class NumPy(Arrays):
    """A function of arrays that broadcast."""

    dialect = _dialect("numpy", "np", _numpy_like("np"))
    reserved = Python.reserved | {"np"}
    doc = "Takes numbers and NumPy arrays, which broadcast."
    imports = "import numpy as np"
    decorator = '@np.errstate(all="ignore")\n'

    def translator(self) -> Translation:
        sources = Sources()

        def bring(emitter: Emitter, function: str) -> str | None:
            if function not in _SCALAR:
                return None
            value = FUNCTIONS[function].value
            scalar = (
                sources.function(emitter, value, function) if isinstance(value, FunctionType) else f"math.{function}"
            )
            symbol = emitter.names.fresh(f"{function}s")
            emitter.helpers.append(f"{symbol} = np.vectorize({scalar}, otypes=[float])")
            return symbol

        return bring

    def prepared(self, written: Written) -> list[str]:
        return [f"{name} = np.asarray({name}, dtype=float)" for name in written.inputs.values()]

    def assemble(self, written: Written) -> str:
        text = super().assemble(written)
        return text.replace(self.imports, f"import math\n\n{self.imports}", 1) if "math." in text else text


class Jax(Arrays):
    """A function that `jax.jit` and `jax.vmap` take."""

    dialect = _dialect(
        "jax",
        "jnp",
        {
            **_numpy_like("jnp"),
            **calls("erf erfc gamma lgamma=gammaln digamma", "special."),
            "polygamma": Operator("special.polygamma(int({0}), {1})"),
        },
    )
    reserved = Python.reserved | {"jax", "jnp", "special"}
    doc = 'Takes arrays, also inside jax.jit. For binary64: jax.config.update("jax_enable_x64", True) before.'
    imports = "import jax.numpy as jnp\nfrom jax.scipy import special"

    def prepared(self, written: Written) -> list[str]:
        return [f"{name} = jnp.asarray({name}, dtype=float)" for name in written.inputs.values()]

    def assemble(self, written: Written) -> str:
        text = super().assemble(written)
        return text if "special." in text else text.replace("\nfrom jax.scipy import special", "", 1)


class Torch(Arrays):
    """A function of tensors."""

    dialect = _dialect(
        "torch",
        "torch",
        {
            **calls("erf erfc lgamma=gammaln digamma", "torch.special."),
            **calls("sum prod largest=max smallest=min count=numel mean round", "torch."),
            **calls("mod=remainder pow", "torch.", 2),
        },
        wrap="number({0})",
    )._replace(as_number=Operator("torch.where({0}, number(1.0), number(0.0))"))
    reserved = Python.reserved | {"torch", "number"}
    doc = "Takes numbers and tensors, which broadcast; computes in float64. The gradient needs no autograd."
    imports = "import torch"
    wrapper = "def number(x):\n    return torch.tensor(x, dtype=torch.float64)"

    def prepared(self, written: Written) -> list[str]:
        return [f"{name} = torch.as_tensor({name}, dtype=torch.float64)" for name in written.inputs.values()]

    def assemble(self, written: Written) -> str:
        texts = [line.value for line in written.emission.lines] + [*written.emission.outputs.values()]
        wrapped = any("number(" in text for text in [*written.helpers, *(text.text for text in texts)])
        helpers = [self.wrapper, *written.helpers] if wrapped else written.helpers
        return super().assemble(written._replace(helpers=helpers))
