"""All generated files, by their paths in the project."""

from collections.abc import Mapping
from pathlib import Path

from stoker import config
from stoker.own_documents import own_documents
from stoker_tools.generate.access import policies, queues
from stoker_tools.generate.document_rules import own_document_blocks
from stoker_tools.generate.documents import documents
from stoker_tools.generate.errors import GenerateError
from stoker_tools.generate.indexes import indexes
from stoker_tools.generate.inputs import input_functions
from stoker_tools.generate.manifest import manifest
from stoker_tools.generate.pages import pages
from stoker_tools.generate.regions import replaced
from stoker_tools.generate.rules import document_functions, map_functions
from stoker_tools.generate.schemas import schemas
from stoker_tools.generate.typescript import converters, declarations
from stoker_tools.generate.uploads import upload_function
from stoker_tools.rules_lab.budget import excesses
from stoker_tools.setup import app_root
from stoker_tools.setup.functions_folder import functions_folder

FIRESTORE_RULES = Path("rules/firestore.rules")
STORAGE_RULES = Path("rules/storage.rules")
TYPES = Path("clients/typescript/stoker.d.ts")
CONVERTERS = Path("clients/typescript/converters.ts")
SCHEMAS = Path("clients/json-schema")
FUNCTIONS_RULES = Path("rules/functions.rules")
POLICIES = Path("stoker/access/policies.py")
INDEXES = Path("firestore.indexes.json")
MANIFEST = Path("functions.yaml")
"""The manifest, and `POLICIES`, lie in the folder of the functions."""


def made_files(root: Path | None = None) -> Mapping[Path, str]:
    """Return the text of each generated file, by its path from the root.

    Args:
        root: The root of the project. Files of which only regions are generated are read from there.

    Raises:
        GenerateError: No file can be made of the models, or a file has wrong marks.
    """
    root = root or app_root.app()
    folder = functions_folder(root)
    functions = manifest(folder)
    ruled = rules_and_indexes(root)
    return {
        **ruled,
        folder.relative_to(root) / MANIFEST: functions,
        TYPES: declarations(),
        CONVERTERS: converters(),
        **pages(root, functions, ruled[FUNCTIONS_RULES]),
        **{SCHEMAS / f"{name}.json": text for name, text in schemas().items()},
    }


def rules_and_indexes(root: Path | None = None) -> Mapping[Path, str]:
    """Return the text of the generated files with rules, rights and indexes. The rest is as in `made_files`."""
    root = root or app_root.app()
    functions_rules = replaced((root / FUNCTIONS_RULES).read_text(), {"queues": queues()})
    return {
        FIRESTORE_RULES: _within_limits(
            replaced(
                (root / FIRESTORE_RULES).read_text(),
                {**document_regions(), "input": input_functions("input"), "own documents": own_document_blocks()},
            )
        ),
        STORAGE_RULES: _within_limits(
            replaced((root / STORAGE_RULES).read_text(), {"uploads": upload_function("isAccepted")})
        ),
        FUNCTIONS_RULES: functions_rules,
        functions_folder(root).relative_to(root) / POLICIES: policies(functions_rules),
        INDEXES: indexes(),
    }


def document_regions() -> dict[str, str]:
    """Return the functions of the rules for each kind of document of Stoker that a client may write."""
    regions = {}
    own = own_documents()
    for document in documents():
        if document.collection in own:
            continue  # These have whole blocks.
        if document.collection == config.ADMIN_DATA:
            regions[document.name] = map_functions(document.model, document.name)
        elif functions := document_functions(document.model, document.name):
            regions[document.name] = functions
    return regions


def _within_limits(rules: str) -> str:
    if found := excesses(rules):
        raise GenerateError("The rules break limits of the platform: " + " ".join(found))
    return rules
