// SPDX-License-Identifier: Apache-2.0

package imgassure

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// These tests do what tests/golden/golden.c does, through this binding, and compare the files byte by byte.

func same(t *testing.T, name string, data []byte) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(setting(t, "IMGASSURE_OUT"), name), data, 0o644))
	expected := file(t, filepath.Join(setting(t, "IMGASSURE_GOLDEN"), name))
	if bytes.Equal(data, expected) {
		return
	}
	got, want := bytes.Split(data, []byte("\n")), bytes.Split(expected, []byte("\n"))
	for i := range want {
		if i >= len(got) || !bytes.Equal(got[i], want[i]) {
			t.Fatalf("%s differs from what C wrote, line %d:\n%s\nC:\n%s", name, i+1, append(got, nil)[min(i, len(got))], want[i])
		}
	}
	t.Fatalf("%s is longer than what C wrote", name)
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

// inInputs makes the inputs the current folder, so that messages name them as the C program does.
func inInputs(t *testing.T) {
	t.Helper()
	before, err := os.Getwd()
	must(t, err)
	must(t, os.Chdir(setting(t, "IMGASSURE_INPUTS")))
	t.Cleanup(func() { os.Chdir(before) })
}

type lines struct {
	bytes.Buffer
	encoder *json.Encoder
}

func newLines() *lines {
	l := &lines{}
	l.encoder = json.NewEncoder(l)
	l.encoder.SetEscapeHTML(false)
	return l
}

// add writes a line that begins with the kind of row.
func (l *lines) add(t *testing.T, what string, row any) {
	t.Helper()
	start := l.Len()
	must(t, l.encoder.Encode(row))
	text := strings.TrimPrefix(string(l.Bytes()[start:]), "{")
	l.Truncate(start)
	l.WriteString(`{"row":"` + what + `",` + text)
}

func addAll[T any](t *testing.T, l *lines, what string, rows Rows[T]) {
	t.Helper()
	must(t, rows.Each(func(_ int, row T) error {
		l.add(t, what, row)
		return nil
	}))
}

// addNumbers is addAll for rows with truth values, which C writes as 0 and 1.
func addNumbers[T any](t *testing.T, l *lines, what string, rows Rows[T]) {
	t.Helper()
	must(t, rows.Each(func(_ int, row T) error {
		l.addNumber(t, what, row)
		return nil
	}))
}

func (l *lines) addNumber(t *testing.T, what string, row any) {
	t.Helper()
	start := l.Len()
	l.add(t, what, row)
	text := strings.Replace(l.String()[start:], `":true`, `":1`, 1)
	l.Truncate(start)
	l.WriteString(strings.Replace(text, `":false`, `":0`, 1))
}

type identity struct {
	ID       string `json:"id"`
	Complete bool   `json:"complete"`
}

type propertyLine struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type executablesLine struct {
	Count   int `json:"count"`
	Unowned int `json:"unowned"`
}

func rowsEvidence(t *testing.T, l *lines, inventory *Inventory, index int) {
	properties, err := inventory.Properties(index)
	must(t, err)
	var names []string
	for name := range properties {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		l.add(t, fmt.Sprintf("property-%d", index), propertyLine{name, properties[name]})
	}
	cpes, err := inventory.CPEs(index)
	must(t, err)
	for _, cpe := range cpes {
		l.add(t, fmt.Sprintf("cpe-%d", index), cpe)
	}
}

type ownedFile struct {
	Package int    `json:"package"`
	Path    string `json:"path"`
}

func rowsInventory(t *testing.T, l *lines, inventory *Inventory) {
	l.add(t, "inventory", identity{inventory.ID(), inventory.Complete()})
	image, err := inventory.Image()
	must(t, err)
	l.add(t, "image", image)
	distro, err := inventory.Distro()
	must(t, err)
	l.addNumber(t, "distro", distro)
	addAll(t, l, "layer", inventory.Layers())
	addAll(t, l, "package", inventory.Packages())
	for i := 0; i < inventory.Packages().Len(); i++ {
		paths, err := inventory.Files(i).All()
		must(t, err)
		for _, path := range paths {
			l.add(t, "file", ownedFile{i, path})
		}
	}
	for i := 0; i < inventory.Packages().Len(); i++ {
		rowsEvidence(t, l, inventory, i)
	}
	addAll(t, l, "executable", inventory.Executables())
	l.add(t, "executables", executablesLine{inventory.Executables().Len(), inventory.UnownedCount()})
	addAll(t, l, "inventory-note", inventory.Notes())
}

func rowsFindings(t *testing.T, l *lines, findings *Findings) {
	database, err := findings.Database()
	must(t, err)
	defer database.Close()
	inventory, err := findings.Inventory()
	must(t, err)
	defer inventory.Close()
	l.add(t, "database", identity{database.ID(), true})
	addAll(t, l, "feed", database.Feeds())
	addAll(t, l, "coverage", database.Coverage())
	l.add(t, "findings", identity{inventory.ID(), findings.Complete()})
	addAll(t, l, "finding", findings.Findings())
	addAll(t, l, "findings-note", findings.Notes())
}

func rowsVerdict(t *testing.T, l *lines, verdict *Verdict) {
	findings, err := verdict.Findings()
	must(t, err)
	defer findings.Close()
	rowsFindings(t, l, findings)
	l.add(t, "verdict", identity{verdict.Result().String(), true})
	addAll(t, l, "item", verdict.Items())
	addNumbers(t, l, "exception", verdict.Exceptions())
}

func rowsImage(t *testing.T, l *lines, image *Image) {
	info, err := image.Info()
	must(t, err)
	l.add(t, "image", info)
	addAll(t, l, "layer", image.Layers())
	config, err := image.Config()
	must(t, err)
	l.addNumber(t, "config", config)
	for list := ConfigEnv; list <= ConfigOSFeatures; list++ {
		addAll(t, l, "config-list-"+strconv.Itoa(int(list)), image.ConfigValues(list))
	}
	addAll(t, l, "history", image.History())
}

func rowsOdd(t *testing.T, l *lines, s *Session, inventory *Inventory) {
	writer, err := s.NewDatabaseWriter()
	must(t, err)
	defer writer.Close()
	must(t, writer.Add(ctx, FromFile("odd.json"), FeedOptions{Name: "odd", AsOf: feedDate}))
	addAll(t, l, "writer-note", writer.Notes())
	var bytes bytes.Buffer
	must(t, writer.Finish(ctx, &bytes))
	database, err := s.OpenDatabaseBytes(ctx, bytes.Bytes())
	must(t, err)
	defer database.Close()
	findings, err := s.Match(ctx, inventory, database)
	must(t, err)
	defer findings.Close()
	rowsFindings(t, l, findings)
}

func TestGoldenInventories(t *testing.T) {
	s := session(t)
	for path, name := range map[string]string{"docker.tar": "inventory.json", "oci.tar": "inventory-oci.json",
		"layout": "inventory-layout.json"} {
		inventory := collect(t, s, input(t, path))
		defer inventory.Close()
		data, err := inventory.JSON()
		must(t, err)
		same(t, name, data)
	}
}

func TestGoldenInventoryFromSources(t *testing.T) {
	s := session(t)
	opened, err := os.Open(input(t, "docker.tar"))
	must(t, err)
	defer opened.Close()
	data := file(t, input(t, "docker.tar"))
	for name, from := range map[string]Source{"file": FromFile(input(t, "docker.tar")), "bytes": FromBytes(data),
		"ReaderAt": FromReaderAt(opened, int64(len(data))), "Reader": FromReader(bytes.NewReader(data))} {
		image, err := s.OpenImageSource(ctx, from, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		inventory, err := s.Collect(ctx, image)
		must(t, err)
		must(t, image.Close())
		document, err := inventory.JSON()
		must(t, err)
		same(t, "inventory.json", document)
		again, err := s.ReadInventory(ctx, FromBytes(document))
		must(t, err)
		if again.ID() != inventory.ID() {
			t.Errorf("%s: the inventory that was read has another id", name)
		}
		inventory.Close()
		again.Close()
	}
}

func TestGoldenDatabase(t *testing.T) {
	writer, err := session(t).NewDatabaseWriter()
	must(t, err)
	defer writer.Close()
	must(t, writer.Add(ctx, FromFile(input(t, "tracker.json")), FeedOptions{Name: "debian", AsOf: feedDate}))
	must(t, writer.Add(ctx, FromBytes(file(t, input(t, "secdb.json"))), FeedOptions{Name: "alpine", AsOf: feedDate}))
	var bytes bytes.Buffer
	must(t, writer.Finish(ctx, &bytes))
	same(t, "advisories.db", bytes.Bytes())
}

func TestGoldenReports(t *testing.T) {
	inInputs(t)
	s := session(t)
	verdict := gateHere(t, s)
	defer verdict.Close()
	for name, options := range map[string]ReportOptions{"report.json": {Verdict: verdict},
		"report.txt": {Format: "table", Verdict: verdict, All: true, Width: 100}} {
		var text bytes.Buffer
		must(t, s.WriteReport(ctx, &text, options))
		same(t, name, text.Bytes())
	}
	findings, err := verdict.Findings()
	must(t, err)
	defer findings.Close()
	var text bytes.Buffer
	for i := 0; i < findings.Findings().Len(); i++ {
		must(t, findings.WriteExplanation(&text, i))
	}
	same(t, "explain.txt", text.Bytes())
}

// gateHere is gate with the names that the C program uses.
func gateHere(t *testing.T, s *Session) *Verdict {
	t.Helper()
	database, err := s.OpenDatabase(ctx, "advisories.db")
	must(t, err)
	defer database.Close()
	policy, err := s.ReadPolicy(ctx, FromFile("policy.yaml"))
	must(t, err)
	defer policy.Close()
	verdict, err := s.Gate(ctx, "docker.tar", nil, database, policy, now)
	must(t, err)
	return verdict
}

func TestGoldenRows(t *testing.T) {
	inInputs(t)
	s := session(t)
	l := newLines()
	inventory := collect(t, s, "docker.tar")
	defer inventory.Close()
	verdict := gateHere(t, s)
	defer verdict.Close()
	rowsInventory(t, l, inventory)
	rowsVerdict(t, l, verdict)
	rowsOdd(t, l, s, inventory)
	same(t, "rows.jsonl", l.Bytes())
}

func TestGoldenEvidence(t *testing.T) {
	inInputs(t)
	s := session(t)
	l := newLines()
	inventory := collectWith(t, s, "evident.tar", &ImageOptions{Look: LookLockFiles | LookRemoved})
	defer inventory.Close()
	rowsInventory(t, l, inventory)
	same(t, "evidence.jsonl", l.Bytes())
}

func TestGoldenImages(t *testing.T) {
	inInputs(t)
	s := session(t)
	l := newLines()
	for _, verify := range []Verify{VerifyFull, VerifyBlob, VerifyNone} {
		image, err := s.OpenImage(ctx, "config.tar", &ImageOptions{Verify: verify})
		must(t, err)
		rowsImage(t, l, image)
		must(t, image.Close())
	}
	list, err := s.ListImages(ctx, "platforms", nil)
	must(t, err)
	defer list.Close()
	addAll(t, l, "entry", list.Entries())
	files := listing(t, s, "docker.tar", FilesOptions{Digests: true, Removed: true})
	defer files.Close()
	addNumbers(t, l, "listed", files.Files())
	addAll(t, l, "files-note", files.Notes())
	same(t, "images.jsonl", l.Bytes())
}

var limitsByName = map[string]func(*Limits) *uint64{
	"manifest_bytes":  func(l *Limits) *uint64 { return &l.ManifestBytes },
	"layers":          func(l *Limits) *uint64 { return &l.Layers },
	"archive_members": func(l *Limits) *uint64 { return &l.ArchiveMembers },
	"json_depth":      func(l *Limits) *uint64 { return &l.JSONDepth },
	"layer_bytes":     func(l *Limits) *uint64 { return &l.LayerBytes },
	"image_bytes":     func(l *Limits) *uint64 { return &l.ImageBytes },
	"layer_entries":   func(l *Limits) *uint64 { return &l.LayerEntries },
	"packages":        func(l *Limits) *uint64 { return &l.Packages },
	"findings":        func(l *Limits) *uint64 { return &l.Findings },
	"feed_bytes":      func(l *Limits) *uint64 { return &l.FeedBytes },
	"document_bytes":  func(l *Limits) *uint64 { return &l.DocumentBytes },
}

func limited(t *testing.T, text string) *Session {
	t.Helper()
	limits := DefaultLimits()
	if name, value, ok := strings.Cut(text, "="); ok {
		place, known := limitsByName[name]
		if !known {
			t.Fatalf("unknown limit %s", name)
		}
		number, err := strconv.ParseUint(value, 10, 64)
		must(t, err)
		*place(&limits) = number
	}
	return session(t, WithLimits(limits))
}

func doImage(s *Session, operation, name string, options *ImageOptions) error {
	open := func() (*Image, error) { return s.OpenImage(ctx, name, options) }
	if operation == "open-source" {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		open = func() (*Image, error) { return s.OpenImageSource(ctx, FromBytes(data), options) }
	}
	image, err := open()
	if err != nil {
		return err
	}
	defer image.Close()
	if strings.HasPrefix(operation, "open") {
		return nil
	}
	inventory, err := s.Collect(ctx, image)
	if err != nil {
		return err
	}
	defer inventory.Close()
	if operation != "match" {
		return nil
	}
	database, err := s.OpenDatabase(ctx, "advisories.db")
	if err != nil {
		return err
	}
	defer database.Close()
	_, err = s.Match(ctx, inventory, database)
	return err
}

func doCase(t *testing.T, s *Session, operation, name, extra string) error {
	options := &ImageOptions{}
	if key, value, ok := strings.Cut(extra, "="); ok && key == "reference" {
		options.Reference = value
	} else if ok {
		options.Platform = value
	}
	if scheme := strings.TrimPrefix(operation, "compare-"); scheme != operation {
		_, err := Compare(scheme, name, extra)
		return err
	}
	switch operation {
	case "database":
		_, err := s.OpenDatabase(ctx, name)
		return err
	case "policy":
		_, err := s.ReadPolicy(ctx, FromFile(name))
		return err
	case "inventory":
		_, err := s.ReadInventory(ctx, FromFile(name))
		return err
	case "feed":
		writer, err := s.NewDatabaseWriter()
		must(t, err)
		defer writer.Close()
		return writer.Add(ctx, FromFile(name), FeedOptions{Name: "feed"})
	}
	return doImage(s, operation, name, options)
}

func TestGoldenErrors(t *testing.T) {
	inInputs(t)
	type outcome struct {
		Case    string `json:"case"`
		Code    Code   `json:"code"`
		Name    string `json:"name"`
		Message string `json:"message"`
		Where   string `json:"where"`
		Offset  int64  `json:"offset"`
	}
	l := newLines()
	for _, row := range strings.Split(strings.TrimSpace(string(file(t, setting(t, "IMGASSURE_CASES")))), "\n") {
		if strings.HasPrefix(row, "#") {
			continue
		}
		columns := append(strings.Split(row, "\t"), "", "", "")
		said := &Error{Offset: -1}
		if err := doCase(t, limited(t, columns[4]), columns[1], columns[2], columns[3]); err != nil && !errors.As(err, &said) {
			t.Fatalf("%s: not an *Error: %v", columns[0], err)
		}
		must(t, l.encoder.Encode(outcome{columns[0], said.Code, said.Code.String(), said.Message, said.Where, said.Offset}))
	}
	same(t, "errors.jsonl", l.Bytes())
}
