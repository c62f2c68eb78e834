# SPDX-License-Identifier: Apache-2.0
"""Layers on top of each other: whiteouts, links, type swaps. What the runtime would still show must be listed."""
from case import case, complete, error, noted
from image_writer import Layer
from system import DATABASE, OS_RELEASE, STATUS, base, debian, image, record, stanza
from tarfile_writer import Tar, header

LINKED = ["LINK"]  # a link on the way to a database may be noted
NOTHING = dict(has=[], hasnot=["victim"], may=["OS"])


# --- whiteouts


@case("whiteout of the database", noted("NO_PACKAGES", **NOTHING))
def whiteout():
    return image(base(), Tar().file("var/lib/dpkg/.wh.status"))


@case("whiteout of a folder above", noted("NO_PACKAGES", **NOTHING))
def whiteout_folder():
    return image(base(), Tar().file("var/.wh.lib"))


@case("opaque folder", noted("NO_PACKAGES", **NOTHING))
def opaque():
    return image(base(), Tar().file("var/lib/dpkg/.wh..wh..opq"))


@case("opaque folder and a new database, marker first", complete("fresh", hasnot=["victim"]))
def opaque_first():
    return image(base(), Tar().file("var/lib/dpkg/.wh..wh..opq").file(STATUS, stanza("fresh")))


@case("opaque folder and a new database, marker last", complete("fresh", hasnot=["victim"]))
def opaque_last():
    return image(base(), Tar().file(STATUS, stanza("fresh")).file("var/lib/dpkg/.wh..wh..opq"))


@case("opaque marker twice around a new database", complete("fresh", hasnot=["victim"]))
def opaque_twice():
    return image(base(), Tar().file("var/.wh..wh..opq").file(STATUS, stanza("fresh")).file("var/.wh..wh..opq"))


@case("whiteout of the layer's own file does nothing", complete("victim"))
def whiteout_own():
    return image(debian().file("var/lib/dpkg/.wh.status"))


@case("whiteout and the file again", complete("fresh", hasnot=["victim"]))
def whiteout_and_again():
    return image(base(), Tar().file("var/lib/dpkg/.wh.status").file(STATUS, stanza("fresh")))


@case("bare whiteout prefix", noted("WHITEOUT"))
def whiteout_bare():
    return image(base(), Tar().file("var/lib/dpkg/.wh."))


@case("whiteout of dot", noted("WHITEOUT"))
def whiteout_dot():
    return image(base(), Tar().file("var/lib/dpkg/.wh.."))


@case("whiteout of dot dot", noted("WHITEOUT"))
def whiteout_dot_dot():
    return image(base(), Tar().file("var/lib/dpkg/.wh..."))


@case("whiteout with a path behind the prefix", noted("WHITEOUT"))
def whiteout_path():
    return image(base(), Tar().file("var/lib/.wh.dpkg/status", "x"))


@case("whiteout in a path with dot dot", noted("PATH", "NO_PACKAGES", **NOTHING), noted("PATH"))
def whiteout_climbing():
    return image(base(), Tar().file("usr/share/../../var/lib/dpkg/.wh.status"))


@case("leftovers of aufs", noted("WHITEOUT"))
def whiteout_aufs():
    return image(base(), Tar().file(".wh..wh.aufs").dir(".wh..wh.plnk/").dir(".wh..wh.orph/"))


@case("whiteout that is a folder", noted("WHITEOUT", "NO_PACKAGES", **NOTHING), noted("WHITEOUT"))
def whiteout_directory():
    return image(base(), Tar().dir("var/lib/dpkg/.wh.status/"))


@case("whiteout that is a link", noted("WHITEOUT", "NO_PACKAGES", **NOTHING), noted("WHITEOUT"))
def whiteout_link():
    return image(base(), Tar().symlink("var/lib/dpkg/.wh.status", "/etc/passwd"))


@case("whiteout in capitals is a file", complete("victim"))
def whiteout_capitals():
    return image(base(), Tar().file("var/lib/dpkg/.WH.status"))


@case("whiteout through a link", noted("NO_PACKAGES", **NOTHING))
def whiteout_through_link():
    return image(base(), Tar().symlink("alias", "var/lib"), Tar().file("alias/dpkg/.wh.status"))


@case("whiteout of what never was", complete("victim"))
def whiteout_nothing():
    return image(base(), Tar().file("no/such/.wh.thing").file("var/lib/dpkg/.wh.statu"))


@case("overlayfs whiteout keeps the lower file", noted("OVERLAY"))
def overlay_device():
    return image(base(), Tar().raw(header(STATUS, type=b"3")))


@case("overlayfs opaque attribute keeps the lower files", noted("OVERLAY"))
def overlay_attribute():
    tar = Tar().pax(("SCHILY.xattr.trusted.overlay.opaque", "y"))
    return image(base(), tar.dir("var/lib/dpkg/"))


@case("file deleted and given back by a third layer", complete("victim"))
def deleted_and_back():
    return image(base(), Tar().file("var/lib/dpkg/.wh.status"), Tar().file(STATUS, DATABASE))


# --- links


@case("database is a symbolic link", complete("victim", may=LINKED))
def link_database():
    return image(Tar().file("etc/os-release", OS_RELEASE).file("srv/db", DATABASE).symlink(STATUS, "../../../srv/db"))


@case("database is a link to a file of a later layer", complete("victim", may=LINKED))
def link_forward():
    return image(Tar().file("etc/os-release", OS_RELEASE).symlink(STATUS, "/srv/db"), Tar().file("srv/db", DATABASE))


@case("database is a link to a file of an earlier layer", complete("victim", may=LINKED))
def link_backward():
    return image(Tar().file("srv/db", DATABASE), Tar().file("etc/os-release", OS_RELEASE).symlink(STATUS, "/srv/db"))


@case("folder of the database is a link", complete("victim", may=LINKED))
def link_folder():
    tar = Tar().file("etc/os-release", OS_RELEASE).file("srv/dpkg/status", DATABASE)
    return image(tar.symlink("var/lib/dpkg", "/srv/dpkg"))


@case("database written through a link of a lower layer", complete("victim", may=LINKED))
def write_through_link():
    return image(Tar().file("etc/os-release", OS_RELEASE).symlink("var/lib/dpkg", "../../srv"),
                 Tar().file(STATUS, DATABASE))


@case("link out of the root stays inside", complete("victim", may=LINKED))
def link_climbs():
    tar = Tar().file("etc/os-release", OS_RELEASE).file("srv/db", DATABASE)
    return image(tar.symlink(STATUS, "../../../../../../../../../../srv/db"))


@case("link to a file of the host",
      noted("NO_PACKAGES", has=[], may=["LINK", "OS"]), noted("DB_PARTIAL", has=[], may=["LINK", "OS"]),
      noted("DB_PARTIAL", "NO_PACKAGES", has=[], may=["LINK", "OS"]))
def link_host():
    return image(Tar().file("etc/os-release", OS_RELEASE).symlink(STATUS, "/proc/self/environ"))


@case("chain of 30 links", complete("victim", may=LINKED))
def link_chain():
    tar = Tar().file("etc/os-release", OS_RELEASE).symlink(STATUS, "/l/0").file("l/29", DATABASE)
    for n in range(29):
        tar.symlink(f"l/{n}", f"/l/{n + 1}")
    return image(tar)


@case("chain of 100 links", noted("LINK_LOOP", has=[], may=["DB_PARTIAL", "NO_PACKAGES", "OS", "LINK"]),
      noted("DB_PARTIAL", has=[], may=["LINK_LOOP", "OS", "LINK", "NO_PACKAGES"]))
def link_long_chain():
    tar = Tar().file("etc/os-release", OS_RELEASE).symlink(STATUS, "/l/0").file("l/99", DATABASE)
    for n in range(99):
        tar.symlink(f"l/{n}", f"/l/{n + 1}")
    return image(tar)


@case("database is a link to itself", noted("LINK_LOOP", has=[], may=["DB_PARTIAL", "NO_PACKAGES", "OS", "LINK"]),
      noted("DB_PARTIAL", has=[], may=["LINK_LOOP", "OS", "LINK", "NO_PACKAGES"]))
def link_self():
    return image(Tar().file("etc/os-release", OS_RELEASE).symlink(STATUS, "status"))


@case("folders that link to each other", complete("victim", may=["LINK_LOOP", "LINK"]),
      noted("LINK_LOOP", may=["DB_PARTIAL", "LINK", "TYPE"]))
def link_maze():
    tar = debian()
    for n in range(200):
        tar.symlink(f"m{n}", f"m{(n * 7 + 1) % 200}/m{(n * 11 + 3) % 200}")
    return image(tar, Tar().file("m0/m1/m2/x", "y").file("m7/.wh.x").hardlink("z", "m3/m4/m5"))


@case("doubling maze of links", complete("victim", may=["LINK_LOOP", "LINK", "SKIPPED", "TYPE", "DB_PARTIAL"]),
      error("LIMIT"))
def link_doubling():
    tar = debian().dir("d/").symlink("d/0", ".")
    for n in range(1, 60):
        tar.symlink(f"d/{n}", f"{n - 1}/{n - 1}")
    return image(tar.file("d/59/here", "x").symlink("var/lib/dpkg/status.d", "/d/59"))


@case("many links to one large folder", complete("victim", may=["LINK", "LINK_LOOP", "DB_PARTIAL"]),
      noted("DB_MULTIPLE", may=["LINK", "DB_PARTIAL"]), error("LIMIT"), seconds=20)
def link_fan():
    tar = debian()
    for n in range(1000):
        tar.file(f"big/{n}", "")
    return image(tar.symlink("var/lib/dpkg/status.d", "/big"), *[Tar().file("big/x", str(n)) for n in range(100)])


@case("folder of the database becomes a link above", complete("other", hasnot=["victim"], may=LINKED))
def link_replaces_folder():
    return image(base(), Tar().file("srv/status", stanza("other")).symlink("var/lib/dpkg", "/srv"))


@case("database is a hard link", complete("victim", may=LINKED))
def hard_link():
    return image(Tar().file("etc/os-release", OS_RELEASE).file("srv/db", DATABASE).hardlink(STATUS, "srv/db"))


@case("database is a hard link to a file of a lower layer", complete("victim", may=LINKED))
def hard_link_lower():
    return image(Tar().file("etc/os-release", OS_RELEASE).file("srv/db", DATABASE), Tar().hardlink(STATUS, "srv/db"))


@case("hard link whose source goes afterwards", complete("victim", may=LINKED))
def hard_link_source_gone():
    return image(Tar().file("etc/os-release", OS_RELEASE).file("srv/db", DATABASE), Tar().hardlink(STATUS, "srv/db"),
                 Tar().file("srv/.wh.db"))


@case("hard link to a link to the database", complete("victim", may=LINKED))
def hard_link_to_link():
    tar = Tar().file("etc/os-release", OS_RELEASE).file("srv/db", DATABASE).symlink("srv/link", "db")
    return image(tar.hardlink("var/lib/dpkg/db", "srv/db").symlink(STATUS, "db"))


@case("hard link with data that is not its own", noted("TYPE", "DB_MULTIPLE", has=["victim", "shown"], may=LINKED))
def hard_link_data():
    inner = Tar().file("var/lib/dpkg/status.d/shown", stanza("shown")).bytes()
    return image(debian().raw(header("usr/h", type=b"1", link="etc/os-release", size=len(inner)) + inner))


@case("hard link out of the image", noted("LINK", has=["victim"], may=["PATH"]))
def hard_link_out():
    return image(debian().hardlink("usr/shadow", "../../../../../etc/shadow"))


@case("hard links to a folder, to itself and to nothing", noted("LINK"))
def hard_link_odd():
    return image(debian().hardlink("usr/dir", "etc").hardlink("usr/self", "usr/self").hardlink("usr/none", "nowhere"))


@case("ten thousand hard links of the database", complete("victim", may=["LINK", "DUPLICATE"]), seconds=20, heavy=True)
def hard_link_many():
    tar = debian()
    for n in range(10000):
        tar.raw(header(f"usr/share/{n}", type=b"1", link=STATUS))
    return image(Layer(tar.end(), "gzip"))


# --- swaps


@case("database becomes a folder above", noted("DB_PARTIAL", has=[], hasnot=["victim"], may=["OS", "TYPE"]))
def database_to_folder():
    return image(base(), Tar().dir(STATUS + "/").file(STATUS + "/x", DATABASE))


@case("folder of the database becomes a file above", noted("NO_PACKAGES", **NOTHING),
      noted("DB_PARTIAL", has=[], hasnot=["victim"], may=["OS"]))
def folder_to_file():
    return image(base(), Tar().file("var/lib/dpkg", "not a folder"))


@case("file used as a folder", noted("TYPE"))
def file_as_folder():
    return image(Tar().file("etc/os-release", OS_RELEASE).file("var/lib", "in the way"), Tar().file(STATUS, DATABASE))


@case("folder entry over the folder keeps what is in it", complete("victim"))
def folder_again():
    return image(base(), Tar().dir("var/lib/dpkg/").dir("var/lib/dpkg/"))


@case("root replaced by a file", noted("TYPE", may=["PATH"]))
def root_replaced():
    return image(base(), Tar().file("./", "gone").symlink("/", "elsewhere").file("a/..", "x"))


@case("two databases", noted("DB_MULTIPLE", has=["victim", "second"]))
def two_databases():
    return image(debian().file("var/lib/dpkg/status.d/second", stanza("second")))


@case("dpkg on the surface, apk beside it", complete("victim", "hidden", may=["DB_MULTIPLE", "OS"]))
def two_families():
    return image(debian().file("lib/apk/db/installed", record("hidden")))


@case("lib is a link to usr/lib", complete("hidden", may=LINKED))
def merged_usr():
    tar = Tar().file("etc/os-release", "ID=alpine\nVERSION_ID=3.18.4\n").dir("usr/lib/").symlink("lib", "usr/lib")
    return image(tar.file("lib/apk/db/installed", record("hidden")))


@case("database unchanged below a hundred layers", complete("victim"))
def many_layers():
    return image(base(), *[Tar().file(f"usr/share/{n}", "x") for n in range(100)])


@case("database swapped between two versions in every layer", complete("victim=1.2.3-4", hasnot=["other"]))
def swapped():
    layers = [debian(stanza("other")) if n % 2 else debian() for n in range(50)]
    return image(*layers, debian())
