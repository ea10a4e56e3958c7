"""Classes under the user's own names come back as they were given."""

import numpy as np
import pytest

import likelinet as ll

P = np.array([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]])
BY_NAME = ll.Labelled(ll.Categorical(probs=P), ["cat", "dog", "emu"])
BY_NUMBER = ll.Labelled(ll.Bernoulli(probs=[0.2, 0.9]), [-1, 7])


def test_strings():
    np.testing.assert_allclose(BY_NAME.log_prob(["dog", "cat"]), np.log([0.3, 0.7]), rtol=1e-14)
    np.testing.assert_allclose(BY_NAME.nll("emu"), -np.log([0.5, 0.1]), rtol=1e-14)
    assert BY_NAME.mode().tolist() == ["emu", "cat"]
    np.testing.assert_allclose(BY_NAME.probs, P, rtol=1e-14)
    np.testing.assert_allclose(BY_NAME.entropy(), -(P * np.log(P)).sum(-1), rtol=1e-14)
    draws = BY_NAME.sample(2000, rng=0)
    assert set(draws.ravel()) == {"cat", "dog", "emu"}
    assert (draws[:, 0] == "emu").mean() == pytest.approx(0.5, abs=0.05)


def test_numbers():
    np.testing.assert_allclose(BY_NUMBER.log_prob([7, -1]), np.log([0.2, 0.1]), rtol=1e-13)
    assert BY_NUMBER.mode().tolist() == [-1, 7]
    np.testing.assert_allclose(BY_NUMBER.probs, [[0.8, 0.2], [0.1, 0.9]], rtol=1e-14)
    assert set(BY_NUMBER.sample(100, rng=0).ravel()) == {-1, 7}


@pytest.mark.parametrize("unknown", ["ant", "cow", "yak", ""])
def test_an_unknown_label_has_no_probability(unknown):
    np.testing.assert_array_equal(BY_NAME.log_prob(unknown), [-np.inf, -np.inf])
    np.testing.assert_array_equal(BY_NUMBER.log_prob(0), [-np.inf, -np.inf])


def test_rows_and_kl_divergence():
    assert BY_NAME[1].mode() == "cat"
    assert BY_NAME[1:].log_prob("cat").shape == (1,)
    np.testing.assert_allclose(BY_NAME.kl_divergence(BY_NAME[::-1]), (P * np.log(P / P[::-1])).sum(-1), rtol=1e-13)
    with pytest.raises(ll.UndefinedError, match="same classes"):
        BY_NAME.kl_divergence(ll.Labelled(ll.Categorical(probs=P), ["a", "b", "c"]))


def test_many_rows_of_several_outputs_are_shown_in_a_line():
    logits = np.arange(400.0).reshape(50, 2, 4)
    assert repr(ll.Independent(ll.Categorical(logits))) == (
        "Independent(Categorical(logits=[[[  0. ...   3.] [  4. ...   7.]] ... [[392. ... 395.] [396. ... 399.]]]))"
    )


def test_probs_of_a_mixture_of_classes_are_those_of_the_classes():
    members = ll.OrderedLogistic(np.array([[0.5, -1.0], [2.0, 0.0]]), np.array([-1.0, 1.0]))
    w = np.array([0.25, 0.75])
    d = ll.Mixture(members, probs=np.broadcast_to(w, (2, 2)))
    want = np.einsum("k,nkc->nc", w, members.probs)
    np.testing.assert_allclose(d.probs, want, rtol=1e-12)
    labelled = d.labelled(np.array(["a", "b", "c"]))
    np.testing.assert_allclose(labelled.probs, want, rtol=1e-12)
    assert labelled.ordered
    assert labelled.mode().tolist() == np.array(["a", "b", "c"])[want.argmax(1)].tolist()
    np.testing.assert_allclose(ll.Mixture(ll.Gaussian([0.0, 1.0], 1.0), probs=w).probs, w, rtol=1e-14)


def test_the_rarer_of_two_classes_keeps_its_digits():
    d = ll.Bernoulli(logits=np.array([40.0, -40.0])).labelled(np.array(["no", "yes"]))
    np.testing.assert_allclose(d.probs.min(-1), np.full(2, 4.248354255291589e-18), rtol=1e-12)
