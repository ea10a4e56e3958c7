"""Columns of public tables as they are: what each is taken for."""

import numpy as np
import pytest

from likelinet.config import DataConfig
from likelinet.tables.inputs import learn_inputs
from likelinet.tables.table import read_table
from tests.data import DATA

FOLDER = DATA / "messy"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the tables are not here")

# All columns that are not mere numbers or categories; of these, those that could be mistaken.
TAKEN = {
    "AirQualityUCI.csv": {"Date": "moment", "Time": "joined", "AH": "number", "CO_level": "category"},
    "AutoClaims.csv": {"rownames": "identifier", "STATE": "category", "CLASS": "category", "AGE": "number"},
    "Life_Expectancy_Data.csv": {"Country": "category", "Year": "number", "Population": "number"},
    "RainIbk.csv": {"rownames": "moment"},
    "amazon_alexa.tsv": {"date": "moment", "verified_reviews": "text", "variation": "category"},
    "ames_train.csv": {"Id": "identifier", "YearBuilt": "number", "CentralAir": "boolean", "HouseStyle": "category"},
    "auto_imports_nohdr.csv": {"x1": "number", "x7": "category", "x17": "category"},
    "flavors_of_cacao.csv": {
        "Cocoa_Percent": "number",
        "Review_Date": "number",
        "Bean_Origin_or_Bar_Name": "identifier",
    },
    "lung.csv": {"rownames": "identifier", "status": "number", "inst": "number"},
    "mpg.csv": {"name": "identifier", "model_year": "number", "horsepower": "number"},
    "pollution.csv": {"No": "identifier", "year": "number", "hour": "number", "pm2.5": "number"},
    "quikr_car.csv": {"year": "number", "Price": "number", "kms_driven": "number", "name": "text"},
    "stroke.csv": {"hypertension": "boolean", "ever_married": "boolean", "smoking_status": "category"},
    "taxis.csv": {"pickup": "moment", "dropoff": "moment", "pickup_zone": "category", "passengers": "number"},
}
ODD = {"moment", "joined", "identifier", "constant"}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("file", TAKEN)
def test_what_columns_are_taken_for(file: str):
    table = read_table(FOLDER / file, header="nohdr" not in file)
    kinds = learn_inputs(table, [*table.columns], np.ones(table.n), DataConfig()).columns
    found = {kind.name: kind.tag for kind in kinds}
    expected = TAKEN[file]
    odd = {name for name, tag in found.items() if tag in ODD} - expected.keys()
    assert ({name: found[name] for name in expected}, odd) == (expected, set())
