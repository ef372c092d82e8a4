"""Image files built byte by byte."""

import struct
import zlib

import cv2
import numpy as np


def exif(orientation: int, order: str = "<") -> bytes:
    mark = {"<": b"II", ">": b"MM"}[order]
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return mark + struct.pack(order + "HIH", 42, 8, 1) + entry + struct.pack(order + "I", 0)


def encode(image: np.ndarray, suffix: str) -> bytes:
    """RGB, RGBA or grey, 8 or 16 bits."""
    if image.ndim == 3 and image.shape[2] == 3:
        image = image[..., ::-1]
    elif image.ndim == 3 and image.shape[2] == 4:
        image = image[..., [2, 1, 0, 3]]
    return cv2.imencode(suffix, np.ascontiguousarray(image))[1].tobytes()


def jpeg_with_exif(image: np.ndarray, block: bytes) -> bytes:
    body = b"Exif\0\0" + block
    plain = encode(image, ".jpg")
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + plain[2:]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with_exif(image: np.ndarray, block: bytes) -> bytes:
    plain = encode(image, ".png")
    return plain[:33] + chunk(b"eXIf", block) + plain[33:]


def giant_png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def giant_jpeg(side: int) -> bytes:
    plain = bytearray(encode(np.zeros((8, 8, 3), np.uint8), ".jpg"))
    at = bytes(plain).index(b"\xff\xc0")
    plain[at + 5 : at + 9] = struct.pack(">HH", side, side)
    return bytes(plain)
