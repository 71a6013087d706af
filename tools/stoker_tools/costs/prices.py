"""The list prices of Google Cloud that a bill needs, each with its source.

The pages were read in stored copies on the day `READ`. `page_date` is the date of a copy, if the copy shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

READ = "2026-11-27"
"""The day on which the prices were looked up."""


class Meter(StrEnum):
    """A unit that Google Cloud counts and bills."""

    READS = "Firestore reads"
    WRITES = "Firestore writes"
    DELETES = "Firestore deletes"
    TTL_DELETES = "Firestore deletes by TTL"
    FIRESTORE_GIB_MONTHS = "Firestore GiB-months"
    REQUESTS = "calls of functions"
    VCPU_SECONDS = "vCPU-seconds of functions"
    GIB_SECONDS = "GiB-seconds of functions"
    TASK_OPERATIONS = "Cloud Tasks operations"
    SCHEDULER_JOBS = "Cloud Scheduler jobs"
    STORAGE_GIB_MONTHS = "Cloud Storage GiB-months"
    STORAGE_CLASS_A = "Cloud Storage operations of class A"
    STORAGE_CLASS_B = "Cloud Storage operations of class B"
    DOWNLOADED_GIB = "GiB downloaded from Cloud Storage"
    STANDARD_CHARACTERS = "characters of Standard voices"
    NEURAL2_CHARACTERS = "characters of Neural2 voices"
    CHIRP_HD_CHARACTERS = "characters of Chirp 3: HD voices"
    EVENTARC_EVENTS = "Eventarc events from Google's services"
    LOGS_GIB = "GiB of logs, kept for 30 days"
    IMAGES_GB_MONTHS = "Artifact Registry GB-months"


@dataclass(frozen=True)
class Price:
    """A list price in US$.

    Attributes:
        usd: The price of `per` units.
        per: The number of units.
        free: The units in a month of 30 days that cost nothing.
        source: The address of Google's page.
        page_date: The date of the copy that was read; empty if the copy shows none.
        second_hand: The reason why the price is not from Google's page itself; empty if it is.
    """

    usd: float
    per: int
    free: float
    source: str
    page_date: str = ""
    second_hand: str = ""

    def of(self, amount: float) -> float:
        """Return the price of an amount, without the free units.

        Example:
            >>> Price(0.40, 1_000_000, 2_000_000, "").of(5_000_000)
            2.0
        """
        return self.usd * amount / self.per


DAYS = 30
"""The days of a month in a bill."""

FIRESTORE = "https://firebase.google.com/docs/firestore/pricing"
RUN = "https://cloud.google.com/run/pricing"
SPEECH = "https://cloud.google.com/text-to-speech/pricing"
STORAGE = "https://cloud.google.com/storage/pricing"
OTHERS = "Google's table was in no copy. Several projects that name Google's page repeat the price"
TRANSCRIPT = "from a transcript of Google's page"


def _firestore(read: float, write: float, delete: float, stored: float, second_hand: str = "") -> dict[Meter, Price]:
    """Return the prices of a location: of 100,000 documents that are read, written and deleted, and of a GiB-month."""
    per = 100_000
    return {
        Meter.READS: Price(read, per, 50_000 * DAYS, FIRESTORE, second_hand=second_hand),
        Meter.WRITES: Price(write, per, 20_000 * DAYS, FIRESTORE, second_hand=second_hand),
        Meter.DELETES: Price(delete, per, 20_000 * DAYS, FIRESTORE, second_hand=second_hand),
        Meter.TTL_DELETES: Price(delete, per, 0, FIRESTORE, second_hand=second_hand),
        Meter.FIRESTORE_GIB_MONTHS: Price(stored, 1, 1, FIRESTORE, second_hand=second_hand),
    }


DATABASES: Mapping[str, Mapping[Meter, Price]] = {
    "nam5": _firestore(0.06, 0.18, 0.02, 0.18),
    "us-west1": _firestore(0.03, 0.09, 0.01, 0.15),
    "us-central1": _firestore(
        0.03, 0.09, 0.01, 0.15, "the copy ends before the row of us-central1; these are the prices of us-west1"
    ),
}
"""The prices of Firestore, Standard edition, by the location of the database."""

TIER_1 = (
    *("asia-east1", "asia-northeast1", "asia-northeast2", "europe-north1", "europe-southwest1", "europe-west1"),
    *("europe-west4", "europe-west8", "europe-west9", "me-west1", "us-central1", "us-east1", "us-east4", "us-east5"),
    *("us-south1", "us-west1"),
)
"""The regions of functions whose prices are listed. Source: https://cloud.google.com/run/docs/locations (tier 1)."""

EVERYWHERE: Mapping[Meter, Price] = {
    Meter.REQUESTS: Price(0.40, 1_000_000, 2_000_000, RUN),
    Meter.VCPU_SECONDS: Price(0.000024, 1, 180_000, RUN),
    Meter.GIB_SECONDS: Price(0.0000025, 1, 360_000, RUN),
    Meter.TASK_OPERATIONS: Price(0.40, 1_000_000, 1_000_000, "https://cloud.google.com/tasks/pricing"),
    Meter.SCHEDULER_JOBS: Price(0.10, 1, 3, "https://cloud.google.com/scheduler/pricing"),
    Meter.STORAGE_GIB_MONTHS: Price(0.02, 1, 5, STORAGE, "2026-09-20", TRANSCRIPT),
    Meter.STORAGE_CLASS_A: Price(0.005, 1_000, 5_000, STORAGE, "2026-09-20", TRANSCRIPT),
    Meter.STORAGE_CLASS_B: Price(0.0004, 1_000, 50_000, STORAGE, "2026-09-20", TRANSCRIPT),
    Meter.DOWNLOADED_GIB: Price(0.12, 1, 100, STORAGE, "2026-09-20", TRANSCRIPT),
    Meter.STANDARD_CHARACTERS: Price(4, 1_000_000, 4_000_000, SPEECH, second_hand=OTHERS),
    Meter.NEURAL2_CHARACTERS: Price(16, 1_000_000, 1_000_000, SPEECH, second_hand=OTHERS),
    Meter.CHIRP_HD_CHARACTERS: Price(30, 1_000_000, 1_000_000, SPEECH, second_hand=OTHERS),
    Meter.EVENTARC_EVENTS: Price(0, 1_000_000, 0, "https://cloud.google.com/eventarc/pricing"),
    Meter.LOGS_GIB: Price(0.50, 1, 50, "https://cloud.google.com/stackdriver/pricing", "2026-09-12", TRANSCRIPT),
    Meter.IMAGES_GB_MONTHS: Price(0.10, 1, 0.5, "https://cloud.google.com/artifact-registry/pricing"),
}
"""The other prices. Those of functions are the prices of `TIER_1`, with a processor only while a request runs; those of
Cloud Storage are of the class Standard in us-central1, and downloads to most of the world."""


def prices(database: str) -> Mapping[Meter, Price]:
    """Return all prices for a location of the database.

    Raises:
        KeyError: The prices of this location are not known.
    """
    return {**DATABASES[database], **EVERYWHERE}
