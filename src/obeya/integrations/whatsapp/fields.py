"""Typed access to JSON that somebody else wrote.

Every getter either returns a value of the promised type or raises `CannotReadField`, whose text a
person can read. Nothing here knows WhatsApp.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]
"""Parsed JSON. Numbers with a fraction stay the text they came as, so that no digit is lost."""

Object = Mapping[str, Json]

MAX_ID_CHARS = 255
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_MAX_NUMBER_CHARS = 40
_LARGEST_EXPONENT = 15
_LAST_SECOND = 253402300799  # 9999-12-31T23:59:59Z


class CannotReadJson(Exception):
    """The text is not JSON that can be kept: the reason says why."""


class CannotReadField(Exception):
    """A field is missing or not of the expected form: the reason says which."""


def load(body: bytes, *, max_depth: int) -> Json:
    """Parse JSON text, at most `max_depth` levels deep, into values a database can store.

    NUL characters and lone surrogates, which PostgreSQL cannot store, become U+FFFD.
    Raises CannotReadJson.
    """
    try:
        parsed: Json = json.loads(body.decode("utf-8"), parse_float=str, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise CannotReadJson("it is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise CannotReadJson(f"it is not JSON ({error.msg}, line {error.lineno})") from error
    except RecursionError as error:
        raise CannotReadJson(f"it is nested deeper than {max_depth} levels") from error
    except ValueError as error:  # int() refuses numbers of thousands of digits
        raise CannotReadJson("it has a number that is far too long") from error
    return _storable(parsed, depth_left=max_depth, max_depth=max_depth)


def _refuse_constant(name: str) -> Json:
    raise CannotReadJson(f"it has {name} where a number should be")


def _storable(value: Json, *, depth_left: int, max_depth: int) -> Json:
    if isinstance(value, str):
        return _UNSTORABLE.sub(_REPLACEMENT, value)
    if not isinstance(value, list | dict):
        return value
    if depth_left == 0:
        raise CannotReadJson(f"it is nested deeper than {max_depth} levels")
    if isinstance(value, list):
        return [_storable(item, depth_left=depth_left - 1, max_depth=max_depth) for item in value]
    return {
        _UNSTORABLE.sub(_REPLACEMENT, key): _storable(item, depth_left=depth_left - 1, max_depth=max_depth)
        for key, item in value.items()
    }


def object_of(value: Json, what: str) -> Object:
    """`value` as an object. Raises CannotReadField."""
    if isinstance(value, dict):
        return value
    raise CannotReadField(f"{what} is not an object")


def get_object(source: Object, key: str) -> Object:
    """The object under `key`. Raises CannotReadField."""
    return object_of(source.get(key), f"“{key}”")


def find_object(source: Object, key: str) -> Object:
    """The object under `key`, or an empty one."""
    value = source.get(key)
    return value if isinstance(value, dict) else {}


def list_values(source: Object, key: str) -> list[Json]:
    """The list under `key`; missing is empty. Raises CannotReadField if it is something else."""
    value = source.get(key)
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise CannotReadField(f"“{key}” is not a list")


def list_objects(source: Object, key: str, *, at_most: int | None = None) -> list[Object]:
    """The list of objects under `key`; missing is empty. Raises CannotReadField, also past `at_most`."""
    values = list_values(source, key)
    if at_most is not None and len(values) > at_most:
        raise CannotReadField(f"“{key}” has more than {at_most} entries")
    return [object_of(item, f"an entry of “{key}”") for item in values]


def find_text(source: Object, key: str) -> str | None:
    """The text under `key`; None where it is missing, empty or not text."""
    value = source.get(key)
    return value if isinstance(value, str) and value else None


def get_text(source: Object, key: str) -> str:
    """The text under `key`, not empty. Raises CannotReadField."""
    value = find_text(source, key)
    if value is None:
        raise CannotReadField(f"“{key}” is missing")
    return value


def find_id(source: Object, key: str) -> str | None:
    """The id under `key`, None where there is none or it is too long to be one.

    Meta writes ids as text and, here and there, as numbers.
    """
    value = source.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_ID_CHARS:
        return None
    return value.strip()


def get_id(source: Object, key: str) -> str:
    """The id under `key`. Raises CannotReadField."""
    value = find_id(source, key)
    if value is None:
        raise CannotReadField(f"“{key}” is missing or is not an id")
    return value


def find_flag(source: Object, key: str) -> bool:
    """Whether `key` is there and true."""
    return source.get(key) is True


def find_number(source: Object, key: str) -> Decimal | None:
    """The number under `key`, None where there is none of a sane size."""
    value = source.get(key)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value)
    if len(text) > _MAX_NUMBER_CHARS:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
        return None
    return number


def get_number(source: Object, key: str) -> Decimal:
    """The number under `key`. Raises CannotReadField."""
    number = find_number(source, key)
    if number is None:
        raise CannotReadField(f"“{key}” is not a number")
    return number


def find_code(source: Object, key: str) -> int | None:
    """The whole number under `key`, or None."""
    number = find_number(source, key)
    return int(number) if number is not None and number == number.to_integral_value() else None


def find_moment(source: Object, key: str) -> datetime | None:
    """The Unix time in seconds under `key` as an aware UTC datetime, or None."""
    second = find_code(source, key)
    if second is None or not 0 < second <= _LAST_SECOND:
        return None
    return datetime.fromtimestamp(second, tz=UTC)


def get_moment(source: Object, key: str) -> datetime:
    """The Unix time in seconds under `key`, aware, in UTC. Raises CannotReadField."""
    moment = find_moment(source, key)
    if moment is None:
        raise CannotReadField(f"“{key}” is not a moment in time")
    return moment
