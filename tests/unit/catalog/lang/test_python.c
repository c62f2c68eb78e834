/* SPDX-License-Identifier: Apache-2.0 */
/* Core metadata and the files beside them. */
#include "cases.h"
#include "catalog/lang/lang.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define SITE "usr/lib/python3/dist-packages/"
#define WHEEL SITE "urllib3-1.26.4.dist-info/"

static const struct file_case metadata[] = {
    {"a wheel", WHEEL "METADATA",
     TEXT("Metadata-Version: 2.1\nName: urllib3\nVersion: 1.26.4\nSummary: HTTP\nAuthor: Andrey Petrov\nAuthor-email: "
          "a@example.org\nLicense: MIT\nClassifier: License :: OSI Approved :: MIT License\n\nName: body\n"),
     "package pypi urllib3 1.26.4 license=MIT supplier=Andrey%20Petrov how=dist-info\n"},
    {"a name that is spelt otherwise", SITE "ruamel.yaml-0.17.dist-info/METADATA",
     TEXT("Name: Ruamel._Yaml\nVersion: 0.17\n"),
     "package pypi ruamel-yaml 0.17 how=dist-info declared-name=Ruamel._Yaml\n"},
    {"a license expression goes before a license", WHEEL "METADATA",
     TEXT("Name: a\nVersion: 1\nLicense: whatever\nLicense-Expression: MIT OR Apache-2.0\n"),
     "package pypi a 1 license=MIT%20OR%20Apache-2.0 how=dist-info\n"},
    {"licenses of classifiers", WHEEL "METADATA",
     TEXT("Name: a\nVersion: 1\nLicense: UNKNOWN\nClassifier: Topic :: X\nClassifier: License :: OSI Approved\n"
          "Classifier: License :: OSI Approved :: BSD License\nClassifier: License :: Public Domain\n"),
     "package pypi a 1 license=BSD%20License,%20Public%20Domain how=dist-info\n"},
    {"the text of a license", WHEEL "METADATA",
     TEXT("Name: a\nVersion: 1\nLicense: The X License\n        \n        Permission is hereby granted\nAuthor: "
          "UNKNOWN\n"
          "Maintainer-email: M <m@example.org>\n"),
     "package pypi a 1 license=The%20X%20License supplier=M%20<m@example.org> how=dist-info\n"},
    {"CRLF, case, blanks", WHEEL "METADATA", TEXT("NAME:  a \r\nversion:\t1\r\n\r\nVersion: 2\r\n"),
     "package pypi a 1 how=dist-info\n"},
    {"the first of two counts", WHEEL "METADATA", TEXT("Name: a\nVersion: 1\nName: b\nVersion: 2\n"),
     "package pypi a 1 how=dist-info\n"},
    {"a line that is no header", WHEEL "METADATA", TEXT("Name: a\nSummary: x\nmore of it\nVersion: 1\n"),
     "package pypi a 1 how=dist-info\n"},
    {"an egg-info of setuptools", SITE "Jinja2-2.11.3.egg-info/PKG-INFO",
     TEXT("Metadata-Version: 2.1\nName: Jinja2\nVersion: 2.11.3\nLicense: BSD-3-Clause\n"),
     "package pypi jinja2 2.11.3 license=BSD-3-Clause how=egg-info declared-name=Jinja2\n"},
    {"an egg-info of distutils", SITE "PyYAML-5.3.1.egg-info", TEXT("Name: PyYAML\nVersion: 5.3.1\n"),
     "package pypi pyyaml 5.3.1 how=egg-info declared-name=PyYAML\n"},
    {"an egg that is unpacked", SITE "example-21.12-py3.6.egg/EGG-INFO/PKG-INFO",
     TEXT("Name: example\nVersion: 21.12\n"), "package pypi example 21.12 how=egg\n"},
    {"a copy inside of another package", SITE "setuptools/_vendor/zipp-3.19.2.dist-info/METADATA",
     TEXT("Name: zipp\nVersion: 3.19.2\n"), "package pypi zipp 3.19.2 how=dist-info vendored=true\n"},
    {"no version, but in the name of the folder", WHEEL "METADATA", TEXT("Name: urllib3\n"),
     "note db-partial 0\npackage pypi urllib3 1.26.4 how=dist-info\n"},
    {"nothing but the name of the folder", WHEEL "METADATA", TEXT(""),
     "note db-partial 0\npackage pypi urllib3 1.26.4 how=dist-info\n"},
    {"nothing but the name of the egg", SITE "example-21.12-py3.6.egg/EGG-INFO/PKG-INFO", TEXT("\xff\n"),
     "note db-partial 0\npackage pypi example 21.12 how=egg\n"},
    {"no name at all", SITE "d.egg-info", TEXT("\xff\xfe"), "note db-partial 0\n"},
    {"a version without a name", SITE "e.egg-info/PKG-INFO", TEXT("Version: 1\n"), "note db-partial 0\n"},
    {"a name without version", SITE "b.dist-info/METADATA", TEXT("Name:\n folded\nVersion"),
     "note db-partial 0\npackage pypi folded - how=dist-info\n"},
    {"zeros", SITE "e.egg-info/PKG-INFO", TEXT("\0\0\0"), "note db-partial 0\n"},
};

Test(python, metadata)
{
    check_files(&ia_python_analyser, metadata, IA_COUNT(metadata));
}

Test(python, metadata_hostile)
{
    check_hostile(&ia_python_analyser, metadata, IA_COUNT(metadata));
}

static const struct file_case beside[] = {
    {"a record", WHEEL "RECORD",
     TEXT("../../../bin/u,sha256=x,12\nurllib3/__init__.py,sha256=a,1\r\n\"urllib3/a,\"\"b\"\".py\",sha256=c,2\n"
          "urllib3-1.26.4.dist-info/RECORD,,\n./x//y,,\n/etc/u.conf,,\n\n"),
     "attach-path usr/bin/u\nattach-path " SITE "urllib3/__init__.py\nattach-path " SITE "urllib3/a,\"b\".py\n"
     "attach-path " SITE "urllib3-1.26.4.dist-info/RECORD\nattach-path " SITE "x/y\nattach-path etc/u.conf\n"},
    {"a record that leads out", WHEEL "RECORD", TEXT("../../../../etc/a,,\n../../../../../etc/b,,\n../../../..,,\n"),
     "attach-path etc/a\nnote path -1\n"},
    {"a quote that is not closed", WHEEL "RECORD", TEXT("\"a\nb,,\nc,,"), "attach-path " SITE "a%0Ab,,%0Ac,,\n"},
    {"installed files", SITE "a.egg-info/installed-files.txt", TEXT("../a/b.py\nPKG-INFO\n"),
     "attach-path " SITE "a/b.py\nattach-path " SITE "a.egg-info/PKG-INFO\n"},
    {"a checkout", WHEEL "direct_url.json",
     TEXT("{\"url\":\"https://example.org/x.git\",\"vcs_info\":{\"vcs\":\"git\",\"commit_id\":\"abc\","
          "\"requested_revision\":\"main\"}}"),
     "attach 0 url=https://example.org/x.git\nattach 0 commit=abc\n"},
    {"a folder that can be edited", WHEEL "direct_url.json",
     TEXT("{\"dir_info\":{\"editable\":true},\"url\":\"file:///srv/x\"}"),
     "attach 0 url=file:///srv/x\nattach 0 editable=true\n"},
    {"an address that is damaged", WHEEL "direct_url.json", TEXT("{\"url\":"), "note db-partial 7\n"},
    {"who installed it", WHEEL "INSTALLER", TEXT("pip\n"), "attach 0 installer=pip\n"},
    {"nobody installed it", WHEEL "INSTALLER", TEXT(""), ""},
    {"an endless name", WHEEL "INSTALLER", TEXT("ppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp"),
     ""},
    {"somebody wanted it", WHEEL "REQUESTED", TEXT(""), "attach 0 requested=true\n"},
};

Test(python, files_beside_it)
{
    check_files(&ia_python_analyser, beside, IA_COUNT(beside));
}

/* RECORD and the like hold no packages: what they lose is paths. */
Test(python, failed_allocations_beside_it)
{
    check_allocations(&ia_python_analyser, beside, IA_COUNT(beside));
}

Test(python, limits_of_a_record)
{
    const struct ia_str three = IA_STR("a,,\nb,,\nc,,\n"), four = IA_STR("a,,\nb,,\nc,,\nd,,\n");
    const struct ia_str wide = IA_STR("abc,,\nabcd,,\n");
    struct test_env t;
    test_env_open(&t);
    t.limits.package_files = 3;
    t.limits.path_bytes = 3;
    char *lines = test_analyse(&t, &ia_python_analyser, "x.dist-info/RECORD", three);
    cr_expect_str_eq(lines, "attach-path a\nattach-path b\nattach-path c\n");
    free(lines);
    lines = test_analyse(&t, &ia_python_analyser, "x.dist-info/RECORD", four);
    cr_expect_str_eq(lines, "attach-path a\nattach-path b\nattach-path c\nnote skipped -1\n");
    free(lines);
    lines = test_analyse(&t, &ia_python_analyser, "x.dist-info/RECORD", wide);
    cr_expect_str_eq(lines, "attach-path abc\n", "no entry of a layer has so long a path");
    free(lines);
    test_env_close(&t);
}

/* EGG-INFO/PKG-INFO with "Name: example" and "Version: 21.12", stored. */
#define ZIP_NAME "EGG-INFO/PKG-INFO"
#define ZIP_TEXT "Name: example\nVersion: 21.12\n"
#define ZIP_LOCAL "PK\3\4\12\0\0\0\0\0\0\0\0\0\xd5\xab\xfc\x68\x1d\0\0\0\x1d\0\0\0\x11\0\0\0" ZIP_NAME ZIP_TEXT
#define ZIP_CENTRAL                                                                                                    \
    "PK\1\2\12\0\12\0\0\0\0\0\0\0\0\0\xd5\xab\xfc\x68\x1d\0\0\0\x1d\0\0\0\x11\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"         \
    "\0" ZIP_NAME
#define ZIP_END "PK\5\6\0\0\0\0\1\0\1\0\x3f\0\0\0\x4c\0\0\0\0\0"

static const struct file_case eggs[] = {
    {"a zipped egg", SITE "example-21.12-py3.6.egg", TEXT(ZIP_LOCAL ZIP_CENTRAL ZIP_END),
     "package pypi example 21.12 in=EGG-INFO/PKG-INFO how=egg\n"},
    {"bytes behind it", SITE "example-21.12-py3.6.egg", TEXT(ZIP_LOCAL ZIP_CENTRAL ZIP_END "x"),
     "note archive -1\npackage pypi example 21.12 in=EGG-INFO/PKG-INFO how=egg\n"},
    {"no metadata", SITE "example-21.12-py3.6.egg", TEXT("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
     "note db-partial -1\n"},
    {"no archive", SITE "example-21.12-py3.6.egg", TEXT("/srv/checkout\n"), "note archive -1\n"},
};

Test(python, eggs)
{
    check_files(&ia_python_analyser, eggs, IA_COUNT(eggs));
    check_hostile(&ia_python_analyser, eggs, IA_COUNT(eggs));
}

Test(python, places)
{
    static const struct place_case places[] = {
        {"usr/lib/python3/dist-packages/a-1.dist-info/METADATA", 1},
        {"usr/lib/python3/dist-packages/a-1.DIST-INFO/METADATA", 1},
        {"usr/lib/python3/dist-packages/a-1.egg-info", 1},
        {"usr/lib/python3/dist-packages/a-1.egg-info/PKG-INFO", 1},
        {"usr/lib/python3/dist-packages/a.egg", 1},
        {"usr/lib/python3/dist-packages/a.egg/EGG-INFO/PKG-INFO", 1},
        {"srv/test/venv/lib/python3.11/site-packages/a-1.dist-info/METADATA", 1},
        {"usr/lib/python3.9/test/venv/lib/python3.9/site-packages/a-1.dist-info/METADATA", 1},
        {"app/src/a.egg-info/PKG-INFO", 1},
        {"app/METADATA", 0},
        {"app/PKG-INFO", 0},
        {"app/RECORD", 0},
        {"usr/lib/python3/dist-packages/a-1.dist-info/licenses/METADATA", 0},
        {"usr/lib/python3/dist-packages/a-1.dist-info/metadata.json", 0},
        {"usr/lib/python3/dist-packages/a-1.egg-info/SOURCES.txt", 0},
        {"usr/lib/python3/dist-packages/~a-1.dist-info/METADATA", 0},
        {"usr/lib/python3/dist-packages/~a-1.egg-info", 0},
        {"usr/lib/python3.9/test/data/a-1.dist-info/METADATA", 0},
        {"usr/lib/python3.9/site-packages/b/tests/fixtures/a-1.egg-info/PKG-INFO", 0},
        {"opt/conda/pkgs/a-1-py39_0/site-packages/a-1.dist-info/METADATA", 0},
    };
    check_places(&ia_python_analyser, places, IA_COUNT(places));
}
