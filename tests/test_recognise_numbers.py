"""Numbers in dress: what is read as which number, and what is not."""

import numpy as np
import pyarrow as pa
import pytest

from likelinet.tables.recognise.dress import Dress
from likelinet.tables.recognise.numbers_in_dress import numbers_in_dress, thousands_by_points
from likelinet.tables.table import as_table
from likelinet.tables.text import Text
from likelinet.tables.undressed import undressed

nan = np.nan

READ = {
    "63%|70%|72.5 %": [63.0, 70.0, 72.5],
    "+0.5% -0.2%": [0.5, -0.2],
    "$4.99 0 $1,200.50": [4.99, 0.0, 1200.5],
    "-$5 $-6 $7": [-5.0, -6.0, 7.0],
    "€ 5|€ 7,50|NA": [5.0, 7.5, nan],
    "5 EUR|6.5 eur": [5.0, 6.5],
    "Rs. 80,000|Rs. 1,20,000": [80000.0, 120000.0],
    "₹4,25,000 ₹80,000": [425000.0, 80000.0],
    "45,000 kms|40 kms||0,000 kms": [45000.0, 40.0, nan, 0.0],
    "12 kg|1 kg|0": [12.0, 1.0, 0.0],
    "12 months|1 month|1 Month.": [12.0, 1.0, 1.0],
    "19.7 kmpl|20 kmpl": [19.7, 20.0],
    "4.5/5 3/5": [4.5, 3.0],
    "80,000 4,25,000 12": [80000.0, 425000.0, 12.0],
    "1,234,567.8 7": [1234567.8, 7.0],
    "1.234.567,8 12,5": [1234567.8, 12.5],
    "1'234 12\u2019345.5": [1234.0, 12345.5],
    "1 234|23 456|7": [1234.0, 23456.0, 7.0],
    "1\u00a0234,5|3,2": [1234.5, 3.2],
    "1\u202f234|3": [1234.0, 3.0],
    "3,5 1,250": [3.5, 1.25],
    "1,250 3,400": [1250.0, 3400.0],
    "0,125 kg|0,250 kg": [0.125, 0.25],
    "1.250 €|950 €|2.100 €|3.999 €": [1250.0, 950.0, 2100.0, 3999.0],
    "1.25 €|3 €": [1.25, 3.0],
    "19M 1.2k 850 3.4B": [19e6, 1200.0, 850.0, 3.4e9],
    "1.2 million|3 billion": [1.2e6, 3e9],
    "2 lakh|1.5 crore": [2e5, 1.5e7],
    "5 m|7 m": [5.0, 7.0],
    "5m 7k": [5e6, 7e3],
    "10,000+ 500+ 5+ 5": [10000.0, 500.0, 5.0, 5.0],
    "90+ 88 1": [90.0, 88.0, 1.0],
    "<5 7 12": [5.0, 7.0, 12.0],
    ">100 99": [100.0, 99.0],
    "(1,234) 500": [-1234.0, 500.0],
    "($5.00) $6": [-5.0, 6.0],
    "\u22125 3": [-5.0, 3.0],
    "5.5- 3 1,200-": [-5.5, 3.0, -1200.0],
    "801 KB|7.7 MB|1.5 GB": [801e3, 7.7e6, 1.5e9],
    "1.2e3 kg|5 kg": [1200.0, 5.0],
}

NOT = [
    "1 2.5 -3e5 inf",  # plain numbers, which need no help
    "00123 00456",
    "007 kg|1 kg",
    "+4917012345 +4917112345",
    "+49 170 123|+49 171 124",
    "555 123 456|555 234 567|444 555 123",
    "192.168.100.101 192.168.100.102",
    "<5 3 12",
    "90+ 95 1",
    "(1) (2)",
    "1- 2-",
    "12 kg|500 g",
    "1/2 2/2 1/1",
    "$5 €6",
    "12 kg|13",
    "1st 2nd",
    "5 pm|6 pm",
    "C6 C11",
    "2020-01-03 2020-01-04",
    "18:00 12:00",
    "1-2 3-4",
    "10115-1234 10116-1234",
    "12,34,5 1,2",
    "two one",
    "NA ?",
]


def cells(line: str) -> Text:
    return Text.of(line.split("|" if "|" in line else " "))


@pytest.mark.parametrize("line", READ)
def test_read(line: str):
    found = numbers_in_dress(cells(line))
    assert found is not None
    np.testing.assert_array_equal(found.numbers, READ[line])
    assert not found.stray.any()
    again = found.dress.read(cells(line))  # as new rows are
    np.testing.assert_array_equal(again.numbers, found.numbers)
    assert again.missing.tolist() == np.isnan(READ[line]).tolist()


@pytest.mark.parametrize("line", NOT)
def test_not_read(line: str):
    assert numbers_in_dress(cells(line)) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("63% 70%", "numbers with the unit '%' ('63%' is 63)"),
        ("7 kg|1,234 kg|5,5 kg", "numbers with the unit 'kg' and decimal commas ('7 kg' is 7)"),
        ("0|55.4 kWh|7 kwh", "numbers with the unit 'kWh' ('55.4 kWh' is 55.4)"),
        ("USD 1,250.5|USD 7|USD 99", "numbers with the unit 'USD' and thousands separators ('USD 1,250.5' is 1250.5)"),
        ("€ 7k|€ 1.5M", "numbers with the unit '€' and suffixes for powers of ten ('€ 7k' is 7000)"),
        ("7 1,234", "numbers with thousands separators ('1,234' is 1234, and not a decimal comma)"),
        ("7 1,234,567", "numbers with thousands separators ('1,234,567' is 1234567)"),
        ("19M 20+", "numbers with suffixes for powers of ten and open ends ('19M' is 19000000)"),
        ("(7) 8", "numbers with negative ones as in accounts ('(7)' is -7)"),
    ],
)
def test_words(line: str, words: str):
    found = numbers_in_dress(cells(line))
    assert found is not None
    assert found.words == words


def test_pairs_are_no_numbers_with_a_unit():
    assert numbers_in_dress(Text.of(["2/2"] * 30 + ["1/2"] * 8 + ["1/1"]), 0.9) is None
    stars = numbers_in_dress(Text.of(["4/5", "5/5", "3/5"]))
    assert stars is not None
    assert stars.numbers.tolist() == [4.0, 5.0, 3.0]


def test_limits_of_detection_lie_among_the_numbers():
    measured = [f"{v / 100}" for v in range(1, 41)]
    found = numbers_in_dress(Text.of(["<0.02", "<0.1", *measured]))
    assert found is not None
    np.testing.assert_array_equal(found.numbers[:3], [0.02, 0.1, 0.01])
    assert numbers_in_dress(Text.of(["<0.02", "<0.3", *measured])) is None  # above the middle of 0.01 … 0.4


def test_new_cells_are_read_as_training_was():
    found = numbers_in_dress(cells("1,250 kg|3,5 kg"))
    assert found is not None
    assert found.dress == Dress("", ",", "kg")
    new = found.dress.read(cells("1,250 kg|0|4 KG|5 lb|8|?"))  # alone, 1,250 would be a thousand and more
    np.testing.assert_array_equal(new.numbers, [1.25, 0.0, 4.0, nan, nan, nan])
    assert new.stray.tolist() == [False, False, False, True, True, False]
    assert new.missing.tolist() == [False] * 5 + [True]


POINTS = "950 1.250 12.500 -3.125 2.718 1.414 7"


def test_thousands_by_points():
    found = thousands_by_points(cells(POINTS + " NA"))
    assert found is not None
    np.testing.assert_array_equal(found.numbers, [950.0, 1250.0, 12500.0, -3125.0, 2718.0, 1414.0, 7.0, nan])
    assert found.words == "numbers with thousands separators ('1.250' is 1250, and not a decimal point)"
    assert found.dress.read(cells("2.500")).numbers.tolist() == [2500.0]


def test_text_among_thousands_by_points():
    found = thousands_by_points(cells("n/v " + POINTS + " ERR NA"))
    assert found is not None
    np.testing.assert_array_equal(found.numbers, [np.nan, 950, 1250, 12500, -3125, 2718, 1414, 7, np.nan, np.nan])
    np.testing.assert_array_equal(np.flatnonzero(found.stray), [0, 8])
    table = as_table({"y": (("950 1.250 12.500 3.125 2.718 1.414 7 " * 4) + "ERR").split()})
    with pytest.warns(UserWarning, match="'1.250' is 1250"):
        read = undressed(table, ["y"], 0.9, "Target").numbers("y")
    np.testing.assert_array_equal(read, [*[950, 1250, 12500, 3125, 2718, 1414, 7] * 4, np.nan])


@pytest.mark.parametrize("more", ["1.25", "0.125", "1.2500", "1250", "007"])
def test_points_that_are_decimal(more: str):
    assert thousands_by_points(cells(f"{POINTS} {more}")) is None


def test_points_that_may_be_decimal():
    for line in ("1.250 12.500 3.125 2.718 1.414 7", "950 1.250 12.500 3.125 2.718 7", "1 2 3 4 5 6 7 8 9", "NA"):
        assert thousands_by_points(cells(line)) is None


def test_large_strings():
    text = cells("63%|0|1,250%")
    found = numbers_in_dress(Text(text.cells.cast(pa.large_string())))
    assert found is not None
    assert found.numbers.tolist() == [63.0, 0.0, 1250.0]


def test_most_cells():
    line = "|".join(["45,000 kms"] * 9 + ["Petrol", "NA"])
    assert numbers_in_dress(cells(line)) is None
    found = numbers_in_dress(cells(line), agree=0.9)
    assert found is not None
    np.testing.assert_array_equal(found.numbers, [45000.0] * 9 + [nan, nan])
    assert found.stray.tolist() == [False] * 9 + [True, False]


def test_all_cells_before_most_cells():
    line = "|".join([*(f"{v}.125" for v in range(1, 40)), "1.234.567"])  # 1.125 alone is little more than one
    found = numbers_in_dress(cells(line), agree=0.9)
    assert found is not None
    assert found.numbers.tolist() == [*(1000.0 * v + 125.0 for v in range(1, 40)), 1234567.0]


def test_all_of_a_long_column_decides():
    text = Text.of(["1,250", "3,400"] * 1000 + ["3,4"] + ["NA"] * 1000)
    found = numbers_in_dress(text)
    assert found is not None
    assert found.numbers[:2].tolist() == [1.25, 3.4]
    assert numbers_in_dress(Text.of(["NA"] * 1500 + ["5 kg", "6 kg"])) is not None
    assert numbers_in_dress(Text.of(["5 kg"] * 1500 + ["6 lb"])) is None


@pytest.mark.parametrize("thousands", [",", ".", "'", " ", "\u00a0"])
def test_written_and_read(thousands: str):
    numbers = np.round(np.random.default_rng(1).lognormal(8.0, 3.0, 300), 2)
    decimal = "," if thousands == "." else "."
    written = [f"{v:,.2f}".translate({ord(","): thousands, ord("."): decimal}) for v in numbers]
    found = numbers_in_dress(Text.of(written))
    assert found is not None
    np.testing.assert_array_equal(found.numbers, numbers)


@pytest.mark.parametrize("cell", ["(-5)", "--5", "-(5)", "-$-5"])
def test_a_number_is_not_negative_twice(cell: str):
    assert np.isnan(Dress().read(cells(cell)).numbers).all()
    assert numbers_in_dress(cells(f"{cell}|(6)|(7)|(8)".replace("|", " "))) is None
