// SPDX-License-Identifier: Apache-2.0

package imgassure

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var (
	ctx      = context.Background()
	now      = time.Unix(1750000000, 0)
	feedDate = int64(1700000000)
)

// setting is an environment variable that tests/bindings/run-go.sh sets.
func setting(t testing.TB, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: run these tests through tests/bindings/run-go.sh", name)
	}
	return value
}

func input(t testing.TB, name string) string {
	t.Helper()
	return filepath.Join(setting(t, "IMGASSURE_INPUTS"), name)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func file(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	return data
}

func session(t testing.TB, options ...Option) *Session {
	t.Helper()
	s, err := NewSession(options...)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

func collect(t testing.TB, s *Session, path string) *Inventory {
	t.Helper()
	return collectWith(t, s, path, nil)
}

func collectWith(t testing.TB, s *Session, path string, options *ImageOptions) *Inventory {
	t.Helper()
	image, err := s.OpenImage(ctx, path, options)
	must(t, err)
	defer image.Close()
	inventory, err := s.Collect(ctx, image)
	must(t, err)
	return inventory
}

// listing is of an image that is closed already.
func listing(t testing.TB, s *Session, path string, options FilesOptions) *Files {
	t.Helper()
	image, err := s.OpenImage(ctx, path, nil)
	must(t, err)
	defer image.Close()
	files, err := s.CollectFiles(ctx, image, options)
	must(t, err)
	return files
}

func document(t testing.TB, s *Session, path string, options *ImageOptions) string {
	t.Helper()
	image, err := s.OpenImage(ctx, path, options)
	must(t, err)
	defer image.Close()
	inventory, err := s.Collect(ctx, image)
	must(t, err)
	defer inventory.Close()
	data, err := inventory.JSON()
	must(t, err)
	return string(data)
}

func gate(t testing.TB, s *Session) *Verdict {
	t.Helper()
	database, err := s.OpenDatabase(ctx, input(t, "advisories.db"))
	must(t, err)
	defer database.Close()
	policy, err := s.ReadPolicy(ctx, FromFile(input(t, "policy.yaml")))
	must(t, err)
	defer policy.Close()
	verdict, err := s.Gate(ctx, input(t, "docker.tar"), nil, database, policy, now)
	must(t, err)
	return verdict
}

type entry struct {
	name string
	data []byte
}

func archive(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	for _, e := range entries {
		must(t, w.WriteHeader(&tar.Header{Name: e.name, Size: int64(len(e.data)), Mode: 0o644, Format: tar.FormatUSTAR}))
		_, err := w.Write(e.data)
		must(t, err)
	}
	must(t, w.Close())
	return buffer.Bytes()
}

// layer holds packages and a file of some size.
func layer(t testing.TB, packages, size int) []byte {
	t.Helper()
	var status bytes.Buffer
	for i := 0; i < packages; i++ {
		fmt.Fprintf(&status, "Package: p%05d\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.%d-1\n\n", i, i)
	}
	return archive(t, entry{"etc/os-release", []byte("ID=debian\nVERSION_ID=12\n")},
		entry{"var/lib/dpkg/status", status.Bytes()}, entry{"usr/data", make([]byte, size)})
}

// bigImage is a docker save archive with one such layer.
func bigImage(t testing.TB, packages, size int) []byte {
	t.Helper()
	return dockerArchive(t, layer(t, packages, size))
}

func dockerArchive(t testing.TB, layers ...[]byte) []byte {
	t.Helper()
	var entries []entry
	var names, ids []string
	for i, layer := range layers {
		names = append(names, fmt.Sprintf("%d.tar", i))
		ids = append(ids, fmt.Sprintf("sha256:%x", sha256.Sum256(layer)))
		entries = append(entries, entry{names[i], layer})
	}
	config, err := json.Marshal(map[string]any{"os": "linux", "architecture": "amd64",
		"rootfs": map[string]any{"type": "layers", "diff_ids": ids}})
	must(t, err)
	name := fmt.Sprintf("%x.json", sha256.Sum256(config))
	manifest, err := json.Marshal([]any{map[string]any{"Config": name, "RepoTags": []string{"big:latest"},
		"Layers": names}})
	must(t, err)
	return archive(t, append(entries, entry{name, config}, entry{"manifest.json", manifest})...)
}

func bigFeed(count int) []byte {
	feed := map[string]any{}
	for i := 0; i < count; i++ {
		feed[fmt.Sprintf("p%05d", i)] = map[string]any{fmt.Sprintf("CVE-2024-%05d", i): map[string]any{
			"releases": map[string]any{"bookworm": map[string]any{"status": "resolved", "fixed_version": "1.0-1",
				"urgency": "low"}}}}
	}
	data, _ := json.Marshal(feed)
	return data
}
