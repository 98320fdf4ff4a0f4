"""One protobuf message of an image: decoded, and checked for what decoding alone lets through."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any, TypeVar

from google.protobuf.message import DecodeError, Message

from criu_tui.core.base.limits import NESTED_LIMIT
from criu_tui.core.base.units import number
from criu_tui.core.images.message_classes import list_of
from criu_tui.core.images.wire import FIXED, LENGTH, VARINT, read_varint, write_varint
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from google._upb._message import Descriptor as UpbDescriptor
    from google.protobuf.descriptor import Descriptor

    _Descriptor = Descriptor | UpbDescriptor


M = TypeVar("M", bound=Message)


def parse(payload: bytes, message: type[M], name: str, offset: int, entry: int, *, whole: bool = True) -> M:
    """One protobuf message; raises ImageError when the bytes are not one, or, with `whole`, lack a required field."""
    if len(payload) > NESTED_LIMIT and _nests_too_much(payload, message.DESCRIPTOR):
        kind = message.DESCRIPTOR.name
        reason = f"more than {number(NESTED_LIMIT)} messages within one {kind}: more than is read"
        raise ImageError(name, offset, reason, entry)
    try:
        found = message.FromString(payload)
    except (DecodeError, UnicodeDecodeError) as error:
        # Text that is not UTF-8 is none to protobuf's implementation in Python; the usual one hands out its bytes.
        raise ImageError(name, offset, f"not a {message.DESCRIPTOR.name} message", entry) from error
    if whole and not found.IsInitialized():
        missing = _missing(found)
        if missing is not None:
            raise ImageError(name, offset, f"a {message.DESCRIPTOR.name} message without its {missing}", entry)
    return found


def parse_many(payloads: Sequence[bytes], message: type[M]) -> tuple[M, ...] | None:
    """Messages of one type decoded together; None when not all of them are what `parse` lets through.

    Where there are thousands, this takes a fifth of the time.
    """
    sizes = [*map(len, payloads)]
    if max(sizes) > NESTED_LIMIT:
        return None
    data = b"".join(itertools.chain.from_iterable(zip(map(_head, sizes), payloads, strict=True)))
    try:
        found: Any = list_of(message.DESCRIPTOR.name).FromString(data)
    except (DecodeError, UnicodeDecodeError):
        return None
    return tuple(found.entries) if found.IsInitialized() else None


@functools.lru_cache(1 << 12)
def _head(size: int) -> bytes:
    """What stands before an entry of a number of bytes in a `list_of` message: field 1, with a length."""
    return b"\x0a" + write_varint(size)


def text_of(value: str | bytes) -> str:
    """A string field as text: protobuf gives bytes for one that is not UTF-8, as names of files may be."""
    return value if isinstance(value, str) else value.decode("utf-8", "surrogateescape")


def _nests_too_much(payload: bytes, descriptor: _Descriptor) -> bool:
    """Whether more than NESTED_LIMIT messages lie within one, at any depth.

    Of as many bytes, nearly all are let through by those that begin such a message, which other
    fields hold too; only where there are too many of these is it walked through.
    """
    if sum(map(payload.count, _nested_tags(descriptor))) <= NESTED_LIMIT:
        return False
    return next(itertools.islice(_nested(payload, descriptor), NESTED_LIMIT, None), None) is not None


def _nested(payload: bytes, descriptor: _Descriptor) -> Iterator[_Descriptor]:
    """The messages within one, at any depth, as their types; where the bytes are none, a level ends."""
    levels = [(0, len(payload), descriptor)]
    while levels:
        at, end, here = levels.pop()
        inner = _message_fields(here)
        while at < end:
            tag, at = read_varint(payload, at)
            wire = tag & 7
            if wire == LENGTH:
                length, at = read_varint(payload, at)
                found = inner.get(tag >> 3)
                if found is not None:
                    yield found
                    if _message_fields(found):
                        levels.append((at, min(end, at + length), found))
                at += length
            elif wire == VARINT:
                at = read_varint(payload, at)[1]
            elif wire in FIXED:
                at += FIXED[wire]


@functools.cache
def _message_fields(descriptor: _Descriptor) -> dict[int, _Descriptor]:
    """The types of a message's fields that are messages, by number."""
    return {field.number: field.message_type for field in descriptor.fields if field.message_type is not None}


@functools.cache
def _nested_tags(descriptor: _Descriptor) -> tuple[bytes, ...]:
    """Bytes one of which begins every field that repeats a message, however its tag is written."""
    tags: set[int] = set()
    seen: set[str] = set()
    rest: list[_Descriptor] = [descriptor]
    while rest:
        here = rest.pop()
        if here.full_name in seen:
            continue
        seen.add(here.full_name)
        for field in here.fields:
            if field.message_type is not None:
                rest.append(field.message_type)
                if field.is_repeated:
                    low = (field.number << 3 | 2) & 0x7F
                    tags |= {low, low | 0x80}
    return tuple(bytes((tag,)) for tag in sorted(tags))


def _missing(message: Message) -> str | None:
    """The first required field that a message lacks, such as "vmas[3].start"; None when only enums are lacking.

    protobuf keeps an enum's unknown value among the unknown fields: that is no damage.
    """
    rest = [("", message)]
    while rest:
        path, here = rest.pop()
        for field in here.DESCRIPTOR.fields:
            if field.is_required and field.enum_type is None and not here.HasField(field.name):
                return f"{path}{field.name}"
        rest += ((f"{path}{step}.", inner) for step, inner in _inner(here) if not inner.IsInitialized())
    return None


def _inner(message: Message) -> Iterator[tuple[str, Message]]:
    """The messages that are set in a message, with the names that lead to them."""
    for field in message.DESCRIPTOR.fields:
        if field.message_type is None:
            continue
        if field.is_repeated:
            repeated: Sequence[Message] = getattr(message, field.name)
            yield from ((f"{field.name}[{index}]", inner) for index, inner in enumerate(repeated))
        elif message.HasField(field.name):
            yield field.name, getattr(message, field.name)
