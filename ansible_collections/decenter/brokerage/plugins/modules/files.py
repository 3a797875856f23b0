#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: files
short_description: Write several small files at once
version_added: 0.1.0
description:
  - Writes files, and makes the directories they are in, in one round trip to the host.
  - M(ansible.builtin.copy) takes several for each file, while somebody waits, and pays, for the machine.
author:
  - Decenter (@decenter)
options:
  files:
    description: What to write.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Where to write it.
        type: path
        required: true
      content:
        description: The whole text of the file.
        type: str
        required: true
      mode:
        description: Permissions, as C(chmod) takes them.
        type: str
        default: "0644"
attributes:
  check_mode:
    support: full
    description: Says what would change, and changes nothing.
  diff_mode:
    support: full
    description: Shows each file before and after.
  idempotent:
    support: full
    description: Files that are as wanted are left alone.
"""

EXAMPLES = r"""
- name: Write the modules and settings
  decenter.brokerage.files:
    files:
      - path: /etc/modules-load.d/kubernetes.conf
        content: |
          br_netfilter
      - path: /etc/sysctl.d/90-kubernetes.conf
        content: |
          net.ipv4.ip_forward = 1
"""

RETURN = r"""
written:
  description: The paths that the task writes, or would write in check mode.
  returned: success
  type: list
  elements: str
  sample: [/etc/sysctl.d/90-kubernetes.conf]
"""

import os
import tempfile
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

_OPTIONS = {
    "path": {"type": "path", "required": True},
    "content": {"type": "str", "required": True},
    "mode": {"type": "str", "default": "0644"},
}


def _current(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


def _write(module: AnsibleModule, path: Path, content: str) -> None:
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=module.tmpdir)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    module.atomic_move(temporary, str(path))


def main() -> None:
    module = AnsibleModule(
        argument_spec={"files": {"type": "list", "elements": "dict", "required": True, "options": _OPTIONS}},
        supports_check_mode=True,
    )
    written, diff = [], []
    for wanted in module.params["files"]:
        path, content, mode = wanted["path"], wanted["content"], wanted["mode"]
        before = _current(Path(path))
        differs = before != content
        if differs and not module.check_mode:
            _write(module, Path(path), content)
        # A file that check mode leaves unwritten has no mode to compare.
        exists = before is not None or not module.check_mode
        if (exists and module.set_mode_if_different(path, mode, False)) or differs:
            written.append(path)
            diff.append({"before_header": path, "after_header": path, "before": before or "", "after": content})
    module.exit_json(changed=bool(written), written=written, diff=diff)


if __name__ == "__main__":
    main()
