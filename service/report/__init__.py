"""The report of a proposal: one model, and the files that render it."""

from service.report.build import report_of, shared_of
from service.report.calendars import calendar
from service.report.csv_files import networks_csv, trios_csv
from service.report.files import RENDERINGS, render, write_files
from service.report.model import Report, Shared
from service.report.sentences import Summary, repeats, summary_of
from service.report.spreadsheet import workbook
from service.report.web_page import page, read_templates

__all__ = [
    "RENDERINGS",
    "Report",
    "Shared",
    "Summary",
    "calendar",
    "networks_csv",
    "page",
    "read_templates",
    "render",
    "repeats",
    "report_of",
    "shared_of",
    "summary_of",
    "trios_csv",
    "workbook",
    "write_files",
]
