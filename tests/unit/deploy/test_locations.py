"""Distances between the locations of a database, a bucket and functions."""

import pytest

from stoker_tools.deploy.locations import far_apart


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("nam5", "us-central1"),
        ("nam7", "northamerica-northeast1"),
        ("US", "us-west4"),
        ("US-CENTRAL1", "us-east1"),
        ("eur3", "europe-west1"),
        ("EU", "europe-north1"),
        ("EUR4", "europe-west4"),
        ("ASIA", "asia-south1"),
        ("ASIA1", "asia-northeast1"),
        ("asia-east2", "asia-northeast3"),
        ("moon1", "us-central1"),
    ],
)
def test_these_are_near(one: str, other: str) -> None:
    assert not far_apart(one, other)
    assert not far_apart(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("eur3", "us-central1"),
        ("nam5", "europe-west1"),
        ("US", "asia-northeast1"),
        ("EU", "me-west1"),
        ("asia-south1", "asia-northeast1"),
        ("australia-southeast1", "asia-southeast1"),
        ("southamerica-east1", "us-east1"),
        ("africa-south1", "europe-west1"),
    ],
)
def test_these_are_far_apart(one: str, other: str) -> None:
    assert far_apart(one, other)
    assert far_apart(other, one)
