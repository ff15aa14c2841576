"""numexpr: the value alone, as it has no derivatives; the mean is NumPy's."""

from __future__ import annotations

from importlib import import_module

from benchmarks.peers import Kernel
from benchmarks.workloads import Columns, Workload, random_tree

TEXTS = {
    "logistic": "log1p(exp(-y*(w1*x1+w2*x2+b)))",
    "polynomial": "(c0+x*(c1+x*(c2+x*(c3+x*(c4+x*c5))))-abs(x))**2",
    "gauss": "(b1*exp(-b2*x)+b3*exp(-((x-b4)/b5)**2)+b6*exp(-((x-b7)/b8)**2)-y)**2",
    "network": "(where(x1*w1>0,x1*w1,0)+x2*w2/(1+exp(-1.5957691216057308*x2*w2*(1+0.044715*(x2*w2)**2)))-y)**2",
    "random": str(random_tree()),
}


def version() -> str:
    return f"numexpr {import_module('numexpr').__version__}"


def load(workload: Workload, columns: Columns, threads: int) -> Kernel:
    import numpy

    numexpr = import_module("numexpr")
    numexpr.set_num_threads(threads)
    bindings = {**columns, **workload.parameters}
    out = numpy.empty_like(next(iter(columns.values())))

    def value() -> float:
        numexpr.evaluate(TEXTS[workload.name], local_dict=bindings, out=out)
        return float(out.mean())

    return Kernel(value, None)
