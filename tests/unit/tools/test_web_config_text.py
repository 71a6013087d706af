"""The text of the code with which a web app connects to a suite."""

from example_suite import HOSTS, VARIABLES
from stoker_tools.emulators.web_config import region_of, web_config


def test_it_names_all_emulators_that_an_app_uses_and_the_bucket() -> None:
    code = web_config(HOSTS, VARIABLES, "europe-west1")
    assert "storageBucket: 'demo-stoker.appspot.com'" in code
    assert "connectAuthEmulator(getAuth(app), 'http://127.0.0.1:9099');" in code
    assert "connectFirestoreEmulator(getFirestore(app), '127.0.0.1', 8080);" in code
    assert "connectFunctionsEmulator(getFunctions(app, 'europe-west1'), '127.0.0.1', 5001);" in code
    assert "connectStorageEmulator(getStorage(app), '127.0.0.1', 9199);" in code
    assert "hub" not in code


def test_an_emulator_that_does_not_run_is_left_out() -> None:
    code = web_config({"auth": "127.0.0.1:9099"}, VARIABLES)
    assert "connectAuthEmulator" in code
    assert "Firestore" not in code


def test_the_region_is_that_of_most_functions() -> None:
    endpoints = {"a": {"region": ["europe-west1"]}, "b": {"region": ["europe-west1"]}, "c": {"region": ["us-east1"]}}
    assert region_of({"endpoints": endpoints}) == "europe-west1"
    assert region_of({"endpoints": {"a": {"region": None}}}) == "us-central1"
