// SPDX-License-Identifier: Apache-2.0

package imgassure

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/cgo"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

func TestCloseTwiceAndUseAfter(t *testing.T) {
	s := session(t)
	image, err := s.OpenImage(ctx, input(t, "docker.tar"), nil)
	must(t, err)
	layers := image.Layers()
	if layers.Len() != 2 {
		t.Fatalf("%d layers", layers.Len())
	}
	must(t, image.Close())
	must(t, image.Close())
	if _, err := image.Info(); !errors.Is(err, ErrInvalid) {
		t.Errorf("Info: %v", err)
	}
	if _, err := layers.All(); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "the image is closed") {
		t.Errorf("All: %v", err)
	}
	if _, err := s.Collect(ctx, image); !errors.Is(err, ErrInvalid) {
		t.Errorf("Collect: %v", err)
	}
	must(t, s.Close())
	must(t, s.Close())
	if _, err := s.OpenImage(ctx, input(t, "docker.tar"), nil); !errors.Is(err, ErrInvalid) {
		t.Errorf("closed session: %v", err)
	}
}

func TestCloseDuringACall(t *testing.T) {
	inventory := collect(t, session(t), input(t, "docker.tar"))
	_, err := inventory.acquire()
	must(t, err)
	must(t, inventory.Close())
	if inventory.h.ptr == nil {
		t.Fatal("freed under a call")
	}
	inventory.release()
	if inventory.h.ptr != nil {
		t.Fatal("not freed after the call")
	}
}

func TestExclusive(t *testing.T) {
	image, err := session(t).OpenImage(ctx, input(t, "docker.tar"), nil)
	must(t, err)
	defer image.Close()
	_, err = image.acquire()
	must(t, err)
	defer image.release()
	if _, err := image.Info(); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "in use") {
		t.Errorf("second call: %v", err)
	}
}

func TestChildrenOutliveParents(t *testing.T) {
	s := session(t)
	database, err := s.OpenDatabaseBytes(ctx, file(t, input(t, "advisories.db")))
	must(t, err)
	policy, err := s.ReadPolicy(ctx, FromFile(input(t, "policy.yaml")))
	must(t, err)
	inventory := collect(t, s, input(t, "docker.tar"))
	findings, err := s.Match(ctx, inventory, database)
	must(t, err)
	verdict, err := policy.Evaluate(findings, now)
	must(t, err)
	for _, c := range []io.Closer{inventory, database, findings, policy, s} {
		must(t, c.Close())
	}
	collectGarbage()
	judged, err := verdict.Findings()
	must(t, err)
	again, err := judged.Database()
	must(t, err)
	feed, err := again.Feeds().At(0)
	must(t, err)
	if feed.Name != "debian" || verdict.Result() != Fail {
		t.Errorf("%+v %v", feed, verdict.Result())
	}
}

func collectGarbage() {
	for i := 0; i < 5; i++ {
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
}

type watched struct {
	*bytes.Reader
	collected *atomic.Bool
}

func TestForgottenObjectsAreFreed(t *testing.T) {
	s := session(t)
	var collected atomic.Bool
	data := file(t, input(t, "docker.tar"))
	func() {
		w := &watched{bytes.NewReader(data), &collected}
		runtime.SetFinalizer(w, func(w *watched) { w.collected.Store(true) })
		image, err := s.OpenImageSource(ctx, FromReaderAt(w, int64(len(data))), nil)
		must(t, err)
		collectGarbage()
		inventory, err := s.Collect(ctx, image)
		must(t, err)
		if collected.Load() || inventory.Packages().Len() != 3 {
			t.Fatal("the image lost its source")
		}
	}()
	for i := 0; i < 100 && !collected.Load(); i++ {
		collectGarbage()
	}
	if !collected.Load() {
		t.Error("the C library did not close the source of a forgotten image")
	}
}

func TestRows(t *testing.T) {
	s := session(t)
	for _, count := range []int{0, 1, 255, 256, 257, 512, 1000} {
		image, err := s.OpenImageSource(ctx, FromBytes(bigImage(t, count, 1)), nil)
		must(t, err)
		inventory, err := s.Collect(ctx, image)
		must(t, err)
		rows := inventory.Packages()
		calls, fill := 0, rows.fill
		rows.fill = func(ptr unsafe.Pointer, first, n int) ([]Package, Code) {
			calls++
			return fill(ptr, first, n)
		}
		all, err := rows.All()
		must(t, err)
		if len(all) != count || rows.Len() != count || calls != count/256+1 {
			t.Errorf("%d packages: %d rows, Len %d, %d crossings", count, len(all), rows.Len(), calls)
		}
		for i, p := range all {
			if p.Name != fmt.Sprintf("p%05d", i) {
				t.Fatalf("row %d is %s", i, p.Name)
			}
		}
		for _, index := range []int{-1, count} {
			if _, err := rows.At(index); !errors.Is(err, ErrInvalid) {
				t.Errorf("row %d of %d: %v", index, count, err)
			}
		}
		stop := errors.New("stop")
		if err := rows.Each(func(int, Package) error { return stop }); count > 0 && err != stop {
			t.Errorf("Each: %v", err)
		}
		inventory.Close()
		image.Close()
	}
}

func TestFiles(t *testing.T) {
	inventory := collect(t, session(t), input(t, "docker.tar"))
	defer inventory.Close()
	paths, err := inventory.Files(2).All()
	must(t, err)
	if strings.Join(paths, " ") != "usr usr/lib usr/lib/libz.so.1" || inventory.Files(2).Len() != 3 {
		t.Errorf("%q", paths)
	}
	if _, err := inventory.Files(-1).All(); !errors.Is(err, ErrInvalid) {
		t.Errorf("package -1: %v", err)
	}
}

func TestCompareAndTime(t *testing.T) {
	for _, row := range []struct {
		scheme, a, b string
		order        int
	}{{"deb", "1.0-1", "1:0", -1}, {"apk", "1.2_rc1", "1.2", -1}, {"deb", "1.0", "1.0", 0}, {"deb", "2", "1", 1}} {
		if order, err := Compare(row.scheme, row.a, row.b); err != nil || order != row.order {
			t.Errorf("%v: %d %v", row, order, err)
		}
	}
	for _, row := range []struct {
		scheme, a string
		want      error
	}{{"debian", "1", ErrInvalid}, {"deb", "1\x00", ErrInvalid}, {"deb", "1 2", ErrVersion}} {
		if _, err := Compare(row.scheme, row.a, "1"); !errors.Is(err, row.want) {
			t.Errorf("%v: %v", row, err)
		}
	}
	for scheme := SchemeDeb; scheme <= SchemeHackage; scheme++ {
		if order, err := scheme.Compare("1.2.3", "1.2.10"); err != nil || order != -1 {
			t.Errorf("%d: %d %v", scheme, order, err)
		}
	}
	if _, err := Scheme(0).Compare("1", "1"); !errors.Is(err, ErrInvalid) {
		t.Errorf("scheme 0: %v", err)
	}
	if instant, err := ParseTime("2025-06-15T15:06:40Z"); err != nil || !instant.Equal(now) {
		t.Errorf("%v %v", instant, err)
	}
	if _, err := ParseTime("yesterday"); !errors.Is(err, ErrFormat) {
		t.Errorf("%v", err)
	}
}

func TestVersionAndNames(t *testing.T) {
	if VersionNumber() != HeaderVersion || Version() == "" || !Feature("zstd") || Feature("telepathy") {
		t.Errorf("%d %d %s", VersionNumber(), HeaderVersion, Version())
	}
	for want, got := range map[string]fmt.Stringer{"high": SeverityHigh, "unknown": FindingStatus(77), "fail": Fail,
		"db-partial": NoteDBPartial, "limit": CodeLimit, "not-affected": NotAffected} {
		if got.String() != want {
			t.Errorf("%q is not %q", got, want)
		}
	}
	if !NoteCode(999).Incomplete() || NoteTOC.Incomplete() {
		t.Error("incomplete notes")
	}
}

func TestPolicyAndReportArguments(t *testing.T) {
	s := session(t)
	policy, err := s.ReadPolicy(ctx, FromFile(input(t, "policy.yaml")))
	must(t, err)
	defer policy.Close()
	if policy.Name() != "test/all" || !strings.HasPrefix(policy.ID(), "sha256:") {
		t.Errorf("%s %s", policy.Name(), policy.ID())
	}
	for name, options := range map[string]ReportOptions{"format": {Format: "pdf"}, "nothing": {}} {
		if err := s.WriteReport(ctx, io.Discard, options); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	inventory := collect(t, s, input(t, "docker.tar"))
	must(t, inventory.Close())
	if err := s.WriteReport(ctx, io.Discard, ReportOptions{Inventory: inventory}); !errors.Is(err, ErrInvalid) {
		t.Errorf("closed inventory: %v", err)
	}
	database, err := s.OpenDatabase(ctx, input(t, "advisories.db"))
	must(t, err)
	defer database.Close()
	if database.RecordCount() != 8 {
		t.Errorf("%d records", database.RecordCount())
	}
}

var errOops = errors.New("oops")

type brokenReader struct {
	io.ReaderAt
	broken *atomic.Bool
	panics bool
}

func (b brokenReader) ReadAt(p []byte, offset int64) (int, error) {
	if b.broken.Load() {
		if b.panics {
			panic(errOops)
		}
		return 0, errOops
	}
	return b.ReaderAt.ReadAt(p, offset)
}

func TestErrorsOfReaders(t *testing.T) {
	s := session(t)
	data := file(t, input(t, "docker.tar"))
	var broken atomic.Bool
	from := FromReaderAt(brokenReader{bytes.NewReader(data), &broken, false}, int64(len(data)))
	image, err := s.OpenImageSource(ctx, from, nil)
	must(t, err)
	defer image.Close()
	broken.Store(true)
	if _, err := s.Collect(ctx, image); !errors.Is(err, errOops) || !errors.Is(err, ErrIO) {
		t.Errorf("Collect: %v", err)
	}
	if _, err := s.OpenImageSource(ctx, from, nil); !errors.Is(err, errOops) || !errors.Is(err, ErrIO) {
		t.Errorf("OpenImageSource: %v", err)
	}
	if _, err := s.ReadPolicy(ctx, from); !errors.Is(err, errOops) || !errors.Is(err, ErrIO) {
		t.Errorf("ReadPolicy: %v", err)
	}
	broken.Store(false)
	inventory, err := s.Collect(ctx, image)
	must(t, err)
	inventory.Close()
}

type brokenWriter struct {
	calls  int
	panics bool
}

func (b *brokenWriter) Write([]byte) (int, error) {
	b.calls++
	if b.panics {
		panic(errOops)
	}
	return 0, errOops
}

func TestErrorsOfWriters(t *testing.T) {
	inventory := collect(t, session(t), input(t, "docker.tar"))
	defer inventory.Close()
	w := &brokenWriter{}
	if err := inventory.WriteJSON(w); !errors.Is(err, errOops) || !errors.Is(err, ErrIO) || w.calls != 1 {
		t.Errorf("%v after %d calls", err, w.calls)
	}
}

// panicOf runs f and gives what it panicked with.
func panicOf(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

func TestPanicsPassAroundC(t *testing.T) {
	data := file(t, input(t, "docker.tar"))
	var broken atomic.Bool
	broken.Store(true)
	quiet := session(t)
	inventory := collect(t, quiet, input(t, "docker.tar"))
	defer inventory.Close()
	loud := session(t, WithProgress(func(Stage, uint64, uint64) error { panic(errOops) }))
	for name, f := range map[string]func(){
		"reader": func() {
			quiet.OpenImageSource(ctx, FromReaderAt(brokenReader{bytes.NewReader(data), &broken, true}, int64(len(data))), nil)
		},
		"writer":   func() { inventory.WriteJSON(&brokenWriter{panics: true}) },
		"progress": func() { addFeed(t, loud, ctx, 100) },
	} {
		if got := panicOf(f); got != errOops {
			t.Errorf("%s: %v", name, got)
		}
	}
	if _, err := inventory.JSON(); err != nil {
		t.Errorf("after the panics: %v", err)
	}
}

func addFeed(t *testing.T, s *Session, ctx context.Context, count int) error {
	t.Helper()
	writer, err := s.NewDatabaseWriter()
	must(t, err)
	defer writer.Close()
	return writer.Add(ctx, FromBytes(bigFeed(count)), FeedOptions{Name: "debian"})
}

func TestProgress(t *testing.T) {
	var mu sync.Mutex
	last := map[Stage][2]uint64{}
	s := session(t, WithProgress(func(stage Stage, done, total uint64) error {
		mu.Lock()
		defer mu.Unlock()
		last[stage] = [2]uint64{done, total}
		return nil
	}), WithLog(LogDebug, func(_ LogLevel, line string) {
		if strings.Contains(line, "\n") {
			t.Errorf("a newline in %q", line)
		}
	}))
	must(t, addFeed(t, s, ctx, 1000))
	image, err := s.OpenImageSource(ctx, FromBytes(bigImage(t, 10, 4<<20)), nil)
	must(t, err)
	defer image.Close()
	inventory, err := s.Collect(ctx, image)
	must(t, err)
	defer inventory.Close()
	if at := last[StageFeed]; at[0] == 0 || at[1] != 0 && at[0] != at[1] {
		t.Errorf("the feed ended at %v", at)
	}
	if at := last[StageLayers]; at[0] == 0 || at[0] != at[1] {
		t.Errorf("the layers ended at %v", at)
	}
}

func TestErrorOfProgressStopsTheCall(t *testing.T) {
	calls := 0
	s := session(t, WithProgress(func(Stage, uint64, uint64) error {
		calls++
		return errOops
	}))
	if err := addFeed(t, s, ctx, 20000); !errors.Is(err, errOops) || !errors.Is(err, ErrCancelled) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

// cancelling cancels when half has been read.
type cancelling struct {
	io.ReaderAt
	at     int64
	cancel func()
	last   *atomic.Int64
}

func (c cancelling) ReadAt(p []byte, offset int64) (int, error) {
	c.last.Store(offset)
	if offset >= c.at {
		c.cancel()
		time.Sleep(time.Millisecond)
	}
	return c.ReaderAt.ReadAt(p, offset)
}

func TestContextCancels(t *testing.T) {
	s := session(t)
	data := bigImage(t, 10, 32<<20)
	cancelled, cancel := context.WithCancel(ctx)
	var last atomic.Int64
	var armed atomic.Bool
	image, err := s.OpenImageSource(ctx, FromReaderAt(cancelling{bytes.NewReader(data), 16 << 20, func() {
		if armed.Load() {
			cancel()
		}
	}, &last}, int64(len(data))), nil)
	must(t, err)
	defer image.Close()
	armed.Store(true)
	_, err = s.Collect(cancelled, image)
	if !errors.Is(err, context.Canceled) || !errors.Is(err, ErrCancelled) {
		t.Fatalf("%v", err)
	}
	if last.Load() > 30<<20 {
		t.Errorf("it read on to %d", last.Load())
	}
	if _, err := s.OpenImage(cancelled, input(t, "docker.tar"), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a call that is cancelled beforehand: %v", err)
	}
	armed.Store(false)
	inventory, err := s.Collect(ctx, image)
	if err != nil {
		t.Fatalf("the session is not usable after a cancelled call: %v", err)
	}
	inventory.Close()
}

func TestDeadline(t *testing.T) {
	s := session(t)
	late, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	<-late.Done()
	if err := addFeed(t, s, late, 10); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrCancelled) {
		t.Errorf("%v", err)
	}
}

func parallelCall(t *testing.T, s *Session, shared *Inventory, database *Database, want []byte, cancelled bool) {
	mine, cancel := context.WithCancel(ctx)
	defer cancel()
	if cancelled {
		cancel()
	}
	findings, err := s.Match(mine, shared, database)
	if cancelled {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		return
	}
	if err != nil {
		t.Errorf("neighbour: %v", err)
		return
	}
	defer findings.Close()
	if n := findings.Findings().Len(); n != 5 {
		t.Errorf("%d findings", n)
	}
	if got, err := shared.JSON(); err != nil || !bytes.Equal(got, want) {
		t.Errorf("another inventory: %v", err)
	}
}

// One call is cancelled, its neighbours on the same session go on.
func TestParallelCalls(t *testing.T) {
	s := session(t)
	path := input(t, "docker.tar")
	database, err := s.OpenDatabase(ctx, input(t, "advisories.db"))
	must(t, err)
	defer database.Close()
	shared := collect(t, s, path)
	defer shared.Close()
	want, err := shared.JSON()
	must(t, err)
	var wait sync.WaitGroup
	for g := 0; g < 8; g++ {
		wait.Add(1)
		go func(g int) {
			defer wait.Done()
			for i := 0; i < 20; i++ {
				parallelCall(t, s, shared, database, want, g%4 == 0)
			}
		}(g)
	}
	wait.Wait()
}

func TestNoHandleIsLeft(t *testing.T) {
	count := func() int { // handles are numbered: the distance between two shows nothing, so look at what is alive
		alive, end := 0, cgo.NewHandle(0)
		defer end.Delete()
		for h := cgo.Handle(1); h < end; h++ {
			if panicOf(func() { h.Value() }) == nil {
				alive++
			}
		}
		return alive
	}
	collectGarbage()
	before := count()
	s, err := NewSession()
	must(t, err)
	must(t, addFeed(t, s, ctx, 10))
	image, err := s.OpenImageSource(ctx, FromBytes(file(t, input(t, "docker.tar"))), nil)
	must(t, err)
	stream, err := s.OpenImageSource(ctx, FromReader(bytes.NewReader(file(t, input(t, "docker.tar")))), nil)
	must(t, err)
	files, err := s.CollectFiles(ctx, image, FilesOptions{})
	must(t, err)
	_, err = files.Content(ctx, indexOf(t, files, "etc/os-release"))
	must(t, err)
	inventory, err := s.Collect(ctx, image)
	must(t, err)
	_, err = inventory.JSON()
	must(t, err)
	_, err = s.ReadPolicy(ctx, FromBytes([]byte("{")))
	if !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrFormat) {
		t.Errorf("half a policy: %v", err)
	}
	for _, c := range []io.Closer{inventory, image, stream, files, s} {
		must(t, c.Close())
	}
	if after := count(); after > before {
		t.Errorf("%d handles before, %d after", before, after)
	}
}

func TestNoThreadIsPinned(t *testing.T) {
	files, err := os.ReadDir(".")
	must(t, err)
	for _, f := range files {
		if name := f.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") &&
			bytes.Contains(file(t, name), []byte("LockOSThread")) {
			t.Errorf("%s pins a thread", name)
		}
	}
}
