"""What a `Model` itself is to scikit-learn."""

from sklearn.utils import InputTags, RegressorTags, Tags, TargetTags


def of_model(regressor: bool) -> Tags:
    """Return the tags of a model; `regressor` says that its predictions are known to be numbers.

    It is no classifier, which would have `predict_proba`: those are the estimators.
    """
    return Tags(
        estimator_type="regressor" if regressor else None,
        target_tags=TargetTags(required=False),
        regressor_tags=RegressorTags() if regressor else None,
        input_tags=InputTags(sparse=True, string=True, allow_nan=True),
    )
