"""A report as others take it: JUnit XML for CI servers, one HTML page for people."""

from accord.qa.reports.html import html_report
from accord.qa.reports.junit import junit_report
from accord.qa.reports.wording import anchor_of, failing_step, flows, grouped, sum_line, took

__all__ = [
    "anchor_of",
    "failing_step",
    "flows",
    "grouped",
    "html_report",
    "junit_report",
    "sum_line",
    "took",
]
