"""PDFs that are far more than they look, never end, or are something else as well."""

from __future__ import annotations

import io
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.files import corpus
from tests.files.pdfs import MARK, saved, with_pages

_MEGABYTE = 1024 * 1024


def written(*objects: bytes, root: int = 1) -> bytes:
    """A PDF by hand, objects numbered from 1, for what no library would write."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(places) + 1, root, start,
    )  # fmt: skip
    return bytes(out)


def stream(packed: bytes, entries: bytes) -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(packed), entries, packed)


def _page(contents: bytes, resources: bytes = b"<<>>", *more: bytes) -> bytes:
    return written(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources %s>>"
        % resources,
        contents,
        *more,
    )


def _zeros(megabytes: int) -> bytes:
    packer, zeros = zlib.compressobj(9), bytes(_MEGABYTE)
    begin = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    return begin + again * (megabytes - 1) + b"\3\0"


def bomb() -> bytes:
    """Two gigabytes of nothing in two megabytes."""
    return _page(stream(_zeros(2048), b"/Filter/FlateDecode"))


def bomb_in_a_bomb() -> bytes:
    """Packed twice: some kilobytes that become gigabytes."""
    twice = zlib.compress(_zeros(2048), 9)
    return _page(stream(twice, b"/Filter[/FlateDecode/FlateDecode]"))


def many_bombs() -> bytes:
    """Each small enough, together not."""
    packed = stream(_zeros(200), b"/Filter/FlateDecode")
    names = b" ".join(b"/X%d %d 0 R" % (n, n) for n in range(5, 25))
    return _page(stream(b"", b""), b"<</XObject<<%s>>>>" % names, *[packed] * 20)


def bomb_of_objects() -> bytes:
    """Gigabytes in a stream of objects, which a reader unpacks before anybody asked."""
    packed = stream(_zeros(3000), b"/Type/ObjStm/N 1/First 5/Filter/FlateDecode")
    table = zlib.compress(
        b"".join(
            kind.to_bytes(1) + place.to_bytes(4) + index.to_bytes(1)
            for kind, place, index in [(0, 0, 0), (2, 2, 0), (1, 9, 0)]
        )
    )
    start = 9 + len(b"2 0 obj\n") + len(packed) + len(b"\nendobj\n")
    entries = b"/Type/XRef/Size 3/W[1 4 1]/Root 1 0 R/Filter/FlateDecode"
    return (
        b"%PDF-1.7\n2 0 obj\n" + packed + b"\nendobj\n3 0 obj\n" + stream(table, entries)
        + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
    )  # fmt: skip


def pictures_in_line() -> bytes:
    """A page whose drawing names a photograph wherever one looks."""
    pdf = with_pages()
    pdf.pages[0].Contents = pdf.make_stream(b"BI /F /DCT ID " * 400_000)
    return saved(pdf, compress_streams=True)


def huge_picture() -> bytes:
    entries = (
        b"/Type/XObject/Subtype/Image/Width 30000/Height 30000"
        b"/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode"
    )
    image = stream(_zeros(1), entries)
    return _page(stream(b"q 600 0 0 800 0 0 cm /Im Do Q", b""), b"<</XObject<</Im 5 0 R>>>>", image)


def too_many_pages() -> bytes:
    kids = b"3 0 R " * 2001
    return written(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count 2001>>" % kids,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]>>",
    )


def pages_without_end() -> bytes:
    return written(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 1>>",
    )


def nested_deep() -> bytes:
    return _page(b"[" * 100_000 + b"]" * 100_000)


def form_in_itself() -> bytes:
    form = stream(
        b"/Me Do /Me Do",
        b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</Me 5 0 R>>>>",
    )
    return _page(stream(b"/Me Do", b""), b"<</XObject<</Me 5 0 R>>>>", form)


def forms_in_forms() -> bytes:
    """Thirty forms, each drawing the next one ten times: more than anybody waits for."""
    forms = [
        stream(
            b"/Next Do " * 10,
            b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</Next %d 0 R>>>>"
            % (number + 1),
        )
        for number in range(5, 35)
    ]
    last = stream(b"0 0 600 800 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]")
    return _page(stream(b"/Next Do", b""), b"<</XObject<</Next 5 0 R>>>>", *forms, last)


def outline_without_end() -> bytes:
    pdf = with_pages()
    one = pdf.make_indirect(Dictionary(Title=String("One")))
    outlines = pdf.make_indirect(Dictionary(First=one, Last=one, Count=1))
    one.Next, one.Prev, one.Parent, one.First, one.Last = one, one, outlines, one, one
    pdf.Root.Outlines = outlines
    return saved(pdf)


def encrypted(user: str) -> bytes:
    rights = pikepdf.Permissions(extract=False, print_highres=False)
    return saved(
        with_pages(), encryption=pikepdf.Encryption(owner="meester", user=user, allow=rights)
    )


def signed() -> bytes:
    pdf = with_pages()
    signature = pdf.make_indirect(
        Dictionary(
            Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), Name=String(MARK),
            ByteRange=Array([0, 10, 20, 10]), Contents=String(MARK * 9),
        )
    )  # fmt: skip
    seen = pdf.make_stream(
        b"0 0 200 40 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 200, 40]
    )
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, Rect=[50, 50, 250, 90], FT=Name.Sig,
            T=String("signature"), V=signature, AP=Dictionary(N=seen),
        )
    )  # fmt: skip
    pdf.pages[0].obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=[field], SigFlags=3)
    pdf.Root.Perms = Dictionary(DocMDP=signature)
    return saved(pdf)


def for_adobe_only() -> bytes:
    pdf = with_pages()
    pdf.Root.NeedsRendering = True
    pdf.Root.AcroForm = Dictionary(Fields=[], XFA=pdf.make_stream(b"<xdp/>"))
    return saved(pdf)


def with_an_old_revision() -> bytes:
    """As programs save a change: the old text stays in the file, the new stands behind it."""
    pdf = with_pages()
    pdf.docinfo["/Title"] = "x"
    secret = f"BT /AA 40 Tf 60 700 Td ({MARK}) Tj ET".encode()
    pdf.pages[0].obj.Contents = pdf.make_stream(secret)
    pdf.Root.Lost = pdf.make_stream(f"nobody points here {MARK}".encode())
    old = saved(pdf, linearize=False)
    with pikepdf.open(io.BytesIO(old)) as again:
        number = again.pages[0].obj.Contents.objgen[0]
        root = again.Root.objgen[0]
        pages = again.Root.Pages.objgen[0]
        size = int(again.trailer.Size)
    start = old.rindex(b"startxref") + 10
    before = int(old[start : old.index(b"\n", start)])
    new = stream(b"BT /AA 40 Tf 60 700 Td (Page 1) Tj ET", b"")
    body, places = bytearray(old), {}
    for changed, content in (
        (number, new), (root, b"<</Type/Catalog/Pages %d 0 R>>" % pages),
    ):  # fmt: skip
        places[changed] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (changed, content)
    table = len(body)
    body += b"xref\n"
    for changed, place in places.items():
        body += b"%d 1\n%010d 00000 n \n" % (changed, place)
    body += b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        size, root, before, table,
    )  # fmt: skip
    return bytes(body)


def in_disguise() -> bytes:
    """Names written in numbers, text in numbers: read by every program, found by no search."""
    script = b"<7a77616c75776e657374>"
    return written(
        b"<</Type/Catalog/Pages 2 0 R/#4fpen#41ction 5 0 R/#41A<</#57C 5 0 R>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1/#41#41<</O 5 0 R>>>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/#41nnots[4 0 R]>>",
        b"<</Type/Annot/#53ubtype/#4cink/Rect[0 0 9 9]/#41<</#53/#4caunch/#46(a.exe)>>>>",
        b"<</#53/#4aava#53cript/#4a#53 %s>>" % script,
    )


def that_is_html() -> bytes:
    whole = saved(with_pages())
    return whole.replace(b"\n", b"\n%<html><script>alert(1)</script>\n", 1)


def that_is_a_zip() -> bytes:
    return saved(with_pages()) + corpus.zip_file(MARK)


def that_holds_a_zip(packed: bytes, **entries: object) -> bytes:
    """In a stream on the last page, where a zip's end is looked for."""
    pdf = with_pages()
    pdf.pages[0].obj.Resources.XObject = Dictionary(Im=pdf.make_stream(packed, **entries))
    return saved(pdf)


def kept_unpacked(data: bytes) -> bytes:
    """Flate without packing anything: the bytes stand in it as they are."""
    return zlib.compress(data, 0)
