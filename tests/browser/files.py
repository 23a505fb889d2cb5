"""Files that people choose: a document, something that only calls itself one, a logo and a banner."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload

GREEN, SUN, PAPER, CRUST = "#0b6a50", "#ffc44d", "#faf7f1", "#b9722d"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\ntrailer\n<< /Root 1 0 R >>\nstartxref\n50\n%%EOF\n"


def document(name: str = "Trade licence.pdf") -> FilePayload:
    """A small PDF."""
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


def disguised() -> FilePayload:
    """A program that is called a PDF."""
    return {"name": "passport.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00 not what it seems to be"}


def too_large() -> FilePayload:
    """A file of one byte more than is taken."""
    return {"name": "huge.png", "mimeType": "image/png", "buffer": bytes(10 * 1024 * 1024 + 1)}


def logo() -> FilePayload:
    """A loaf in front of the sun, as a square PNG."""
    image = Image.new("RGB", (600, 600), PAPER)
    draw = ImageDraw.Draw(image)
    draw.ellipse((110, 60, 490, 440), fill=SUN)
    draw.rounded_rectangle((90, 280, 510, 500), radius=105, fill=CRUST)
    for left in (180, 280, 380):
        draw.line((left, 420, left + 55, 330), fill=PAPER, width=18)
    return _png("logo.png", image)


def banner() -> FilePayload:
    """Hills at sunrise, four times as wide as high."""
    image = Image.new("RGB", (1600, 400), "#fdebc4")
    draw = ImageDraw.Draw(image)
    draw.ellipse((1080, 60, 1400, 380), fill=SUN)
    for left, top, colour in ((-300, 240, "#8cc4a4"), (500, 210, "#3f9273"), (-100, 300, GREEN), (900, 280, "#085540")):
        draw.ellipse((left, top, left + 1300, top + 700), fill=colour)
    return _png("banner.png", image)


def _png(name: str, image: Image.Image) -> FilePayload:
    content = BytesIO()
    image.save(content, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": content.getvalue()}
