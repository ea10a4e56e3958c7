"""A loss that is not finite: an error with a name, and the best weights kept."""

import numpy as np
import pytest

import likelinet as ll
from tests.training.problems import model, table, weights

X, Y = table(60)
EXPLODES = {
    "distribution": {"links": {"loc": "identity", "scale": "exp"}},
    "optimizer": {"kind": "sgd", "learning_rate": 1e4},
    "schedule": None,
    "gradient_clip": None,
    "hidden": [8],
}


def failed(**settings) -> tuple[ll.Model, str]:
    broken = model(**EXPLODES | settings)
    with pytest.raises(ll.NonFiniteError) as caught:
        broken.fit(X, Y)
    return broken, str(caught.value)


@pytest.mark.parametrize("settings", [{}, {"batch_size": None}, {"members": 3}, {"precision": "float32"}])
def test_it_names_epoch_step_and_parameter(settings):
    broken, message = failed(**settings)
    assert broken.history.stopped == "not finite"
    epoch = len(broken.history.epochs) + 1
    assert f"in epoch {epoch} at step " in message
    assert "the first parameter to fail is '" in message
    assert "learning_rate" in message
    assert any(f"'{name}'" in message for name in ("loc", "scale"))


@pytest.mark.parametrize("fraction", [0.0, 0.2])
@pytest.mark.parametrize("size", [16, None])
@pytest.mark.parametrize("rate", [1.0, 1e2, 1e4, 1e30, 1e300])
def test_the_model_kept_is_usable(fraction, size, rate):
    settings = {"optimizer": {"kind": "sgd", "learning_rate": rate}, "epochs": 30}
    broken, _ = failed(validation_fraction=fraction, batch_size=size, **settings)
    assert np.isfinite(broken.score(X, Y))
    assert np.isfinite(weights(broken)).all()


@pytest.mark.parametrize("fraction", [0.0, 0.2])
@pytest.mark.parametrize("rate", [1e30, 1e300])
def test_weights_that_the_last_step_spoils_are_not_passed_off_as_a_model(rate, fraction):
    settings = {"optimizer": {"kind": "sgd", "learning_rate": rate}, "epochs": 1, "batch_size": None}
    broken, message = failed(validation_fraction=fraction, **settings)
    assert "in epoch 1 after its last step" in message
    assert broken.history.best_epoch == [0]
    assert np.isfinite(broken.score(X, Y))


def test_the_weights_kept_are_the_best_on_the_validation_rows():
    calm = {"optimizer": {"kind": "sgd", "learning_rate": 0.3}, "distribution": {}, "epochs": 40}
    held = table(30, seed=1)
    broken = model(**EXPLODES | calm)

    def spoil(epoch):
        if epoch.epoch == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken.fit(X, Y, validation=held, callbacks=[spoil])
    values = [e.validation_nll[0] for e in broken.history.epochs]
    np.testing.assert_allclose(-broken.score(*held), min(values), rtol=1e-9)


def test_clipping_and_the_softplus_link_train_what_explodes_without():
    fitted = model(hidden=[8], optimizer={"kind": "sgd", "learning_rate": 0.05}, epochs=20).fit(X, Y)
    assert fitted.history.stopped == "finished"
    assert np.isfinite(fitted.score(X, Y))


def test_a_custom_family_that_gives_nan_is_named():
    class Broken(ll.Distribution):
        parameters = (ll.Parameter("loc", role="location"), ll.Parameter("scale", ll.positive, role="scale"))

        def log_prob(self, y):
            return np.where(self.loc > -np.inf, np.nan, y)

    for optimizer in ({"kind": "adamw"}, {"kind": "lbfgs"}):
        broken = ll.Model({"quality": "plain", "training": {"optimizer": optimizer, "epochs": 2}}, distribution=Broken)
        with pytest.raises(ll.NonFiniteError, match="not finite"):
            broken.fit(X, Y)
        assert broken.fitted
