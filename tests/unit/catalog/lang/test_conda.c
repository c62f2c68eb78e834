/* SPDX-License-Identifier: Apache-2.0 */
/* conda-meta: packages with their files. */
#include "cases.h"
#include "catalog/lang/lang.h"

#include <criterion/criterion.h>

#define META "opt/conda/envs/x/conda-meta/numpy-1.26.4-py312heda63a1_0.json"

static const struct file_case rows[] = {
    {"a package of conda-forge", META,
     TEXT("{\n  \"build\": \"py312heda63a1_0\",\n  \"build_number\": 0,\n"
          "  \"channel\": \"https://conda.anaconda.org/conda-forge/linux-64\",\n  \"depends\": [\"python >=3.12\"],\n"
          "  \"files\": [\"bin/f2py\", \"lib/python3.12/site-packages/numpy/__init__.py\"],\n"
          "  \"license\": \"BSD-3-Clause\",\n  \"link\": {\"source\": \"/opt/conda/pkgs/x\", \"type\": 1},\n"
          "  \"name\": \"numpy\",\n  \"subdir\": \"linux-64\",\n  \"url\": \"https://x/numpy.conda\",\n"
          "  \"version\": \"1.26.4\"\n}\n"),
     "package conda numpy 1.26.4 license=BSD-3-Clause how=conda-meta build=py312heda63a1_0 "
     "channel=https://conda.anaconda.org/conda-forge/linux-64 subdir=linux-64 url=https://x/numpy.conda\n"
     "path opt/conda/envs/x/bin/f2py\n"
     "path opt/conda/envs/x/lib/python3.12/site-packages/numpy/__init__.py\n"},
    {"files that lead out", "conda-meta/a-1-0.json",
     TEXT("{\"name\":\"a\",\"version\":\"1\",\"files\":[\"b\",\"../c\"]}"),
     "package conda a 1 how=conda-meta\npath b\nnote path -1\n"},
    {"no version", META, TEXT("{\"name\":\"a\"}"), "note db-partial 0\n"},
    {"a member twice", META, TEXT("{\"name\":\"a\",\"version\":\"1\",\"name\":\"b\"}"),
     "note duplicate -1\npackage conda b 1 how=conda-meta\n"},
    {"cut in the files", META, TEXT("{\"name\":\"a\",\"version\":\"1\",\"files\":[\"b\",\"c"),
     "package conda a 1 how=conda-meta\npath opt/conda/envs/x/b\nnote db-partial 41\n"},
    {"nothing", META, TEXT("null"), "note db-partial 0\n"},
};

Test(conda, files)
{
    check_files(&ia_conda_analyser, rows, IA_COUNT(rows));
}

Test(conda, hostile)
{
    check_hostile(&ia_conda_analyser, rows, IA_COUNT(rows));
}

Test(conda, places)
{
    static const struct place_case places[] = {
        {META, 1},
        {"opt/conda/conda-meta/history", 0},
        {"opt/conda/pkgs/numpy-1.26.4-py312heda63a1_0/info/index.json", 0},
        {"conda-meta.json", 0},
    };
    check_places(&ia_conda_analyser, places, IA_COUNT(places));
}
