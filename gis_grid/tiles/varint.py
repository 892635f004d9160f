"""Numbers as protobuf writes them: seven bits a byte, the last byte without the high bit."""

import numpy as np
from numpy.typing import NDArray

_SMALL = 1 << 14


def varint(number: int) -> bytes:
    """Return one number, 0 or larger.

    Examples
    --------
    >>> varint(300).hex(), varint(0).hex()
    ('ac02', '00')
    """
    return _KNOWN[number] if number < _SMALL else _written(number)


def _written(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


_KNOWN = tuple(_written(number) for number in range(_SMALL))


def zigzag(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return signed numbers as numbers from 0 on, so that small ones stay small.

    Examples
    --------
    >>> zigzag(np.array([0, -1, 1, -2])).tolist()
    [0, 1, 2, 3]
    """
    return (numbers << 1) ^ (numbers >> 63)


def lengths_of(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many bytes each of some numbers from 0 on takes.

    Examples
    --------
    >>> lengths_of(np.array([0, 127, 128, 1 << 14])).tolist()
    [1, 1, 2, 3]
    """
    lengths = np.ones(len(numbers), np.int64)
    rest = numbers >> 7
    while rest.any():
        lengths += rest > 0
        rest = rest >> 7
    return lengths


def varints(numbers: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return all `numbers` one after the other, and where each begins.

    Parameters
    ----------
    numbers
        From 0 on, shape ``(n,)``.

    Returns
    -------
    uint8 of the bytes; int64, shape ``(n + 1,)``
        The last start is the number of bytes.

    Examples
    --------
    >>> written, starts = varints(np.array([1, 300, 0]))
    >>> written.tobytes().hex(), starts.tolist()
    ('01ac0200', [0, 1, 3, 4])
    """
    lengths = lengths_of(numbers)
    starts = np.zeros(len(numbers) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    out = np.empty(starts[-1], np.uint8)
    for place in range(int(lengths.max(initial=0))):
        has = lengths > place
        more = np.where(lengths[has] > place + 1, 0x80, 0)
        out[starts[:-1][has] + place] = (numbers[has] >> 7 * place) & 0x7F | more
    return out, starts
