# SPDX-License-Identifier: Apache-2.0
"""Every public function is documented: each parameter, the result, since when; every header says its thread rule."""
import re

from common import ROOT, finish, prototypes, public_headers


def parameter_names(parameters):
    if parameters in ("", "void"):
        return []
    return [re.search(r"(\w+)\s*(\[\])?$", p.strip())[1] for p in parameters.split(",")]


def main():
    problems, checked = [], 0
    for header in public_headers():
        text = header.read_text()
        if header.name != "imgassure.h" and "* Threads:" not in text:
            problems.append(f"{header.name}: no thread rule")
        for comment, result, name, parameters in prototypes(header):
            checked += 1
            for parameter in parameter_names(parameters):
                if not re.search(rf"@param {parameter}\b", comment):
                    problems.append(f"{name}: parameter {parameter} is not documented")
            for parameter in re.findall(r"@param (\w+)", comment):
                if parameter not in parameter_names(parameters):
                    problems.append(f"{name}: documents {parameter}, which it has not")
            if result != "void" and "@return" not in comment:
                problems.append(f"{name}: the result is not documented")
            if not re.search(r"Since: \d+\.\d+", comment):
                problems.append(f"{name}: no \"Since\"")
    changelog = (ROOT / "CHANGELOG.md").read_text()
    for header in public_headers():
        for _, _, name, _ in prototypes(header):
            if f"`{name}`" not in changelog:
                problems.append(f"{name}: not in CHANGELOG.md")
    finish("docs", problems, checked)


main()
