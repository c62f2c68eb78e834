/* SPDX-License-Identifier: Apache-2.0 */
/* Specifications of gems. */
#include "cases.h"
#include "catalog/lang/lang.h"

#include <criterion/criterion.h>

#define AT "usr/local/bundle/specifications/rack-2.2.3.gemspec"

static const struct file_case rows[] = {
    {"as RubyGems writes it", AT,
     TEXT(
         "# -*- encoding: utf-8 -*-\n# stub: rack 2.2.3 ruby lib\n\nGem::Specification.new do |s|\n  s.name = "
         "\"rack\".freeze\n  s.version = \"2.2.3\"\n\n  s.required_rubygems_version = Gem::Requirement.new(\">= 0\""
         ".freeze) if s.respond_to? :required_rubygems_version=\n  s.metadata = { \"source\" => \"x\" }\n  s.authors = "
         "[\"Leah Neukirchen\".freeze, \"B\"]\n  s.description = \"s.name = \\\"no\\\"\".freeze\n  s.homepage = "
         "\"https://github.com/rack/rack\".freeze\n  s.licenses = [\"MIT\".freeze]\n  s.rubygems_version = "
         "\"3.3\"\nend\n"),
     "package gem rack 2.2.3 license=MIT supplier=Leah%20Neukirchen how=gemspec url=https://github.com/rack/rack\n"},
    {"a default gem", "usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec",
     TEXT("# stub: json 2.6.1 ruby lib\n# stub: ext/json/extconf.rb\ns.name = \"json\"\ns.version = \"2.6.1\"\n"),
     "package gem json 2.6.1 how=gemspec default=true\n"},
    {"of a platform, with two licences", "x/specifications/nokogiri-1.15.0-x86_64-linux.gemspec",
     TEXT("# stub: nokogiri 1.15.0 x86_64-linux lib\ns.name = 'nokogiri'\ns.version = '1.15.0'\ns.licenses = "
          "['MIT', 'Ruby'] if s.respond_to? :licenses=\n"),
     "package gem nokogiri 1.15.0 license=MIT%20OR%20Ruby how=gemspec platform=x86_64-linux\n"},
    {"an old one, without stub", "x/specifications/rake-0.9.2.gemspec",
     TEXT("Gem::Specification.new do |s|\n  s.name = %q{rake}\n  s.version = \"0.9.2\"\n  s.author = \"Andr\\u00E9 "
          "\\\"A\\\" \\u00\"\nend\n"),
     "package gem rake 0.9.2 supplier=Andr%C3%A9%20\"A\"%20u00 how=gemspec\n"},
    {"one that is computed", "x/specifications/a-b-1.0.gemspec", TEXT("#{s.name}#{s.version}\ns.name = \"#{x}\"\n"),
     "note db-partial 0\npackage gem a-b 1.0 how=gemspec\n"},
    {"a stub that says something else", AT,
     TEXT("# stub: rack 2.2.3 ruby lib\ns.name = \"rack\"\ns.version = \"2.2.4\"\n"),
     "note duplicate -1\npackage gem rack 2.2.3 how=gemspec\n"},
    {"a text that does not end", AT, TEXT("s.name = \"rack"),
     "note db-partial 0\npackage gem rack 2.2.3 how=gemspec\n"},
    {"empty", AT, TEXT(""), "note db-partial 0\npackage gem rack 2.2.3 how=gemspec\n"},
    {"empty, of no name", "x/specifications/rack.gemspec", TEXT(""), "note db-partial 0\n"},
};

Test(ruby, files)
{
    check_files(&ia_ruby_analyser, rows, IA_COUNT(rows));
}

Test(ruby, hostile)
{
    check_hostile(&ia_ruby_analyser, rows, IA_COUNT(rows));
}

Test(ruby, places)
{
    static const struct place_case places[] = {
        {AT, 1},
        {"usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec", 1},
        {"usr/share/rubygems-integration/all/specifications/rake-13.0.6.gemspec", 1},
        {"app/rack.gemspec", 0},
        {"usr/local/bundle/gems/rack-2.2.3/rack.gemspec", 0},
        {"default/a.gemspec", 0},
    };
    check_places(&ia_ruby_analyser, places, IA_COUNT(places));
}
