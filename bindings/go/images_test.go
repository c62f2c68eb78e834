// SPDX-License-Identifier: Apache-2.0

package imgassure

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

// openStream takes the inventory of what a reader gives.
func openStream(s *Session, from Source) (string, error) {
	image, err := s.OpenImageSource(ctx, from, nil)
	if err != nil {
		return "", err
	}
	defer image.Close()
	inventory, err := s.Collect(ctx, image)
	if err != nil {
		return "", err
	}
	defer inventory.Close()
	data, err := inventory.JSON()
	return string(data), err
}

// What a pipe gives is what the file gives.
func TestPipe(t *testing.T) {
	s := session(t)
	data := file(t, input(t, "docker.tar"))
	reading, writing, err := os.Pipe()
	must(t, err)
	defer reading.Close()
	go func() {
		defer writing.Close()
		writing.Write(data)
	}()
	got, err := openStream(s, FromReader(reading))
	must(t, err)
	if want := document(t, s, input(t, "docker.tar"), nil); got != want {
		t.Errorf("%s\n%s", got, want)
	}
}

func TestReaders(t *testing.T) {
	s := session(t)
	data := file(t, input(t, "oci.tar"))
	want := document(t, s, input(t, "oci.tar"), nil)
	for name, r := range map[string]io.Reader{
		"bytes": bytes.NewReader(data), "one by one": iotest.OneByteReader(bytes.NewReader(data)),
		"error with data": iotest.DataErrReader(bytes.NewReader(data)), "half": iotest.HalfReader(bytes.NewReader(data)),
	} {
		if got, err := openStream(s, FromReader(r)); err != nil || got != want {
			t.Errorf("%s: %v %s", name, err, got)
		}
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestErrorsOfStreams(t *testing.T) {
	s := session(t)
	data := file(t, input(t, "docker.tar"))
	broken := io.MultiReader(bytes.NewReader(data[:2000]), iotest.ErrReader(errOops))
	if _, err := openStream(s, FromReader(broken)); !errors.Is(err, errOops) || !errors.Is(err, ErrIO) {
		t.Errorf("%v", err)
	}
	if _, err := openStream(s, FromReader(bytes.NewReader(data[:700]))); !errors.Is(err, ErrTruncated) {
		t.Errorf("%v", err)
	}
	if _, err := openStream(s, FromReader(idle{})); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("%v", err)
	}
	if got := panicOf(func() { openStream(s, FromReader(panicking{})) }); got != errOops {
		t.Errorf("%v", got)
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic(errOops) }

func TestStreamsServeOneCall(t *testing.T) {
	s := session(t)
	from := FromReader(bytes.NewReader(file(t, input(t, "docker.tar"))))
	image, err := s.OpenImageSource(ctx, from, nil)
	must(t, err)
	defer image.Close()
	if _, err := s.OpenImageSource(ctx, from, nil); !errors.Is(err, ErrUnsupported) {
		t.Errorf("again: %v", err)
	}
	if _, err := s.CollectFiles(ctx, image, FilesOptions{Digests: true}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("digests: %v", err)
	}
	files, err := s.CollectFiles(ctx, image, FilesOptions{})
	must(t, err)
	defer files.Close()
	if _, err := files.Content(ctx, indexOf(t, files, "etc/os-release")); !errors.Is(err, ErrUnsupported) {
		t.Errorf("content: %v", err)
	}
}

func TestStreamsOfDocuments(t *testing.T) {
	s := session(t)
	want := document(t, s, input(t, "docker.tar"), nil)
	inventory, err := s.ReadInventory(ctx, FromReader(strings.NewReader(want)))
	must(t, err)
	defer inventory.Close()
	policy, err := s.ReadPolicy(ctx, FromReader(bytes.NewReader(file(t, input(t, "policy.yaml")))))
	must(t, err)
	defer policy.Close()
	writer, err := s.NewDatabaseWriter()
	must(t, err)
	defer writer.Close()
	feed := FromReader(bytes.NewReader(file(t, input(t, "tracker.json"))))
	must(t, writer.Add(ctx, feed, FeedOptions{Name: "debian"}))
	if got, err := inventory.JSON(); err != nil || string(got) != want || policy.Name() != "test/all" {
		t.Errorf("%v %s %s", err, got, policy.Name())
	}
}

func TestGateOfSources(t *testing.T) {
	s := session(t)
	database, err := s.OpenDatabase(ctx, input(t, "advisories.db"))
	must(t, err)
	defer database.Close()
	policy, err := s.ReadPolicy(ctx, FromFile(input(t, "policy.yaml")))
	must(t, err)
	defer policy.Close()
	reported := func(verdict *Verdict, err error) string {
		must(t, err)
		defer verdict.Close()
		var text bytes.Buffer
		must(t, s.WriteReport(ctx, &text, ReportOptions{Verdict: verdict}))
		return text.String()
	}
	path := input(t, "docker.tar")
	data := file(t, path)
	want := reported(s.Gate(ctx, path, nil, database, policy, now))
	for name, from := range map[string]Source{"file": FromFile(path), "bytes": FromBytes(data),
		"stream": FromReader(bytes.NewReader(data))} {
		if got := reported(s.GateSource(ctx, from, nil, database, policy, now)); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	options := &ImageOptions{Form: "docker-archive", Verify: VerifyNone}
	if got := reported(s.Gate(ctx, path, options, database, policy, now)); !strings.Contains(got, `"verified": "none"`) {
		t.Errorf("%s", got)
	}
	options.Form = "oci-archive"
	if _, err := s.Gate(ctx, path, options, database, policy, now); !errors.Is(err, ErrFormat) {
		t.Errorf("another form: %v", err)
	}
	broken := FromReader(iotest.ErrReader(errOops))
	if _, err := s.GateSource(ctx, broken, nil, database, policy, now); !errors.Is(err, errOops) {
		t.Errorf("broken: %v", err)
	}
}

func TestListOfTwoPlatforms(t *testing.T) {
	s := session(t)
	path := input(t, "platforms")
	list, err := s.ListImages(ctx, path, nil)
	must(t, err)
	entries, err := list.Entries().All()
	must(t, err)
	if len(entries) != 3 || entries[2].Kind != EntryAttestation || entries[2].Subject != entries[0].Digest {
		t.Fatalf("%+v", entries)
	}
	for i, architecture := range []string{"amd64", "arm64"} {
		image, err := s.OpenImage(ctx, path, &ImageOptions{Reference: entries[i].Digest})
		must(t, err)
		info, err := image.Info()
		must(t, err)
		if info.Architecture != architecture || entries[i].Kind != EntryImage || entries[i].Architecture != architecture {
			t.Errorf("%+v %+v", info, entries[i])
		}
		image.Close()
	}
	must(t, list.Close())
	if _, err := list.Entries().All(); !errors.Is(err, ErrInvalid) {
		t.Errorf("closed: %v", err)
	}
	if list, err = s.ListImages(ctx, "oci:"+path, &ImageOptions{Reference: "two"}); err != nil || list.Entries().Len() != 2 {
		t.Errorf("two: %v", err)
	}
	list.Close()
	if _, err := s.ListImages(ctx, path, &ImageOptions{Form: "dir"}); !errors.Is(err, ErrFormat) {
		t.Errorf("another form: %v", err)
	}
}

func TestConfigAndHistory(t *testing.T) {
	s := session(t)
	image, err := s.OpenImage(ctx, input(t, "config.tar"), nil)
	must(t, err)
	defer image.Close()
	config, err := image.Config()
	must(t, err)
	if config.User != "www" || !config.HasHealthcheck || config.HealthTimeout != 2 || config.HealthRetries != 5 {
		t.Errorf("%+v", config)
	}
	env, err := image.ConfigValues(ConfigEnv).All()
	must(t, err)
	if want := []ConfigValue{{"PATH", "/bin"}, {"A", "b=c"}, {"NAME", ""}}; !reflect.DeepEqual(env, want) {
		t.Errorf("%v", env)
	}
	strange := image.ConfigValues(99)
	if _, err := strange.All(); !errors.Is(err, ErrInvalid) || strange.Len() != 0 {
		t.Errorf("list 99: %v", err)
	}
	history, err := image.History().All()
	must(t, err)
	if len(history) != 2 || history[0].Layer != -1 || history[1].Layer != 0 || history[1].CreatedBy != "ADD" {
		t.Errorf("%+v", history)
	}
	layer, err := image.Layers().At(0)
	must(t, err)
	if layer.History != 1 || layer.ChainID != layer.DiffID || layer.UncompressedSize != 0 {
		t.Errorf("%+v", layer)
	}
	inventory, err := s.Collect(ctx, image)
	must(t, err)
	defer inventory.Close()
	if layer, err = inventory.Layers().At(0); err != nil || layer.UncompressedSize != 3072 {
		t.Errorf("%+v %v", layer, err)
	}
}

func TestVerify(t *testing.T) {
	s := session(t)
	for verify, want := range map[Verify]error{VerifyFull: ErrDigest, VerifyBlob: ErrDigest, VerifyNone: nil} {
		image, err := s.OpenImage(ctx, input(t, "damaged-oci.tar"), &ImageOptions{Verify: verify})
		must(t, err)
		inventory, err := s.Collect(ctx, image)
		if want == nil && err != nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%v: %v", verify, err)
		}
		if err == nil {
			inventory.Close()
		}
		info, err := image.Info()
		if name := []string{"full", "blob", "none"}[verify]; err != nil || info.Verified != name {
			t.Errorf("%v: %+v %v", verify, info, err)
		}
		image.Close()
	}
	if _, err := s.OpenImage(ctx, input(t, "oci.tar"), &ImageOptions{Verify: 7}); !errors.Is(err, ErrInvalid) {
		t.Errorf("7: %v", err)
	}
}

func indexOf(t testing.TB, files *Files, path string) int {
	t.Helper()
	found := -1
	must(t, files.Files().Each(func(i int, row File) error {
		if row.Path == path {
			found = i
		}
		return nil
	}))
	if found < 0 {
		t.Fatalf("there is no %s", path)
	}
	return found
}

func TestFilesOfTheRoot(t *testing.T) {
	files := listing(t, session(t), input(t, "docker.tar"), FilesOptions{Digests: true, Removed: true})
	defer files.Close()
	var regular []string
	must(t, files.Files().Each(func(i int, row File) error {
		if row.Type != FileRegular {
			return nil
		}
		regular = append(regular, fmt.Sprintf("%s %d", row.Path, row.RemovedLayer))
		data, err := files.Content(ctx, i)
		if digest := fmt.Sprintf("sha256:%x", sha256.Sum256(data)); digest != row.Digest || uint64(len(data)) != row.Size {
			t.Errorf("%+v: %s", row, digest)
		}
		return err
	}))
	if want := []string{"etc/os-release -1", "var/lib/dpkg/info/zlib1g.list -1", "var/lib/dpkg/status 1",
		"var/lib/dpkg/status -1"}; !reflect.DeepEqual(regular, want) {
		t.Errorf("%q", regular)
	}
	if !files.Complete() || files.Notes().Len() != 0 {
		t.Error("not complete")
	}
	for _, index := range []int{-1, 0, files.Files().Len()} { // 0 is a directory
		if _, err := files.Content(ctx, index); !errors.Is(err, ErrInvalid) {
			t.Errorf("%d: %v", index, err)
		}
	}
}

func TestNamesOfAnyBytes(t *testing.T) {
	var odd bytes.Buffer
	w := tar.NewWriter(&odd)
	must(t, w.WriteHeader(&tar.Header{Name: "etc/\xff\n", Mode: 0o644, Format: tar.FormatGNU}))
	must(t, w.Close())
	path := filepath.Join(t.TempDir(), "odd.tar")
	must(t, os.WriteFile(path, dockerArchive(t, odd.Bytes()), 0o644))
	files := listing(t, session(t), path, FilesOptions{})
	defer files.Close()
	indexOf(t, files, "etc/\xff\n")
}

func TestErrorsOfFiles(t *testing.T) {
	s := session(t)
	data := file(t, input(t, "docker.tar"))
	image, err := s.OpenImageSource(ctx, FromBytes(data), nil)
	must(t, err)
	files, err := s.CollectFiles(ctx, image, FilesOptions{})
	must(t, err)
	at := indexOf(t, files, "etc/os-release")
	if err := files.WriteContent(ctx, &brokenWriter{}, at); !errors.Is(err, errOops) || !errors.Is(err, ErrIO) {
		t.Errorf("writer: %v", err)
	}
	if got := panicOf(func() { files.WriteContent(ctx, &brokenWriter{panics: true}, at) }); got != errOops {
		t.Errorf("panic: %v", got)
	}
	_, err = image.acquire()
	must(t, err)
	if _, err := files.Content(ctx, at); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "in use") {
		t.Errorf("the image is used: %v", err)
	}
	image.release()
	for _, c := range []io.Closer{image, s} { // a listing keeps what it needs
		must(t, c.Close())
	}
	if text, err := files.Content(ctx, at); err != nil || !bytes.Contains(text, []byte("bookworm")) {
		t.Errorf("%q %v", text, err)
	}
	must(t, files.Close())
	if _, err := files.Content(ctx, at); !errors.Is(err, ErrInvalid) || files.Complete() {
		t.Errorf("closed: %v", err)
	}
}

// memory is a cache that counts.
type memoryCache struct {
	mu         sync.Mutex
	kept       map[string][]byte
	hits, puts int
	fail       func(what string) error
}

func (m *memoryCache) Get(key string) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil && m.fail("get") != nil {
		return nil
	}
	found := m.kept[key]
	if found != nil {
		m.hits++
	}
	return found
}

func (m *memoryCache) Put(key string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		if err := m.fail("put"); err != nil {
			return err
		}
	}
	m.puts++
	m.kept[key] = data
	return nil
}

func TestLayerCache(t *testing.T) {
	path := input(t, "oci.tar")
	want := document(t, session(t), path, nil)
	cache := &memoryCache{kept: map[string][]byte{}}
	s := session(t, WithLayerCache(cache))
	for i, counts := range [][2]int{{2, 0}, {2, 2}, {4, 2}} {
		if i == 2 {
			for key, data := range cache.kept {
				cache.kept[key] = append(append([]byte{}, data[:len(data)-1]...), '?')
				cache.hits-- // it will be found, and be of no use
			}
		}
		if got := document(t, s, path, nil); got != want || cache.puts != counts[0] || cache.hits != counts[1] {
			t.Errorf("%d: %d puts, %d hits, %s", i, cache.puts, cache.hits, got)
		}
	}
}

func TestFolderCache(t *testing.T) {
	path, folder := input(t, "oci.tar"), t.TempDir()
	want := document(t, session(t), path, nil)
	found := 0
	s := session(t, WithLayerCache(FolderCache(folder)), WithLog(LogDebug, func(_ LogLevel, line string) {
		if strings.HasSuffix(line, "from the cache") {
			found++
		}
	}))
	for i := 0; i < 2; i++ {
		if got := document(t, s, path, nil); got != want || found != 2*i {
			t.Errorf("%d: %d from the cache, %s", i, found, got)
		}
		names, err := filepath.Glob(filepath.Join(folder, strings.Repeat("?", 64)))
		if all, _ := os.ReadDir(folder); err != nil || len(names) != 2 || len(all) != 2 {
			t.Errorf("%v %v", names, err)
		}
	}
	if err := FolderCache(filepath.Join(folder, "absent")).Put("key", nil); err == nil {
		t.Error("kept in a folder that is not there")
	}
}

// What a cache cannot do changes nothing; its panics go around C.
func TestErrorsOfCaches(t *testing.T) {
	path := input(t, "oci.tar")
	want := document(t, session(t), path, nil)
	warnings := 0
	cache := &memoryCache{kept: map[string][]byte{}, fail: func(string) error { return errOops }}
	s := session(t, WithLayerCache(cache), WithLog(LogWarning, func(LogLevel, string) { warnings++ }))
	if got := document(t, s, path, nil); got != want || warnings != 2 {
		t.Errorf("%d warnings, %s", warnings, got)
	}
	for _, where := range []string{"get", "put"} {
		cache.fail = func(what string) error {
			if what == where {
				panic(errOops)
			}
			return nil
		}
		image, err := s.OpenImage(ctx, path, nil)
		must(t, err)
		if got := panicOf(func() { s.Collect(ctx, image) }); got != errOops {
			t.Errorf("%s: %v", where, got)
		}
		image.Close()
	}
	cache.fail = nil
	if got := document(t, s, path, nil); got != want {
		t.Errorf("after the panics: %s", got)
	}
}

func TestThreadsGiveTheSame(t *testing.T) {
	layers := [][]byte{layer(t, 10, 1)}
	for i := 1; i < 9; i++ {
		layers = append(layers, layer(t, 100+i, 1<<20))
	}
	path := filepath.Join(t.TempDir(), "layers.tar")
	must(t, os.WriteFile(path, dockerArchive(t, layers...), 0o644))
	want := document(t, session(t), path, nil)
	for _, threads := range []int{0, 1, 2, 4, 64} {
		cache := &memoryCache{kept: map[string][]byte{}}
		s := session(t, WithThreads(threads), WithLayerCache(cache))
		for i := 0; i < 2; i++ {
			if got := document(t, s, path, nil); got != want || cache.puts != 9 || cache.hits != 9*i {
				t.Errorf("%d threads: %d puts, %d hits, %s", threads, cache.puts, cache.hits, got)
			}
		}
	}
	for _, threads := range []int{-1, 65} {
		if _, err := NewSession(WithThreads(threads)); !errors.Is(err, ErrInvalid) {
			t.Errorf("%d threads: %v", threads, err)
		}
	}
}

// One listing, many goroutines: rows are shared, reading takes turns.
func TestParallelFiles(t *testing.T) {
	files := listing(t, session(t), input(t, "docker.tar"), FilesOptions{Digests: true})
	defer files.Close()
	at := indexOf(t, files, "etc/os-release")
	want, err := files.Content(ctx, at)
	must(t, err)
	var wait sync.WaitGroup
	for g := 0; g < 8; g++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := 0; i < 20; i++ {
				if got, err := files.Content(ctx, at); err == nil && !bytes.Equal(got, want) ||
					err != nil && !errors.Is(err, ErrInvalid) {
					t.Errorf("%v %q", err, got)
				}
				if rows, err := files.Files().All(); err != nil || len(rows) != files.Files().Len() {
					t.Errorf("%v", err)
				}
			}
		}()
	}
	wait.Wait()
}
