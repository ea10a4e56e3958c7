"""The tables: who is compared with whom, and what the ratio may be."""

from collections.abc import Callable, Mapping, Sequence

from speed import (
    auto,
    command,
    flights,
    gpu,
    jax_peer,
    machine,
    memory,
    numpy_floor,
    ours,
    prediction,
    reading,
    sklearn_peer,
    torch_peer,
)
from speed.compare import Comparison, Table
from speed.measure import Measurement, measurement
from speed.workloads import CODED, WORKLOADS, Workload

FLOOR = {"uci": 1.5, "tab": 1.35, "seed": 1.35, "mnist": 1.35, "ae": 1.35}
TORCH = {"uci": 0.15, "tab": 0.25, "seed": 0.8, "mnist": 0.95, "ae": 0.9}
SKLEARN = {"uci": 0.8, "tab": 0.8, "seed": 0.8, "mnist": 0.8}
JAX = {"uci": 1.15, "tab": 1.05, "seed": 1.05, "mnist": 1.05, "ae": 1.05}
MEMBERS = {"uci": {"numpy": 4.5, "jax": 4.0}, "tab": {"numpy": 4.5, "jax": 4.0}}
AUTO, AUTO_LEAST = 1.15, 10
SECONDS, GIGABYTES, MEGABYTES = ("s", 1.0), ("GB", 1e-9), ("MB", 1e-6)


def floor(names: Sequence[str]) -> Table:
    """Compare the NumPy engine with a NumPy step fused by hand."""
    lines = _against("hand-fused NumPy", numpy_floor.step_seconds, FLOOR, names)
    return Table("NumPy engine ÷ hand-fused NumPy, one step", lines)


def torch(names: Sequence[str]) -> Table:
    """Compare the NumPy engine with torch, its optimiser as by default, and for information the fused one."""
    lines = []
    for n, w in _of(TORCH, names):
        own = _own(w)
        for peer, fused, target in (("torch eager", False, TORCH[n]), ("torch eager, fused optimiser", True, None)):
            theirs = measurement(torch_peer.step_seconds, workload=w, fused=fused)
            lines.append(Comparison(n, peer, own, (theirs,), target))
    return Table("NumPy engine ÷ torch eager, one step", tuple(lines))


def sklearn(names: Sequence[str]) -> Table:
    """Compare the NumPy engine with scikit-learn."""
    lines = _against("scikit-learn", sklearn_peer.step_seconds, SKLEARN, names)
    return Table("NumPy engine ÷ scikit-learn's MLP, one step", lines)


def jax(names: Sequence[str]) -> Table:
    """Compare the JAX engine with JAX and optax by hand."""
    lines = _against("hand-written JAX", jax_peer.step_seconds, JAX, names, "jax")
    return Table("JAX engine ÷ hand-written JAX and optax, one step after compilation", lines)


def members(names: Sequence[str]) -> Table:
    """Compare eight stacked members with one."""
    lines = []
    for n, w in _of(MEMBERS, names):
        for engine, target in MEMBERS[n].items():
            eight, one = (_own(w, engine, m) for m in (8, 1))
            lines.append(Comparison(n, f"1 member, {engine}", eight, (one,), target))
    return Table("8 stacked members ÷ 1 member, one step", tuple(lines))


def coded(names: Sequence[str]) -> Table:
    """Compare a step with 8 numbers in 48 bins each with one with the numbers alone."""
    lines = []
    for name, w in CODED.items():
        for engine in ("numpy", "jax"):
            own = measurement(ours.step_seconds, workload=w, engine=engine, numeric="piecewise_linear")
            lines.append(Comparison(f"{name}, {engine}", "plain numbers", own, (_own(w, engine),), 1.3))
    return Table("8 coded numbers of 48 bins ÷ plain ones, one step", tuple(lines))


def engine_auto(names: Sequence[str]) -> Table:
    """Compare `engine: auto` with the better of the two engines, whole fits with a cold compilation cache."""
    lines = []
    for i, size in enumerate(auto.SIZES):
        own, *each = (measurement(auto.fit_seconds, index=i, engine=e) for e in ("auto", "numpy", "jax"))
        name = f"{size.rows:,} rows, {size.hidden[0]}-{size.hidden[1]}, batch {size.batch}"
        lines.append(Comparison(name, "better engine", own, tuple(each), AUTO, unit=SECONDS, shown="engine"))
    return Table("`engine: auto` ÷ the better engine, a whole fit", tuple(lines), AUTO_LEAST)


def whole_command(names: Sequence[str]) -> Table:
    """Compare `likelinet fit` on concrete with a torch script, in time and memory."""
    heading = "Whole command, concrete, 5 members ÷ a plain torch script"
    if not command.data_folder().is_dir():
        return Table(heading, notes=[f"Skipped: there is no {command.data_folder()}; set LIKELINET_DATA."])
    own = measurement(command.ours)
    peers = tuple(measurement(command.torch, threads=threads) for threads in (None, 1))
    return Table(
        heading,
        (
            Comparison("concrete", "torch script, wall time", own, peers, 0.25, unit=SECONDS),
            Comparison("concrete", "torch script, peak memory", own, peers, 0.5, figure="bytes", unit=GIGABYTES),
        ),
    )


def predict(names: Sequence[str]) -> Table:
    """Compare intervals of a million rows with torch."""
    peers = tuple(measurement(prediction.torch, block=b) for b in (prediction.ROWS, 65_536, 8_192))
    line = Comparison("1,000,000 rows", "torch", measurement(prediction.ours), peers, 1.0, unit=SECONDS)
    return Table("`predict_dist` and `interval(0.9)` ÷ torch.distributions", (line,))


def peak_memory(names: Sequence[str]) -> Table:
    """Compare the peak of a fit with what its inputs take."""
    x = measurement(memory.inputs)
    lines = tuple(
        Comparison(
            f"{memory.ROWS:,} rows, {memory.INPUTS} inputs, {engine}",
            "x alone",
            measurement(memory.fit_peak, engine=engine),
            (x,),
            2.2,
            figure="bytes",
            unit=MEGABYTES,
        )
        for engine in ("numpy", "jax")
    )
    return Table("Peak memory of a fit ÷ its inputs in single precision", lines)


def read_file(names: Sequence[str]) -> Table:
    """Compare reading ten million numbers with pyarrow alone, and the memory with the file."""
    own, peer, file = (measurement(f) for f in (reading.ours, reading.pyarrow, reading.file))
    cells = f"{reading.ROWS * reading.COLUMNS:,} numbers"
    return Table(
        "Reading a CSV file into arrays ÷ pyarrow alone",
        (
            Comparison(cells, "pyarrow", own, (peer,), 2.0, unit=SECONDS),
            Comparison(cells, "the file, peak memory", own, (file,), 3.0, figure="bytes", unit=MEGABYTES),
        ),
    )


def many_flights(names: Sequence[str]) -> Table:
    """Compare a fit of many rows, all by default, with LightGBM: how long it takes, and how well it predicts."""
    heading = "A fit of 336,776 flights by default ÷ LightGBM's models of three quantiles"
    if not flights.has_lightgbm():
        return Table(heading, notes=['Skipped: lightgbm is not installed (pip install -e ".[bench]").'])
    peers = tuple(measurement(flights.lightgbm, threads=threads) for threads in (None, 1))
    name = f"{flights.ROWS:,} rows, 12 columns"
    lines = []
    for family, target in (("johnson_su", 1.0), ("gaussian", None)):  # what `fit --target` takes, and a config
        own = measurement(flights.ours, family=family)
        lines += [
            Comparison(name, f"wall time, {family}", own, peers, 5.0, unit=SECONDS, shown="epochs"),
            Comparison(name, f"processor time, {family}", own, peers, None, figure="processor", unit=SECONDS),
            Comparison(
                name, f"CRPS by three quantiles, {family}", own, peers, target, figure="score", unit=("min", 1.0)
            ),
        ]
    return Table(heading, tuple(lines))


def one_gpu(names: Sequence[str]) -> Table:
    """Compare the JAX engine with torch.compile on a GPU, if there is one."""
    heading = "One GPU: JAX engine ÷ torch.compile with CUDA graphs, one step"
    if not machine.has_gpu():
        return Table(heading, notes=["Skipped: neither torch nor JAX sees a GPU."])
    lines = []
    for n, w in gpu.GPU_WORKLOADS.items():
        own, peer = (
            _own(w, "jax"),
            measurement(gpu.torch_compiled, workload=w),
        )
        lines.append(Comparison(n, "torch.compile", own, (peer,), 1.0))
    return Table(heading, tuple(lines))


TABLES: dict[str, Callable[[Sequence[str]], Table]] = {
    "floor": floor,
    "torch": torch,
    "sklearn": sklearn,
    "jax": jax,
    "members": members,
    "coded": coded,
    "auto": engine_auto,
    "command": whole_command,
    "predict": predict,
    "memory": peak_memory,
    "reading": read_file,
    "flights": many_flights,
    "gpu": one_gpu,
}


def _against(
    peer: str, step: Callable[..., float], targets: Mapping[str, float], names: Sequence[str], engine: str = "numpy"
) -> tuple[Comparison, ...]:
    """Return a line for each workload: our step on an engine against that of a peer."""
    return tuple(
        Comparison(n, peer, _own(w, engine), (measurement(step, workload=w),), targets[n])
        for n, w in _of(targets, names)
    )


def _own(workload: Workload, engine: str = "numpy", members: int = 1) -> Measurement:
    return measurement(ours.step_seconds, workload=workload, engine=engine, members=members)


def _of(targets: Mapping[str, object], names: Sequence[str]) -> list[tuple[str, Workload]]:
    """Return name and workload of those that have a target and are asked for."""
    return [(n, WORKLOADS[n]) for n in targets if n in names]
