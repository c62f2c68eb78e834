/* SPDX-License-Identifier: Apache-2.0 */
/* Plugins and themes of WordPress. */
#include "cases.h"
#include "catalog/lang/lang.h"

#include <criterion/criterion.h>

#define PLUGIN "var/www/html/wp-content/plugins/akismet/akismet.php"
#define THEME "var/www/html/wp-content/themes/twentytwentyfour/style.css"
#define CORE "var/www/html/wp-includes/version.php"

static const struct file_case rows[] = {
    {"a theme", THEME,
     TEXT(
         "@charset \"utf-8\";\n/*\nTheme Name: Twenty Twenty-Four\nTheme URI: https://wordpress.org/themes\nAuthor: "
         "the "
         "WordPress team\nVersion: 1.0\nRequires at least: 6.4\nLicense: GNU General Public License v2 or later\n*/\n"),
     "package wordpress-theme twentytwentyfour 1.0 license=GNU%20General%20Public%20License%20v2%20or%20later "
     "supplier=the%20WordPress%20team how=wordpress-header title=Twenty%20Twenty-Four\n"},
    {"a theme without header", THEME, TEXT("body { color: red }"), "note db-partial 0\n"},
    {"WordPress", CORE,
     TEXT("<?php\n/**\n * The WordPress version string.\n */\n$wp_version = '6.4.3';\n\n$wp_db_version = 56657;\n"),
     "package generic wordpress 6.4.3 how=wordpress-version\n"},
    {"other versions in comments", CORE,
     TEXT("<?php\n// $wp_version = '1';\n/* once:\n$wp_version = '2';\n*/\n$wp_version = '6.5'; // not "
          "3\n/*/\n$wp_version "
          "= '4';\n*/\n"),
     "package generic wordpress 6.5 how=wordpress-version\n"},
    {"WordPress without version", CORE, TEXT("<?php\n"), "note db-partial 0\n"},
};

/* A damaged header makes a file like any other of a plugin. */
static const struct file_case plugins[] = {
    {"a plugin", PLUGIN,
     TEXT("<?php\n/**\n * @package Akismet\n */\n/*\nPlugin Name: Akismet Anti-spam: Spam Protection\nPlugin URI: "
          "https://akismet.com/\nVersion: 5.3.1\nAuthor: Automattic - Anti-spam Team\nLicense: GPLv2 or later\n*/\n"),
     "package wordpress-plugin akismet 5.3.1 license=GPLv2%20or%20later supplier=Automattic%20-%20Anti-spam%20Team "
     "how=wordpress-header title=Akismet%20Anti-spam:%20Spam%20Protection\n"},
    {"with stars, ends of another system, in one comment", PLUGIN,
     TEXT("<?php /* plugin name: A */\r\n * VERSION: 1.0 */\r\n"),
     "package wordpress-plugin akismet 1.0 how=wordpress-header title=A\n"},
    {"in a file alone", "www/wp-content/plugins/hello.php",
     TEXT("<?php\n# Plugin Name: Hello Dolly\n// Version: 1.7.2\n"),
     "package wordpress-plugin hello 1.7.2 how=wordpress-header title=Hello%20Dolly\n"},
    {"another file of a plugin", "www/wp-content/plugins/akismet/class.php", TEXT("<?php\nclass A {}\n"), ""},
    {"empty", PLUGIN, TEXT(""), ""},
};

Test(wordpress, files)
{
    check_files(&ia_wordpress_analyser, rows, IA_COUNT(rows));
    check_files(&ia_wordpress_analyser, plugins, IA_COUNT(plugins));
}

Test(wordpress, hostile)
{
    check_hostile(&ia_wordpress_analyser, rows, IA_COUNT(rows));
    check_allocations(&ia_wordpress_analyser, plugins, IA_COUNT(plugins));
}

Test(wordpress, places)
{
    static const struct place_case places[] = {
        {PLUGIN, 1},
        {THEME, 1},
        {CORE, 1},
        {"www/wp-content/mu-plugins/a.php", 1},
        {"www/wp-content/plugins/akismet/views/a.php", 0},
        {"www/wp-content/uploads/a.php", 0},
        {"www/plugins/a/a.php", 0},
        {"www/wp-content/themes/x/css/style.css", 0},
        {"style.css", 0},
    };
    check_places(&ia_wordpress_analyser, places, IA_COUNT(places));
}
