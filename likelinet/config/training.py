"""How to maximise the likelihood."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, Tag

from likelinet.config.base import Config, kind_or

Fraction = Annotated[float, Field(ge=0.0, lt=1.0)]


class SGDConfig(Config):
    """Stochastic gradient descent."""

    kind: Literal["sgd"] = "sgd"
    """Which optimiser."""
    learning_rate: PositiveFloat = 0.1
    """Step size."""
    momentum: Fraction = 0.0
    """How much of the velocity is kept from step to step."""
    nesterov: bool = False
    """Whether the momentum looks ahead."""


class AdamConfig(Config):
    """Adam."""

    kind: Literal["adam"] = "adam"
    """Which optimiser."""
    learning_rate: PositiveFloat = 0.003
    """Step size."""


class AdamWConfig(Config):
    """Adam with decoupled weight decay, which acts nearly like a Gaussian prior on the weights."""

    kind: Literal["adamw"] = "adamw"
    """Which optimiser."""
    learning_rate: PositiveFloat = 0.003
    """Step size."""
    weight_decay: NonNegativeFloat = 0.01
    """Decay of weight matrices per unit of learning rate; biases are left alone."""


class LBFGSConfig(Config):
    """L-BFGS on the full batch in double precision: the exact maximum of linear models, a local one of small networks.

    An epoch is one iteration; batch size, `steps`, schedule, averaging, clipping, precision and engine play no part.
    """

    kind: Literal["lbfgs"] = "lbfgs"
    """Which optimiser."""


OptimizerConfig = Annotated[
    Annotated[AdamWConfig, Tag("adamw")]
    | Annotated[AdamConfig, Tag("adam")]
    | Annotated[SGDConfig, Tag("sgd")]
    | Annotated[LBFGSConfig, Tag("lbfgs")],
    Discriminator(kind_or("adamw")),
]


class ConstantConfig(Config):
    """A constant learning rate."""

    kind: Literal["constant"] = "constant"
    """Which schedule."""
    warmup: Fraction = 0.0
    """Fraction of training over which the rate rises from 0."""


class StepConfig(Config):
    """A learning rate that falls by a factor at regular points."""

    kind: Literal["step"] = "step"
    """Which schedule."""
    warmup: Fraction = 0.0
    """Fraction of training over which the rate rises from 0."""
    every: Annotated[float, Field(gt=0.0, le=1.0)] = 0.3
    """Fraction of training between two falls."""
    factor: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.1
    """What the rate is multiplied by."""


class CosineConfig(Config):
    """A learning rate that falls to 0 along half a cosine."""

    kind: Literal["cosine"] = "cosine"
    """Which schedule."""
    warmup: Fraction = 0.1
    """Fraction of training over which the rate rises from 0."""


class HoldThenAnnealConfig(Config):
    """A learning rate that is held until held-out rows stop gaining, and then falls to 0 along half a cosine.

    It falls from the best weights so far on. All members of an ensemble have one course, by the mean of their
    validation NLL. `early_stopping.patience` says how long there may be no gain; `epochs` and `steps` are upper bounds.
    """

    kind: Literal["hold_then_anneal"] = "hold_then_anneal"
    """Which schedule."""
    warmup: NonNegativeInt = 50
    """Steps over which the rate rises from 0, before the annealing as well: there a tenth of it at most."""
    anneal: PositiveInt | None = None
    """Steps over which the rate falls; null: a fifth of those up to the best look, at least 800."""


ScheduleConfig = Annotated[
    Annotated[CosineConfig, Tag("cosine")]
    | Annotated[ConstantConfig, Tag("constant")]
    | Annotated[StepConfig, Tag("step")]
    | Annotated[HoldThenAnnealConfig, Tag("hold_then_anneal")],
    Discriminator(kind_or("cosine")),
]


class EarlyStoppingConfig(Config):
    """Stop when the validation NLL no longer falls."""

    patience: PositiveInt | None = None
    """Epochs without improvement after which a member stops; null: 60, or 15 % of `epochs` that are null, at least 10.

    To train to the last epoch, set `early_stopping: null` instead.

    With the schedule `hold_then_anneal` those after which the rate falls; null: as many steps as up to the best look,
    at least 500.
    """


class NLLConfig(Config):
    """The negative log-likelihood."""

    kind: Literal["nll"] = "nll"
    """Which objective."""


class BetaNLLConfig(Config):
    """The gradient of the negative log-likelihood of each row times variance ** beta, which has no gradient itself.

    For families with a variance in closed form: gaussian, laplace, logistic, gumbel, exponential, log_normal, and
    mixtures of these.
    """

    kind: Literal["beta_nll"] = "beta_nll"
    """Which objective."""
    beta: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5
    """0 is the likelihood; with 1 the location of a Gaussian has the gradient of a squared error."""


class CRPSConfig(Config):
    """The gradient of the continuous ranked probability score, summed over several outputs in the unit of training.

    For families with one in closed form: gaussian, laplace, logistic, cauchy, gumbel, exponential, log_normal, and
    mixtures of Gaussians.
    """

    kind: Literal["crps"] = "crps"
    """Which objective."""


class NaturalGradientConfig(Config):
    """The natural gradient of the negative log-likelihood: its gradient in the raw outputs, over their information.

    For families whose Fisher information is known in closed form: bernoulli, beta, binomial, categorical, cauchy,
    exponential, gamma, gaussian, geometric, gumbel, half_normal, inverse_gamma, inverse_gaussian, laplace,
    log_logistic, log_normal, logistic, logit_normal, poisson, student_t and weibull. Shared parameters have
    their plain gradient.
    """

    kind: Literal["natural_gradient"] = "natural_gradient"
    """Which objective."""


ObjectiveConfig = Annotated[
    Annotated[NLLConfig, Tag("nll")]
    | Annotated[BetaNLLConfig, Tag("beta_nll")]
    | Annotated[CRPSConfig, Tag("crps")]
    | Annotated[NaturalGradientConfig, Tag("natural_gradient")],
    Discriminator(kind_or("nll")),
]


class TrainingConfig(Config):
    """Maximum likelihood by gradient descent."""

    objective: ObjectiveConfig = NLLConfig()
    """What the gradient is of; the NLL is what is reported, validated and kept with all. L-BFGS and networks through
    a code take `nll` alone."""
    optimizer: OptimizerConfig = AdamWConfig()
    """Rule that updates the weights."""
    scale_rate: PositiveFloat = 1.0
    """What the learning rate is multiplied by for the weights of the last layer that feed scales of y or of log y;
    L-BFGS, which has no rate, takes none."""
    scale_decay: NonNegativeFloat = 1.0
    """What the weight decay of these is multiplied by, per unit of their learning rate."""
    schedule: ScheduleConfig | None = CosineConfig()
    """Learning rate over the course of training; null keeps it constant."""
    epochs: PositiveInt | None = None
    """Passes over the training rows, at most; null: 400, of n > 4096 rows 400 (4096 / n)^⅔, at least 10; with the
    schedule `hold_then_anneal` five times as many."""
    steps: PositiveInt | None = None
    """Updates of the weights, at most; null leaves it to `epochs`."""
    time: PositiveFloat | None = None
    """Seconds of training, at most; null sets no limit."""
    batch_size: PositiveInt | Literal["auto"] | None = "auto"
    """Rows per update; null takes all of them; `auto`: 32, twice as many whenever there are four times 4096; with the
    schedule `hold_then_anneal` 64."""
    validation_fraction: Fraction = 0.1
    """Share of the rows held out to choose the best epoch, drawn anew for each member of an ensemble; 0 for none."""
    folds: Annotated[int, Field(ge=2)] | Literal["auto"] | None = None
    """Parts of the rows, of which member m of an ensemble holds out part m modulo `folds` instead of such a share; all
    members keep the epoch that predicts all held-out rows best. `ensemble` must be as many or more. `auto`: 8, or as
    many as there are members, or rows (groups, times) to hold out; none with one member, or with validation rows."""
    further: Annotated[float, Field(gt=0.0, le=1.0)] | None = None
    """For how many of the steps up to the best epoch, as a share, members that hold out folds go on past it, by a rate
    that falls from a quarter to 0; their scales then get a factor by held-out rows. What these are more likely under is
    kept. null: for none."""
    early_stopping: EarlyStoppingConfig | None = EarlyStoppingConfig()
    """When to stop before the last epoch; null never does. The best weights on held-out rows are kept either way."""
    average: Annotated[float, Field(gt=0.0, lt=1.0)] | None = None
    """Decay of a moving average of the weights, which is validated, kept and predicted with; null takes none."""
    gradient_clip: PositiveFloat | None = 5.0
    """Largest norm of a gradient; null does not clip."""
    precision: Literal["float32", "float64"] = "float32"
    """Floating-point numbers of the network."""
    seed: NonNegativeInt = 0
    """Same seed, engine and machine: the same bits."""
