/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file imgassure.h
 * libimgassure: may this container image be trusted here, now, and why?
 *
 *     imga_image ──collect──► imga_inventory ─┐
 *                                             ├─match──► imga_findings ──evaluate──► imga_verdict ──► report
 *     feeds ──writer──► imga_database ────────┘             imga_policy + clock ──────┘
 *
 * | header        | what it holds                                             |
 * |---------------|-----------------------------------------------------------|
 * | version.h     | version of the library, features                          |
 * | status.h      | status codes, note codes, the error object                |
 * | context.h     | allocator, limits, log, progress, cancellation            |
 * | source.h      | where bytes come from                                     |
 * | image.h       | open an image                                             |
 * | image_list.h  | what an archive or store holds                            |
 * | files.h       | its merged root, file by file                             |
 * | inventory.h   | what is installed in it                                   |
 * | evidence.h    | its properties, CPE names and executables                 |
 * | compare.h     | version comparison                                        |
 * | database.h    | feeds compiled into a file                                |
 * | findings.h    | inventory matched with database                           |
 * | policy.h      | policy and verdict                                        |
 * | report.h      | writers                                                   |
 * | scan.h        | all of it in one call                                     |
 *
 * What is returned is borrowed from its parent and lives as long as it; what comes through "out" is the caller's.
 */
#ifndef IMGASSURE_H
#define IMGASSURE_H

#include <imgassure/compare.h>
#include <imgassure/context.h>
#include <imgassure/database.h>
#include <imgassure/evidence.h>
#include <imgassure/files.h>
#include <imgassure/findings.h>
#include <imgassure/image.h>
#include <imgassure/image_list.h>
#include <imgassure/inventory.h>
#include <imgassure/policy.h>
#include <imgassure/report.h>
#include <imgassure/scan.h>
#include <imgassure/source.h>
#include <imgassure/status.h>
#include <imgassure/version.h>

#endif
