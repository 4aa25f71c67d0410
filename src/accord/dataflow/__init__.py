"""Dataflow documents: how business people agree on an integration; read, written, made into projects and back."""

from accord.dataflow.document import Document
from accord.dataflow.export import documents_of
from accord.dataflow.formats.rst import render_document
from accord.dataflow.importing import ImportReport, ProjectDraft, project_from_documents
from accord.dataflow.read import read_document

__all__ = [
    "Document",
    "ImportReport",
    "ProjectDraft",
    "documents_of",
    "project_from_documents",
    "read_document",
    "render_document",
]
