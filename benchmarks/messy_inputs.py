"""Columns prepared as users of boosted trees and linear models usually do.

Numbers stay as they are, also where a percent sign, a unit or commas hid them; dates become year, month, day, weekday
and hour; all else is categories, of which the most frequent have a code or a column of their own. How a column is read
is settled by all cells without y, and which levels are frequent and what fills gaps by the training rows.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

NUMBER = r"^[$€£]?\s*([-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(?:%|kms?|kg|lbs?)?$"
DATE = r"^\d{1,4}[-/.](?:\d{1,2}|[A-Za-z]{3})[-/.]\d{2,4}|^\d{1,2}:\d{2}"
MOSTLY = 0.9  # the share of cells that must be read
ABSENT = ("", "?", "NA", "nan")
GAP = "(missing)"


def read(features: pd.DataFrame) -> pd.DataFrame:
    """Return columns of float64, and columns of text that are categories."""
    columns: dict[str, pd.Series] = {}
    for name in features:
        columns |= _read(str(name), pd.Series(features[name]))
    return pd.DataFrame(columns, index=features.index)


def _read(name: str, cells: pd.Series) -> dict[str, pd.Series]:
    if pd.api.types.is_numeric_dtype(cells):
        return {name: cells.astype(np.float64)}
    text = cells.astype(object).where(cells.notna(), "").astype(str).str.strip()
    text = text.where(~text.isin(ABSENT))
    there = text.dropna()
    if not len(there):
        return {}
    numbers = there.str.extract(NUMBER, expand=False)
    if numbers.notna().mean() >= MOSTLY:
        return {name: numbers.str.replace(",", "").astype(np.float64).reindex(cells.index)}
    if there.str.contains(DATE).mean() >= MOSTLY:
        dates = pd.to_datetime(there, errors="coerce", format="mixed").reindex(cells.index)
        parts = {part: getattr(dates.dt, part) for part in ("year", "month", "day", "day_of_week")}
        parts["hour"] = dates.dt.hour + dates.dt.minute / 60.0
        return {f"{name} {part}": each.astype(np.float64) for part, each in parts.items() if each.nunique() > 1}
    return {name: text.astype(object)}


@dataclass(frozen=True)
class Inputs:
    """Read features of the training rows and of the test rows."""

    train: pd.DataFrame
    test: pd.DataFrame

    @property
    def categories(self) -> list[str]:
        """Names of the columns of text."""
        return [name for name in self.train if self.train[name].dtype != np.float64]

    def _levels(self, name: str, most: int) -> list[str]:
        """Return the most frequent levels of the training rows."""
        return [str(level) for level in self.train[name].value_counts().index.tolist()[:most]]

    def coded(self, most: int) -> tuple[np.ndarray, np.ndarray]:
        """Return rows with a number for each frequent level, one for all others, and nan where it is missing."""
        both = []
        for frame in (self.train, self.test):
            frame = frame.copy()
            for name in self.categories:
                codes = {level: float(i) for i, level in enumerate(self._levels(name, most))}
                number = [codes.get(cell, float(len(codes))) for cell in frame[name]]
                frame[name] = np.where(frame[name].isna(), np.nan, number)
            both.append(frame.to_numpy(np.float64))
        return both[0], both[1]

    def one_hot(self, most: int) -> tuple[np.ndarray, np.ndarray]:
        """Return rows with a column of 0 and 1 for each of the frequent levels, and nan where a number is missing."""
        both = []
        for frame in (self.train, self.test):
            parts = [frame.drop(columns=self.categories).to_numpy(np.float64)]
            for name in self.categories:
                parts += [(frame[name] == level).to_numpy(np.float64)[:, None] for level in self._levels(name, most)]
            both.append(np.hstack(parts))
        return both[0], both[1]

    def one_hot_filled(self, most: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the same with the median of the training rows where a number is missing, and without constants."""
        train, test = self.one_hot(most)
        there = ~np.isnan(train).all(0)
        train, test = train[:, there], test[:, there]
        median = np.nanmedian(train, axis=0)
        train, test = (np.where(np.isnan(x), median, x) for x in (train, test))
        varies = train.std(0) > 0.0
        return train[:, varies], test[:, varies]

    def with_text(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return frames whose categories are text throughout, for methods that encode them themselves."""
        both = [f.assign(**{name: f[name].fillna(GAP).astype(str) for name in self.categories}) for f in self.frames]
        return both[0], both[1]

    @property
    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Training and test rows."""
        return self.train, self.test
