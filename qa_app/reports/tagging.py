"""A PDF canvas that tags what it draws: a structure tree with headings, tables, lists and figures with their words.

ISO 32000-1, 14.7 and 14.8: content between BDC and EMC carries a number (MCID) that the structure tree refers to; what
is no content (rules, page numbers, repeated headings) is marked as an artifact.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString
from reportlab.pdfbase.pdfmetrics import standardFonts
from reportlab.pdfgen.canvas import Canvas

LANGUAGE: Final = "en-GB"


@dataclass
class Node:
    """One element of the structure tree: its kind (H1, P, Table …), its kids, and the marked content it owns.

    ``alt`` are the words that stand for a figure; ``scope`` says whether a table heading heads a row or a column.
    """

    kind: str
    alt: str = ""
    scope: str = ""
    box: tuple[float, float, float, float] | None = None
    kids: list["Node | tuple[int, int]"] = field(default_factory=list)

    def add(self, kind: str, *, alt: str = "", scope: str = "") -> "Node":
        """A new element under this one."""
        made = Node(kind, alt, scope)
        self.kids.append(made)
        return made


class TaggedCanvas(Canvas):
    """A canvas whose content is drawn within `content()` or `artifact()`; `save()` writes the tree."""

    def __init__(self, target: Any, *, title: str, author: str, subject: str, font: str, size: tuple[float, float]):
        self._face = font
        # invariant: the same figures make the same bytes, whenever and wherever they are printed.
        super().__init__(
            target, pagesize=size, invariant=1, pageCompression=1, lang=LANGUAGE, initialFontName=font,
            pdfVersion=(1, 7),
        )  # fmt: skip
        self.root = Node("Document")
        self._marked: list[list[Node]] = [[]]
        self.setTitle(title)
        self.setAuthor(author)
        self.setSubject(subject)
        self.setCreator("Beyond Auditing")
        self.setViewerPreference("DisplayDocTitle", "true")

    def setFont(self, psfontname: str, size: float, leading: float | None = None) -> None:  # noqa: N802
        """Set the font; a face every reader is expected to have becomes ours, for those cannot be embedded."""
        super().setFont(self._face if psfontname in standardFonts else psfontname, size, leading)

    @contextmanager
    def content(self, node: Node) -> Iterator[None]:
        """What is drawn here belongs to this element."""
        owners = self._marked[-1]
        node.kids.append((len(self._marked) - 1, len(owners)))
        self._code.append(f"/{node.kind} <</MCID {len(owners)}>> BDC")
        owners.append(node)
        yield
        self._code.append("EMC")

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """What is drawn here is decoration, and is not read out."""
        self._code.append("/Artifact BMC")
        yield
        self._code.append("EMC")

    def bookmark(self, key: str, text: str, *, level: int, top: float) -> None:
        """A line in the list of bookmarks that leads to this height (in points); `level` counts from 0."""
        self.bookmarkPage(key, fit="FitH", top=top)
        self.addOutlineEntry(text, key, level)

    def showPage(self) -> None:  # noqa: N802
        """Close the page and give it its place in the tree."""
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents = len(self._marked) - 1
        page.Tabs = PDFName("S")
        self._marked.append([])

    def save(self) -> None:
        """Write the structure tree and the document."""
        pages = self._doc.Pages.pages
        top = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        references: dict[int, Any] = {}
        top_reference = self._doc.Reference(top)
        document = self._element(self.root, top_reference, pages, references)
        numbers: list[Any] = []
        for index, owners in enumerate(self._marked[: len(pages)]):
            numbers += [index, PDFArray([references[id(node)] for node in owners])]
        top["K"] = document
        top["ParentTree"] = self._doc.Reference(PDFDictionary({"Nums": PDFArray(numbers)}))
        top["ParentTreeNextKey"] = len(pages)
        catalog = self._doc.Catalog
        catalog.StructTreeRoot = top
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        super().save()

    def _element(self, node: Node, parent: Any, pages: list[Any], references: dict[int, Any]) -> Any:
        entry = PDFDictionary({"Type": PDFName("StructElem"), "S": PDFName(node.kind), "P": parent})
        reference = self._doc.Reference(entry)
        references[id(node)] = reference
        if node.alt:
            entry["Alt"] = PDFString(node.alt)
        attributes = _attributes(node)
        if attributes is not None:
            entry["A"] = attributes
        kids = [
            self._element(kid, reference, pages, references) if isinstance(kid, Node) else self._content(kid, pages)
            for kid in node.kids
        ]
        entry["K"] = PDFArray(kids)
        return reference

    def _content(self, kid: tuple[int, int], pages: list[Any]) -> PDFDictionary:
        page, number = kid
        return PDFDictionary({"Type": PDFName("MCR"), "Pg": self._doc.Reference(pages[page]), "MCID": number})


def _attributes(node: Node) -> PDFDictionary | None:
    if node.scope:
        return PDFDictionary({"O": PDFName("Table"), "Scope": PDFName(node.scope)})
    if node.box is not None:
        box = PDFArray([round(edge, 2) for edge in node.box])
        return PDFDictionary({"O": PDFName("Layout"), "Placement": PDFName("Block"), "BBox": box})
    return None
