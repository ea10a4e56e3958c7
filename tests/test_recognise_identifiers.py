"""Identifiers, codes and sentinels: what looks like one, and what does not."""

import uuid

import numpy as np
import pytest

from likelinet.tables.recognise.codes import codes_with_letters, looks_like_code
from likelinet.tables.recognise.identifiers import looks_like_identifier
from likelinet.tables.recognise.sentinels import sentinels_of, suspected_sentinels
from likelinet.tables.text import Text

RNG = np.random.default_rng(3)
N = 200
nan = np.nan
HASHES = [RNG.bytes(20).hex() for _ in range(N)]
UUIDS = [str(uuid.UUID(bytes=RNG.bytes(16))) for _ in range(N)]
PHONES = RNG.choice(8 * 10**9, N, replace=False) + 2 * 10**9


@pytest.mark.parametrize(
    ("column", "name", "why"),
    [
        (np.arange(1, N + 1), "", "whole numbers from 1 to 200, each once"),
        (RNG.permutation(N), "", "whole numbers from 0 to 199, each once"),
        (RNG.permutation(N) + 5001, "", "whole numbers from 5001 to 5200, each once"),
        (RNG.permutation(N)[: N // 2] + 1, "", "none of them twice in 100 rows"),
        (PHONES, "", "whole numbers of 10 digits, 200 different ones in 200 rows"),
        (RNG.choice(10**8, N) + 1, "customerId", "whole numbers in a column called 'customerId'"),
        (RNG.choice(10**8, N) + 1, "customer_id", "whole numbers in a column called 'customer_id'"),
        (Text.of([f"{i}" for i in RNG.permutation(N)]), "", "whole numbers from 0 to 199, each once"),
        (Text.of(UUIDS), "", "UUIDs, 200 different ones in 200 rows"),
        (Text.of(HASHES), "", "hashes, 200 different ones in 200 rows"),
        (Text.of([*UUIDS[:150], *UUIDS[:50]]), "", "UUIDs, 150 different ones in 200 rows"),
        (Text.of([f"INV-{i:06d}" for i in range(N)]), "", "text, 200 different ones in 200 rows"),
        (Text.of([f"+{i}" for i in PHONES]), "", "text, 200 different ones in 200 rows"),
        (Text.of([f"{i:06d}" for i in RNG.integers(0, 10**6, 60)]), "", "different ones in 60 rows"),
        (Text.of([f"1{i:019d}" for i in PHONES]), "", "text, 200 different ones in 200 rows"),
        (Text.of([f"Model {i}" for i in range(30)]), "", "text, 30 different ones in 30 rows"),
        (Text.of(["NA", *(f"Model {i % 60}" for i in range(100))]), "", "text, 60 different ones in 100 rows"),
        (Text.of([f"Model {i % 33}" for i in range(40)]), "", "text, 33 different ones in 40 rows"),
        (np.arange(200) % 130 * 7919, "patient_id", "whole numbers in a column called 'patient_id', 130 different"),
    ],
)
def test_identifiers(column: np.ndarray | Text, name: str, why: str):
    found = looks_like_identifier(column, name)
    assert found is not None
    assert found.startswith(why) or found.endswith(why)


@pytest.mark.parametrize(
    ("column", "name"),
    [
        (RNG.normal(size=N), "id"),  # a measurement
        (np.arange(N) / 1.0, ""),
        (RNG.integers(18, 90, N), "age"),
        (np.arange(1950, 2020), "year"),
        (np.arange(1, 156, 2), "Week"),
        (np.arange(200) % 90 * 7919, "patient_id"),
        (Text.of([f"Model {i % 30}" for i in range(40)]), ""),
        (RNG.choice(10**6, N, replace=False), "population"),
        (RNG.choice(5000, 1000, replace=False), "pages"),
        (RNG.choice(10**8, N) + 1, "paid"),
        (RNG.choice(30, N), "customer_id"),
        (RNG.choice(10**8, N, replace=False) + 1_500_000_000, "seconds"),
        (np.arange(19), "row"),
        (Text.of([f"{v:.3f}" for v in RNG.normal(size=N)]), "id"),
        (Text.of([f"{v:.3f}".replace(".", ",") for v in RNG.normal(size=N)]), ""),
        (Text.of([f"Model {i % 40}" for i in range(100)]), ""),
        (Text.of([f"shop {i}" for i in range(19)]), ""),
        (Text.of(["NA"] * 50), ""),
        (Text.of([]), ""),
    ],
)
def test_no_identifiers(column: np.ndarray | Text, name: str):
    assert looks_like_identifier(column, name) is None


@pytest.mark.parametrize(
    ("column", "name", "why"),
    [
        (Text.of(["123", "00123", "NA"]), "", "digits with leading zeros, like 00123"),
        (Text.of(["+4917012345678", "+15551234567"]), "", "digits behind a plus sign, as telephone numbers have it"),
        (Text.of(["10115", "80331"]), "Zip Code", "whole numbers in a column called 'Zip Code'"),
        (Text.of(["4006381333931", "4006381333948"] * 4), "", "whole numbers of 13 digits that come again and again"),
        (np.array([4006381333931, 4006381333948] * 4), "", "whole numbers of 13 digits that come again and again"),
        (np.array([10115, 80331]), "home_plz", "whole numbers in a column called 'home_plz'"),
    ],
)
def test_codes(column: np.ndarray | Text, name: str, why: str):
    assert looks_like_code(column, name) == why


@pytest.mark.parametrize(
    ("column", "name"),
    [
        (Text.of(["10115", "80331"]), "price"),
        (Text.of(["0", "10", "0.5"]), "zip"),
        (Text.of(["+5", "-3"]), ""),
        (Text.of(["1600000000", "1600086400"] * 4), ""),
        (Text.of(["4006381333931", "4006381333948"]), ""),
        (Text.of(["40063813", "40063814"] * 4), ""),
        (Text.of(["NA"]), "zip"),
        (np.array([1, 2]), "zip"),
        (np.array([10115.5, 80331.0]), "zip"),
    ],
)
def test_no_codes(column: np.ndarray | Text, name: str):
    assert looks_like_code(column, name) is None


STATIONS = [f"{i % 20 + 100}" for i in range(60)]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ([*STATIONS, "c168", "c118", "NA"], "whole numbers that come again, some with a letter, like c168"),
        (["136A", "136B", *STATIONS], "whole numbers that come again, some with a letter, like 136A"),
        ([*STATIONS, "136A"], None),  # one slip
        ([*STATIONS, "rotary", "c1"], None),
        ([*STATIONS, "1.5", "c1", "c2"], None),
        ([*map(str, range(60)), "12p", "14p"], None),  # counts, of which some are provisional
    ],
)
def test_codes_with_letters(cells: list[str], why: str | None):
    assert codes_with_letters(Text.of(cells)) == why


TEMPERATURES = RNG.normal(10.0, 8.0, N).round(1)
POSITIVE = RNG.lognormal(5.0, 1.0, N).round()


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([*TEMPERATURES, -999.0], {-999.0: 1}),
        ([*TEMPERATURES, 9999.0, 9999.0, nan], {9999.0: 2}),
        ([*TEMPERATURES, -999.0, -9999.0, -9999.0], {-9999.0: 2, -999.0: 1}),
        ([*TEMPERATURES, -99.9], {-99.9: 1}),
        ([*POSITIVE / 1e5, 9.7], {}),
        ([*TEMPERATURES, 998.0, 999.0, 999.0], {998.0: 1, 999.0: 2}),
        ([*TEMPERATURES, *[-200.0] * 5], {-200.0: 5}),
        ([*POSITIVE, *[-200.0] * 5], {-200.0: 5}),
        ([*POSITIVE, 9.96921e36], {9.96921e36: 1}),
        ([1.0, 2.0, 3.0, 4.0, 5.0, 9.0, 9.0], {}),
        ([1.0, 2.0, 1.0, 2.0, 3.0, 9.0, 9.0], {9.0: 2}),
        ([*TEMPERATURES], {}),
        ([*POSITIVE], {}),
        ([95.0, 95.0, 96.0, 96.0, 97.0, 97.0], {}),  # years
        ([1.0, 3.0, 3.0, 8.0, 8.0, 99.0, 99.0], {99.0: 2}),
        ([*RNG.integers(0, 100, N), 99.0], {}),
        ([*RNG.integers(0, 5, N), 50.0, 50.0, 50.0], {}),  # few values, one of them far
        ([*TEMPERATURES, 200.0], {}),  # once
        ([0.0, 1.0] * 10, {}),
        ([999.0] * 5, {}),
        ([nan, np.inf], {}),
    ],
)
def test_sentinels(values: list[float], found: dict[float, int]):
    assert suspected_sentinels(np.array(values)) == found


def test_two_codes_side_by_side_are_both_named():
    """Of refused and unknown, say, the one is next to the other, and both are far from the answers."""
    values = np.array([*[1.0, 2.0, 3.0, 4.0, 5.0] * 9, 98.0, 99.0, 99.0])
    assert sentinels_of(values, None) == "98 (row 46), 99 (rows 47, 48)"
    assert sentinels_of(-values, None) == "-99 (rows 47, 48), -98 (row 46)"
    assert sentinels_of(np.arange(100.0), None) == ""
