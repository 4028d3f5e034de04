"""Documents of Office and OpenDocument, made by the tests; nothing of them is a file on disk."""

import io
import zipfile
from collections.abc import Mapping

from PIL import Image

OOXML = "application/vnd.openxmlformats-officedocument"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"

MAIN = {
    "docx": ("word/document.xml", f"{OOXML}.wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{OOXML}.spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{OOXML}.presentationml.presentation.main+xml"),
}


def zipped(members: Mapping[str, bytes | str], *, stored: tuple[str, ...] = ("mimetype",)) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            kind = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, data, kind)
    return file.getvalue()


def relationships(*rows: tuple[str, str, str] | tuple[str, str, str, str]) -> str:
    """Rows of (id, kind or whole type, target[, mode])."""
    found = ""
    for key, kind, target, *mode in rows:
        whole = kind if ":" in kind else f"{R}/{kind}"
        outside = f' TargetMode="{mode[0]}"' if mode else ""
        found += f'<Relationship Id="{key}" Type="{whole}" Target="{target}"{outside}/>'
    return f'<Relationships xmlns="{_RELS}">{found}</Relationships>'


def office_members(
    kind: str = "docx",
    body: str = "",
    *,
    rows: tuple[tuple[str, ...], ...] = (),
    more: Mapping[str, bytes | str] | None = None,
    types: Mapping[str, str] | None = None,
    main_type: str = "",
) -> dict[str, bytes | str]:
    """The members of a document: properties with names in them, a main part with `body`."""
    main, content_type = MAIN[kind]
    types = {f"/{main}": main_type or content_type, **(types or {})}
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{value}"/>' for name, value in types.items()
    )
    folder, name = main.split("/")
    return {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="jpeg" ContentType="image/jpeg"/>'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f"{overrides}</Types>"
        ),
        "_rels/.rels": relationships(
            ("rId1", "officeDocument", main), ("rId2", _CORE, "docProps/core.xml")
        ),
        "docProps/core.xml": "<p>MARKER-AUTHOR</p>",
        main: body or document("Hello"),
        f"{folder}/_rels/{name}.rels": relationships(*rows),
        **(more or {}),
    }


def office(kind: str = "docx", body: str = "", **options: object) -> bytes:
    return zipped(office_members(kind, body, **options))


def document(*paragraphs: str, inside: str = "") -> str:
    runs = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    return (
        f'<w:document xmlns:w="{W}" xmlns:r="{R}" '
        'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        f"<w:body>{runs}{inside}</w:body></w:document>"
    )


def odf_members(
    kind: str = "text",
    body: str = "<text:p>Hello</text:p>",
    *,
    more: Mapping[str, bytes | str] | None = None,
    manifest: str = "",
    scripts: str = "",
) -> dict[str, bytes | str]:
    base = "urn:oasis:names:tc:opendocument:xmlns:"
    media = f"application/vnd.oasis.opendocument.{kind}"
    spaces = " ".join(
        f'xmlns:{name}="{base}{name}:1.0"'
        for name in ("office", "text", "table", "draw", "script", "form", "presentation", "meta")
    )
    entries = "".join(
        f'<m:file-entry m:full-path="{name}" m:media-type="text/xml"/>' for name in ("content.xml",)
    )
    return {
        "mimetype": media,
        "content.xml": (
            f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink">'
            f"{scripts}<office:body><office:text>{body}</office:text></office:body>"
            "</office:document-content>"
        ),
        "meta.xml": "<m>MARKER-AUTHOR</m>",
        "META-INF/manifest.xml": (
            f'<m:manifest xmlns:m="{base}manifest:1.0">'
            f'<m:file-entry m:full-path="/" m:media-type="{media}"/>{entries}{manifest}'
            "</m:manifest>"
        ),
        **(more or {}),
    }


def odf(kind: str = "text", body: str = "<text:p>Hello</text:p>", **options: object) -> bytes:
    return zipped(odf_members(kind, body, **options))


def photo_with_place() -> bytes:
    """A JPEG that says where and with which camera it was taken."""
    picture = Image.new("RGB", (40, 30), (200, 120, 40))
    exif = picture.getexif()
    exif[0x010F] = "MARKER-CAMERA"
    exif.get_ifd(0x8825)[2] = (52.0, 22.0, 12.0)
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=exif)
    return file.getvalue()


def everything_in(data: bytes) -> bytes:
    """All that another reader unpacks, names and bytes one after another."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return b"\n".join(name.encode() + b"\n" + archive.read(name) for name in archive.namelist())
