"""Pictures for tests."""

from io import BytesIO

from PIL import Image


def image(width: int = 64, height: int = 48, kind: str = "PNG", shade: int = 0) -> bytes:
    """A picture with some detail; another shade is another picture."""
    output = BytesIO()
    picture = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    picture.putpixel((0, 0), (shade, 0, 0))
    picture.save(output, kind)
    return output.getvalue()
