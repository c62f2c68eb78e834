// SPDX-License-Identifier: Apache-2.0

package imgassure

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func evident(t *testing.T, s *Session, look Look) *Inventory {
	t.Helper()
	inventory := collectWith(t, s, input(t, "evident.tar"), &ImageOptions{Look: look})
	t.Cleanup(func() { inventory.Close() })
	return inventory
}

// indexOfPackage gives the package, too.
func indexOfPackage(t *testing.T, inventory *Inventory, name string) (int, Package) {
	t.Helper()
	all, err := inventory.Packages().All()
	must(t, err)
	for i, p := range all {
		if p.Name == name {
			return i, p
		}
	}
	t.Fatalf("there is no %s", name)
	return 0, Package{}
}

func TestEvidenceOfPackages(t *testing.T) {
	inventory := evident(t, session(t), 0)
	system, tool := indexOfPackage(t, inventory, "tool")
	if tool.How != "dpkg" || tool.Path != "var/lib/dpkg/status" || tool.Inside != "" || tool.Owner != -1 {
		t.Errorf("%+v", tool)
	}
	if _, pad := indexOfPackage(t, inventory, "pad"); int(pad.Owner) != system {
		t.Errorf("%+v", pad)
	}
	index, left := indexOfPackage(t, inventory, "@corp/left")
	if left.License != "(MIT OR Apache-2.0)" || left.Expression != "MIT OR Apache-2.0" || left.Owner != -1 {
		t.Errorf("%+v", left)
	}
	properties, err := inventory.Properties(index)
	must(t, err)
	want := map[string]string{"url": "https://registry.npmjs.org/@corp/left/-/left-4.5.6.tgz"}
	if !reflect.DeepEqual(properties, want) || left.PropertyCount != 1 {
		t.Errorf("%v", properties)
	}
	names, err := inventory.CPEs(index)
	if err != nil || len(names) == 0 || !strings.Contains(names[0].CPE, ":left:4.5.6:") || names[0].How == "" {
		t.Errorf("%v %v", names, err)
	}
	for _, bad := range []int{-1, inventory.Packages().Len()} {
		if _, err := inventory.Properties(bad); !errors.Is(err, ErrInvalid) {
			t.Errorf("properties of %d: %v", bad, err)
		}
		if _, err := inventory.CPEs(bad); !errors.Is(err, ErrInvalid) {
			t.Errorf("names of %d: %v", bad, err)
		}
	}
}

func TestExecutables(t *testing.T) {
	s := session(t)
	inventory := evident(t, s, 0)
	system, _ := indexOfPackage(t, inventory, "tool")
	all, err := inventory.Executables().All()
	must(t, err)
	want := []Executable{
		{0, "usr/bin/tool", "elf", "amd64", "deadbeef", "/lib64/ld-linux-x86-64.so.2", ExecutableNX | ExecutableStripped,
			int32(system)},
		{1, "usr/local/bin/extra", "elf", "amd64", "deadbeef", "", ExecutableNX | ExecutableStripped | ExecutableStatic, -1},
	}
	if !reflect.DeepEqual(all, want) || inventory.Executables().Len() != 2 || inventory.UnownedCount() != 1 {
		t.Errorf("%+v, %d unowned", all, inventory.UnownedCount())
	}
	if f := all[1].Flags; !f.Has(ExecutableStatic|ExecutableNX) || f.Has(ExecutableStatic|ExecutablePIE) {
		t.Errorf("%d", f)
	}
	plain := collect(t, s, input(t, "docker.tar"))
	must(t, plain.Close())
	if plain.UnownedCount() != 0 {
		t.Error("a closed inventory counts")
	}
	if _, err := plain.Properties(0); !errors.Is(err, ErrInvalid) {
		t.Errorf("a closed inventory: %v", err)
	}
}

// lookedFor are the packages that are here because they were looked for.
func lookedFor(t *testing.T, inventory *Inventory) string {
	t.Helper()
	var names []string
	must(t, inventory.Packages().Each(func(i int, p Package) error {
		properties, err := inventory.Properties(i)
		for _, name := range []string{"removed", "lock-file"} {
			if _, ok := properties[name]; ok {
				names = append(names, p.Name)
			}
		}
		return err
	}))
	return strings.Join(names, " ")
}

func TestLook(t *testing.T) {
	s := session(t)
	database, err := s.OpenDatabase(ctx, input(t, "advisories.db"))
	must(t, err)
	defer database.Close()
	policy, err := s.ReadPolicy(ctx, FromFile(input(t, "policy.yaml")))
	must(t, err)
	defer policy.Close()
	for look, want := range map[Look]string{0: "", LookRemoved: "old", LookLockFiles: "locked",
		LookLockFiles | LookRemoved: "old locked"} {
		if names := lookedFor(t, evident(t, s, look)); names != want {
			t.Errorf("look %d: %s", look, names)
		}
		verdict, err := s.Gate(ctx, input(t, "evident.tar"), &ImageOptions{Look: look}, database, policy, now)
		must(t, err)
		findings, err := verdict.Findings()
		must(t, err)
		inventory, err := findings.Inventory()
		must(t, err)
		if names := lookedFor(t, inventory); names != want {
			t.Errorf("gate, look %d: %s", look, names)
		}
		inventory.Close()
		findings.Close()
		verdict.Close()
	}
	if _, err := s.OpenImage(ctx, input(t, "evident.tar"), &ImageOptions{Look: 4}); !errors.Is(err, ErrInvalid) {
		t.Errorf("look 4: %v", err)
	}
}

func TestClassifiers(t *testing.T) {
	rule := "extra/banner\tprogram\t*\tEvident Extra version {number}\tpkg:generic/extra@{version}\tevident:extra\n"
	inventory := evident(t, session(t, WithClassifiers([]byte(rule))), 0)
	if _, extra := indexOfPackage(t, inventory, "extra"); extra.PURL != "pkg:generic/extra@3.2.1" ||
		extra.How != "classifier" || extra.Path != "usr/local/bin/extra" {
		t.Errorf("%+v", extra)
	}
	if n := evident(t, session(t), 0).Packages().Len(); n != inventory.Packages().Len()-1 {
		t.Errorf("%d packages without the rule", n)
	}
	_, err := NewSession(WithClassifiers([]byte(rule + "nonsense\n")))
	if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("%v", err)
	}
}
