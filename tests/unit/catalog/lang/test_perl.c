/* SPDX-License-Identifier: Apache-2.0 */
/* What CPAN's installers leave behind. */
#include "cases.h"
#include "catalog/lang/lang.h"

#include <criterion/criterion.h>

#define META "usr/local/lib/perl5/site_perl/5.38.2/x86_64-linux-gnu/.meta/JSON-XS-4.03/MYMETA.json"
#define LOCAL "usr/local/lib/x86_64-linux-gnu/perl/5.36.0/perllocal.pod"
#define PACKLIST "usr/local/lib/x86_64-linux-gnu/perl/5.36.0/auto/JSON/XS/.packlist"

static const struct file_case rows[] = {
    {"metadata", META,
     TEXT("{\"abstract\":\"JSON\",\"author\":[\"Marc Lehmann\",\"B\"],\"license\":[\"perl_5\"],\"name\":\"JSON-XS\","
          "\"version\":\"4.03\",\"prereqs\":{\"build\":{}}}"),
     "package cpan JSON-XS 4.03 license=perl_5 supplier=Marc%20Lehmann how=mymeta\n"},
    {"a version that is a number", META, TEXT("{\"name\":\"JSON-XS\",\"version\":4.03}"),
     "package cpan JSON-XS 4.03 how=mymeta\n"},
    {"no version", META, TEXT("{\"name\":\"JSON-XS\"}"), "note db-partial 0\n"},
    {"perllocal", LOCAL,
     TEXT("=head2 Mon Jan  1 10:00:00 2024: C<Module> L<JSON::XS|JSON::XS>\n\n=over 4\n\n=item *\n\nC<installed into: "
          "/usr/local/share/perl/5.36.0>\n\n=item *\n\nC<LINKTYPE: dynamic>\n\n=item *\n\nC<VERSION: 4.02>\n\n=item "
          "*\n\nC<EXE_FILES: bin/json_xs>\n\n=back\n\n=head2 Tue Jan  2 10:00:00 2024: C<Module> L<Try::Tiny|Try::Tiny>"
          "\n\nC<VERSION: 0.31>\n\n=head2 Wed Jan  3 10:00:00 2024: C<Module> L<JSON::XS|JSON::XS>\n\nC<VERSION: "
          "4.03>\n"),
     "package cpan JSON-XS 4.03 how=perllocal\npackage cpan Try-Tiny 0.31 how=perllocal\n"},
    {"a module without version", LOCAL, TEXT("=head2 x: C<Module> L<A|A>\n"),
     "package cpan A - how=perllocal\nnote db-partial -1\n"},
    {"nothing local", LOCAL, TEXT(""), "note db-partial 0\n"},
    {"a list of files", PACKLIST,
     TEXT("/usr/local/bin/json_xs\n/usr/local/lib/perl/JSON/XS.pm type=file\n/usr/local/share/man/man 3.gz\n"),
     "package cpan JSON-XS - how=packlist\npath usr/local/bin/json_xs\npath usr/local/lib/perl/JSON/XS.pm\n"
     "path usr/local/share/man/man%203.gz\n"},
    {"an empty list", PACKLIST, TEXT(""), "package cpan JSON-XS - how=packlist\n"},
};

Test(perl, files)
{
    check_files(&ia_perl_analyser, rows, IA_COUNT(rows));
}

Test(perl, hostile)
{
    check_hostile(&ia_perl_analyser, rows, IA_COUNT(rows));
}

Test(perl, places)
{
    static const struct place_case places[] = {
        {META, 1},
        {LOCAL, 1},
        {PACKLIST, 1},
        {"usr/lib/perl/5.36/.packlist", 0},
        {"var/cpanm/build/1/JSON-XS-4.03/MYMETA.json", 0},
        {"src/META.json", 0},
    };
    check_places(&ia_perl_analyser, places, IA_COUNT(places));
}
