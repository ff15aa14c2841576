"""Where the numbers of the documents were seen."""

from __future__ import annotations

NOWHERE = "—"

SEEN = {
    "GTC": "documentation and tests of GTC 1.5.1, of the Measurement Standards Laboratory of New Zealand",
    "Suncal": "examples and tests of Suncal 1.7, of Sandia National Laboratories",
    "propagate": "the R package propagate 1.1-0 has the counts of table H.7, from which all is computed; the printed "
    "rates are from memory",
    "GOST": "the Russian edition of the GUM, page 106",
    "Fullseye": "tests of Fullseye 0.2.3, which name the printed numbers",
    "DB48x": "the manual of DB48x, which works through clause 9 of JCGM 101",
    "guide": "the guide's own pages, measurementuncertainty.org",
    "course": "a course on uncertainty that works through the guide, and says where it agrees",
    "paper": "an article that quotes them, and the tests of a public program",
    NOWHERE: "no copy could be had: from memory, still to be compared with the document",
}


def listed(used: set[str]) -> str:
    """What the keys of a table mean, as a list of Markdown."""
    return "\n".join(f"- {key}: {meaning}." for key, meaning in SEEN.items() if key in used)
