"""The reading of due dates in the forms that people and spreadsheets write."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from stoker.models.batch import DateForm

ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)
"""A date, and perhaps a time, its fraction of a second, and its offset from UTC.
Source: https://www.rfc-editor.org/rfc/rfc3339 (section 5.6). Other forms that programs write are allowed too."""

NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)

LEAP_DAY = 60
"""The serial number of February 29, 1900. This day did not exist, but Excel counts it.
Source: https://learn.microsoft.com/troubleshoot/microsoft-365-apps/excel/wrongly-assumes-1900-is-leap-year"""

LAST_SERIAL = 2_958_465
"""The serial number of December 31, 9999.
Source: https://support.microsoft.com/office/e7fe7167-48a9-4b96-bb53-5612a800b487"""


class InvalidDate(Exception):
    """A value is not a date. The message says what to write."""


@dataclass(frozen=True)
class DueDates:
    """The form of the due dates in a file.

    Attributes:
        form: `iso`; or `excel`, if a number is the serial number of a day in Excel's 1900 date system.
        zone: The time zone of dates without an offset; None if all dates must have an offset.
    """

    form: DateForm = "iso"
    zone: tzinfo | None = None

    def read(self, value: object) -> datetime:
        """Read a due date. A date without a time means midnight.

        Digits beyond the microsecond are dropped, as in Firestore.
        Source: https://firebase.google.com/docs/firestore/manage-data/data-types (date and time).

        Args:
            value: A cell of CSV, or a JSON value.

        Raises:
            InvalidDate: The value is not a date, or its time zone is not known.

        Example:
            >>> from zoneinfo import ZoneInfo
            >>> DueDates().read("2027-01-02T09:00:00Z").isoformat()
            '2027-01-02T09:00:00+00:00'
            >>> DueDates("excel", ZoneInfo("Europe/Berlin")).read("46387.5").isoformat()
            '2026-12-31T12:00:00+01:00'
        """
        text = value.strip() if isinstance(value, str) else str(value)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number or NUMBER.fullmatch(text):
            return self._zoned(self._of_serial(text), text)
        found = ISO.fullmatch(text) if isinstance(value, str) else None
        if found is None:
            raise InvalidDate(f"{_shown(text)} is no date. Write it in the form 2027-01-02T09:00:00Z")
        day, clock, fraction, offset = found.groups()
        try:
            time = datetime.fromisoformat(f"{day}T{clock or '00:00'}").replace(
                microsecond=int((fraction or "0")[:6].ljust(6, "0"))
            )
            if offset is not None:
                return datetime.fromisoformat(time.isoformat() + offset.upper())
        except ValueError:
            raise InvalidDate(f"{_shown(text)} is no date of the calendar") from None
        return self._zoned(time, text)

    def _of_serial(self, text: str) -> datetime:
        if self.form != "excel":
            raise InvalidDate(
                f"{_shown(text)} is a number and no date. Write it in the form 2027-01-02T09:00:00Z, or write "
                "dates: 'excel' into "
                "the job's input if the file comes from a spreadsheet"
            )
        try:
            serial = float(text.replace(",", "."))
        except ValueError:
            serial = 0.0
        if not 1 <= serial < LAST_SERIAL + 1 or int(serial) == LEAP_DAY:
            raise InvalidDate(f"{_shown(text)} is no serial number of a day in Excel")
        days = int(serial) - (int(serial) > LEAP_DAY)
        # Excel's fractions of a day are exact to about a millisecond, so the seconds are rounded to milliseconds.
        seconds = round((serial - int(serial)) * 86400, 3)
        return datetime(1899, 12, 31) + timedelta(days=days, seconds=seconds)

    def _zoned(self, time: datetime, text: str) -> datetime:
        if self.zone is None:
            raise InvalidDate(
                f"{_shown(text)} has no time zone. Write {time.isoformat()}Z if it is in UTC, or write a timeZone such "
                "as 'Europe/Berlin' into the job's input"
            )
        return time.replace(tzinfo=self.zone)


ISO_DATES = DueDates()


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")
