#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""gate.py IMAGE DATABASE POLICY: prints the verdict of an image and why; exit code 0 only for pass and warn."""
import sys
import time

import imgassure


def main(image, database, policy):
    with imgassure.Database.open(database) as advisories, imgassure.Policy.read(policy) as rules:
        with imgassure.gate(image, database=advisories, policy=rules, now=int(time.time())) as verdict:
            for item in verdict.items():
                if item.result != imgassure.VerdictResult.PASS:
                    print(f"{item.result.label}: {item.item}: {item.remedy}")
            print(f"{verdict.result.label}: {len(verdict.items())} items")
            return 0 if verdict.result <= imgassure.VerdictResult.WARN else 1


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:4]))
    except imgassure.Error as error:
        sys.exit(f"{error.name}: {error}")
