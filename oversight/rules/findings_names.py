"""Whether somebody who works at a school may be family of a pupil, by the surname."""

from __future__ import annotations

from students import names


def _surnames(words: list[str]) -> set[str]:
    bare = {word.replace("'", "") for word in words if word not in names.PREFIXES}
    return {word for word in bare if len(word) > 1}


def is_namesake(whole_name: str, surname: str) -> bool:
    """Whether a colleague's name, as one text, holds a pupil's surname or a part of it.

    Accents, capitals and tussenvoegsels do not count; a first name alone is no surname. Of a
    double surname one half is enough: children carry either.
    """
    spoken = names.words(whole_name)
    of_colleague = _surnames(spoken[1:] if len(spoken) > 1 else spoken)
    return bool(of_colleague & _surnames(names.words(surname)))
