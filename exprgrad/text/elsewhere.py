"""What other programs call our options and keywords, and what a wrong keyword most likely meant."""

from __future__ import annotations

from collections.abc import Iterable

from exprgrad.text.spelling import did_you_mean

OPTIONS = {
    "learning-rate learningrate rate step-size stepsize eta alpha": "lr",
    "iterations iters iter steps n-iter niter max-iter maxiter max-epochs max-steps n-epochs num-epochs": (
        "epochs max-iterations"
    ),
    "epochs": "max-iterations",
    "to output-format out-format fmt language lang target type": "format",
    "out outfile out-file output-file save write dest": "output",
    "columns": "add",
    "sigma-is absolute-sigma": "absolute",
    "input infile in data-file dataset table csv-file csv tsv parquet file-name filename source": "data",
    "accumulate": "accumulate-gradients",
    "parameters parameter param trainable train free vary": "params",
    "by respect-to with-respect-to wrt-to variable variables var vars derivative derivatives gradients": "wrt",
    "precision decimals significant round": "digits",
    "bounds limits limit constraint": "bound",
    "fixed hold frozen freeze": "fix",
    "optimiser opt algorithm algo solver": "optimizer method",
    "silent no-notes": "quiet",
    "samples resolution n num num-points": "points",
    "errors error yerr err uncertainty std stddev": "sigma",
    "batch batchsize minibatch": "batch-size",
    "random-state random-seed rng": "seed",
    "jobs n-jobs cores parallel workers": "threads",
    "device engine": "backend",
    "loss": "robust",
    "degree nth": "order",
    "second hess": "hessian",
    "tol eps rtol xtol ftol": "tolerance",
    "early-stopping": "patience",
    "bindings params-file vars-file values": "bind",
    "na missing": "nulls",
}
"""Names of options elsewhere, and ours: of these the first one that a command has."""


def elsewhere(name: str) -> list[str]:
    """Our options for one of other programs, the likeliest first."""
    return [ours for words, row in OPTIONS.items() if name in words.split() for ours in row.split()]


def keyword_hint(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint for a keyword of Python that is not `known`: the one that is meant by another name, or is spelt almost
    so."""
    names = list(known)
    for ours in elsewhere(name.lower().replace("_", "-")):
        if (keyword := ours.replace("-", "_")) in names:
            return f"write {keyword}="
    return did_you_mean(name, names, otherwise)
