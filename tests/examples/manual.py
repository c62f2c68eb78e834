# SPDX-License-Identifier: Apache-2.0
"""manual.py TOOL PAGE: the manual page knows every command, and for each the options that its help shows."""
import os
import re
import shutil
import subprocess
import sys

from staged import expect, run

TOOL, PAGE = os.path.abspath(sys.argv[1]), sys.argv[2]
EXIT_CODES = ["0", "1", "2", "3", "4", "64", "130"]


def section(page, name):
    found = re.search(rf"^\.Sh {name}\n(.*?)(?=^\.Sh |\Z)", page, re.M | re.S)
    expect(found, f"no section {name}")
    return found[1]


def synopses(page):
    """Options by command: what follows .Nm and .Cm, up to the next .Nm."""
    options = {}
    for entry in section(page, "SYNOPSIS").split(".Nm\n")[1:]:
        commands = re.match(r"\.Cm (.*)", entry)
        for command in commands[1].split(" | ") if commands else []:
            options.setdefault(command, set()).update(re.findall(r"Fl -([a-z-]+)", entry))
    return options


def items(page):
    """Names and value of every option, by its long name."""
    start = page.index(".Ss Options")
    found = {}
    for line in re.findall(r"^\.It (Fl .*)", page[start:page.index(".Sh ENVIRONMENT")], re.M):
        for name in re.findall(r"Fl -([a-z-]+)", line):
            found[name] = line
    return found


def check_command(command, page, known):
    text = run([TOOL, *command.split(), "--help"])
    shown = re.findall(r"^  -(\w), --([a-z-]+) ?(\S*)", text, re.M)
    expect(len(shown) == len(re.findall(r"^  -", text, re.M)) and shown, f"{command}: the help reads differently")
    listed = synopses(page).get(command)
    expect(listed is not None, f"{command} is not in the synopsis")
    for letter, name, value in shown:
        item = known.get(name, "")
        expect(f"Fl {letter} " in item, f"{command}: -{letter}, --{name} has no entry")
        expect(bool(value) == ("Ar " in item), f"--{name}: does it take a value?")
        expect(name == "help" or name in listed, f"{command}: --{name} is not in the synopsis")
    return {name for _, name, _ in shown} - {"help"}, listed


def check_commands(page):
    text = run([TOOL, "--help"])
    commands = re.findall(r"^  ((?:db )?[a-z]+)  ?", text[text.index("Commands:"):], re.M)
    expect(len(commands) >= 8, f"commands: {commands}")
    known, used = items(page), {"help"}
    for command in commands:
        expect(re.search(rf"^\.It Cm {command}$", page, re.M), f"{command} is not described")
        shown, listed = check_command(command, page, known)
        expect(listed <= shown, f"{command}: the page has options that the help has not: {listed - shown}")
        used |= shown
    aliases = {alias for line in known.values() for alias in re.findall(r"Fl -([a-z-]+)", line)} - used
    for alias in aliases:
        done = subprocess.run([TOOL, "gate", f"--{alias}"], capture_output=True, text=True)
        expect("unknown option" not in done.stderr, f"--{alias} is no option")
    print(f"{len(commands)} commands, {len(used)} options, aliases {sorted(aliases)}")


def check_text(page):
    codes = re.findall(r"^\.It (\d+)$", section(page, "EXIT STATUS"), re.M)
    expect(codes == EXIT_CODES, f"exit codes: {codes}")
    for name in ("SOURCE_DATE_EPOCH", "NO_COLOR"):
        expect(f".It Ev {name}" in section(page, "ENVIRONMENT"), name)
    for line in re.findall(r"^imgassure .*", section(page, "EXAMPLES"), re.M):
        words = line.split()
        expect(words[1] in ("db", "gate", "scan", "inventory", "explain", "list", "files"), line)
    section(page, "FILES")


def check_format():
    if not shutil.which("groff"):
        print("no groff: the page was not formatted")
        return
    done = subprocess.run(["groff", "-ww", "-mdoc", "-Tutf8", PAGE], capture_output=True, text=True)
    expect(done.returncode == 0 and not done.stderr and len(done.stdout) > 4000, f"groff: {done.stderr}")


def main():
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    check_commands(page)
    check_text(page)
    check_format()


main()
