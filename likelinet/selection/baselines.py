"""What a model has to be better than: the same family without hidden layers or codes of numbers, and without inputs."""

from likelinet.config import LBFGSConfig, LinearConfig, MLPConfig, ModelConfig, TrainingConfig


def baselines(config: ModelConfig) -> dict[str, ModelConfig]:
    """Return the configs of the simpler models, by name; none for a network through a code, which sees y.

    They are trained by L-BFGS, whatever the config says of minibatches and epochs, so that none is worse than it could
    be; the linear one keeps the weights that are best on validation rows.

    Examples
    --------
    >>> import likelinet as ll
    >>> list(baselines(ll.ModelConfig()))
    ['linear', 'intercept-only']
    """
    network, found = config.network, {}
    if not isinstance(network, MLPConfig) or config.data.features == []:
        return found
    same = {"seed": config.training.seed, "validation_fraction": config.training.validation_fraction}
    alone = {"ensemble": 1, "groups": None, "quality": "plain", "devices": None}
    exact = {"training": TrainingConfig(optimizer=LBFGSConfig(), **same), **alone}
    if network.hidden or config.data.numeric != LinearConfig():
        data = config.data.model_copy(update={"numeric": LinearConfig()})
        found["linear"] = config.model_copy(update={"network": MLPConfig(hidden=[]), "data": data, **exact})
    data = config.data.model_copy(update={"features": []})
    return found | {"intercept-only": config.model_copy(update={"data": data, **exact})}
