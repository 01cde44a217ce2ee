"""HTML to PDF through Qt's own text layout: offline, without a browser engine. Charts stay vectors.

The HTML may use what QTextDocument knows (tables, headings, simple styles) and inline ``<svg>`` images with a width
and height in px. A px is 1/96 inch.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from PySide6.QtCore import QByteArray, QMarginsF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QPyTextObject,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtSvg import QSvgRenderer

from nfb.files.file_words import FILE_WORDS
from nfb.files.storage import reason
from nfb.model.errors import NfbError
from nfb.ui.language import tr

_app: QGuiApplication | None = None  # Qt allows one per process, and fonts live as long as it does

_DPI, _PX_PER_INCH = 1200, 96.0
_MARGIN_MM, _FOOT_PX = 14.0, 26.0
_SCREEN_STYLE = re.compile(r"<style media=\"screen\">.*?</style>", re.DOTALL)
_SVG = re.compile(r"<svg\b[^>]*?\bwidth=\"([\d.]+)\"[^>]*?\bheight=\"([\d.]+)\".*?</svg>", re.DOTALL)
_FAMILIES = ("Inter", "Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans", "Noto Sans", "DejaVu Sans")


class _Charts(QPyTextObject):
    """Draws the images of a document from SVG."""

    def __init__(self, renderers: dict[str, QSvgRenderer]) -> None:
        super().__init__()
        self.renderers = renderers

    def intrinsicSize(self, doc: QTextDocument, posInDocument: int, format: QTextFormat) -> QSizeF:  # noqa: N803, A002
        image = format.toImageFormat()
        return QSizeF(image.width(), image.height())

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,
        posInDocument: int,  # noqa: N803
        format: QTextFormat,  # noqa: A002
    ) -> None:
        # The layout offers neighbours of a page's charts too; out of sight they would still be words in the file.
        area = QRectF(rect)
        if area.intersects(painter.clipBoundingRect()):
            self.renderers[format.toImageFormat().name()].render(painter, area)


def write_pdf(html: str, path: Path, foot: str = "") -> int:
    """Lay out a report on A4 pages.

    Parameters
    ----------
    html
        The report.
    foot
        Printed at the foot of each page beside its number.

    Returns
    -------
    int
        How many pages it has.

    Raises
    ------
    NfbError
        The file cannot be written.
    """
    if QGuiApplication.instance() is None:
        _start_windowless()
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setUseDesignMetrics(True)
    document.setDefaultFont(_font(13))
    charts = _Charts({})
    document.documentLayout().registerHandler(QTextFormat.ObjectTypes.ImageObject, charts)
    renderers: dict[str, QSvgRenderer] = charts.renderers
    document.setHtml(_SVG.sub(lambda found: _image(found, renderers), _SCREEN_STYLE.sub("", html)))

    try:
        path.write_bytes(b"")  # Qt tells only that it could not write, not why
    except OSError as error:
        raise NfbError(f"{path}: {FILE_WORDS['pdf'].format(reason=reason(error))}") from error
    writer = QPdfWriter(str(path))
    writer.setResolution(_DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    title = re.search(r"<title>(.*?)</title>", html)
    writer.setTitle(title.group(1) if title else tr("Report"))
    writer.setCreator("nfb")

    paper = QPageSize(QPageSize.PageSizeId.A4).size(QPageSize.Unit.Inch) * _PX_PER_INCH
    margin = _MARGIN_MM / 25.4 * _PX_PER_INCH
    # Whole px: the layout reckons in 1/64, and a chart at the top of a page must not touch the page before.
    text = QSizeF(int(paper.width() - 2 * margin), int(paper.height() - 2 * margin - _FOOT_PX))
    document.setPageSize(text)
    n_pages = document.pageCount()
    painter = QPainter()
    painter.begin(writer)
    painter.scale(_DPI / _PX_PER_INCH, _DPI / _PX_PER_INCH)
    for page in range(n_pages):
        if page:
            writer.newPage()
        _draw_page(painter, document, QRectF(margin, margin, text.width(), text.height()), page)
        painter.setFont(_font(10))
        painter.setPen(Qt.GlobalColor.black)
        line = QRectF(margin, margin + text.height() + 8, text.width(), _FOOT_PX - 8)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, foot)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, tr("page {n} of {many}", n=page + 1, many=n_pages))
    painter.end()
    return n_pages


def _draw_page(painter: QPainter, document: QTextDocument, area: QRectF, page: int) -> None:
    painter.save()
    painter.translate(area.left(), area.top() - page * area.height())
    shown = QRectF(0, page * area.height(), area.width(), area.height())
    painter.setClipRect(shown)
    context = QAbstractTextDocumentLayout.PaintContext()
    context.clip = shown
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.black)
    context.palette = palette
    document.documentLayout().draw(painter, context)
    painter.restore()


def _image(found: re.Match[str], renderers: dict[str, QSvgRenderer]) -> str:
    name = f"chart:{len(renderers)}"
    renderers[name] = QSvgRenderer(QByteArray(found.group(0).encode()))
    return f'<img src="{name}" width="{found.group(1)}" height="{found.group(2)}">'


def _font(size_px: int) -> QFont:
    there = set(QFontDatabase.families())
    font = QFont([family for family in _FAMILIES if family in there] or [QGuiApplication.font().family()])
    font.setPixelSize(size_px)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def _start_windowless() -> None:
    """No window is opened, so none of the desktop is needed; elsewhere than on Linux it is always there."""
    global _app
    if sys.platform == "linux":
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _app = QGuiApplication([])
