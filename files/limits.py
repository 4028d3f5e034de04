"""How much is too much, in one place."""

from __future__ import annotations

KIBIBYTE = 1024
MEGABYTE = 1024 * KIBIBYTE

# A file as it comes in, and as it is kept after cleaning.
FILE_BYTES = 25 * MEGABYTE
THUMBNAIL_WIDTH = 320

# Pictures. Phones make up to 50 million pixels; what is drawn anew stands in memory whole.
PICTURE_PIXELS = 52_000_000
PICTURE_SIDE = 30_000 - 1
TIFF_PAGES = 200

# PDF.
PDF_PAGES = 2_000
PDF_OBJECTS = 250_000
PDF_UNPACKED_BYTES = 1024 * MEGABYTE
PDF_STREAM_BYTES = 256 * MEGABYTE
PDF_PICTURE_PIXELS = 200_000_000
PDF_STEPS = 3_000_000  # arrays and dictionaries walked through
PDF_WARNINGS = 10_000
PDF_PICTURES_IN_LINE = 2_000  # photographs in the middle of one drawing
PREVIEW_WIDTHS = (64, 2_400)

# Documents that are zip archives: what they may become when unpacked.
UNPACKED_BYTES = 160 * MEGABYTE
UNPACKED_MEMBER_BYTES = 48 * MEGABYTE
SMALL_MEMBER_BYTES = MEGABYTE  # smaller ones may be as dense as they like
UNPACK_RATIO = 200
MEMBERS = 4_000

DRAWING_RECORDS = 200_000  # of a drawing of Windows (EMF, WMF)
DRAWING_POINTS = 2_000_000  # of one line, or letters of one text

# Photographed pages that become one PDF.
PAPER_PAGES = 100

# Messages: attachments, parts in all, and how deep one may stand in another.
MAIL_ATTACHMENTS = 50
MAIL_PARTS = 300
MAIL_DEPTH = 8
MAIL_HEADER_SIGNS = 2_000
MAIL_TEXT_SIGNS = 500_000

# The virus scanner: each question.
SCAN_SECONDS = 20

# The sandbox: each job, and all jobs of one process.
JOB_SECONDS = 60
JOB_CPU_SECONDS = 40
DRAW_SECONDS = 15  # one page for the viewer or a print
JOB_MEMORY_BYTES = 1536 * MEGABYTE
JOB_RESULT_BYTES = 2 * FILE_BYTES
JOBS_AT_ONCE = 2
JOB_WAIT_SECONDS = 20
