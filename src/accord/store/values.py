"""Rows as msgpack: values as they are, and the three things that msgpack can not say as extensions.

MISSING is an Enum, which msgpack would write as its name; a whole number may pass 64 bits; a string from JSON may hold
half a surrogate pair. All are rare, so a blob is first made without looking, and made anew with extensions
only where it fails or where the name of MISSING turns up in it.
"""

from typing import Any, Final, NoReturn

import msgspec

from accord.core.values import MISSING

__all__ = ["column_data", "decoder", "pack", "unpack"]

_MISSING_CODE: Final = 1
_NUMBER_CODE: Final = 2
_STRING_CODE: Final = 3
_OBJECT_CODE: Final = 4
"""An object with such a string for a name, as pairs."""
_MISSING_EXT: Final = msgspec.msgpack.Ext(_MISSING_CODE, b"")
_MISSING_NAME: Final = b"\xa7MISSING"
"""What msgpack makes of the Enum."""
_CONTAINERS: Final = frozenset({list, tuple, dict})


def _refuse(value: object) -> NoReturn:
    raise TypeError(f"a value of type {type(value).__name__} is no JSON data and can not be stored")


_encode: Final = msgspec.msgpack.Encoder(enc_hook=_refuse).encode


def pack(data: Any) -> bytes:
    """Blob of JSON data in lists, tuples and dicts, with MISSING anywhere. Tuples come back as lists.

    Raises TypeError: something in it is no JSON data.
    """
    try:
        blob = _encode(data)
        return _encode(_without_missing(data)) if _MISSING_NAME in blob else blob
    except (OverflowError, UnicodeEncodeError):
        return _encode(_extended(data))


def column_data(values: list[Any]) -> list[Any]:
    """Values with the mark for MISSING in its place, so that `pack` makes their blob at the first go."""
    return [_MISSING_EXT if value is MISSING else value for value in values] if MISSING in values else values


def _without_missing(data: Any) -> Any:
    """The common case of `_extended`: records without some of their properties."""
    if isinstance(data, dict):
        return {key: _without_missing(item) for key, item in data.items()}
    if isinstance(data, (list, tuple)):
        return [
            _MISSING_EXT if item is MISSING else _without_missing(item) if type(item) in _CONTAINERS else item
            for item in data
        ]
    return _MISSING_EXT if data is MISSING else data


def _extended(data: Any) -> Any:
    if data is MISSING:
        return _MISSING_EXT
    if isinstance(data, str):
        return (
            data
            if _is_plain(data)
            else msgspec.msgpack.Ext(_STRING_CODE, data.encode("utf-8", "surrogatepass"))
        )
    if isinstance(data, int) and not -(2**63) <= data < 2**64:
        return msgspec.msgpack.Ext(_NUMBER_CODE, hex(data).encode())
    if isinstance(data, (list, tuple)):
        return [_extended(item) for item in data]
    if isinstance(data, dict):
        if all(map(_is_plain, data)):
            return {key: _extended(item) for key, item in data.items()}
        return msgspec.msgpack.Ext(_OBJECT_CODE, pack(list(data.items())))
    return data


def _is_plain(text: object) -> bool:
    return (
        not isinstance(text, str)
        or text.isascii()
        or not any("\ud800" <= letter <= "\udfff" for letter in text)
    )


def _from_ext(code: int, data: memoryview) -> Any:
    if code == _MISSING_CODE:
        return MISSING
    if code == _NUMBER_CODE:
        return int(bytes(data), 16)
    if code == _STRING_CODE:
        return bytes(data).decode("utf-8", "surrogatepass")
    if code == _OBJECT_CODE:
        return dict(unpack(data))
    raise ValueError(f"a blob holds an extension {code} that this version does not know")


def decoder(shape: Any) -> msgspec.msgpack.Decoder[Any]:
    """Decoder of blobs of a shape."""
    return msgspec.msgpack.Decoder(shape, ext_hook=_from_ext)


unpack: Final = decoder(Any).decode
"""Data of a blob."""
