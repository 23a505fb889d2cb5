"""Files for tests: sound ones of every kind, and what people send instead."""

import struct
import zlib
from io import BytesIO
from random import Random

from PIL import Image
from PIL.PngImagePlugin import PngInfo

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\ntrailer\n<< /Size 1 >>\nstartxref\n48\n%%EOF\n"
HTML = b"<!doctype html><script>alert(document.cookie)</script>" * 4
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
SECRET = "taken at home"


def image(kind: str = "PNG", width: int = 64, height: int = 48, mode: str = "RGB") -> bytes:
    """An image with some detail, and with words in its metadata."""
    picture = Image.radial_gradient("L").resize((width, height)).convert(mode)
    output, exif, text = BytesIO(), Image.Exif(), PngInfo()
    exif[0x010E] = SECRET
    text.add_text("Comment", SECRET)
    more = {"pnginfo": text} if kind == "PNG" else {}
    picture.save(output, kind, exif=exif, **more)
    return output.getvalue()


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A small PNG whose head says that it is enormous."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + _chunk(b"IEND", b"")
    )


def text_bomb() -> bytes:
    """A PNG whose compressed text is 64 MiB when it is opened."""
    whole = image()
    text = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * (64 * 1024 * 1024), 9))
    return whole[:33] + text + whole[33:]


def mutated(whole: bytes, random: Random) -> bytes:
    """The file with some of it flipped, cut, doubled, swapped or replaced."""
    content = bytearray(whole)
    for _ in range(random.randint(1, 6)):
        place, length = random.randrange(len(content) or 1), random.randint(1, 64)
        match random.randrange(6):
            case 0:
                content[place : place + 1] = bytes([random.randrange(256)])
            case 1:
                del content[place : place + length]
            case 2:
                content[place:place] = random.randbytes(length)
            case 3:
                del content[place:]
            case 4:
                content += content[place : place + length]
            case _:
                content[place : place + 4] = struct.pack(">I", random.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 65_535]))
    return bytes(content)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
