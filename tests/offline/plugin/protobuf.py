"""As much of the protobuf wire format as the plugin protocol needs, by field numbers, without generated code."""

from collections.abc import Iterator

_VARINT, _LENGTH_DELIMITED = 0, 2


def field(number: int, value: bool | int | str | bytes) -> bytes:
    """Encode one field; as protobuf has it, a field of the default value (false, 0, empty) is left out."""
    if not value:
        return b""
    if isinstance(value, int):
        return _varint(number << 3 | _VARINT) + _varint(value)
    return message(number, value.encode() if isinstance(value, str) else value)


def message(number: int, content: bytes) -> bytes:
    """Encode a field that is a message, and hence present even if it is empty."""
    return _varint(number << 3 | _LENGTH_DELIMITED) + _varint(len(content)) + content


def contents(encoded: bytes) -> dict[int, bytes]:
    """The strings, bytes and messages of an encoded message, by field number; other fields are passed over."""
    return {number: content for number, content, _ in fields(encoded) if content is not None}


def fields(encoded: bytes) -> Iterator[tuple[int, bytes | None, bytes]]:
    """Each field of an encoded message: number, content if it is a string, bytes or a message, and the whole field."""
    position = 0
    while position < len(encoded):
        start = position
        key, position = _read_varint(encoded, position)
        number, wire_type = key >> 3, key & 7
        if wire_type not in (_VARINT, _LENGTH_DELIMITED):
            raise ValueError(f"field {number} has wire type {wire_type}, which the plugin protocol does not use")
        value, position = _read_varint(encoded, position)
        content = None
        if wire_type == _LENGTH_DELIMITED:
            content = encoded[position : position + value]
            position += value
        yield number, content, encoded[start:position]


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _read_varint(encoded: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while encoded[position] & 0x80:
        value |= (encoded[position] & 0x7F) << shift
        position, shift = position + 1, shift + 7
    return value | encoded[position] << shift, position + 1
