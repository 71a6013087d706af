"""A kind of document of an app, with fields that every document has and fields that it may lack."""

from stoker.models.document import Model, Timestamp, UserId


class Lesson(Model):
    """A lesson of a user.

    Attributes:
        user_id: The uid of the user.
        started_at: The time at which the lesson began.
        minutes: The duration in minutes.
        words: The number of learned words.
        rating: The user's rating. Missing if the user has given none.
        ended_at: The time at which the lesson ended. Missing while it goes on.
    """

    user_id: UserId
    started_at: Timestamp
    minutes: int
    words: int
    rating: int | None = None
    ended_at: Timestamp | None = None
