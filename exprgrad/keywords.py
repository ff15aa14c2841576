"""Keywords of the Python API: what a wrong one most likely meant. Here are the words of other programs."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from exprgrad.errors import KeywordError
from exprgrad.text.spelling import nearest

_SAME = (
    "lr learning_rate step_size stepsize rate eta",
    "epochs epoch n_epochs num_epochs iterations n_iter max_iter maxiter niter steps num_steps max_iterations",
    "max_iterations max_nfev maxfev maxiter max_iter iterations n_iter epochs",
    "optimizer optimiser opt solver algorithm method",
    "method solver algorithm optimizer optimiser",
    "schedule scheduler lr_schedule lr_scheduler",
    "batch_size batch batchsize minibatch minibatch_size",
    "clip_norm clip grad_clip max_norm clipnorm gradient_clip",
    "l2 weight_decay ridge regularization decay",
    "tolerance tol ftol xtol gtol rtol eps",
    "patience early_stopping n_iter_no_change",
    "seed random_state rng random_seed",
    "parameters params param trainable wrt",
    "wrt params by variables variable with_respect_to",
    "fixed fix frozen constants",
    "fix fixed frozen constants",
    "bounds bound limits limit range",
    "absolute absolute_sigma sigma_is",
    "absolute_sigma absolute sigma_is",
    "sigma sigmas std stdev yerr dy err error errors",
    "weights weight w sample_weight",
    "robust loss robust_loss",
    "scale f_scale",
    "confidence level conf ci confidence_level",
    "observer callback callbacks verbose progress",
    "data df frame dataframe data_frame table dataset file files csv",
    "column rename names",
    "nulls null na dropna nan_policy missing",
    "missing na_values null_values nan_values",
    "delimiter sep separator delim",
    "skip_lines skiprows skip_rows skip_header skip",
    "header has_header header_row",
    "comment comments comment_prefix",
    "encoding charset codec",
    "sheet sheet_name worksheet table_name",
    "time times parse_dates dates unit",
    "query sql where",
    "derivative derivatives deriv deriv_order order",
    "order n degree",
    "points n num samples n_points number",
    "output out file filename path to save",
    "format kind type",
    "threads n_jobs workers num_threads jobs",
    "backend engine device",
    "digits precision decimals",
    "hessian hess",
    "memory max_memory",
    "name label title column_name",
)
"""Words of one meaning, here and in other programs: of those that a function has, the first is meant."""
_STARTS = ("p0", "x0", "start", "starts", "guess", "initial", "initial_guess", "init_params", "beta0", "theta0")


def unknown(
    function: str, name: str, known: Collection[str], variables: Iterable[str] = (), parameters: Iterable[str] = ()
) -> KeywordError:
    """The error of a keyword that a function does not have, in one line that says which one is meant. Keywords may be
    `variables` of an expression, too; `parameters` are those of them that could have a start."""
    names = list(variables)
    what = f"{function} has no keyword {name}"
    if name in _STARTS and (free := list(parameters)):
        return KeywordError(what, hint=f"starts are keywords of their own, as {free[0]}=1")
    guess = _synonym(name, known) or nearest(name, [*names, *known])
    if guess is not None:
        return KeywordError(what, hint=f"did you mean {guess}?")
    hint = f"it has {', '.join(list(known)[:_LISTED])}{', …' if len(known) > _LISTED else ''}"
    if names:
        hint = f"the variables of the expression are {', '.join(names[:_LISTED])}; {hint}"
    return KeywordError(what, hint=hint)


_LISTED = 12
"""How many names a message lists."""


def _synonym(name: str, known: Collection[str]) -> str | None:
    for line in _SAME:
        words = line.split()
        if name.lower() in words and (right := next((word for word in words if word in known), None)):
            return right
    return None
