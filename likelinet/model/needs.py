"""What a fit takes, estimated before it is begun: weights, memory and multiplications; and what is too much of them."""

from dataclasses import dataclass
from itertools import pairwise

from likelinet.config import AdamConfig, AdamWConfig, ModelConfig
from likelinet.config.network import CoderConfig, MLPConfig
from likelinet.core.blas import workers
from likelinet.core.errors import ConfigError, DataError
from likelinet.core.machine import memory
from likelinet.core.notes import note
from likelinet.core.wording import readable, shown
from likelinet.model.fit import ROWS_AT_ONCE, Fit
from likelinet.model.training import is_exact
from likelinet.optim.lbfgs import MEMORY
from likelinet.training.size import batch_of, epochs_of, patience_of

# Measured peaks are .3 to 1.7 times what these say: L-BFGS takes less, double precision more.
KEPT = 7  # vectors as long as the weights, whatever the rule: these, their gradient, the best ones, copies of a look
AT_START = 16  # bytes of a weight while initial ones are drawn
OF_LAYER = 3  # arrays of each layer's outputs: before and after the activation, and the gradient
OF_CODE = 2  # arrays of all bins: where in each a number lies, and on the way there
OF_HEAD = 8  # arrays in double precision for each raw output: parameters, their gradients, and on the way there
STEP = 16  # bytes for the learning rate of each step
COST = 1000  # multiplications that a raw output is worth in the head: links, loss and gradient
SPEED = 5e9  # multiplications of a core in a second
LONG = 3600.0  # seconds from which the least that a training takes is worth a note


@dataclass(frozen=True)
class Needs:
    """What the training of an ensemble takes.

    Parameters
    ----------
    members, weights : int
        Networks, and the weights of each.
    networks, batch, rows, steps : int
        Bytes for weights with what the optimiser has of them, for a minibatch on its way through all networks, for the
        rows of the table as the network sees them, and for the learning rates of all steps.
    work : int
        Multiplications of a pass over all rows.
    passes : float
        How many of these there are at least, if held-out rows gain nothing.
    """

    members: int
    weights: int
    networks: int
    batch: int
    rows: int
    steps: int
    work: int
    passes: float

    @property
    def memory(self) -> int:
        """Bytes in all."""
        return self.networks + self.batch + self.rows + self.steps

    @property
    def seconds(self) -> float:
        """Roughly how long a training takes at least, on the cores of this machine."""
        return self.work * self.passes / (SPEED * min(workers(), self.members if self.members > 1 else workers()))

    def in_words(self) -> str:
        """Return weights and memory in a sentence."""
        networks = (
            f"{self.members:,} networks of {self.weights:,} weights"
            if self.members > 1
            else f"1 network of {self.weights:,} weights"
        )
        return f"{networks}; training takes about {in_bytes(self.memory)} of memory beside the table"


def in_bytes(number: float) -> str:
    """Return a number of bytes as a message shows it."""
    if number < 1e9:
        return f"{max(number / 1e6, 1.0):.0f} MB"
    return f"{number / 1e9:.1f} GB" if number < 1e11 else f"{readable(float(f'{number / 1e9:.3g}'))} GB"


def needs(fit: Fit, n: int, in_memory: int | None = None) -> Needs:
    """Return what the training of a fit takes that lacks nothing but weights, on n rows, all `in_memory` or so many."""
    here = n if in_memory is None else in_memory
    config, training, layout = fit.config, fit.config.training, fit.objective.layout
    exact, members, weights = is_exact(config, fit.inputs), config.ensemble, layout.size
    head, item = fit.head, 8 if exact or training.precision == "float64" else 4
    batch = n if exact else batch_of(training, n)
    passes = epochs_of(training, n, exact)
    vectors = KEPT + (2 * MEMORY if exact else 2 * isinstance(training.optimizer, AdamConfig | AdamWConfig))
    vectors += training.average is not None
    outputs = sum(w.shape[-1] for w in layout.weights[:-1] if len(w.shape) > 1)
    codes, head_outputs = sum(len(kind.means) for _, kind in fit.inputs.coded), head.predicted + head.shared
    width, y = fit.inputs.width, 8 * (fit.targets.outputs or 1)
    steps = passes * -(-n // batch)
    many = 0 if exact else min(steps, training.steps or steps)
    in_steps = passes if exact or training.steps is None else many * batch / n
    return Needs(
        members,
        weights,
        networks=members * weights * max(vectors * item, AT_START),
        batch=members * batch * (item * (OF_LAYER * outputs + OF_CODE * codes) + OF_HEAD * 8 * head_outputs),
        rows=here * (width * item + 2 * y + 8 * len(head.columns)) + 8 * min(here, ROWS_AT_ONCE) * width,
        steps=STEP * many,
        work=members * n * (3 * weights + COST * head_outputs),
        passes=min(passes, patience_of(training, passes) or passes, in_steps),
    )


def check_needs(fit: Fit, n: int, in_memory: int | None = None) -> None:
    """Raise if the training of a fit on n rows takes more memory than there is; warn if it takes very long.

    Of these rows all are in memory, or as many as `in_memory` says.

    Raises
    ------
    ConfigError
        If weights, minibatches or steps take too much; the message names the key to lower.
    DataError
        If the table itself does.
    """
    found = needs(fit, n, in_memory)
    if (error := refusal(fit, found, n, in_memory)) is not None:
        raise error
    if fit.config.training.time is None and found.seconds > LONG:
        note(
            f"Training takes {readable(float(f'{found.seconds / 3600.0:.2g}'))} hours or more on this machine, by a "
            f"rough estimate ({found.in_words()}): training.time bounds it."
        )


def check_widths(config: ModelConfig) -> None:
    """Raise `ConfigError` if what is declared of networks takes more memory than there is, whatever the table is."""
    there = memory()
    for g, own in enumerate(config.each_group):
        least = own.ensemble * sum(a * b for a, b in pairwise(_widths(own))) * AT_START
        if there is not None and least > there:
            where = "" if config.groups is None else f"groups.{g}: "
            raise ConfigError(
                f"{where}{own.ensemble:,} × {own.network.kind} {shown(own.network.widths)} takes at least "
                f"{in_bytes(least)} of memory, but there are {in_bytes(there)}: lower "
                f"{_widest_key(own) if own.ensemble == 1 or least / own.ensemble > there else 'ensemble'}."
            )


def _widths(config: ModelConfig) -> list[int]:
    """Return the widths of layers, with one input and one output at least."""
    network = config.network
    if isinstance(network, CoderConfig):
        return [1, *network.encoder, network.latent, *network.decoder, 1]
    return [1, *network.hidden, 1] if config.data.features != [] else [1, 1]


def _widest_key(config: ModelConfig) -> str:
    """Return the key of the widest layer."""
    network = config.network
    if isinstance(network, MLPConfig):
        return "network.hidden"
    widths = {
        "network.encoder": network.encoder,
        "network.latent": [network.latent],
        "network.decoder": network.decoder,
    }
    return max(widths, key=lambda key: max(widths[key], default=0))


def refusal(fit: Fit, found: Needs, n: int, in_memory: int | None = None) -> ConfigError | DataError | None:
    """Return what to say of a training that takes more memory than there is, as `needs` has found."""
    there, here = memory(), n if in_memory is None else in_memory
    if there is None or found.memory <= there:
        return None
    config, head = fit.config, fit.head
    each = {"networks": found.networks, "batch": found.batch, "rows": found.rows, "steps": found.steps}
    most = max(each, key=lambda name: each[name])
    begin = f"Training takes about {in_bytes(found.memory)} of memory, but there are {in_bytes(there)}"
    if most == "rows" and fit.inputs.columns:
        widest = max(fit.inputs.columns, key=lambda kind: kind.width)
        name, many = shown(widest.name), widest.width
        one = f"exclude '{name}', which has {many:,} inputs" if many > 1 else "take fewer of them"
        return DataError(f"{begin}: x has {here:,} rows of {fit.inputs.width:,} numbers; {one}, or take fewer rows.")
    if most == "steps":
        return ConfigError(f"{begin} for the learning rates of all steps: lower training.epochs or training.steps.")
    if found.members > 1 and each[most] / found.members <= 0.5 * there:
        return ConfigError(
            f"{begin}: there are {found.members:,} networks of {found.weights:,} weights; lower ensemble."
        )
    if (
        most == "batch"
        and not is_exact(config, fit.inputs)
        and found.batch / batch_of(config.training, n) < 0.5 * there
    ):
        size = batch_of(config.training, n)
        return ConfigError(f"{begin}: a minibatch has {size:,} rows; lower training.batch_size.")
    widths = {"network": max(_widths(config)), "outputs": head.predicted + head.shared, "inputs": fit.inputs.width}
    widest_of = max(widths, key=lambda name: widths[name])
    what = f"{begin} for {found.weights:,} weights"
    if widest_of == "network":
        return ConfigError(f"{what}; lower {_widest_key(config)}.")
    if widest_of == "outputs":
        many = head.predicted + head.shared
        return ConfigError(f"{what}: the distribution has {many:,} raw numbers; take a simpler one, or fewer outputs.")
    widest = max(fit.inputs.columns, key=lambda kind: kind.width)
    return DataError(
        f"{what}: x has {fit.inputs.width:,} inputs; exclude '{shown(widest.name)}', or lower network.hidden."
    )
