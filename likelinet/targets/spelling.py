"""Labels of classes that new rows spell otherwise than those of training: in another case, or Y for yes."""

import numpy as np

from likelinet.core.notes import note
from likelinet.core.wording import listed
from likelinet.tables.cells import BOOLS, spellings
from likelinet.tables.kinds.boolean import VALUES
from likelinet.targets.target import Naming


def in_spelling(y: np.ndarray, known: np.ndarray, naming: Naming) -> tuple[np.ndarray, np.ndarray]:
    """Return labels in the spelling of the known ones, as far as that is plain, and these as text.

    Parameters
    ----------
    y : ndarray of str
        Labels.
    known : ndarray
        Those of training, text or not.
    naming : Naming
        How the note speaks of y.
    """
    words = known.astype(str)
    if np.isin(y, words).all():
        return y, words
    labels, places = np.unique(y, return_inverse=True)
    meant = {label: label if label in words else meant_by(label, words.tolist()) for label in labels.tolist()}
    spelled = np.array([label if word is None else word for label, word in meant.items()])
    bools = known.dtype.kind == "b"  # which a file writes in any case
    other = {a: b for a, b in meant.items() if b not in (None, a) and not (bools and a.lower() in BOOLS)}
    if other:
        each = listed([f"'{label}' as '{word}'" for label, word in other.items()])
        note(f"{naming.what} spells classes otherwise than training did; they are read as those: {each}.")
    return spelled[places].reshape(y.shape), words


def meant_by(label: str, known: list[str]) -> str | None:
    """Return the one of the known labels that is the same in another case, with .0, or another word for yes; else None.

    Examples
    --------
    >>> meant_by("RED", ["blue", "red"]), meant_by("Y", ["no", "yes"]), meant_by("Y", ["no", "yes", "?"])
    ('red', 'yes', None)
    >>> meant_by("2.0", ["1", "2"]), meant_by("1.0", ["no", "yes"])
    ('2', 'yes')
    """
    ways = {way.casefold() for way in spellings(label.strip())}
    alike = [word for word in known if word.strip().casefold() in ways]
    if not alike and len(known) == 2:
        value = next((VALUES[way] for way in ways if way in VALUES), None)
        values = [VALUES.get(word.strip().lower()) for word in known]
        alike = [word for word, own in zip(known, values, strict=True) if own == value] if None not in values else []
    return alike[0] if len(alike) == 1 else None
