"""What other programs call our options and keywords."""

from __future__ import annotations

OPTIONS = {
    "learning-rate learningrate rate step-size stepsize eta alpha": "lr",
    "epoch iterations iters iter steps n-iter niter max-iter maxiter max-epochs max-steps n-epochs num-epochs "
    "num-steps": "epochs max-iterations",
    "max-nfev maxfev epochs": "max-iterations",
    "to output-format out-format fmt language lang target type kind": "format",
    "out outfile out-file output-file save write dest file filename path": "output",
    "columns": "add",
    "sigma-is absolute-sigma": "absolute",
    "input infile in data-file dataset table csv-file csv tsv parquet file file-name filename source df frame "
    "dataframe data-frame files": "data",
    "accumulate": "accumulate-gradients",
    "parameters parameter param trainable train free vary wrt": "params",
    "by respect-to with-respect-to wrt-to variable variables var vars derivative derivatives gradients params": "wrt",
    "derivative derivatives deriv deriv-order degree nth n": "order",
    "precision decimals significant round": "digits",
    "bounds limits limit constraint range": "bound",
    "fixed hold frozen freeze constants": "fix",
    "optimiser opt algorithm algo solver method": "optimizer method",
    "optimizer": "method",
    "scheduler lr-schedule lr-scheduler": "schedule",
    "silent no-notes": "quiet",
    "samples resolution n num num-points n-points number": "points",
    "errors error yerr err uncertainty std stddev stdev sigmas dy": "sigma",
    "weight w sample-weight": "weights",
    "batch batchsize minibatch minibatch-size": "batch-size",
    "clip grad-clip max-norm clipnorm gradient-clip": "clip-norm",
    "weight-decay ridge regularization decay": "l2",
    "random-state random-seed rng": "seed",
    "jobs n-jobs cores parallel workers num-threads": "threads",
    "device engine": "backend",
    "loss robust-loss": "robust",
    "f-scale": "scale",
    "bootstrap n-boot nboot replicates": "resamples",
    "interval-method ci-method": "intervals",
    "family distribution dist": "likelihood",
    "n-trials ntrials size": "trials",
    "level conf ci confidence-level": "confidence",
    "second hess": "hessian",
    "tol eps rtol xtol ftol gtol": "tolerance",
    "early-stopping n-iter-no-change": "patience",
    "callback callbacks verbose progress": "observer",
    "bindings params-file vars-file values": "bind",
    "na null dropna nan-policy missing": "nulls",
    "na-values null-values nan-values": "missing",
    "rename": "column",
    "sep separator delim": "delimiter",
    "skiprows skip-rows skip-header skip": "skip-lines",
    "has-header header-row": "header",
    "comments comment-prefix": "comment",
    "charset codec": "encoding",
    "sheet-name worksheet table-name": "sheet",
    "times parse-dates dates unit": "time",
    "sql where": "query",
    "max-memory": "memory",
    "label title column-name": "name",
}
"""Names of options elsewhere, and ours: of these the first one that a command has."""

STARTS = "p0 x0 start starts guess initial initial-guess init-params beta0 theta0"
"""Names elsewhere of an option with the starts of all parameters: here each start is an option of its own."""


def elsewhere(name: str) -> list[str]:
    """Our options for one of other programs, the likeliest first."""
    return [ours for words, row in OPTIONS.items() if name in words.split() for ours in row.split()]
