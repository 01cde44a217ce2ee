"""PDF pages as another program (PDFium) sees them: text there, nothing in the margins, no page empty."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtPdf import QPdfDocument

from nfb.model.errors import NfbError
from nfb.report.svg import Drawing
from nfb.ui.pdf import write_pdf

PAGE_PX = QSize(420, 594)  # 2 px per mm


def drawing(width: float = 680, height: float = 200) -> str:
    made = Drawing(width, height, "Chart", "A frame")
    made.rect(1, 1, width - 2, height - 2, "#FFFFFF", "#000000")
    made.text((width - 4, height - 6), "end", anchor="end")
    made.hatch(10, 10, 100, 50)
    return made.markup()


def opened(path: Path) -> QPdfDocument:
    document = QPdfDocument(None)
    assert document.load(str(path)) == QPdfDocument.Error.None_
    return document


def page_image(document: QPdfDocument, page: int) -> QImage:
    image = document.render(page, PAGE_PX)
    paper = QImage(PAGE_PX, QImage.Format.Format_Grayscale8)
    paper.fill(QColor("white"))
    painter = QPainter(paper)
    painter.drawImage(0, 0, image)
    painter.end()
    return paper


def ink(image: QImage, left: int, top: int, right: int, bottom: int) -> int:
    """How many pixels of a region are darker than light grey."""
    return sum(image.pixelColor(x, y).lightness() < 160 for x in range(left, right) for y in range(top, bottom))


def report(n_charts: int, words: str = "Training") -> str:
    body = "".join(f"<h2>{words} {i}</h2><p>{drawing()}</p>" for i in range(n_charts))
    return f"<!DOCTYPE html><html><head><title>Report</title></head><body>{body}</body></html>"


def test_text_foot_and_page_numbers_can_be_read_by_another_program(qapp: QGuiApplication, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    n_pages = write_pdf(report(6), path, "A031 · session 001")
    document = opened(path)
    assert document.pageCount() == n_pages == 2
    for page in range(n_pages):
        text = document.getAllText(page).text()
        assert "A031 · session 001" in text
        assert f"page {page + 1} of 2" in text
    assert "Training 5" in document.getAllText(1).text()
    assert document.pagePointSize(0).width() == pytest.approx(595, abs=1)  # A4


def test_nothing_is_printed_into_the_margins_and_no_page_is_empty(qapp: QGuiApplication, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    document_pages = write_pdf(report(6), path, "foot")
    document = opened(path)
    for page in range(document_pages):
        image = page_image(document, page)
        width, height = PAGE_PX.width(), PAGE_PX.height()
        assert ink(image, 0, 0, 26, height) == 0  # 13 mm
        assert ink(image, width - 26, 0, width, height) == 0
        assert ink(image, 0, 0, width, 26) == 0
        assert ink(image, 26, 26, width - 26, height // 2) > 500


def test_a_chart_is_never_cut_by_the_end_of_a_page(qapp: QGuiApplication, tmp_path: Path) -> None:
    """Each of seven charts is printed whole: as many words "end" as charts."""
    path = tmp_path / "report.pdf"
    n_pages = write_pdf(report(7), path)
    document = opened(path)
    text = "".join(document.getAllText(page).text() for page in range(n_pages))
    assert text.count("end") == 7


def test_a_report_of_three_pages_takes_less_than_five_seconds(qapp: QGuiApplication, tmp_path: Path) -> None:
    begin_s = time.perf_counter()
    assert write_pdf(report(10), tmp_path / "report.pdf") == 3
    assert time.perf_counter() - begin_s < 5.0


def test_a_folder_that_is_not_there_is_told(qapp: QGuiApplication, tmp_path: Path) -> None:
    with pytest.raises(NfbError, match="cannot be written"):
        write_pdf(report(1), tmp_path / "absent" / "report.pdf")
