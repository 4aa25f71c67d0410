"""The QA checklist: derived from a project, performed through the systems' own APIs, reported line by line."""
