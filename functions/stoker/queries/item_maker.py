"""The makers of items: each turns a document of a query into a dict or into an object of a model."""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from stoker.firestore.values import fields_of, item_of
from stoker.models.document import Model
from stoker.models.problems import problems


class Unfit(Exception):
    """A document that can't be made into an item. The text is a sentence that names it."""


def maker_of(model: type[Model] | None) -> Callable[[Any], Any]:
    """Return the function that makes the item of a document, a plain protobuf message.

    The function raises `Unfit` for a document that does not fit the model. Any error of a validator counts, because one
    document must not hold up the others. The document's id is passed on if the model has a field `id`.

    Args:
        model: The model of the items. Without it, an item is a dict of the fields, and of the document's `id`.

    Example:
        >>> from stoker.firestore.messages import written
        >>> document = written("projects/p/databases/(default)/documents/tasks/spring", {"title": "Clean"}).update
        >>> maker_of(None)(document)
        {'title': 'Clean', 'id': 'spring'}
    """
    if model is None:
        return item_of

    def make(document: Any) -> Model:
        data = item_of(document) if "id" in model.model_fields else fields_of(document)
        try:
            return model.from_firestore(data)
        except ValidationError as error:
            reason = "; ".join(problems(error, data))
        except Exception as error:  # A validator of an app may raise any error. The other documents are not concerned.
            reason = repr(error)
        raise Unfit(f"{document.name.split('/documents/', 1)[1]} does not fit {model.__name__}. {reason}")

    return make
