"""The configuration: one folder is a project; `load_project` reads and checks it, `compile_project` makes the model."""

from accord.project.check import check_project
from accord.project.describe import describe, description_data
from accord.project.load import (
    CONNECTORS,
    Project,
    builtin_connectors,
    compile_project,
    examine,
    known_manifests,
    load_project,
    project_from_text,
)
from accord.project.schema import ProjectConfig, project_json_schema

__all__ = [
    "CONNECTORS",
    "Project",
    "ProjectConfig",
    "builtin_connectors",
    "check_project",
    "compile_project",
    "describe",
    "description_data",
    "examine",
    "known_manifests",
    "load_project",
    "project_from_text",
    "project_json_schema",
]
