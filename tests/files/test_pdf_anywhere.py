"""Wherever a script, an action or a file is put in a PDF, it is found: thousands of places."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from files.intake import take_in
from tests.files import pdfs
from tests.files.pdfs import MARK, saved, with_pages
from tests.files.test_pdfs import all_bytes_of, dangers_in

# Keys that mean something, keys that mean nothing, and those under which dangers stand.
PLAIN = ("/K", "/Zz", "/P", "/Fields", "/MK", "/AP", "/N", "/ParentTree", "/Nums", "/Border")
HOLDERS = ("/A", "/AA", "/PA", "/OpenAction", "/Next", "/Names", "/AF", "/EF", "/FS", "/D", "/X")
START = ("catalog", "page", "annotation", "outline", "resources", "structure")

paths = st.lists(st.tuples(st.sampled_from(PLAIN), st.sampled_from("dai")), max_size=4)
dangers = st.sampled_from(("script", "launch", "submit", "attachment", "chain", "remote", "sound"))


def danger(pdf: Pdf, kind: str) -> Object:
    """One thing that must go, whoever points at it."""
    far = Dictionary(Type=Name.Filespec, F=String(f"\\\\{MARK}\\a"))
    return {
        "script": pdfs.script,
        "launch": lambda: Dictionary(S=Name.Launch, F=String(f"{MARK}.exe")),
        "submit": lambda: Dictionary(S=Name.SubmitForm, F=Dictionary(F=String(MARK))),
        "attachment": lambda: pdfs.attached(pdf),
        "chain": lambda: Dictionary(S=Name.GoTo, D=String("a"), Next=pdfs.script()),
        "remote": lambda: Dictionary(S=Name.GoToR, F=far, D=Array([0, Name.Fit])),
        "sound": lambda: Dictionary(S=Name.Sound, Sound=pdf.make_stream(MARK.encode())),
    }[kind]()


def start_of(pdf: Pdf, where: str) -> Object:
    """Where the path begins."""
    page = pdf.pages[0].obj
    if where == "annotation":
        return pdfs.mark(pdf, "Link")
    if where == "outline":
        entry = pdf.make_indirect(Dictionary(Title=String("a")))
        pdf.Root.Outlines = pdf.make_indirect(Dictionary(First=entry, Last=entry, Count=1))
        return entry
    if where == "structure":
        pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        return pdf.Root.StructTreeRoot
    return {"catalog": pdf.Root, "page": page, "resources": page.Resources}[where]


def deeper(pdf: Pdf, held: Object, key: str, shape: str) -> Object:
    """One step: a dictionary, one in a list, or one that stands elsewhere in the file."""
    made = Dictionary(Zz=1)
    if shape == "i":
        made = pdf.make_indirect(made)
        held[key] = made
        return made
    if shape == "a":
        held[key] = Array([made])
        return held[key][0]
    held[key] = made
    return held[key]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(START), paths, st.sampled_from(HOLDERS), dangers),
                min_size=1, max_size=4))  # fmt: skip
def test_a_danger_is_found_wherever_it_stands(hidden):
    pdf = with_pages()
    for where, path, holder, kind in hidden:
        held = start_of(pdf, where)
        for key, shape in path:
            held = deeper(pdf, held, key, shape)
        held[holder] = danger(pdf, kind)
    sent = saved(pdf)
    clean = take_in(sent, name="a.pdf")
    assert not dangers_in(clean.data)
    assert MARK.encode() not in all_bytes_of(clean.data)
