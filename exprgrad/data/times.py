"""Dates, times and durations as numbers: read from texts, and counted in a unit."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray

from exprgrad.data import compute as pc
from exprgrad.data.read_options import TIME_UNITS

_NANOSECONDS = (1, 10**3, 10**6, 10**9, 60 * 10**9, 3600 * 10**9, 86400 * 10**9)
UNITS = dict(zip(TIME_UNITS, _NANOSECONDS, strict=True)) | dict(zip(TIME_UNITS.values(), _NANOSECONDS, strict=True))
"""How many nanoseconds a unit has, by either name."""

DATE, CLOCK = "a date", "a time of day"
"""Kinds of texts, as messages call them: a date may have a time of day."""

_CLOCK = r"\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?"
_ZONE = r"(Z|[+-]\d{2}(:?\d{2})?)$"
PATTERNS = {
    DATE: rf"^\d{{4}}-\d{{2}}-\d{{2}}([T ](\d{{2}}|{_CLOCK})(Z|[+-]\d{{2}}(:?\d{{2}})?)?)?$",
    CLOCK: rf"^{_CLOCK}$",
}
"""How the kinds are written (ISO 8601). What is written like this may still be none, as February 30 is not."""


def kind_of_text(text: str) -> str | None:
    """The kind of time that a text is written as, if it is."""
    return next((kind for kind, pattern in PATTERNS.items() if re.search(pattern, text.strip(" \t"))), None)


def from_texts(texts: pa.Array, kind: str) -> tuple[pa.Array, NDArray[np.bool_] | None]:
    """The times that texts are, null for null; a text without a zone is of UTC. Beside them which texts are none of the
    kind, if any."""
    texts = pc.ascii_trim(texts, " \t")
    good = pc.match_substring_regex(texts, PATTERNS[kind])
    if pc.all(good).as_py() is False:
        return None, _bad(good)
    texts = pc.replace_substring(texts, ",", ".")
    if kind == CLOCK:
        texts = pc.binary_join_element_wise("1970-01-01T", texts, "")
    # Nanoseconds end in the year 2262.
    unit = "ns" if pc.any(pc.match_substring_regex(texts, r"\.\d{7,}")).as_py() else "us"
    zoned = pc.match_substring_regex(texts, r"[T ].*" + _ZONE)
    try:
        if not pc.any(zoned).as_py():
            found = texts.cast(pa.timestamp(unit))
        else:
            with_zone = pc.if_else(zoned, texts, None).cast(pa.timestamp(unit, "UTC")).cast(pa.timestamp(unit))
            found = pc.coalesce(with_zone, pc.if_else(zoned, None, texts).cast(pa.timestamp(unit)))
    except pa.ArrowInvalid:
        return None, np.array([not _is_time(text) for text in texts.to_pylist()])
    return (found.cast(pa.time64(unit)) if kind == CLOCK else found), None


def _bad(good: pa.Array) -> NDArray[np.bool_]:
    return np.array([value is False for value in good.to_pylist()], np.bool_)


def _is_time(text: str | None) -> bool:
    """Whether a text, written as a time is, is one."""
    if text is None:
        return True
    for unit, zone in (("us", None), ("us", "UTC"), ("ns", None), ("ns", "UTC")):
        try:
            pa.array([text]).cast(pa.timestamp(unit, zone))
        except pa.ArrowInvalid:
            continue
        return True
    return False


def is_time(kind: pa.DataType) -> bool:
    """Whether values of a type are dates, times or durations."""
    return bool(pa.types.is_temporal(kind)) and not pa.types.is_interval(kind)


def since(array: pa.Array, unit: str) -> NDArray[np.float64]:
    """How many units there are from 1970-01-01 UTC to dates, from midnight to times of day, and in durations: the
    float64 next to the true number, nan for null."""
    kind = array.type
    counted = "s" if pa.types.is_date32(kind) else "ms" if pa.types.is_date64(kind) else kind.unit
    factor = 86400 if pa.types.is_date32(kind) else 1
    wide = array.cast(pa.int32()).cast(pa.int64()) if _is_narrow(kind) else array.cast(pa.int64())
    missing = np.asarray(array.is_null())
    count: NDArray[np.int64] = wide.fill_null(0).to_numpy(zero_copy_only=False) * np.int64(factor)
    found = _quotient(count, UNITS[counted], UNITS[unit])
    if array.null_count:
        found[missing] = np.nan
    return found


def _is_narrow(kind: Any) -> bool:
    return bool(pa.types.is_date32(kind) or pa.types.is_time32(kind))


def _quotient(count: NDArray[np.int64], own: int, unit: int) -> NDArray[np.float64]:
    """`count*own/unit`, rounded once: in the coarsest unit in which the counts are whole, they are exact floats."""
    for coarser in (1000, 1000, 1000):
        if own >= UNITS["s"] or (len(count) and (count % coarser).any()):
            break
        count, own = count // coarser, own * coarser
    if own >= unit:
        whole = own // unit
        return count.astype(np.float64) * whole if whole > 1 else count.astype(np.float64)
    parts = unit // own
    if not len(count) or max(int(count.max()), -int(count.min())) <= 1 << 53:
        return count.astype(np.float64) / parts
    rest: NDArray[np.float64] = (count // parts).astype(np.float64) + (count % parts).astype(np.float64) / parts
    return np.where(np.abs(count) <= 1 << 53, count.astype(np.float64) / parts, rest)
