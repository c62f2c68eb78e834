# SPDX-License-Identifier: Apache-2.0
"""libimgassure: may this container image be trusted here, now, and why?

    Image --collect--> Inventory --match (Database)--> Findings --evaluate (Policy, clock)--> Verdict --> report
"""
from . import report
from ._call import LayerCache
from ._row import NoteCode, Rows
from .compare import Scheme, compare
from .context import CancelToken, Context, FolderCache, LogLevel, Stage, default_limits
from .database import Coverage, Database, DatabaseWriter, Feed, FeedFormat
from .errors import (AmbiguousError, CancelledError, ChecksumError, DigestError, Error, FormatError, InputOutputError,
                     InternalError, InvalidError, LimitError, NotFoundError, OutOfMemoryError, PathError, Status,
                     TruncatedError, UnsupportedError, VersionError)
from .files import File, Files, FileType
from .findings import Finding, Findings, FindingStatus, Severity, match
from .image import ConfigList, ConfigValue, HistoryEntry, Image, ImageConfig, ImageInfo, Layer, Look, Verify
from .image_list import EntryKind, ImageEntry, ImageList
from .inventory import Cpe, Distro, Executable, ExecutableFlag, Inventory, Package
from .policy import Item, Policy, PolicyException, Verdict, VerdictResult, parse_time
from .scan import gate
from .source import Source
from .status import Note
from .version import feature, version, version_number

__all__ = [
    "AmbiguousError", "CancelToken", "CancelledError", "ChecksumError", "ConfigList", "ConfigValue", "Context",
    "Coverage", "Cpe", "Database", "DatabaseWriter", "DigestError", "Distro", "EntryKind", "Error", "Executable",
    "ExecutableFlag", "Feed", "FeedFormat", "File", "FileType", "Files", "Finding", "FindingStatus", "Findings",
    "FolderCache", "FormatError", "HistoryEntry", "Image", "ImageConfig", "ImageEntry", "ImageInfo", "ImageList",
    "InputOutputError", "InternalError", "InvalidError", "Inventory", "Item", "Layer", "LayerCache", "LimitError",
    "LogLevel", "Look", "NotFoundError", "Note", "NoteCode", "OutOfMemoryError", "Package", "PathError", "Policy",
    "PolicyException", "Rows", "Scheme", "Severity", "Source", "Stage", "Status", "TruncatedError", "UnsupportedError",
    "Verdict", "VerdictResult", "Verify", "VersionError", "compare", "default_limits", "feature", "gate", "match",
    "parse_time", "report", "version", "version_number",
]
