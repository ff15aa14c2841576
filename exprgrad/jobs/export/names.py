"""Names that are legal in a target: the user's own wherever they can stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from unicodedata import name as unicode_name
from unicodedata import normalize


class Names:
    """The names of one function, each given out once. `mapped` has the user's names that had to change."""

    def __init__(
        self,
        reserved: Iterable[str],
        *,
        ascii_only: bool = False,
        quote: Callable[[str], str] | None = None,
        key: Callable[[str], str] = str,
    ) -> None:
        """With `quote`, every name is legal as it writes it. Names with the same `key` count as one."""
        self._key = key
        self._taken = set(map(key, reserved))
        self._ascii = ascii_only
        self._quote = quote
        self.mapped: dict[str, str] = {}

    def user(self, name: str) -> str:
        """A legal name for one of the user's."""
        found = self.fresh(_ascii(name) if self._ascii else name if self._quote else normalize("NFKC", name))
        if found != name:
            self.mapped[name] = found
        return self._quote(found) if self._quote else found

    def users(self, names: Iterable[str]) -> dict[str, str]:
        """Legal names for several of the user's. A name that can stay is not taken by one that has to change."""
        wanted = list(names)
        given = {name: self.user(name) for name in sorted(wanted, key=lambda name: not name.isascii())}
        self.mapped = {name: self.mapped[name] for name in wanted if name in self.mapped}
        return {name: given[name] for name in wanted}

    def fresh(self, wanted: str) -> str:
        """A name that is not taken: this, or this with a number."""
        found, number = wanted, 2
        while self._key(found) in self._taken:
            found = f"{wanted}_" if number == 2 else f"{wanted}_{number - 1}"
            number += 1
        self._taken.add(self._key(found))
        return found

    def reserve(self, names: Iterable[str]) -> None:
        """Take names out of use."""
        self._taken.update(map(self._key, names))

    def numbered(self, stem: str, number: int) -> str:
        """A name such as t3."""
        return self.fresh(f"{stem}{number}")


def _ascii(name: str) -> str:
    """The name in ASCII letters: é becomes e, a Greek letter its English name, others their codes in hexadecimal.
    A name that begins with an underscore gets a v before it, as C reserves such names."""
    text = "".join(character if character.isascii() else _spelt(character) for character in name)
    return f"v{text}" if text.startswith("_") else text


def _spelt(character: str) -> str:
    words = unicode_name(character, "").split()
    if words[:1] == ["GREEK"] and "LETTER" in words:
        letter = words[words.index("LETTER") + 1]
        return letter.title() if "CAPITAL" in words else letter.lower()
    bare = normalize("NFKD", character).encode("ascii", "ignore").decode()
    return bare if bare.isalnum() else f"u{ord(character):04x}"
