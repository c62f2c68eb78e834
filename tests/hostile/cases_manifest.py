# SPDX-License-Identifier: Apache-2.0
"""Documents and archives: a digest wrong at every level, two readings of one document, paths out of the archive."""
import copy
import json

from case import case, complete, error, noted
from compression_writer import gzip
from image_writer import (CONFIG, DOCKER, INDEX, LAYER, MANIFEST, OCI, Archive, Layer, config_of, descriptor_of, docker,
                          docker_archive, document, index_of, layout, manifest_of, oci, oci_archive, sha256, sha512)
from system import base, debian, stanza
from tarfile_writer import Tar

WRONG = "sha256:" + "0123456789abcdef" * 4


def merged(**members):
    return lambda right: {**right, **members}


def text(change):
    """Changes the JSON text of a document."""
    return lambda right: change(json.dumps(right)).encode()


def other():
    return Layer(debian(stanza("other")).end())


# --- digests and sizes


@case("layer blob is not what its digest says", error("DIGEST"))
def wrong_blob():
    return oci([base(), Layer(Tar().file("a", "x").end(), digest=WRONG)])


@case("layer flipped in its padding", error("DIGEST"))
def flipped_blob():
    good = base("none")
    blob = good.blob[:-1030] + b"\x01" + good.blob[-1029:]  # before the end mark
    return oci([Layer(b"", blob=blob, digest=good.digest, diff_id=good.diff_id)])


@case("blob digest right, diff_id wrong", error("DIGEST"))
def wrong_diff_id():
    return oci([Layer(debian().end(), "gzip", diff_id=WRONG)])


@case("diff_ids exchanged", error("DIGEST"))
def exchanged_diff_ids():
    a, b = base("gzip"), Layer(Tar().file("a", "x").end(), "gzip")
    return oci([a, b], config=config_of([b, a]))


@case("size one too small", error("DIGEST", "FORMAT"))
def small_size():
    layer = base("gzip")
    layer.size -= 1
    return oci([layer])


@case("size one too large", error("DIGEST", "FORMAT", "TRUNCATED"))
def large_size():
    layer = base("gzip")
    layer.size += 1
    return oci([layer])


@case("config is not what its digest says", error("DIGEST"))
def wrong_config():
    layers = [base()]
    right, other_config = config_of(layers), config_of(layers, author="somebody else")
    manifest = manifest_of(layers, right)
    archive = Archive().blob(layers[0].blob).blob(manifest).blob(other_config, sha256(document(right)))
    return layout(archive, index_of(descriptor_of(manifest))).bytes()


@case("config of another size", error("DIGEST", "FORMAT"))
def config_size():
    def change(manifest):
        manifest["config"]["size"] += 1
        return manifest
    return oci([base()], manifest=change)


@case("manifest is not what its digest says", error("DIGEST"))
def wrong_manifest():
    layers = [base()]
    config = config_of(layers)
    right, changed = manifest_of(layers, config), manifest_of([other()], config)
    archive = Archive().blob(layers[0].blob).blob(config).blob(changed, sha256(document(right)))
    return layout(archive, index_of({**descriptor_of(right), "size": len(document(changed))})).bytes()


@case("manifest size in the index is wrong", error("DIGEST", "FORMAT"))
def manifest_size():
    def change(index):
        index["manifests"][0]["size"] = 1
        return index
    return oci([base()], index=change)


@case("layer blob missing", error("NOT_FOUND"))
def missing_blob():
    return oci([base(), Layer(Tar().file("a", "x").end(), stored=False)])


@case("config missing", error("NOT_FOUND"))
def missing_config():
    layers = [base()]
    manifest = manifest_of(layers, config_of(layers))
    return layout(Archive().blob(layers[0].blob).blob(manifest), index_of(descriptor_of(manifest))).bytes()


@case("digest with a path in it", error("FORMAT", "PATH"))
def digest_path():
    return oci([Layer(debian().end(), digest="sha256:../../../../etc/passwd")])


@case("digest in capitals", error("FORMAT"))
def digest_capitals():
    layer = base()
    layer.digest = "sha256:" + layer.digest[7:].upper()
    return oci([layer])


@case("digest cut short", error("FORMAT"))
def digest_short():
    layer = base()
    layer.digest = layer.digest[:60]
    return oci([layer])


@case("digest of an algorithm that does not exist", error("FORMAT", "UNSUPPORTED"))
def digest_unknown():
    return oci([Layer(debian().end(), digest="md5:d41d8cd98f00b204e9800998ecf8427e")])


@case("sha512 blobs are verified", complete("victim"), error("UNSUPPORTED"))
def digest_sha512():
    layer = base()
    layer.digest = sha512(layer.blob)
    return oci([layer])


@case("sha512 digest that is wrong", error("DIGEST", "UNSUPPORTED"))
def digest_sha512_wrong():
    layer = base()
    layer.digest = sha512(b"something else")
    return oci([layer])


# --- documents with two readings


@case("manifest that is an index, too", error("AMBIGUOUS", "FORMAT"))
def both_kinds():
    return oci([base()], manifest=merged(manifests=[]))


@case("descriptor says manifest, document is an index", error("AMBIGUOUS"))
def says_manifest():
    layers = [base()]
    config = config_of(layers)
    manifest = manifest_of(layers, config)
    index = document(index_of(descriptor_of(manifest)))
    archive = Archive().blob(layers[0].blob).blob(config).blob(manifest).blob(index)
    return layout(archive, index_of(descriptor_of(index, MANIFEST))).bytes()


@case("document says docker, descriptor says OCI", error("AMBIGUOUS"))
def two_media_types():
    return oci([base()], manifest=merged(mediaType=DOCKER + "distribution.manifest.v2+json"))


@case("layers twice in one object", error("AMBIGUOUS"))
def duplicate_layers():
    def change(manifest):
        return json.dumps(manifest)[:-1] + ', "layers": []}'
    return oci([base()], manifest=lambda m: change(m).encode())


@case("Layers in capitals beside layers", error("AMBIGUOUS"))
def case_variant_layers():
    return oci([base()], manifest=merged(LAYERS=[]))


@case("layers spelt with a long s", error("AMBIGUOUS"))
def folded_layers():
    return oci([base()], manifest=text(lambda t: t[:-1] + ', "layer\u017f": []}'))


@case("Config in capitals alone", error("AMBIGUOUS", "FORMAT"))
def case_variant_config():
    return oci([base()], manifest=text(lambda t: t.replace('"config"', '"Config"')))


@case("digest twice in a descriptor", error("AMBIGUOUS"))
def duplicate_digest():
    return oci([base()], manifest=text(lambda t: t.replace('"size"', f'"digest": "{WRONG}", "size"', 1)))


@case("diff_ids twice in the config", error("AMBIGUOUS"))
def duplicate_diff_ids():
    return oci([base()], config=text(lambda t: t.replace('"diff_ids"', '"diff_ids": [], "diff_ids"')))


@case("DIFF_IDS in capitals beside diff_ids", error("AMBIGUOUS"))
def case_variant_diff_ids():
    return oci([base()], config=text(lambda t: t.replace('"diff_ids"', '"Diff_Ids": [], "diff_ids"')))


@case("key written with escapes is the same key", error("AMBIGUOUS"))
def escaped_key():
    return oci([base()], manifest=text(lambda t: t[:-1] + ', "l\\u0061yers": []}'))


@case("second document behind the manifest", error("FORMAT", "AMBIGUOUS"))
def second_document():
    return oci([base()], manifest=text(lambda t: t + t))


@case("manifest in UTF-16", error("FORMAT"))
def utf16():
    return oci([base()], manifest=lambda m: json.dumps(m).encode("utf-16"))


@case("manifest with a byte order mark", error("FORMAT"), complete("victim"))
def byte_order_mark():
    return oci([base()], manifest=lambda m: b"\xef\xbb\xbf" + json.dumps(m).encode())


@case("manifest of 5 MiB", error("LIMIT"))
def large_manifest():
    return oci([base()], manifest=text(lambda t: t + " " * (5 << 20)))


@case("config of 5 MiB", error("LIMIT"))
def large_config():
    return oci([base()], config=text(lambda t: t + " " * (5 << 20)))


@case("index of 5 MiB", error("LIMIT"))
def large_index():
    return oci([base()], index=text(lambda t: t + " " * (5 << 20)))


@case("hundred thousand nested arrays in an annotation", error("LIMIT", "FORMAT"))
def deep_json():
    return oci([base()], manifest=text(lambda t: t[:-1] + ', "x": ' + "[" * 100000 + "]" * 100000 + "}"))


@case("size is negative", error("FORMAT"))
def negative_size():
    layer = base()
    layer.size = -1
    return oci([layer])


@case("size is a text", error("FORMAT"))
def text_size():
    layer = base()
    layer.size = str(layer.size)
    return oci([layer])


@case("size with an exponent", error("FORMAT", "DIGEST"))
def exponent_size():
    return oci([base()], manifest=text(lambda t: t.replace('"size": ', '"size": 1e1', 1)))


@case("size over 2^64", error("FORMAT", "DIGEST"))
def wrapping_size():
    layer = base()
    layer.size += 1 << 64
    return oci([layer])


@case("layers is null", error("FORMAT"))
def null_layers():
    return oci([base()], manifest=merged(layers=None))


@case("descriptor is null", error("FORMAT"))
def null_descriptor():
    return oci([base()], manifest=merged(layers=[None]))


@case("manifest is a number", error("FORMAT"))
def number_manifest():
    return oci([base()], manifest=b"42")


@case("rootfs missing", error("FORMAT"))
def no_rootfs():
    return oci([base()], config={"os": "linux", "architecture": "amd64"})


@case("diff_ids of wrong types", error("FORMAT", "DIGEST"))
def odd_diff_ids():
    return oci([base()], config=merged(rootfs={"type": "layers", "diff_ids": [None, 1, {}]}))


@case("fewer diff_ids than layers", error("FORMAT", "DIGEST", "AMBIGUOUS"))
def fewer_diff_ids():
    layers = [base(), Layer(Tar().file("a", "x").end())]
    return oci(layers, config=config_of(layers[:1]))


@case("more diff_ids than layers", error("FORMAT", "DIGEST", "AMBIGUOUS"))
def more_diff_ids():
    layers = [base(), Layer(Tar().file("a", "x").end())]
    return oci(layers[:1], config=config_of(layers))


@case("no layer at all", noted("NO_PACKAGES", has=[], may=["OS"]))
def no_layer():
    return oci([])


@case("three thousand references to one layer", error("LIMIT"))
def many_layers():
    return oci([base()] * 3000)


@case("three hundred references to one layer", complete("victim"), seconds=20)
def some_layers():
    archive = oci_archive([base()] * 300)
    return archive.bytes()


@case("schema 1 manifest", error("UNSUPPORTED"))
def schema1():
    manifest = {"schemaVersion": 1, "name": "a", "tag": "b", "fsLayers": [{"blobSum": WRONG}], "history": []}
    return oci([base()], manifest=manifest, index=index_of(descriptor_of(manifest)))


@case("artifact that is no image", error("UNSUPPORTED"))
def artifact():
    def change(manifest):
        manifest["config"]["mediaType"] = "application/vnd.cncf.helm.config.v1+json"
        return manifest
    return oci([base()], manifest=change)


# --- layers that cannot be examined


@case("layer of unknown type", noted("SKIPPED"))
def unknown_layer():
    return oci([base(), Layer(other().blob, media_type="application/x-squashfs")])


@case("foreign layer with addresses on the host", noted("SKIPPED"))
def foreign_layer():
    where = {"urls": ["http://127.0.0.1:9/", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd"]}
    return oci([base(), Layer(other().blob, media_type=OCI + "layer.nondistributable.v1.tar+gzip", more=where,
                              stored=False)])


@case("encrypted layer", noted("SKIPPED"))
def encrypted_layer():
    return oci([base(), Layer(other().blob, media_type=LAYER + "+gzip+encrypted")])


@case("every layer encrypted", noted("SKIPPED", "NO_PACKAGES", has=[], may=["OS"]))
def all_encrypted():
    return oci([Layer(debian().end(), media_type=LAYER + "+encrypted")])


# --- indexes


def nested(levels):
    layers = [base()]
    config = config_of(layers)
    value = manifest_of(layers, config)
    archive = Archive().blob(layers[0].blob).blob(config).blob(value)
    kind = MANIFEST
    for _ in range(levels):
        value, kind = index_of(descriptor_of(value, kind)), INDEX
        archive.blob(value)
    return layout(archive, index_of(descriptor_of(value, kind))).bytes()


@case("index in index, twice", complete("victim"))
def nested_twice():
    return nested(2)


@case("index in index, 64 levels", error("LIMIT", "UNSUPPORTED"))
def nested_deep():
    return nested(64)


@case("attestation comes first", complete("victim", hasnot=["other"]))
def attestation_first():
    layers, wrong = [base()], [other()]
    config, wrong_config_ = config_of(layers), config_of(wrong)
    manifest, statement = manifest_of(layers, config), manifest_of(wrong, wrong_config_)
    archive = Archive().blob(layers[0].blob).blob(wrong[0].blob)
    archive.blob(config).blob(manifest).blob(wrong_config_).blob(statement)
    attached = descriptor_of(statement, platform={"os": "unknown", "architecture": "unknown"},
                             annotations={"vnd.docker.reference.type": "attestation-manifest",
                                          "vnd.docker.reference.digest": sha256(document(manifest))})
    right = descriptor_of(manifest, platform={"os": "linux", "architecture": "amd64"})
    return layout(archive, index_of(attached, right)).bytes()


@case("two images, nobody says which", error("AMBIGUOUS"))
def two_images():
    first, second = [base()], [other()]
    archive = Archive().blob(first[0].blob).blob(second[0].blob)
    descriptors = []
    for layers in (first, second):
        config = config_of(layers)
        manifest = manifest_of(layers, config)
        archive.blob(config).blob(manifest)
        descriptors.append(descriptor_of(manifest))
    return layout(archive, index_of(*descriptors)).bytes()


@case("platforms of wrong types", error("FORMAT"))
def odd_platform():
    def change(index):
        index["manifests"][0]["platform"] = {"os": 1, "architecture": []}
        return index
    return oci([base()], index=change)


@case("index without images", error("NOT_FOUND", "FORMAT"))
def empty_index():
    return oci([base()], index=index_of())


@case("layout of another version", error("UNSUPPORTED"))
def layout_version():
    layers = [base()]
    config = config_of(layers)
    manifest = manifest_of(layers, config)
    archive = Archive().blob(layers[0].blob).blob(config).blob(manifest)
    return layout(archive, index_of(descriptor_of(manifest)), version="9.0.0").bytes()


# --- the outer archive


@case("blob is a link to a host file", error("PATH", "DIGEST", "NOT_FOUND", "FORMAT"))
def blob_link_out():
    layer = base()
    layer.stored = False
    archive = oci_archive([layer])
    archive.tar.symlink("blobs/" + layer.digest.replace(":", "/"), "../../../../../../../etc/passwd")
    return archive.bytes()


@case("blob is a link to itself", error("LIMIT", "NOT_FOUND", "FORMAT"))
def blob_link_loop():
    layer = base()
    layer.stored = False
    archive = oci_archive([layer])
    archive.tar.symlink("blobs/" + layer.digest.replace(":", "/"), layer.digest[7:])
    return archive.bytes()


@case("blob twice, the wrong one last", error("DIGEST"))
def blob_twice():
    layer = base()
    archive = oci_archive([layer])
    archive.file("blobs/" + layer.digest.replace(":", "/"), layer.blob[:-1030] + b"\x01" + layer.blob[-1029:])
    return archive.bytes()


@case("index twice, the last one counts", noted("DUPLICATE"))
def index_twice():
    layers = [base()]
    archive = Archive().file("index.json", document(index_of()))
    config = config_of(layers)
    manifest = manifest_of(layers, config)
    archive.blob(layers[0].blob).blob(config).blob(manifest)
    return layout(archive, index_of(descriptor_of(manifest))).bytes()


@case("archive that is docker and OCI with two images", noted("DUPLICATE"), error("AMBIGUOUS"))
def two_forms():
    layer = other()
    archive = oci_archive([base()])
    config = document(config_of([layer]))
    archive.file("layer.tar", layer.blob).file("c.json", config)
    archive.file("manifest.json", document([{"Config": "c.json", "RepoTags": [], "Layers": ["layer.tar"]}]))
    return archive.bytes()


@case("archive members with absolute names and dots", complete("victim", may=["PATH", "DUPLICATE"]))
def odd_members():
    archive = oci_archive([base()])
    archive.file("/etc/passwd", "root::0:0:::\n").file("../../../../tmp/escaped", "x").file("./././x", "y")
    return archive.bytes()


@case("outer archive in gzip", complete("victim"))
def outer_gzip():
    return gzip(oci([base()]))


@case("outer archive of a single file", error("FORMAT"))
def outer_nothing():
    return Tar().file("README", "nothing here").end().bytes()


@case("seventy thousand members", error("LIMIT"))
def many_members():
    archive = oci_archive([base()])
    archive.tar.raw(Tar().file("x", "").bytes(), 70000)
    return archive.bytes()


@case("blob with a header of the wrong checksum", error("CHECKSUM"))
def outer_checksum():
    archive = oci_archive([base()])
    archive.file("x", "y", checksum=b"123456\x00 ").file("z", "y")
    return archive.bytes()


@case("sparse index", error("UNSUPPORTED", "FORMAT"))
def sparse_index():
    archive = oci_archive([base()])
    archive.tar.pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "index.json"),
                    ("GNU.sparse.realsize", "2"))
    archive.file("x", b"1\n0\n2\n".ljust(512, b"\x00") + b"{}")
    return archive.bytes()


# --- docker archives


@case("docker archive", complete("victim"), kind="docker-archive")
def docker_plain():
    return docker([base()])


@case("docker layer path climbs out", error("PATH", "NOT_FOUND", "FORMAT"), kind="docker-archive")
def docker_layer_path():
    return docker([base()], manifest=lambda m: [{**m[0], "Layers": ["../../../../etc/passwd"]}])


@case("docker layer path absolute", error("PATH", "NOT_FOUND", "FORMAT"), kind="docker-archive")
def docker_layer_absolute():
    return docker([base()], manifest=lambda m: [{**m[0], "Layers": ["/etc/passwd"]}])


@case("docker config path climbs out", error("PATH", "NOT_FOUND", "FORMAT"), kind="docker-archive")
def docker_config_path():
    return docker([base()], manifest=lambda m: [{**m[0], "Config": "../../../etc/passwd"}])


@case("docker layer is a link to another layer", complete("victim", may=["LINK"]), kind="docker-archive")
def docker_layer_link():
    layers = [base(), base()]
    layers[1].stored = False
    archive = docker_archive(layers, names=["a/layer.tar", "b/layer.tar"])
    archive.tar.symlink("b/layer.tar", "../a/layer.tar")
    return archive.bytes()


@case("docker layer is a link to a host file", error("PATH", "NOT_FOUND", "FORMAT", "DIGEST"), kind="docker-archive")
def docker_layer_link_out():
    layer = base()
    layer.stored = False
    archive = docker_archive([layer], names=["a/layer.tar"])
    archive.tar.symlink("a/layer.tar", "/etc/passwd")
    return archive.bytes()


@case("docker layer is not what the config says", error("DIGEST"), kind="docker-archive")
def docker_wrong_layer():
    layer = base()
    layer.blob = other().blob
    return docker([layer])


@case("docker config is not what its name says", error("DIGEST"), kind="docker-archive")
def docker_wrong_config():
    return docker([base()], config_name=WRONG[7:] + ".json")


@case("docker manifest knows a layer that the config does not", error("FORMAT", "DIGEST", "AMBIGUOUS"),
      kind="docker-archive")
def docker_more_layers():
    layers = [base(), other()]
    return docker(layers, config=config_of(layers[:1]))


@case("docker manifest of wrong types", error("FORMAT"), kind="docker-archive")
def docker_odd_manifest():
    return docker([base()], manifest={"Config": "a"})


@case("docker manifest with a null entry", error("FORMAT"), kind="docker-archive")
def docker_null_entry():
    return docker([base()], manifest=[None])


@case("docker manifest with Layers twice", error("AMBIGUOUS"), kind="docker-archive")
def docker_duplicate():
    return docker([base()], manifest=lambda m: json.dumps(m).replace('"Layers"', '"layers": [], "Layers"').encode())


@case("docker archive before 1.10", error("UNSUPPORTED", "FORMAT", "NOT_FOUND"), kind="docker-archive")
def docker_old():
    return Archive().file("repositories", "{}").file("abc/layer.tar", base().blob).bytes()


@case("config full of control characters", complete("victim", may=["NAME"]))
def control_characters():
    evil = "\x1b]0;owned\x07\u202e\u009b2J\r\n<script>"
    return oci([base()], config=merged(author=evil, created=evil, architecture="amd64" + evil, os="linux", variant=evil,
                                       history=[{"created_by": evil}]))


@case("reference full of control characters", complete("victim", may=["NAME"]))
def control_reference():
    def change(index):
        index = copy.deepcopy(index)
        index["manifests"][0]["annotations"] = {"org.opencontainers.image.ref.name": "\x1b[31mred\u2028\x00\x7f"}
        return index
    return oci([base()], index=change)


@case("control characters where an error names them", error("UNSUPPORTED", "FORMAT", "NOT_FOUND", "PATH"),
      kind="docker-archive")
def control_error():
    return docker([base()], manifest=lambda m: [{**m[0], "Layers": ["\x1b[2J\u202e\r\nimgassure: all is well"]}])


@case("config type full of control characters", error("UNSUPPORTED"))
def control_type():
    def change(manifest):
        manifest["config"]["mediaType"] = "\x1b[2J\u202e\r\nimgassure: all is well"
        return manifest
    return oci([base()], manifest=change)


@case("layer type full of control characters", noted("SKIPPED"))
def control_layer_type():
    return oci([base(), Layer(other().blob, media_type="\x1b[2J\u202e\r\n\u0085imgassure: all is well")])


@case("manifest of the type of a layer", error("UNSUPPORTED"))
def wrong_descriptor_type():
    layers = [base()]
    manifest = manifest_of(layers, config_of(layers))
    return oci(layers, index=index_of(descriptor_of(manifest, CONFIG)))


# --- archives of docker save before 1.10: nothing in them is verified, so nothing may be guessed


def old_docker(layers, *, names=None, json=None, more=()):
    """Ids 1, 2, 3...; each layer is the child of the one before it. json: changes the documents by number."""
    archive = Archive()
    ids = [f"{i:064x}" for i in range(1, len(layers) + 1)]
    for i, layer in enumerate(layers):
        value = {"id": ids[i], "os": "linux", "architecture": "amd64", "container_config": {"Cmd": ["step", str(i)]}}
        if i:
            value["parent"] = ids[i - 1]
        value = json(i, value) if json else value
        archive.file(f"{ids[i]}/VERSION", b"1.0").file(f"{ids[i]}/json", document(value))
        archive.file(f"{ids[i]}/layer.tar", layer.blob)
    for name, data in more:
        archive.file(name, data)
    names = names if names is not None else {"hostile": {"latest": ids[-1]}}
    return archive.file("repositories", document(names)).bytes()


@case("old docker archive", complete("victim"), kind="docker-archive")
def old_archive():
    return old_docker([base(), Layer(Tar().file("a", "x").end())])


@case("old docker archive: the ids are a circle", error("FORMAT"), kind="docker-archive")
def old_circle():
    return old_docker([base(), base()], json=lambda i, v: {**v, "parent": f"{2 - i:064x}"})


@case("old docker archive: an id is a path", error("FORMAT", "PATH"), kind="docker-archive")
def old_path():
    return old_docker([base()], names={"hostile": {"latest": "../../../../etc/passwd"}})


@case("old docker archive: a parent is a path", error("FORMAT", "PATH"), kind="docker-archive")
def old_parent_path():
    return old_docker([base()], json=lambda i, v: {**v, "parent": "../" * 20 + "etc"})


@case("old docker archive: a parent is missing", error("NOT_FOUND"), kind="docker-archive")
def old_parent_missing():
    return old_docker([base()], json=lambda i, v: {**v, "parent": "f" * 64})


@case("old docker archive: a document says another id", error("AMBIGUOUS"), kind="docker-archive")
def old_other_id():
    return old_docker([base()], json=lambda i, v: {**v, "id": "f" * 64})


@case("old docker archive: parent twice", error("AMBIGUOUS"), kind="docker-archive")
def old_two_parents():
    return old_docker([base()], json=lambda i, v: b'{"parent": "", "parent": "' + b"f" * 64 + b'"}')


@case("old docker archive: six hundred layers", error("LIMIT"), kind="docker-archive")
def old_many():
    return old_docker([Layer(Tar().file("a", "x").end())] * 600)


@case("old docker archive: a layer links out", error("PATH", "NOT_FOUND", "FORMAT"), kind="docker-archive")
def old_link_out():
    archive = Archive().file("f" * 64 + "/json", document({"id": "f" * 64}))
    archive.tar.symlink("f" * 64 + "/layer.tar", "../../../etc/passwd")
    return archive.file("repositories", document({"a": {"b": "f" * 64}})).bytes()


@case("old docker archive: names full of control characters", error("NOT_FOUND", "FORMAT", "AMBIGUOUS"),
      kind="docker-archive")
def old_control():
    ids = ["1".rjust(64, "0"), "2".rjust(64, "0")]
    return old_docker([base(), base()], names={"\x1b[2J\u202e": {"\r\n": ids[0], "\u2028": ids[1]}})


@case("old docker archive that is a new one, too", error("NOT_FOUND", "FORMAT"), kind="docker-archive")
def old_and_new():
    new = [{"Config": "nothing.json", "RepoTags": None, "Layers": []}]
    return old_docker([base()], more=[("manifest.json", document(new))])


# --- roots: an image archive that lacks something must not become one


@case("root archive", complete("victim"))
def root_archive():
    return debian().end().bytes()


@case("root archive in gzip", complete("victim"))
def root_gzip():
    return gzip(debian().end().runs)


@case("root archive without its end", noted("SKIPPED"))
def root_cut():
    return debian().bytes()


@case("root archive with a member of an image", error("TRUNCATED", "FORMAT", "UNSUPPORTED", "NOT_FOUND"))
def root_with_marker():
    return debian().file("manifest.json", "").end().bytes()


@case("OCI archive without index that looks like a root", error("FORMAT"))
def root_with_blobs():
    layer = base()
    return debian().file("blobs/sha256/" + layer.digest[7:], layer.blob).end().bytes()


@case("docker archive without manifest that looks like a root", error("FORMAT"))
def root_with_layers():
    return debian().file("f" * 64 + "/layer.tar", base().blob).end().bytes()


@case("root archive that leaves the root", noted("PATH", has=[], may=["NO_PACKAGES", "OS", "DUPLICATE"]),
      complete("victim", may=["PATH"]))
def root_leaves():
    return debian().file("../../etc/passwd", "x").file("/etc/shadow", "x").end().bytes()
