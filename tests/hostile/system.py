# SPDX-License-Identifier: Apache-2.0
"""Small root file systems: what a Debian or an Alpine image has at least."""
from image_writer import Layer, oci
from tarfile_writer import Tar

STATUS = "var/lib/dpkg/status"
INSTALLED = "lib/apk/db/installed"
OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'
ALPINE_RELEASE = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.18.4\nPRETTY_NAME="Alpine Linux v3.18"\n'


def stanza(name, version="1.0-1", state="install ok installed", **more):
    lines = [f"Package: {name}", f"Status: {state}", "Architecture: amd64", f"Version: {version}"]
    lines += [f"{key}: {value}" for key, value in more.items()]
    return "\n".join(lines) + "\n\n"


def record(name, version="1.0-r0", **more):
    lines = [f"P:{name}", f"V:{version}", "A:x86_64"] + [f"{key}:{value}" for key, value in more.items()]
    return "\n".join(lines) + "\n\n"


VICTIM = stanza("victim", "1.2.3-4")
DATABASE = VICTIM + stanza("base-files", "12.4")


def debian(database=DATABASE, release=OS_RELEASE):
    """A layer under construction: os-release and dpkg's status."""
    tar = Tar().dir("etc/").file("etc/os-release", release)
    return tar.file(STATUS, database)


def alpine(database=None):
    tar = Tar().dir("etc/").file("etc/os-release", ALPINE_RELEASE)
    return tar.file(INSTALLED, record("victim", "1.2.3-r4") if database is None else database)


def base(compression="none"):
    """The lower layer of most cases."""
    return Layer(debian().end(), compression)


def image(*tars, **documents):
    """An OCI archive of layers that are given as Tar (to be ended here), or as Layer."""
    return oci([t if isinstance(t, Layer) else Layer(t.end()) for t in tars], **documents)
