/* SPDX-License-Identifier: Apache-2.0 */
/* The small text formats of language packages; the first byte says which. */
#include "fuzz.h"

#include "catalog/lang/lang.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const struct ia_analyser *analyser;
        const char *path;
    } rows[] = {
        {&ia_ruby_analyser, "usr/lib/ruby/gems/specifications/a-1.gemspec"},
        {&ia_hex_analyser, "lib/a-1/ebin/a.app"},
        {&ia_hex_analyser, "deps/a/hex_metadata.config"},
        {&ia_cran_analyser, "usr/lib/R/library/a/DESCRIPTION"},
        {&ia_luarocks_analyser, "usr/lib/luarocks/rocks-5.1/a/1-1/a-1-1.rockspec"},
        {&ia_perl_analyser, "usr/lib/perl/.meta/A-1/MYMETA.json"},
        {&ia_perl_analyser, "usr/lib/perl/perllocal.pod"},
        {&ia_perl_analyser, "usr/lib/perl/auto/A/B/.packlist"},
        {&ia_wordpress_analyser, "wp-content/plugins/a/a.php"},
        {&ia_wordpress_analyser, "wp-content/themes/a/style.css"},
        {&ia_wordpress_analyser, "wp-includes/version.php"},
    };
    if (size == 0)
        return 0;
    size_t which = data[0] % IA_COUNT(rows);
    fuzz_analyse(rows[which].analyser, rows[which].path, data + 1, size - 1);
    return 0;
}
