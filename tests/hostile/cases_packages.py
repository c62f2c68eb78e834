# SPDX-License-Identifier: Apache-2.0
"""Package databases and os-release: damage must not hide a package, and an unreadable database is not an empty one."""
from case import case, complete, error, noted
from image_writer import Layer
from system import (ALPINE_RELEASE, DATABASE, INSTALLED, OS_RELEASE, STATUS, VICTIM, alpine, debian, image, record,
                    stanza)
from tarfile_writer import Tar

PARTIAL = ["DB_PARTIAL"]


def dpkg(text):
    return image(debian(text))


def apk(text):
    return image(alpine(text))


def release(text, path="etc/os-release"):
    return image(Tar().file(path, text).file(STATUS, DATABASE))


# --- dpkg


@case("dpkg without newline at the end", complete("victim"))
def dpkg_no_newline():
    return dpkg(DATABASE.rstrip() + "\n\n" + VICTIM.rstrip().replace("victim", "last"))


@case("dpkg with CRLF", complete("victim", "base-files", may=PARTIAL))
def dpkg_crlf():
    return dpkg(DATABASE.replace("\n", "\r\n"))


@case("dpkg separator of blanks hides no package", complete("victim", "second=2", may=PARTIAL))
def dpkg_blank_separator():
    return dpkg(VICTIM.rstrip() + "\n \t \n" + stanza("second", "2"))


@case("dpkg without separator hides no package", noted("DB_PARTIAL", has=["victim=1.2.3-4", "second=2"]))
def dpkg_no_separator():
    return dpkg(VICTIM.rstrip() + "\n" + stanza("second", "2"))


@case("dpkg states", complete("half", "unpacked", "pending", "held", hasnot=["removed", "never"]))
def dpkg_states():
    return dpkg(stanza("half", state="install ok half-configured") + stanza("unpacked", state="install ok unpacked") +
                stanza("pending", state="install ok triggers-pending") + stanza("held", state="hold ok installed") +
                stanza("removed", state="deinstall ok config-files") +
                stanza("never", state="purge ok not-installed"))


@case("dpkg state that is not known counts as installed", noted("DB_PARTIAL"))
def dpkg_unknown_state():
    return dpkg(stanza("victim", state="install ok quantum"))


@case("dpkg fields twice", noted("DB_PARTIAL", has=["victim=1.2.3-4"]))
def dpkg_field_twice():
    return dpkg(VICTIM.rstrip() + "\nVersion: 99-1\nStatus: deinstall ok config-files\n\n")


@case("dpkg field names in other case", complete("victim=1.2.3-4"))
def dpkg_field_case():
    return dpkg(DATABASE.replace("Package:", "PACKAGE:").replace("Version:", "vErSiOn:"))


@case("dpkg version folded over two lines", noted("DB_PARTIAL", has=["victim=1.2.3-4"]))
def dpkg_folded_version():
    return dpkg(VICTIM.replace("Version: 1.2.3-4", "Version: 1.2.3-4\n 99"))


@case("dpkg stanza without version", noted("DB_PARTIAL"))
def dpkg_no_version():
    return dpkg("Package: odd\nStatus: install ok installed\n\n" + VICTIM)


@case("dpkg stanza without name", noted("DB_PARTIAL"))
def dpkg_no_name():
    return dpkg("Status: install ok installed\nVersion: 1\n\n" + VICTIM)


@case("dpkg is random bytes", noted("DB_PARTIAL", has=[], may=["NAME"]))
def dpkg_random():
    return image(Tar().file("etc/os-release", OS_RELEASE).file(STATUS, bytes(range(256)) * 64))


@case("dpkg is empty", noted("DB_PARTIAL", has=[]))
def dpkg_empty():
    return dpkg("")


@case("dpkg is blanks and newlines", noted("DB_PARTIAL", has=[]))
def dpkg_blanks():
    return dpkg(" \n\t\n" * 1000)


@case("dpkg with NUL bytes inside", noted("DB_PARTIAL"))
def dpkg_nul():
    return image(Tar().file("etc/os-release", OS_RELEASE)
                 .file(STATUS, b"\x00\x00\x00\n\n" + DATABASE.encode() + b"\x00"))


@case("dpkg cut in the middle of a version", complete("victim", may=PARTIAL))
def dpkg_cut():
    return dpkg(VICTIM + stanza("cut", "1.2.3-4")[:-8])


@case("dpkg line of 40 MB before the victim", complete("victim", may=PARTIAL), noted("DB_PARTIAL"), error("LIMIT"),
      heavy=True, seconds=20)
def dpkg_long_line():
    text = b"Description: " + b"x" * (40 << 20) + b"\n"
    return image(Layer(Tar().file("etc/os-release", OS_RELEASE).file(STATUS, text + DATABASE.encode()).end(), "gzip"))


@case("dpkg version of 2 MB", noted("DB_PARTIAL"), error("LIMIT"))
def dpkg_long_version():
    return image(Layer(debian(stanza("long", "1" * (2 << 20)) + VICTIM).end(), "gzip"))


@case("dpkg name of 100 KB", complete("victim", may=["DB_PARTIAL", "NAME"]))
def dpkg_long_name():
    return dpkg(stanza("n" * 100000) + VICTIM)


@case("dpkg versions of every odd form", complete("victim", may=["DB_PARTIAL", "NAME"]))
def dpkg_odd_versions():
    odd = ["::", ":1", "1:", "-", "~" * 5000, "99999999999999999999:1", "1.0 with blanks", "\u00e9", "0" * 9999, "1--1"]
    return dpkg("".join(stanza(f"odd{n}", version) for n, version in enumerate(odd)) + VICTIM)


@case("dpkg names and maintainers that steer terminals", noted("NAME"))
def dpkg_control():
    evil = "\x1b]52;c;ZXZpbA==\x07\x1b[2K\x9b\u202e\u2066\u0085=cmd|'/c calc'!A1<img src=x>]]>"
    return dpkg(stanza("evil" + evil, "1" + evil, Maintainer=evil, Source=evil) + VICTIM)


@case("dpkg in Latin-1", noted("NAME"))
def dpkg_latin():
    text = stanza("victim", Maintainer="J\u00f6rg").encode("latin-1")
    return image(Tar().file("etc/os-release", OS_RELEASE).file(STATUS, text))


@case("dpkg package twice with two versions", noted("DUPLICATE", has=["victim=1.2.3-4", "victim=9-9"]))
def dpkg_twice():
    return dpkg(VICTIM + stanza("victim", "9-9"))


@case("dpkg package for two architectures", complete("victim"))
def dpkg_two_architectures():
    return dpkg(VICTIM + VICTIM.replace("amd64", "i386"))


@case("dpkg with 100000 stanzas", complete("victim", "p99999"), heavy=True, seconds=20, mib=128)
def dpkg_many():
    text = "".join(f"Package: p{n}\nStatus: install ok installed\nVersion: {n}\n\n" for n in range(100000))
    return image(Layer(debian(text + VICTIM).end(), "gzip"))


@case("dpkg with 250000 stanzas", error("LIMIT"), heavy=True, seconds=20)
def dpkg_too_many():
    text = "".join(f"Package: p{n}\nVersion: {n}\n\n" for n in range(250000))
    return image(Layer(debian(text).end(), "gzip"))


@case("dpkg with a million bad lines", noted("DB_PARTIAL"), heavy=True)
def dpkg_bad_lines():
    return image(Layer(debian("!\n" * 1000000 + "\n" + VICTIM).end(), "gzip"))


@case("status.d of distroless", complete("victim", "tzdata"))
def status_d():
    tar = Tar().file("etc/os-release", OS_RELEASE).file("var/lib/dpkg/status.d/victim", VICTIM.replace(
        "Status: install ok installed\n", ""))
    tar.file("var/lib/dpkg/status.d/victim.md5sums", "0123  usr/bin/victim\n")
    return image(tar.file("var/lib/dpkg/status.d/tzdata", stanza("tzdata")))


@case("status.d with a file that is no stanza", noted("DB_PARTIAL"))
def status_d_damaged():
    return image(Tar().file("etc/os-release", OS_RELEASE).file("var/lib/dpkg/status.d/victim", VICTIM)
                 .file("var/lib/dpkg/status.d/odd", "nothing that could be read\n"))


@case("journal of an interrupted dpkg", noted("DB_JOURNAL", has=["victim", "fresh"], may=["DB_MULTIPLE", "DUPLICATE"]))
def dpkg_journal():
    return image(debian().file("var/lib/dpkg/updates/0001", stanza("fresh")).file("var/lib/dpkg/updates/tmp.i", ""))


@case("file lists that are damaged", complete("victim", may=["DB_PARTIAL", "NAME", "PATH"]))
def dpkg_lists():
    return image(debian().file("var/lib/dpkg/info/victim.list", b"/.\n/usr\n\xff\xfe\n../../etc/shadow\n/" +
                               b"a" * 100000 + b"\n\x1b[2J\n").dir("var/lib/dpkg/info/base-files.list/"))


@case("rpm database beside nothing else", noted("DB_PARTIAL", has=[], may=["OS", "NO_PACKAGES"]))
def rpm_only():
    return image(Tar().file("etc/os-release", "ID=fedora\nVERSION_ID=39\n").file("var/lib/rpm/rpmdb.sqlite", b"SQLite"))


@case("rpm database beside dpkg", noted("DB_PARTIAL", may=["OS"]))
def rpm_beside():
    return image(debian().file("var/lib/rpm/Packages", b"\x00" * 512))


# --- apk


@case("apk", complete("victim=1.2.3-r4"))
def apk_plain():
    return apk(record("victim", "1.2.3-r4"))


@case("apk with short and odd lines", noted("DB_PARTIAL"))
def apk_short_lines():
    return apk("x\n:\nP\n" + record("victim") + "no colon here\n:::\n\n" + record("second"))


@case("apk blank line inside a record", noted("DB_PARTIAL"))
def apk_blank_line():
    return apk(record("victim").rstrip() + "\n\nm:nobody\n\n")


@case("apk without newline at the end", complete("victim", "last"))
def apk_no_newline():
    return apk(record("victim") + record("last").rstrip())


@case("apk without blank line between records", noted("DB_PARTIAL", has=["victim", "second"]))
def apk_no_separator():
    return apk(record("victim").rstrip() + "\n" + record("second"))


@case("apk with CRLF", complete("victim", may=PARTIAL))
def apk_crlf():
    return apk(record("victim").replace("\n", "\r\n"))


@case("apk version twice", noted("DB_PARTIAL", has=["victim=1.2.3-r4"]))
def apk_version_twice():
    return apk(record("victim", "1.2.3-r4").rstrip() + "\nV:99-r0\n\n")


@case("apk record without version", noted("DB_PARTIAL"))
def apk_no_version():
    return apk("P:odd\nA:x86_64\n\n" + record("victim"))


@case("apk is empty", noted("DB_PARTIAL", has=[]))
def apk_empty():
    return apk("")


@case("apk is binary", noted("DB_PARTIAL", has=[], may=["NAME"]))
def apk_binary():
    return image(Tar().file("etc/os-release", ALPINE_RELEASE).file(INSTALLED, bytes(range(255, -1, -1)) * 50))


@case("apk database at both places", noted("DB_MULTIPLE", has=["victim", "second"]))
def apk_two_places():
    return image(alpine().file("usr/lib/apk/db/installed", record("second")))


@case("apk files that climb and steer", complete("victim", may=["DB_PARTIAL", "NAME", "PATH"]))
def apk_files():
    return apk(record("victim").rstrip() + "\nF:../../etc\nR:shadow\nF:\nR:\x1b[2J\nR:" + "n" * 100000 + "\n\n")


@case("apk record of 200000 lines", complete("victim"), heavy=True)
def apk_long_record():
    text = record("victim").rstrip() + "\n" + "".join(f"R:f{n}\n" for n in range(200000)) + "\n"
    return image(Layer(alpine(text).end(), "gzip"))


# --- what stands beside databases


def beside(path, text):
    return image(debian().file(path, text))


@case("dpkg diversions that climb, and steer", complete("victim", may=["DB_PARTIAL", "NAME"]))
def diversions_climb():
    lines = "/usr/bin/x\n/../../etc/shadow\n:\n/usr/bin/\x1b[2J\n/\u202e\nvictim\n" + "\n\n\n"
    return image(debian().file("var/lib/dpkg/diversions", lines)
                 .file("var/lib/dpkg/info/victim.list", "/.\n/usr/bin/x\n/usr/bin/\x1b[2J\n\n"))


@case("dpkg diversions in a circle", complete("victim"))
def diversions_circle():
    return image(debian().file("var/lib/dpkg/diversions", "/a\n/b\n:\n/b\n/a\n:\n")
                 .file("var/lib/dpkg/info/victim.list", "/a\n/b\n"))


@case("dpkg diversions cut off", noted("DB_PARTIAL"))
def diversions_cut():
    return beside("var/lib/dpkg/diversions", "/bin/sh\n/bin/sh.distrib\n")


@case("dpkg diversions of 100000 paths", complete("victim"), heavy=True)
def diversions_many():
    return beside("var/lib/dpkg/diversions", "".join(f"/p{n}\n/q{n}\n:\n" for n in range(100000)))


@case("dpkg diversions are a folder", noted("DB_PARTIAL", may=["TYPE"]))
def diversions_folder():
    return image(debian().dir("var/lib/dpkg/diversions/"))


@case("copyright of 100000 licences", complete("victim"), heavy=True)
def copyright_many():
    text = "Format: x\n" + "".join(f"\nFiles: *\nLicense: L{n}\n" for n in range(100000))
    return beside("usr/share/doc/victim/copyright", text)


@case("copyright with a licence that steers terminals", complete("victim", may=["NAME"]))
def copyright_control():
    return beside("usr/share/doc/victim/copyright", "Format: x\n\nFiles: *\nLicense: M\x1b]52;c;eA==\x07\u202eIT\n")


@case("copyright is binary", complete("victim", may=["NAME"]))
def copyright_binary():
    return beside("usr/share/doc/victim/copyright", bytes(range(256)) * 64)


@case("apk's world is binary", complete("victim"))
def world_binary():
    return image(alpine().file("etc/apk/world", bytes(range(256)) * 64))


@case("apk's world of 200000 names", complete("victim"), heavy=True)
def world_many():
    return image(alpine().file("etc/apk/world", "".join(f"n{n}>{n}@t\n" for n in range(200000))))


@case("apk's repositories of another release", noted("OS"))
def repositories_other():
    return image(alpine().file("etc/apk/repositories", "http://x/alpine/v2.1/main\n"))


# --- opkg


def opkg(text, path="usr/lib/opkg/status"):
    return image(Tar().file("etc/os-release", OS_RELEASE).file(path, text))


@case("opkg states hide no package", complete("a", "b", "c", hasnot=["gone"]))
def opkg_states():
    return opkg(stanza("a", state="install user installed") + stanza("b", state="install hold,user unpacked") +
                stanza("c", state="install ok post-inst-failed") + stanza("gone", state="deinstall ok not-installed"))


@case("opkg without separator hides no package", noted("DB_PARTIAL", has=["a", "b"]))
def opkg_no_separator():
    return opkg(stanza("a").rstrip() + "\n" + stanza("b"))


@case("opkg is binary", noted("DB_PARTIAL", has=[], may=["NAME"]))
def opkg_binary():
    return opkg(bytes(range(256)) * 64, "var/lib/opkg/status")


@case("opkg is empty", noted("DB_PARTIAL", has=[]))
def opkg_empty():
    return opkg("")


@case("opkg at both places", noted("DB_MULTIPLE", has=["a", "b"]))
def opkg_both():
    return image(Tar().file("etc/os-release", OS_RELEASE).file("usr/lib/opkg/status", stanza("a"))
                 .file("var/lib/opkg/status", stanza("b")))


@case("opkg control of another package", complete("a=1.0-1"))
def opkg_control():
    return image(Tar().file("etc/os-release", OS_RELEASE).file("usr/lib/opkg/status", stanza("a"))
                 .file("usr/lib/opkg/info/a.control", stanza("b", "9")))


# --- os-release, and the files before it


@case("release files contradict os-release", noted("OS"))
def release_contradicts():
    return beside("etc/debian_version", "9.1\n")


@case("release file without os-release", noted("OS", has=["victim"]))
def release_alone():
    return image(Tar().file("etc/debian_version", "12.5\n").file(STATUS, DATABASE))


@case("release files are binary", noted("OS", has=["victim"], may=["NAME"]))
def release_binary():
    tar = Tar().file(STATUS, DATABASE)
    for name in ("alpine-release", "centos-release", "redhat-release", "SuSE-release", "lsb-release", "debian_version"):
        tar.file("etc/" + name, bytes(range(256)) * 4)
    return image(tar)


@case("release files of 4 MB in one line", noted("OS", has=["victim"]))
def release_long():
    return image(Tar().file("etc/redhat-release", "CentOS release " + "7" * (4 << 20)).file(STATUS, DATABASE))


@case("os-release missing", noted("OS"))
def release_missing():
    return image(Tar().file(STATUS, DATABASE))


@case("os-release missing, programs everywhere", noted("OS", "NO_PACKAGES", "BINARY", has=[]))
def release_and_database_missing():
    return image(Tar().dir("usr/bin/").file("usr/bin/curl", "\x7fELF").file("usr/lib/libssl.so.3", "\x7fELF"))


@case("os-release without ID", noted("OS"))
def release_no_id():
    return release('NAME="Debian"\nVERSION_ID="12"\n')


@case("os-release with two IDs", noted("OS"))
def release_two_ids():
    return release("ID=alpine\n" + OS_RELEASE)


@case("os-release at both places, contradicting", noted("OS"))
def release_contradiction():
    return image(debian().file("usr/lib/os-release", "ID=alpine\nVERSION_ID=3.18\n"))


@case("os-release in the second place only", complete("victim"))
def release_second_place():
    return release(OS_RELEASE, "usr/lib/os-release")


@case("os-release is a link to the second place", complete("victim", may=["LINK"]))
def release_link():
    return image(Tar().symlink("etc/os-release", "/usr/lib/os-release").file("usr/lib/os-release", OS_RELEASE)
                 .file(STATUS, DATABASE))


@case("os-release is a link to itself", noted("OS", may=["LINK_LOOP", "LINK"]))
def release_link_loop():
    return image(Tar().symlink("etc/os-release", "os-release").file(STATUS, DATABASE))


@case("os-release is a folder", noted("OS", may=["TYPE"]))
def release_folder():
    return image(Tar().dir("etc/os-release/").file(STATUS, DATABASE))


@case("os-release is binary", noted("OS", may=["NAME"]))
def release_binary():
    return image(Tar().file("etc/os-release", bytes(range(256)) * 8).file(STATUS, DATABASE))


@case("os-release with every form of quotes", complete("victim", may=["OS"]))
def release_quotes():
    return release("# comment\n\nPRETTY_NAME='It''s'\n"
                   "ID=\"de\\\nbian\"\nBROKEN=\"no end\nID='debian'\nVERSION_ID=\"12\"")


@case("os-release with commands in it", complete("victim", may=["OS", "NAME"]))
def release_commands():
    return release("PRETTY_NAME=\"$(touch owned) `touch owned`\"\n" + OS_RELEASE.split("\n", 1)[1])


@case("os-release with control characters", complete("victim", may=["NAME", "OS"]))
def release_control():
    return release('PRETTY_NAME="\x1b[31mDebian\x1b]0;x\x07"\nVERSION_ID="12\u202e"\nID=debian\n')


@case("os-release of 8 MB in one line", complete("victim", may=["OS"]), noted("OS"), error("LIMIT"))
def release_long():
    tar = Tar().file("etc/os-release", OS_RELEASE + "PRETTY_NAME=" + "x" * (8 << 20)).file(STATUS, DATABASE)
    return image(Layer(tar.end(), "gzip"))


@case("os-release of another family than the database", complete("victim", may=["OS", "NO_PACKAGES"]))
def release_other_family():
    return release(ALPINE_RELEASE)
