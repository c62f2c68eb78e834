/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pairs of the lists of real versions whose label is not followed, each with its reason. A row without versions stands
 * for as many pairs as it says, all of which are refused.
 */
#ifndef REAL_VERSION_EXCEPTIONS_H
#define REAL_VERSION_EXCEPTIONS_H

#define MAVEN_4 "labelled by an old Maven; maven-artifact 4.0.0-rc-4 answers as we do"
#define NORMALIZED "labelled without VersionParser::normalize; composer/semver with it answers as we do"
#define UNPARSED "composer/semver throws for one of the two: such versions are never published"

struct exception {
    const char *file, *a, *b;
    int answer; /* that is given: -1, 0, 1, or 2 for "cannot tell" */
    unsigned long count;
    const char *reason;
};

static const struct exception exceptions[] = {
    {"real-pairs/semver-versions", NULL, NULL, 2, 2, "one number alone, and five: SemVer has three"},
    {"real-pairs/pub-versions", NULL, NULL, 2, 2, "one number alone, and five: pub_semver throws"},
    {"real-pairs/pypi-versions-generated", NULL, NULL, 2, 69, "not PEP 440: OSV sorts such text below all versions"},
    {"real-pairs/pypi-versions", NULL, NULL, 2, 11, "not PEP 440: OSV sorts such text below all versions"},
    {"real-pairs/rubygems-versions", NULL, NULL, 2, 2, "\"1beta\", \"1gamma\": Gem::Version throws"},
    {"real-pairs/packagist-versions-generated", NULL, NULL, 2, 18, UNPARSED},
    {"real-pairs/packagist-versions", NULL, NULL, 2, 11, UNPARSED},
    {"real-pairs/maven-versions-generated", "3.2.0rc2", "3.2.0-rc.1", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "4.0.16.Final", "4.0.16.Final-jason1", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "4.0.17.Final", "4.0.17.Final-wildfly-1", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.1.3.RELEASE", "1.1.3.RELEASE-A", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.0.0-RC16", "1.0.0.RC8-beta", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.0.0-gradle-rework-beta3", "1.0.0.RC7-3", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "2.9.0-1", "2.9.0.RC1", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "7.4.3.20", "7.4.3.20-ga20", 0, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "7.4.3.21", "7.4.3.21-ga21", 0, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "6.1.12.rc5", "6.1.12rc1", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.0.0-beta11", "1.0.0-beta.6", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.1.31.sec10", "1.1.31_noneautotype", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.1.34.sec10", "1.1.34_noneautotype", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.1.46.sec10", "1.1.46_noneautotype", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.2.8.sec10_noneautotype", "1.2.8_noneautotype", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.2.31.sec10", "1.2.31_noneautotype", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.2.48.sec10", "1.2.48_noneautotype", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.2.50.sec10", "1.2.50_noneautotype", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.2.54.sec10", "1.2.54_noneautotype", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.2.57.sec10", "1.2.57_noneautotype", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.2.60.sec10", "1.2.60_noneautotype", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.2.67.sec10", "1.2.67_noneautotype", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.0.0rc0", "1.0.beta8", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.5.9.RC1", "1.5.9-RC0", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "3.5.0-CR-2", "3.5.0.Beta-1", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "1.1.0-01-glassfish", "1.1.0.Beta1", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions-generated", "v3.7.0rc2", "v3.7.0-rc.3", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions", "1-1.foo-bar-1-baz-0.1", "1-1.foo-bar1baz-.1", 1, 1, MAVEN_4},
    {"real-pairs/maven-versions", "1-1", "1-ga-1", 1, 1, MAVEN_4},
    {"real-pairs/packagist-versions-generated", "v3.0", "v3.0.0-beta", 1, 1, NORMALIZED},
    {"real-pairs/packagist-versions-generated", "v3.4", "v3.4.0-alpha", 1, 1, NORMALIZED},
    {"real-pairs/packagist-versions-generated", "v4-beta4", "v4.0-alpha", 1, 1, NORMALIZED},
    {"real-pairs/packagist-versions-generated", "v1.9.0-ALPHA.1", "v1.9.0-BETA.1", -1, 1, NORMALIZED},
    {"real-pairs/packagist-versions-generated", "v1.9.0-BETA.1", "v1.9.0-ALPHA.2", 1, 1, NORMALIZED},
    {"real-pairs/packagist-versions-generated", "v1.9.0-ALPHA.2", "v1.9.0-BETA.2", -1, 1, NORMALIZED},
    {"real-pairs/packagist-versions-generated", "5.1.0-stable", "5.1.0-beta2", 1, 1, NORMALIZED},
    {"real-pairs/packagist-versions-generated", "v4.4", "v4.4.0-beta", 1, 1, NORMALIZED},
    {"real-pairs/packagist-versions-generated", "v6.5", "v6.5.0-beta-0", 1, 1, NORMALIZED},
    {"real-pairs/packagist-versions-generated", "v6.6", "v6.6.0-beta", 1, 1, NORMALIZED},
    {"real-pairs/packagist-versions", "1.0.0", "1.0", 0, 1, NORMALIZED},
};

#endif
