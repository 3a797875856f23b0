"""Where an artefact of the test bed is kept, worked out from its recipe alone, built or not."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCUMENTATION = """
name: artifact
short_description: The folder of a built artefact
description:
  - Gives C(CACHE/NAME-VERSION-DIGEST). The digest covers the entry of the recipe, its task file, its files and,
    through their folders' names, its inputs; so whatever changes the outcome changes the folder.
  - Changes nothing and doesn't look whether the folder exists.
options:
  _terms:
    description: Names of entries of O(recipes).
    required: true
  recipes:
    description: Entries with C(version) and perhaps C(recipe), a task file (the entry's name otherwise), and C(inputs).
    type: dict
    required: true
  role:
    description: The folder of role artifact, which holds the task files and the files of the recipes.
    type: path
    required: true
  cache:
    description: The folder of all artefacts.
    type: path
    required: true
"""

EXAMPLES = """
- name: Show where the programs of Kubernetes are
  ansible.builtin.debug:
    msg: "{{ lookup('decenter.testbed.artifact', 'kubernetes', recipes=recipes, role=role_path, cache=cache) }}"
"""

RETURN = """
_raw:
  description: Paths of folders, in the order asked for.
  type: list
  elements: path
"""


def folder_of(name: str, recipes: Mapping[str, Mapping[str, Any]], role: Path) -> str:
    """Name of the folder of artefact `name`; raises KeyError with the name of an entry that doesn't exist."""
    entry = recipes[name]
    files = role / "files" / name
    sources = [role / "tasks" / "recipes" / f"{entry.get('recipe', name)}.yml"]
    sources += sorted(path for path in files.rglob("*") if path.is_file())
    parts = [json.dumps(entry, sort_keys=True).encode()]
    parts += [folder_of(other, recipes, role).encode() for other in entry.get("inputs", [])]
    for source in sources:
        parts += [source.relative_to(role).as_posix().encode(), source.read_bytes()]
    # Lengths first: no two lists of parts run together to the same text.
    digest = hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts))
    return f"{name}-{entry['version']}-{digest.hexdigest()[:16]}"


class LookupModule(LookupBase):  # type: ignore[misc]
    """Ansible's entry point."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:  # noqa: ANN401
        """Paths of the artefacts named in `terms`; raises AnsibleLookupError on a name without a recipe."""
        self.set_options(var_options=variables, direct=kwargs)
        recipes, role = self.get_option("recipes"), Path(self.get_option("role"))
        try:
            return [str(Path(self.get_option("cache"), folder_of(name, recipes, role))) for name in terms]
        except KeyError as error:
            known = ", ".join(sorted(recipes))
            raise AnsibleLookupError(f"No artefact is named {error}: choose one of {known}.") from error
