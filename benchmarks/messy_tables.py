"""Public tables as people have them, and what is to be predicted in each.

The files lie in `../shared/data/messy` and `../shared/data/tables`, or under the folder that LIKELINET_DATA names; some
come with scikit-learn, statsmodels and lifelines, whose files are read where these are installed. Rows without y go,
for all methods alike, and so do columns which tell y or number the rows; of y what is no number is dropped as well.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from likelinet.targets.lattice import step_of

Kind = Literal["numbers", "classes", "times"]
ATOM = 0.05  # the share of rows of one value from which a density alone says too little
CELL = 0.01  # of the spread, where y has such a value but lies on no lattice
PIP = {"sklearn": "scikit-learn"}  # packages whose names differ from what pip installs
ADULT = (
    *("age", "workclass", "fnlwgt", "education", "education_num", "marital", "occupation", "relationship"),
    *("race", "sex", "capital_gain", "capital_loss", "hours", "country", "income"),
)


class NotThere(Exception):
    """A table that is not on this machine."""


@dataclass(frozen=True)
class Table:
    """A table and its target.

    Parameters
    ----------
    file : str
        Below the folder of the data; or, with `package`, below that package.
    target : str
        The column to predict.
    kind : str
        Numbers, classes, or times of which some are censored.
    exclude : tuple of str
        Columns that no method sees.
    reading : mapping
        Options of `pandas.read_csv`.
    event : tuple of str and number, optional
        The column that says whether a time is that of an event, and its value where it is.
    missing : float, optional
        What stands for a missing y.
    package : str
        The package that the file comes with.
    target_file : str
        The file that holds y alone, where it is one of its own.
    """

    file: str
    target: str
    kind: Kind = "numbers"
    exclude: tuple[str, ...] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    event: tuple[str, float] | None = None
    missing: float | None = None
    package: str = ""
    target_file: str = ""

    def path(self, file: str) -> Path:
        """Return where a file lies; NotThere is raised where it is missing."""
        if self.package:
            spec = find_spec(self.package)
            if spec is None or not spec.submodule_search_locations:
                name = PIP.get(self.package, self.package)
                raise NotThere(f"package {self.package} is not installed; pip install {name}")
            path = Path(spec.submodule_search_locations[0]) / file
        else:
            root = os.environ.get("LIKELINET_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
            path = Path(root) / file
        if not path.is_file():
            raise NotThere(f"{path} is missing; set LIKELINET_DATA to the folder of the data")
        return path

    def load(self) -> pd.DataFrame:
        """Return the rows that have y, as pandas reads them, but for y itself, which is numbers where it is to be."""
        table = pd.read_csv(self.path(self.file), **self.reading)
        if self.target_file:
            table[self.target] = np.loadtxt(self.path(self.target_file))
        table = table.drop(columns=list(self.exclude))
        y = table[self.target]
        if self.kind == "classes":
            if pd.api.types.is_numeric_dtype(y) and y.nunique() > 2:  # names of no order, rather than numbers
                y = "class_" + y.astype(str)
        else:
            if not pd.api.types.is_numeric_dtype(y):
                y = pd.Series(pd.to_numeric(y.astype(str).str.replace(",", ""), errors="coerce"))
            y = y.astype(np.float64).mask(y == self.missing)
        if self.event is not None:
            column, value = self.event
            table[column] = (table[column] == value).astype(int)
        return table.assign(**{self.target: y})[y.notna()].reset_index(drop=True)

    def data(self) -> dict[str, Any]:
        """Return `data` of the config of a model."""
        target = self.target if self.event is None else {"time": self.target, "event": self.event[0]}
        return {"target": target}

    def observed(self, table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray | None]:
        """Return y, of classes their codes, and which times are those of events."""
        y = table[self.target].to_numpy()
        if self.kind == "classes":
            return np.unique(y, return_inverse=True)[1], None
        return y, None if self.event is None else table[self.event[0]].to_numpy()

    def features(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the columns to predict from."""
        return table.drop(columns=[self.target, *([self.event[0]] if self.event else [])])


def cell(y: np.ndarray) -> float:
    """Return the width h of the cell of y whose probability is the score, or 0 where the density is.

    It is the step of the lattice on which y lies. Where there is none, but one value comes again and again, as no rain
    does, it is a hundredth of the spread: a method may give that value a probability, and another one a density.

    Examples
    --------
    >>> cell(np.array([1.0, 2.5, 3.0]))
    0.5
    >>> cell(np.array([1.0, 1.7, 3.1415]))
    0.0
    """
    if step := step_of(y, np.ones(len(y))):
        return step
    share = np.unique(y, return_counts=True)[1].max() / len(y)
    return CELL * float(y.std()) if share >= ATOM and share * len(y) > 1.0 else 0.0


def parts(rows: int, split: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the training rows and of the test rows, a fifth, of a split."""
    order = np.random.default_rng(split).permutation(rows)
    return order[rows // 5 :], order[: rows // 5]


def _messy(name: str, target: str, **rest: Any) -> Table:
    return Table(f"messy/{name}", target, **rest)


AUTO_IMPORTS = {"header": None, "names": [f"c{i}" for i in range(25)] + ["price"]}
LATER = ("Unnamed: 0", "pidnum", "cens", "days", "cd496", "r", "cd820", "offtrt")
TABLES = {
    "mpg": _messy("mpg.csv", "mpg"),
    "ames": _messy("ames_train.csv", "SalePrice", exclude=("Id",)),
    "air_quality": _messy("AirQualityUCI.csv", "CO_GT", exclude=("CO_level",), missing=-200.0),
    "auto_imports": _messy("auto_imports_nohdr.csv", "price", reading=AUTO_IMPORTS),
    "quikr_car": _messy("quikr_car.csv", "Price"),
    "cacao": _messy("flavors_of_cacao.csv", "Rating"),
    "alexa": _messy("amazon_alexa.tsv", "rating", exclude=("feedback",), reading={"sep": "\t"}),
    "pollution": _messy("pollution.csv", "pm2.5", exclude=("No",)),
    "life_expectancy": _messy("Life_Expectancy_Data.csv", "Life expectancy "),
    "taxis": _messy("taxis.csv", "total", exclude=("fare", "tip", "tolls")),
    "taxis_tip": _messy("taxis.csv", "tip", exclude=("total",)),
    "lung": _messy("lung.csv", "time", kind="times", event=("status", 2), exclude=("rownames",)),
    "stroke": _messy("stroke.csv", "stroke", kind="classes"),
    "auto_claims": _messy("AutoClaims.csv", "PAID", exclude=("rownames",)),
    "rain": _messy("RainIbk.csv", "rain"),
    "bike_hour": Table("tables/bike_hour.csv", "cnt", exclude=("instant", "casual", "registered")),
    "doctor_visits": Table("tables/doctor_visits.csv", "visits", exclude=("rownames",)),
    "gbsg2": Table("tables/gbsg2.csv", "time", "times", event=("cens", 1)),
    "adult": Table(
        "tables/adult_train.csv", "income", "classes",
        reading={"header": None, "names": list(ADULT), "skipinitialspace": True},
    ),
    "diabetes": Table(
        "datasets/data/diabetes_data_raw.csv.gz", "progression", package="sklearn",
        reading={"sep": r"\s+", "header": None, "names": ["age", "sex", "bmi", "bp", *(f"s{i}" for i in range(1, 7))]},
        target_file="datasets/data/diabetes_target.csv.gz",
    ),
    "wine": Table("datasets/data/wine_data.csv", "class", "classes", package="sklearn", reading={
        "skiprows": 1, "header": None, "names": [*(f"x{i}" for i in range(13)), "class"],
    }),
    "fair": Table("datasets/fair/fair.csv", "affairs", package="statsmodels"),
    "anes96": Table("datasets/anes96/anes96.csv", "PID", exclude=("vote",), package="statsmodels", reading={
        "sep": "\t", "quotechar": "'",
    }),
    "randhie": Table("datasets/randhie/randhie.csv", "mdvis", package="statsmodels"),
    "actg175": Table("datasets/ACTG175.csv", "cd420", exclude=LATER, package="lifelines"),
}  # fmt: skip
