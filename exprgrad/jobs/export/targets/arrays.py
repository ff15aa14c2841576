"""Export to NumPy, JAX and PyTorch: the same function on arrays."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from string import Template

from exprgrad.jobs.export.emitter import Bring, Emitter, signed
from exprgrad.jobs.export.second.watched import ROOM
from exprgrad.jobs.export.sources import Sources
from exprgrad.jobs.export.target import Own, Written
from exprgrad.jobs.export.targets.python import PythonSource, derivative_lines
from exprgrad.jobs.export.texts import ARITHMETIC, COMPARISONS, Dialect, Helper, Operator, Text, call, calls

_NATIVE = (
    "abs sqrt exp exp2 expm1 log log2 log10 log1p sin cos tan sinh cosh tanh floor ceil trunc"
    " asin=arcsin acos=arccos atan=arctan asinh=arcsinh acosh=arccosh atanh=arctanh"
)
_NATIVE_2 = "hypot atan2=arctan2 copysign fmod max=maximum min=minimum logaddexp"


def _dialect(module: str, more: Mapping[str, Operator], wrap: Operator | None = None) -> Dialect:
    def number(value: float) -> Text:
        if value != value:
            return Text(f"{module}.nan")
        if abs(value) == inf:
            return signed(f"{module}.inf" if value > 0 else f"-{module}.inf")
        return signed(repr(value))

    return Dialect(
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


def _scans(cumsum: str, cumsum_back: str, row_number: str) -> dict[str, Own]:
    """The scans of a column x of rows, each from its formula; a number is a column of one row."""
    sources = {"cumsum": (cumsum, "x"), "cumsum_back": (cumsum_back, "x"), "row_number": (row_number, "1.0")}
    return {
        function: Own(function, Template(f"def $name(x):\n    return {rows} if x.ndim else {number}"))
        for function, (rows, number) in sources.items()
    }


_IN_ORDER = "row_in_order"
_ROW_IN_ORDER = f"""def {_IN_ORDER}(x, q, further):
    rows = np.sort(x, axis=None)
    last = np.size(rows) - 1
    place = np.clip(np.floor(np.nan_to_num(q)*last), 0, max(last - 1, 0))
    row = rows[np.minimum(place + further, last).astype(int)]
    return np.where((q >= 0) & (q <= 1) & ~np.isnan(rows[-1]), row, np.nan)"""
_ROWS_IN_ORDER = {
    "quantile_from": Operator(f"{_IN_ORDER}({{0}}, {{1}}, 0)", uses=(_IN_ORDER,)),
    "median": call("np.median"),
    "quantile": call("np.quantile", 2),
    "quantile_to": Operator(f"{_IN_ORDER}({{0}}, {{1}}, 1)", uses=(_IN_ORDER,)),
}


_LEAVES_RANGE = """def $name(values, products):
    \"\"\"Whether a product of two of these numbers may leave the range of floats.\"\"\"
    sizes = [*map(np.abs, values), *(np.where(size == 0, 1.0, size) for size in map(np.abs, products))]
    return any(np.any(~((size > 2.0**-$room) & (size < 2.0**$room))) for size in sizes)"""
_KEPT = """def $name(found, lost):
    \"\"\"Derivatives, nan where they lost digits.\"\"\"
    if isinstance(found, dict):
        return {name: $name(found[name], lost[name]) for name in found}
    if isinstance(found, tuple):
        return tuple($name(one, other) for one, other in zip(found, lost, strict=True))
    return np.where((np.asarray(lost) != 0) & np.isfinite(found), np.nan, found)"""


class NumPy(PythonSource):
    """A function of arrays that broadcast."""

    dialect = _dialect("np", {**_numpy_like("np"), **_ROWS_IN_ORDER})
    has_all = True
    columns = True
    own = _scans("np.cumsum(x)", "np.cumsum(x[::-1])[::-1]", "np.arange(1.0, x.size + 1.0)")
    reserved = PythonSource.reserved | {"np", _IN_ORDER}
    doc = "Takes numbers and NumPy arrays, which broadcast."
    imports = (("math", "import math\n"), ("", "import numpy as np"))
    decorator = '@np.errstate(all="ignore")\n'
    marks = True

    def look_again(self, written: Written, derivatives: str) -> tuple[list[Helper], list[str]]:
        again = written.again
        assert again is not None
        values, products = written.looked_at(written.emission)
        given = ", ".join(written.inputs.values())
        leaves, kept = written.names.fresh("leaves_range"), written.names.fresh("kept")
        helpers = [source.replace("$name", name) for source, name in ((_LEAVES_RANGE, leaves), (_KEPT, kept))]
        head = [
            f"def {again.name}({given}):",
            '"""Which derivatives lost digits, as a number left the range of floats."""',
        ]
        named = [f"{line.name} = {line.value.text}" for line in again.emission.lines]
        found = f"({derivatives})" if "," in derivatives else derivatives
        body = [*head, *named, *derivative_lines(written, again.emission), f"return {derivatives}"]
        lines = [f"if {leaves}([{', '.join(values)}], [{', '.join([*products, *written.sources()])}]):"]
        lines.append(f"    {derivatives} = {kept}({found}, {again.name}({given}))")
        return [*(Helper(source.replace("$room", str(ROOM))) for source in helpers), Helper("\n    ".join(body))], lines

    def assemble(self, written: Written) -> str:
        if _IN_ORDER in written.uses:
            written = written._replace(helpers=[Helper(_ROW_IN_ORDER), *written.helpers])
        return super().assemble(written)

    def translator(self) -> Bring:
        sources = Sources()

        def bring(emitter: Emitter, function: str) -> str | None:
            """The interpreter's source, called for one number at a time, where there is no short formula."""
            if self.formula(function) is not None:
                return None
            name = sources(emitter, function) or f"math.{function}"
            symbol = emitter.names.fresh(f"{function}s")
            text = f"{symbol} = np.vectorize({name}, otypes=[float])"
            emitter.helpers.append(Helper(text, frozenset(["math"]), is_line=True))
            return symbol

        return bring

    def prepared(self, written: Written) -> list[str]:
        return [f"{name} = np.asarray({name}, dtype=float)" for name in written.inputs.values()]


class Jax(PythonSource):
    """A function that `jax.jit` and `jax.vmap` take."""

    columns = True
    own = _scans("jnp.cumsum(x)", "jnp.cumsum(x[::-1])[::-1]", "jnp.arange(1.0, x.size + 1.0)")
    dialect = _dialect(
        "jnp",
        {
            **_numpy_like("jnp"),
            **calls("erf erfc gamma lgamma=gammaln digamma", "special.", uses=("special",)),
            "polygamma": Operator("special.polygamma(int({0}), {1})", uses=("special",)),
        },
    )
    reserved = PythonSource.reserved | {"jax", "jnp", "special"}
    doc = 'Takes arrays, also inside jax.jit. For binary64: jax.config.update("jax_enable_x64", True) before.'
    imports = (("", "import jax.numpy as jnp"), ("special", "from jax.scipy import special"))

    def prepared(self, written: Written) -> list[str]:
        return [f"{name} = jnp.asarray({name}, dtype=float)" for name in written.inputs.values()]


class Torch(PythonSource):
    """A function of tensors."""

    columns = True
    own = _scans(
        "torch.cumsum(x, 0)",
        "torch.cumsum(x.flip(0), 0).flip(0)",
        "torch.arange(1.0, x.numel() + 1.0, dtype=torch.float64)",
    )
    dialect = _dialect(
        "torch",
        {
            **calls("erf erfc lgamma=gammaln digamma", "torch.special."),
            **calls("sum prod largest=max smallest=min count=numel mean round", "torch."),
            **calls("mod=remainder pow", "torch.", 2),
        },
        wrap=Operator("number({0})", uses=("number",)),
    )._replace(as_number=Operator("torch.where({0}, number(1.0), number(0.0))", uses=("number",)))
    reserved = PythonSource.reserved | {"torch", "number"}
    doc = "Takes numbers and tensors, which broadcast; computes in float64. The gradient needs no autograd."
    imports = (("", "import torch"),)

    def prepared(self, written: Written) -> list[str]:
        return [f"{name} = torch.as_tensor({name}, dtype=torch.float64)" for name in written.inputs.values()]

    def assemble(self, written: Written) -> str:
        if "number" in written.uses:
            number = Helper("def number(x):\n    return torch.tensor(x, dtype=torch.float64)")
            written = written._replace(helpers=[number, *written.helpers])
        return super().assemble(written)
