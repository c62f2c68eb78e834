# SPDX-License-Identifier: Apache-2.0
"""cli.py TOOL INPUTS SHAPES SOURCE: runs the command line tool on the inputs that the program INPUTS makes."""
import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import jsonschema

sys.dont_write_bytecode = True

import images

TOOL, INPUTS, SHAPES, SOURCE = sys.argv[1:5]
TOOL, INPUTS, SHAPES = map(os.path.abspath, (TOOL, INPUTS, SHAPES))
AT = "2025-06-15T15:06:40Z"
COMMANDS = {"scan": "dirPLRVCxjmoawcnqv", "gate": "dpFuirPLRVCxjmtoawcnqv", "inventory": "irPLRVCxjmoawcnqv",
            "explain": "dirPLRVCxjmknqv", "list": "rqv", "files": "rPDRVCjmnqv", "db build": "oTnqv", "db info": "qv", "db verify": "qv", "version": ""}
PASS, FAILED, DENIED, INCOMPLETE, INTEGRITY, USAGE, INTERRUPTED = 0, 1, 2, 3, 4, 64, 130
folder = None


def setUpModule():
    global folder
    folder = tempfile.TemporaryDirectory(prefix="imgassure-cli-")
    os.chdir(folder.name)
    subprocess.run([INPUTS, folder.name], check=True)
    save("pass.yaml", "imgassure: 1\npolicy: pass\nrules: [{id: r, check: package, deny: [telnetd]}]\n")
    save("warn.yaml", "imgassure: 1\npolicy: warn\nrules: [{id: r, check: package, deny: [tar], action: warn}]\n")
    save("deny.yaml", "imgassure: 1\npolicy: deny\nrules: [{id: r, check: package, deny: [tar]}]\n")
    save("list.json", "[1, 2]\n")
    run("db", "build", "-o", "alpine.db", "secdb.json", check=PASS)
    images.hostile("hostile.tar")
    images.save("empty.tar", {"etc/motd": "hello\n"})


def tearDownModule():
    os.chdir("/")
    folder.cleanup()


def save(name, text):
    with open(name, "w", encoding="utf-8") as out:
        out.write(text)


def load(name):
    with open(name, "rb") as file:
        return file.read()


def environment(**more):
    kept = {k: v for k, v in os.environ.items() if k not in ("SOURCE_DATE_EPOCH", "NO_COLOR", "TZ") and k[:3] != "LC_"}
    return {**kept, **more}


def run(*arguments, check=None, env=None, **more):
    done = subprocess.run([TOOL, *arguments], stdin=subprocess.DEVNULL, stdout=more.pop("stdout", subprocess.PIPE),
                          stderr=subprocess.PIPE, env=environment(**(env or {})), timeout=120, **more)
    if check is not None and done.returncode != check:
        raise AssertionError(f"{arguments}: exit {done.returncode} instead of {check}\n{done.stderr.decode()}")
    return done


def schema_check(name, document):
    with open(os.path.join(SOURCE, "docs", "schema", name), encoding="utf-8") as file:
        schema = json.load(file)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    kind(schema).validate(document)


def judged(*more):
    return ("gate", "docker.tar", "--db", "advisories.db", "--policy", "policy.yaml", "--at", AT, *more)


class ExitCodes(unittest.TestCase):
    ROWS = [
        (PASS, "scan docker.tar --db advisories.db"),
        (PASS, "scan oci.tar --db advisories.db"),
        (PASS, "scan layout --db advisories.db"),
        (PASS, "scan --inventory inventory.json --db advisories.db"),
        (PASS, "inventory docker.tar"),
        (PASS, "inventory --inventory inventory.json"),
        (PASS, "gate docker.tar --db advisories.db --policy pass.yaml"),
        (PASS, "gate docker.tar --db advisories.db --policy warn.yaml"),
        (PASS, "gate docker.tar --db advisories.db --fail-on critical --only-fixed"),
        (PASS, "explain docker.tar CVE-2023-0464 --db advisories.db"),
        (PASS, "explain docker.tar CVE-1999-0001 --db advisories.db"),
        (PASS, "explain --inventory inventory.json CVE-2023-0464 --db advisories.db"),
        (PASS, "db build -o ok.db debian=tracker.json secdb.json"),
        (PASS, "db info advisories.db"),
        (PASS, "db verify advisories.db"),
        (PASS, "version"),
        (PASS, "--version"),
        (PASS, "--help"),
        (PASS, "-h"),
        (PASS, "help"),
        (FAILED, "scan absent.tar --db advisories.db"),
        (FAILED, "scan policy.yaml --db advisories.db"),
        (FAILED, "scan truncated.tar --db advisories.db"),
        (FAILED, "scan docker.tar --db absent.db"),
        (FAILED, "scan docker.tar --db policy.yaml"),
        (FAILED, "scan docker.tar --db truncated.db"),
        (FAILED, "scan docker.tar --db advisories.db --reference other:tag"),
        (FAILED, "scan oci.tar --db advisories.db --platform linux/arm64"),
        (FAILED, "scan --inventory truncated-inventory.json --db advisories.db"),
        (FAILED, "scan --inventory tracker.json --db advisories.db"),
        (FAILED, "scan docker.tar --db advisories.db -o json=no/such/folder/x"),
        (FAILED, "scan docker.tar --db advisories.db -o json=layout"),
        (FAILED, "gate docker.tar --db advisories.db --policy absent.yaml"),
        (FAILED, "gate docker.tar --db advisories.db --policy policy-duplicate.yaml"),
        (FAILED, "gate docker.tar --db advisories.db --policy policy-check.yaml"),
        (FAILED, "gate docker.tar --db advisories.db --policy policy-newer.yaml"),
        (FAILED, "gate docker.tar --db advisories.db --policy policy-alias.yaml"),
        (FAILED, "inventory absent.tar"),
        (FAILED, "explain absent.tar CVE-1 --db advisories.db"),
        (FAILED, "db build -o no.db absent.json"),
        (FAILED, "db build -o no.db list.json"),
        (FAILED, "db build -o no.db truncated.json"),
        (FAILED, "db build -o no/such/folder/x.db tracker.json"),
        (FAILED, "db info absent.db"),
        (FAILED, "db verify policy.yaml"),
        (DENIED, f"gate docker.tar --db advisories.db --policy policy.yaml --at {AT}"),
        (DENIED, "gate docker.tar --db advisories.db --policy deny.yaml"),
        (DENIED, "gate docker.tar --db alpine.db --policy deny.yaml"),
        (DENIED, "gate docker.tar --db advisories.db --fail-on high"),
        (DENIED, "gate docker.tar --db advisories.db --fail-on high --ignore-unfixed"),
        (DENIED, "gate docker.tar --db advisories.db --fail-on negligible"),
        (DENIED, "gate docker.tar --db advisories.db --fail-on critical"),  # a finding that nobody rated counts
        (INCOMPLETE, "scan docker.tar --db alpine.db"),
        (INCOMPLETE, "scan empty.tar --db advisories.db"),
        (INCOMPLETE, "inventory empty.tar"),
        (INCOMPLETE, "gate docker.tar --db alpine.db --policy pass.yaml"),
        (INCOMPLETE, "gate docker.tar --db alpine.db --policy warn.yaml"),
        (INCOMPLETE, "gate empty.tar --db advisories.db --policy pass.yaml"),
        (INCOMPLETE, "gate docker.tar --db alpine.db --fail-on critical"),
        (INCOMPLETE, "explain docker.tar CVE-2023-0464 --db alpine.db"),
        (INTEGRITY, "scan damaged.tar --db advisories.db"),
        (INTEGRITY, "scan damaged-oci.tar --db advisories.db"),
        (INTEGRITY, "inventory damaged.tar"),
        (INTEGRITY, "gate damaged.tar --db advisories.db --policy pass.yaml"),
        (INTEGRITY, "explain damaged.tar CVE-1 --db advisories.db"),
        (INTEGRITY, "scan docker.tar --db damaged.db"),
        (INTEGRITY, "db verify damaged.db"),
        (INTEGRITY, "db info damaged.db"),
        (USAGE, ""),
        (USAGE, "frobnicate"),
        (USAGE, "db"),
        (USAGE, "db frobnicate"),
        (USAGE, "scan"),
        (USAGE, "scan docker.tar"),
        (USAGE, "scan docker.tar oci.tar --db advisories.db"),
        (USAGE, "scan docker.tar --inventory inventory.json --db advisories.db"),
        (USAGE, "scan docker.tar --db"),
        (USAGE, "scan docker.tar --db advisories.db --frobnicate"),
        (USAGE, "scan docker.tar --db advisories.db --policy policy.yaml"),
        (USAGE, "scan docker.tar --db advisories.db --all=yes"),
        (USAGE, "scan docker.tar --db advisories.db -o xml"),
        (USAGE, "scan docker.tar --db advisories.db -o xml=x"),
        (USAGE, "scan absent.tar --db absent.db -o json -o tables"),
        (USAGE, "scan docker.tar --db advisories.db --width 19"),
        (USAGE, "scan docker.tar --db advisories.db --width 80x"),
        (USAGE, "scan docker.tar --db advisories.db --color maybe"),
        (USAGE, "gate docker.tar --db advisories.db"),
        (USAGE, "gate docker.tar --policy policy.yaml"),
        (USAGE, "gate docker.tar --db advisories.db --policy policy.yaml --fail-on high"),
        (USAGE, "gate docker.tar --db advisories.db --policy policy.yaml --only-fixed"),
        (USAGE, "gate docker.tar --db advisories.db --fail-on severe"),
        (USAGE, "gate docker.tar --db advisories.db --policy policy.yaml --at yesterday"),
        (USAGE, "gate docker.tar --db advisories.db --policy policy.yaml --at 2025-02-29"),
        (USAGE, "explain docker.tar --db advisories.db"),
        (USAGE, "explain docker.tar CVE-1"),
        (USAGE, "inventory"),
        (USAGE, "db build tracker.json"),
        (USAGE, "db build -o a.db -o b.db tracker.json"),
        (USAGE, "db build -o a.db"),
        (USAGE, "db build -o a.db --as-of never tracker.json"),
        (USAGE, "db info"),
        (USAGE, "db info advisories.db advisories.db"),
        (USAGE, "db verify"),
    ]

    def test_rows(self):
        for code, line in self.ROWS:
            with self.subTest(line=line):
                done = run(*line.split())
                self.assertEqual(done.returncode, code, done.stderr.decode())
                if code in (FAILED, INTEGRITY, USAGE):
                    self.assertEqual(done.stdout, b"", "nothing but a report on stdout")
                    self.assertTrue(done.stderr.startswith(b"imgassure") or b"Usage" in done.stderr, done.stderr)
        self.assertEqual([name for name in os.listdir() if name.endswith("no.db") or ".db." in name], [])

    def test_full_disk(self):
        with open("/dev/full", "wb") as full:
            done = run(*judged(), stdout=full)
        self.assertEqual(done.returncode, FAILED)
        self.assertIn(b"[io]", done.stderr)

    def test_interrupt(self):
        """Ctrl-C, once the progress bar shows that layers are read."""
        images.slow("slow.tar")
        ours, theirs = pty.openpty()
        process = subprocess.Popen([TOOL, "scan", "slow.tar", "--db", "advisories.db"], stdout=subprocess.PIPE,
                                   stderr=theirs, env=environment())
        os.close(theirs)
        shown = b""
        while b"reading layers" not in shown:
            shown += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        try:
            while chunk := os.read(ours, 4096):
                shown += chunk
        except OSError:
            pass  # the end of a terminal
        stdout, _ = process.communicate(timeout=60)
        os.close(ours)
        os.unlink("slow.tar")
        self.assertEqual(process.returncode, INTERRUPTED, shown)
        self.assertEqual(stdout, b"")
        self.assertIn(b"\r\x1b[K", shown, "the bar is cleared")
        self.assertIn(b"[cancelled]", shown)


class Options(unittest.TestCase):
    def test_spellings(self):
        wanted = run(*judged("-o", "json", "--all", "--width", "100")).stdout
        for line in (["-o", "json", "-a", "-w", "100"], ["-ojson", "--show-suppressed", "-w100"],
                     ["--output=json", "--all", "--width=100"], ["--output", "json"], ["--format", "json"],
                     ["--format=json"], ["-o", "json", "--color", "never"], ["-o", "json", "--no-progress", "-q"],
                     ["-o", "json=-"], ["-o", "json=/dev/stdout"]):
            with self.subTest(line=line):
                self.assertEqual(run(*judged(*line), check=DENIED).stdout, wanted)
        short = ("gate", "-dadvisories.db", "-p", "policy.yaml", f"-t{AT}", "-o", "json", "--", "docker.tar")
        self.assertEqual(run(*short, check=DENIED).stdout, wanted)
        a = run("gate", "docker.tar", "--db", "advisories.db", "--fail-on=low", "--only-fixed", "-t", AT, check=DENIED)
        b = run("gate", "docker.tar", "-d", "advisories.db", "-Flow", "--ignore-unfixed", "-t", AT, check=DENIED)
        self.assertEqual(a.stdout, b.stdout)

    def test_two_dashes(self):
        os.symlink("docker.tar", "-o")
        self.assertEqual(run("inventory", "--", "-o", check=PASS).stdout, run("inventory", "docker.tar").stdout)
        os.unlink("-o")

    def test_help(self):
        for command, letters in COMMANDS.items():
            with self.subTest(command=command):
                done = run(*command.split(), "--help", check=PASS)
                self.assertEqual(done.stderr, b"")
                text = done.stdout.decode()
                self.assertTrue(text.startswith(f"Usage: imgassure {command} "), text)
                found = "".join(re.findall(r"^  -(\w), --", text, re.MULTILINE))
                self.assertEqual(sorted(found), sorted(letters + "h"))
                self.assertEqual(run(*command.split(), "-h", check=PASS).stdout, done.stdout)
                self.assertIn(f"  {command} ", run("--help").stdout.decode())
        self.assertIn(b"Commands:", run(check=USAGE).stderr)

    def test_version(self):
        self.assertRegex(run("version").stdout.decode(), r"^imgassure \d+\.\d+\.\d+( \+\w+)*\n$")
        self.assertEqual(run("version").stdout, run("--version").stdout)

    def test_clock(self):
        def at(*more, **env):
            line = ("gate", "docker.tar", "--db", "advisories.db", "--policy", "policy.yaml", "-o", "json", *more)
            return json.loads(run(*line, env=env, check=DENIED).stdout)["verdict"]["at"]
        self.assertEqual(at("--at", "2025-06-15"), "2025-06-15T00:00:00Z")
        self.assertEqual(at("--at", "2025-06-15T02:00:00+02:00"), "2025-06-15T00:00:00Z")
        self.assertEqual(at(SOURCE_DATE_EPOCH="1750000000"), AT)
        self.assertEqual(at("--at", "2025-06-15", SOURCE_DATE_EPOCH="1750000000"), "2025-06-15T00:00:00Z")
        before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        now = at()
        self.assertTrue(before <= now <= time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), now)

    def test_exceptions_follow_the_clock(self):
        save("excused.yaml", "imgassure: 1\npolicy: p\nrules: [{id: r, check: package, deny: [tar]}]\n"
             "exceptions: [{id: EX, package: tar, owner: alice, reason: needed, until: 2025-06-15}]\n")
        line = ("gate", "docker.tar", "--db", "advisories.db", "--policy", "excused.yaml", "--at")
        self.assertIn(b"exception EX until 2025-06-15T00:00:00Z, owner alice, used 1 time: needed",
                      run(*line, "2025-06-14T23:59:59Z", check=PASS).stdout)
        expired = run(*line, "2025-06-15", check=DENIED).stdout
        self.assertIn(b"the exception EX of alice expired at 2025-06-15T00:00:00Z", expired)

    def test_colour(self):
        self.assertIn(b"\x1b[31mFAIL\x1b[0m", run(*judged("--color", "always")).stdout)
        for line in ([], ["--color", "never"], ["--color=auto"]):
            self.assertNotIn(b"\x1b", run(*judged(*line)).stdout)

    def test_quiet(self):
        line = ("scan", "docker.tar", "--db", "alpine.db")
        self.assertIn(b"no-feed", run(*line, check=INCOMPLETE).stderr)
        self.assertEqual(run(*line, "--quiet", check=INCOMPLETE).stderr, b"")
        self.assertEqual(run(*judged(), check=DENIED).stderr, b"")

    def test_explain(self):
        done = run("explain", "docker.tar", "CVE-2023-0464", "--db", "advisories.db", check=PASS)
        for word in (b"CVE-2023-0464", b"3.0.8-1", b"3.0.9-1", b"libssl3", b"openssl"):
            self.assertIn(word, done.stdout)
        other = run("explain", "docker.tar", "CVE-2023-0464", "--db", "advisories.db", "--package", "tar", check=PASS)
        self.assertIn(b"no advisory", other.stdout)

    def test_database(self):
        run("db", "build", "-o", "dated.db", "--as-of", "2025-01-01", "debian=tracker.json", "secdb.json", check=PASS)
        info = run("db", "info", "dated.db", check=PASS).stdout.decode()
        self.assertIn("Feed:      debian, ", info)
        self.assertIn("Feed:      secdb, ", info)
        self.assertIn("as of 2025-01-01T00:00:00Z", info)
        self.assertIn("Covers:    debian bookworm", info)
        self.assertIn("Covers:    alpine v3.18 main", info)
        run("db", "build", "-o", "again.db", "--as-of", "2025-01-01", "debian=tracker.json", "secdb.json", check=PASS)
        self.assertEqual(load("dated.db"), load("again.db"))
        self.assertIn(b"is right", run("db", "verify", "dated.db", check=PASS).stdout)
        self.assertEqual(run("db", "build", "-o", "-", "debian=tracker.json", check=PASS).stdout[:4],
                         load("dated.db")[:4])


class Outputs(unittest.TestCase):
    def test_several(self):
        table, document = run(*judged()).stdout, run(*judged("-o", "json")).stdout
        done = run(*judged("-o", "json=a.json", "-o", "table", "-o", "table=a.txt", "-o", "json=b.json"), check=DENIED)
        self.assertEqual(done.stdout, table)
        self.assertEqual(load("a.txt"), table)
        self.assertEqual(load("a.json"), document)
        self.assertEqual(load("b.json"), document)
        self.assertEqual(run(*judged("-o", "table", "-o", "json")).stdout, table + document)
        run(*judged(*["-o", "json=x.json"] * 9), check=USAGE)

    def test_files_are_whole_or_as_before(self):
        os.mkdir("atomic")
        failing = ["scan absent.tar --db advisories.db -o json=atomic/old",
                   "scan docker.tar --db damaged.db -o json=atomic/old",
                   "scan damaged.tar --db advisories.db -o table=atomic/old",
                   "gate docker.tar --db advisories.db --policy policy-check.yaml -o json=atomic/old",
                   "inventory truncated.tar -o json=atomic/old",
                   "db build -o atomic/old truncated.json",
                   "db build -o atomic/old tracker.json list.json",
                   "db build -o atomic/old tracker.json absent.json"]
        for line in failing:
            with self.subTest(line=line):
                save("atomic/old", "old")
                self.assertNotEqual(run(*line.split()).returncode, PASS)
                self.assertEqual(load("atomic/old"), b"old")
                self.assertEqual(os.listdir("atomic"), ["old"], "no temporary file is left")
        run(*judged("-o", "json=atomic/old"), check=DENIED)
        self.assertEqual(json.loads(load("atomic/old"))["verdict"]["result"], "fail")
        self.assertEqual(os.listdir("atomic"), ["old"])

    def test_permissions(self):
        run("inventory", "docker.tar", "-o", "json=mode.json", check=PASS, umask=0o027)
        self.assertEqual(os.stat("mode.json").st_mode & 0o777, 0o640)

    def test_pipe_stays_a_pipe(self):
        os.mkfifo("pipe")
        got = []
        reader = threading.Thread(target=lambda: got.append(load("pipe")), daemon=True)
        reader.start()
        run("inventory", "docker.tar", "-o", "json=pipe", check=PASS)
        reader.join(30)
        self.assertEqual(got, [run("inventory", "docker.tar", "-o", "json").stdout])
        self.assertTrue(os.path.exists("pipe") and not os.path.isfile("pipe"))
        os.unlink("pipe")

    def test_schemas(self):
        for line, code in ((judged(), DENIED),
                           (("gate", "hostile.tar", "--db", "advisories.db", "--policy", "policy.yaml"), None),
                           (("scan", "docker.tar", "--db", "advisories.db"), PASS),
                           (("scan", "docker.tar", "--db", "alpine.db"), INCOMPLETE),
                           (("scan", "empty.tar", "--db", "advisories.db"), INCOMPLETE)):
            with self.subTest(line=line):
                schema_check("report-1.schema.json", json.loads(run(*line, "-o", "json", check=code).stdout))
        for image in ("docker.tar", "empty.tar", "hostile.tar"):
            with self.subTest(image=image):
                shape = json.loads(subprocess.run([SHAPES, image], stdout=subprocess.PIPE, check=True).stdout)
                schema_check("report-1.schema.json", shape)
                self.assertNotIn("findings", shape)
                schema_check("inventory-1.schema.json", json.loads(run("inventory", image, "-o", "json").stdout))

    def test_the_schema_refuses(self):
        good = json.loads(run(*judged("-o", "json")).stdout)
        for change in ({"more": 1}, {"packages": []}, {"schema": "imgassure-report/2"}, {"complete": "yes"},
                       {"verdict": {**good["verdict"], "result": "maybe"}}, {"findings": None}):
            with self.subTest(change=change), self.assertRaises(jsonschema.ValidationError):
                schema_check("report-1.schema.json", {**good, **change})

    def test_verdict(self):
        report = json.loads(run(*judged("-o", "json")).stdout)
        verdict = report["verdict"]
        worst = max(verdict["items"], key=lambda i: ["pass", "warn", "incomplete", "fail"].index(i["result"]))
        self.assertEqual(verdict["result"], worst["result"])
        lines = load("policy.yaml").decode().split("\n")
        for item in verdict["items"]:
            self.assertIn(f"id: {item['rule']},", lines[item["line"] - 1], "the line is that of the rule")
            if item["finding"] is not None:
                self.assertIn(report["findings"][item["finding"]]["id"], item["item"])
        self.assertEqual({x["id"]: (x["expired"], x["used"]) for x in verdict["exceptions"]},
                         {"X1": (False, 1), "X2": (True, 1)})

    def test_inventory_instead_of_image(self):
        run("inventory", "docker.tar", "-o", "json=kept.json", check=PASS)
        line = ("--db", "advisories.db", "--policy", "policy.yaml", "--at", AT, "-o", "json")
        self.assertEqual(run("gate", "--inventory", "kept.json", *line, check=DENIED).stdout,
                         run("gate", "docker.tar", *line, check=DENIED).stdout)
        self.assertEqual(run("inventory", "--inventory", "kept.json", "-o", "json").stdout, load("kept.json"))

    def test_cyclonedx_instead_of_image(self):
        run("inventory", "docker.tar", "-o", "cyclonedx=kept.cdx.json", check=PASS)
        line = ("--db", "advisories.db", "--policy", "policy.yaml", "--at", AT, "-o", "json")
        got, wanted = (json.loads(run("gate", *image, *line, check=DENIED).stdout)
                       for image in (("--inventory", "kept.cdx.json"), ("docker.tar",)))
        for part in ("image", "summary", "findings", "verdict", "notes"):
            self.assertEqual(got[part], wanted[part], part)


class Inventories(unittest.TestCase):
    def test_table(self):
        lines = run("inventory", "evident.tar", "--width", "80", check=PASS).stdout.decode().splitlines()
        self.assertIn("Programs:  2 executables, 1 of them not from a package of the system", lines)
        self.assertEqual(lines[lines.index("") + 1:], [
            "TYPE  PACKAGE     VERSION   OWNER  LAYER  FOUND IN",
            "deb   tool        2.0-1+b1  -      0      var/lib/dpkg/status",
            "npm   @corp/left  4.5.6     -      1      app/node_modules/@corp/left/package.j>",
            "npm   pad         1.2.3     tool   0      usr/share/nodejs/pad/package.json"])
        self.assertEqual([line for line in lines[lines.index(""):] if len(line) > 80], [])

    def test_looked_for(self):
        def names(*more):
            document = json.loads(run("inventory", "evident.tar", "-o", "json", *more).stdout)
            return [p["name"] for p in document["packages"]]
        installed = names()
        self.assertEqual(installed, ["tool", "@corp/left", "pad"])
        self.assertEqual(set(names("--removed")) - set(installed), {"old"})
        self.assertEqual(names("-R"), names("--removed"))
        self.assertEqual(set(names("--lockfiles")) - set(installed), {"locked"})
        self.assertIn("(lock file)", run("inventory", "evident.tar", "--lockfiles").stdout.decode())
        self.assertEqual(names("-L"), names("--lockfiles"))
        self.assertIn("(removed)", run("inventory", "evident.tar", "--removed").stdout.decode())
        for line in (("scan", "evident.tar", "--db", "advisories.db"),
                     ("gate", "evident.tar", "--db", "advisories.db", "--policy", "pass.yaml")):
            plain, more = (json.loads(run(*line, "-o", "json", *look).stdout)["inventory"]["packages"]
                           for look in ((), ("--removed",)))
            self.assertEqual((plain, more), (3, 4), line)

    def test_classifiers(self):
        save("rules.tsv", "extra/banner\tprogram\t*\tEvident Extra version {number}\tpkg:generic/extra@{version}\t-\n")
        save("bad.tsv", "nonsense\n")
        line = ("inventory", "evident.tar", "--classifiers")
        self.assertRegex(run(*line, "rules.tsv", check=PASS).stdout.decode(), "\ngeneric  extra +3.2.1 ")
        for name, words in (("bad.tsv", b"line 1"), ("absent.tsv", b"absent.tsv"), ("/dev/zero", b"more than 1 MiB")):
            done = run(*line, name, check=FAILED)
            self.assertIn(words, done.stderr)
            self.assertEqual(done.stdout, b"")

    def test_evidence_in_the_report(self):
        shape = json.loads(subprocess.run([SHAPES, "evident.tar"], stdout=subprocess.PIPE, check=True).stdout)
        schema_check("report-1.schema.json", shape)
        self.assertEqual((shape["inventory"]["executables"], shape["inventory"]["unownedExecutables"]), (2, 1))
        tool, left, pad = shape["packages"]
        self.assertEqual((left["how"], left["owner"], left["licenseExpression"]),
                         ("package-json", "", "MIT OR Apache-2.0"))
        self.assertEqual((tool["how"], pad["owner"]), ("dpkg", tool["purl"]))
        document = json.loads(run("inventory", "evident.tar", "-R", "-L", "-o", "json").stdout)
        schema_check("inventory-1.schema.json", document)


class Hostile(unittest.TestCase):
    FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")

    def test_nothing_raw(self):
        save("wild.yaml", "imgassure: 1\npolicy: \"p\\e[2J\"\n"
             "rules: [{id: \"r\\e[2J\\u202e\", check: package, deny: ['*']}]\n"
             "exceptions: [{id: \"x\\a\", package: z*, owner: \"o\\x9b\", reason: \"\\L\", until: 2100-01-01}]\n")
        database, policy = ("--db", "advisories.db"), ("--policy", "wild.yaml")
        for line in (("scan", "hostile.tar", *database), ("scan", "hostile.tar", *database, "--all"),
                     ("inventory", "hostile.tar"), ("inventory", "hostile.tar", "-o", "json"),
                     ("gate", "hostile.tar", *database, *policy),
                     ("gate", "hostile.tar", *database, *policy, "-o", "json"),
                     ("gate", "hostile.tar", *database, *policy, "--all", "--width", "20"),
                     ("explain", "hostile.tar", "CVE-2023-45853", *database),
                     ("explain", "hostile.tar", "CVE-2005-2541", *database),
                     ("scan", "hostile.tar", *database, "--reference", "other")):
            with self.subTest(line=line):
                done = run(*line)
                for name, text in (("stdout", done.stdout), ("stderr", done.stderr)):
                    shown = text.decode("utf-8")
                    raw = self.FORBIDDEN.search(shown)
                    self.assertIsNone(raw, f"{name}: {raw and shown[max(0, raw.start() - 40):raw.end() + 40]!r}")

    def test_it_is_hostile(self):
        text = run("inventory", "hostile.tar").stdout.decode() + run("gate", "hostile.tar", "--db", "advisories.db",
                                                                      "--policy", "policy.yaml").stdout.decode()
        self.assertIn("\\u{1b}[2J", text)


class Determinism(unittest.TestCase):
    def test_same_bytes(self):
        """100 runs in 3 locales, time zones and folders."""
        here = os.getcwd()
        line = ["gate", os.path.join(here, "docker.tar"), "--db", os.path.join(here, "advisories.db"), "--policy",
                os.path.join(here, "policy.yaml"), "--at", AT, "-o", "json", "-o", "table"]
        surroundings = [({"LC_ALL": "C", "TZ": "UTC"}, here), ({"LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Kathmandu"}, "/"),
                        ({"LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns", "LANG": "tr_TR"}, "/usr")]
        outputs = set()
        for i in range(100):
            env, cwd = surroundings[i % 3]
            outputs.add(run(*line, env=env, cwd=cwd, check=DENIED).stdout)
        self.assertEqual(len(outputs), 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
