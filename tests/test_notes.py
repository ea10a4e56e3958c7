"""The note of columns that are not used names the line of the user's that called."""

import warnings
from collections.abc import Callable
from contextvars import copy_context

import pandas as pd
import pytest

import likelinet as ll
from likelinet.core.notes import MOST_SAID, TargetNote, each_once, note, unnoted
from tests.small import quick, table

X, y = table()
FRAME = pd.DataFrame(X, columns=["a", "b"])
MORE = FRAME.assign(other=1.0)
MODEL = quick().fit(FRAME, y, progress=False)
CODER = ll.Model({"network": {"kind": "vae", "encoder": [4], "latent": 1, "decoder": [4]}, "training": {"epochs": 1}})
CODER.fit(FRAME, progress=False)

ASKED: dict[str, Callable[[], object]] = {
    "predict_dist": lambda: MODEL.predict_dist(MORE),
    "predict": lambda: MODEL.predict(MORE),
    "sample": lambda: MODEL.sample(MORE, seed=0),
    "score": lambda: MODEL.score(MORE, y),
    "evaluate": lambda: MODEL.evaluate(MORE, y),
    "fit with validation": lambda: quick().fit(FRAME, y, validation=(MORE, y), progress=False),
    "encode": lambda: CODER.encode(MORE),
    "reconstruct": lambda: CODER.reconstruct(MORE),
    "elbo": lambda: CODER.elbo(MORE, seed=0),
    "score of a code": lambda: CODER.score(MORE, FRAME),
    "evaluate of a code": lambda: CODER.evaluate(MORE, FRAME),
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_the_users_line_is_named(asked: Callable[[], object]):
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        asked()
    (note,) = notes
    assert str(note.message) == "Columns that the model does not use are ignored: other."
    assert (note.filename, note.lineno) == (__file__, asked.__code__.co_firstlineno)


def test_by_its_line_in_a_function():
    def mine() -> int:
        MODEL.sample(MORE, 2, seed=0)
        return mine.__code__.co_firstlineno + 1

    with pytest.warns(UserWarning, match="other") as notes:
        line = mine()
    assert [(n.filename, n.lineno) for n in notes] == [(__file__, line)]


def test_of_an_old_name_in_a_class_of_the_users():
    with pytest.warns(DeprecationWarning, match="Old: marginal is now called estimate") as notes:
        Old = type("Old", (ll.Distribution,), {"marginal": classmethod(lambda cls, y, weight: (y,))})
    assert [(n.filename, Old.estimate(1, 2)) for n in notes] == [(__file__, (1,))]


def test_of_a_model_that_goes_on():
    model = quick().fit(FRAME, y, progress=False)
    with pytest.warns(UserWarning, match="other") as notes:
        model.partial_fit(MORE, y)
    assert [n.filename for n in notes] == [__file__]


def test_what_is_unnoted_in_a_thread_is_noted_in_others():
    filters, contexts, within = [*warnings.filters], [copy_context(), copy_context()], [unnoted(), unnoted(TargetNote)]
    for context, one in zip(contexts, within, strict=True):
        context.run(one.__enter__)
    contexts[0].run(note, "unsaid")
    contexts[1].run(note, "unsaid", TargetNote)
    with pytest.warns(UserWarning, match="of another kind"):
        contexts[1].run(note, "of another kind")
    with pytest.warns(TargetNote, match="elsewhere"):
        note("elsewhere", TargetNote)
    for context, one in zip(contexts, within, strict=True):  # the first ends first, as the first thread may
        context.run(one.__exit__, None, None, None)
    assert warnings.filters == filters
    with pytest.warns(UserWarning, match="again"):
        contexts[0].run(note, "again")


def test_what_is_said_once_is_not_kept_for_ever():
    said: set[str] = set()
    for i in range(2 * MOST_SAID + 10):
        with pytest.warns(UserWarning, match=f"^{i}$"), each_once(said):
            note(f"{i}")
        assert len(said) <= MOST_SAID
