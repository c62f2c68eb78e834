// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include "callbacks.h"
import "C"

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"runtime/cgo"
	"sync"
	"unsafe"
)

// LogLevel is the weight of a log line.
type LogLevel int32

// Levels, heaviest first.
const (
	LogError   LogLevel = C.IMGA_LOG_ERROR
	LogWarning LogLevel = C.IMGA_LOG_WARNING
	LogInfo    LogLevel = C.IMGA_LOG_INFO
	LogDebug   LogLevel = C.IMGA_LOG_DEBUG
)

// Stage is what a call is doing.
type Stage int32

// Done and total of progress are compressed bytes, bytes of a feed, packages.
const (
	StageLayers Stage = C.IMGA_STAGE_LAYERS
	StageFeed   Stage = C.IMGA_STAGE_FEED
	StageMatch  Stage = C.IMGA_STAGE_MATCH
)

// Limits are upper bounds for hostile input; imgassure/context.h says what each bounds. Begin with DefaultLimits.
type Limits struct {
	ManifestBytes, IndexDepth, Layers, LayerBytes, ImageBytes, GzipRatio, ZstdWindow, GzipMembers uint64
	ArchiveMembers, LayerEntries, ImageEntries, PathBytes, PathComponents, Links, TarHeaderBytes  uint64
	FileBytes, KeptBytes, JSONDepth, StringBytes, Packages, PackageFiles, Findings, Notes         uint64
	DocumentBytes, FeedBytes, DBRecords                                                           uint64
}

// each calls f with every limit and its place in C.
func (l *Limits) each(c *C.imga_limits, f func(limit *uint64, place *C.uint64_t)) {
	f(&l.ManifestBytes, &c.manifest_bytes)
	f(&l.IndexDepth, &c.index_depth)
	f(&l.Layers, &c.layers)
	f(&l.LayerBytes, &c.layer_bytes)
	f(&l.ImageBytes, &c.image_bytes)
	f(&l.GzipRatio, &c.gzip_ratio)
	f(&l.ZstdWindow, &c.zstd_window)
	f(&l.GzipMembers, &c.gzip_members)
	f(&l.ArchiveMembers, &c.archive_members)
	f(&l.LayerEntries, &c.layer_entries)
	f(&l.ImageEntries, &c.image_entries)
	f(&l.PathBytes, &c.path_bytes)
	f(&l.PathComponents, &c.path_components)
	f(&l.Links, &c.links)
	f(&l.TarHeaderBytes, &c.tar_header_bytes)
	f(&l.FileBytes, &c.file_bytes)
	f(&l.KeptBytes, &c.kept_bytes)
	f(&l.JSONDepth, &c.json_depth)
	f(&l.StringBytes, &c.string_bytes)
	f(&l.Packages, &c.packages)
	f(&l.PackageFiles, &c.package_files)
	f(&l.Findings, &c.findings)
	f(&l.Notes, &c.notes)
	f(&l.DocumentBytes, &c.document_bytes)
	f(&l.FeedBytes, &c.feed_bytes)
	f(&l.DBRecords, &c.db_records)
}

func defaultLimits() C.imga_limits {
	var c C.imga_limits
	c.struct_size = C.uint32_t(unsafe.Sizeof(c))
	C.imga_limits_default(&c)
	return c
}

// DefaultLimits are the limits of a Session that was given none.
func DefaultLimits() Limits {
	var l Limits
	c := defaultLimits()
	l.each(&c, func(limit *uint64, place *C.uint64_t) { *limit = uint64(*place) })
	return l
}

// Option sets a Session up.
type Option func(*pool)

// WithLimits replaces all limits.
func WithLimits(limits Limits) Option {
	return func(p *pool) { p.limits = &limits }
}

// WithLog makes log lines up to a level go to f. It runs in the goroutine of the call.
func WithLog(max LogLevel, f func(level LogLevel, line string)) Option {
	return func(p *pool) { p.log, p.logLevel = f, max }
}

// WithProgress makes f see progress. It runs in the goroutine of the call; an error stops the call and is wrapped in its
// error.
func WithProgress(f func(stage Stage, done, total uint64) error) Option {
	return func(p *pool) { p.progress = f }
}

// LayerCache keeps what was read of layers, so that a layer that comes again is not read again. A key is 64 hexadecimal
// digits. Both methods run in the goroutine of a call; calls that run side by side use them side by side. No result
// depends on what is kept: nil of Get means that there is nothing, an error of Put is logged. Whoever can write to the
// place where it is kept could forge records: guard it like the program itself.
type LayerCache interface {
	Get(key string) []byte
	Put(key string, data []byte) error
}

// FolderCache is a LayerCache in a folder that exists, the same as that of the tool. Nothing in it is ever deleted: what
// is there may be. Give it to its owner only (mode 0700).
type FolderCache string

// Get reads a record.
func (f FolderCache) Get(key string) []byte {
	data, err := os.ReadFile(filepath.Join(string(f), key))
	if err != nil {
		return nil
	}
	return data
}

// Put makes a record appear whole under its name, or not at all.
func (f FolderCache) Put(key string, data []byte) error {
	file, err := os.CreateTemp(string(f), key+".")
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(file.Name(), filepath.Join(string(f), key))
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}

// WithLayerCache sets the cache of layers.
func WithLayerCache(cache LayerCache) Option {
	return func(p *pool) { p.cache = cache }
}

// WithClassifiers adds rules by which programs are recognised that no package manager installed, before the built-in ones
// (docs/classifiers.md).
func WithClassifiers(rules []byte) Option {
	return func(p *pool) { p.classifiers = append([]byte{}, rules...) }
}

// WithThreads sets how many threads a call may use: 1 to 64, or 0 for as many as there are processors; 1 without this
// option. No result depends on it, and Go code runs in the caller's only.
func WithThreads(threads int) Option {
	return func(p *pool) { p.threads = threads }
}

// Session is what calls share: limits, log, progress, threads, the cache of layers. It is the context of the C library,
// under another name since context.Context is at hand here; use it from any number of goroutines.
type Session struct {
	pool *pool
}

// pool holds C contexts. Each running call has one for itself, since the cancel token belongs to the C context.
type pool struct {
	limits   *Limits
	log      func(level LogLevel, line string)
	logLevel LogLevel
	progress func(stage Stage, done, total uint64) error
	cache    LayerCache
	threads  int

	classifiers []byte // nil: the built-in ones

	mu     sync.Mutex
	idle   []*lane
	closed bool
}

// lane is one C context with its cancel token and callbacks.
type lane struct {
	context *C.imga_context
	cancel  *C.imga_cancel
	hooks   *hooks
	handle  cgo.Handle
}

// NewSession makes a session.
func NewSession(options ...Option) (*Session, error) {
	p := &pool{threads: 1}
	for _, option := range options {
		option(p)
	}
	if p.threads < 0 || p.threads > 64 {
		return nil, invalid("a call can use 1 to 64 threads, or 0 for as many as there are processors")
	}
	first, err := p.newLane()
	if err != nil {
		return nil, err
	}
	p.idle = append(p.idle, first)
	s := &Session{p}
	runtime.SetFinalizer(s, func(s *Session) { s.pool.close() })
	return s, nil
}

// Close frees what the session holds, at the latest when running calls have ended. What was made with it stays valid.
func (s *Session) Close() error {
	s.pool.close()
	runtime.KeepAlive(s)
	return nil
}

func (p *pool) newLane() (*lane, error) {
	l := &lane{hooks: &hooks{log: p.log, progress: p.progress, cache: p.cache}}
	var failure *C.imga_error
	if err := takeError(C.imga_cancel_new(&l.cancel, &failure), failure); err != nil {
		return nil, err
	}
	if err := takeError(C.imga_context_new(nil, &l.context, &failure), failure); err != nil {
		C.imga_cancel_unref(l.cancel)
		return nil, err
	}
	l.handle = cgo.NewHandle(l.hooks)
	if err := p.setUp(l); err != nil {
		l.free()
		return nil, err
	}
	return l, nil
}

func (p *pool) setUp(l *lane) *Error {
	var failure *C.imga_error
	if p.limits != nil {
		c := defaultLimits()
		p.limits.each(&c, func(limit *uint64, place *C.uint64_t) { *place = C.uint64_t(*limit) })
		if err := takeError(C.imga_context_set_limits(l.context, &c, &failure), failure); err != nil {
			return err
		}
	}
	C.imga_context_set_cancel(l.context, l.cancel)
	C.imga_context_set_threads(l.context, C.uint32_t(p.threads))
	if p.log != nil {
		C.imga_go_set_log(l.context, C.uintptr_t(l.handle), C.int32_t(p.logLevel))
	}
	if p.log != nil || p.progress != nil || p.cache != nil { // progress is where a panic of the others stops a call
		C.imga_go_set_progress(l.context, C.uintptr_t(l.handle))
	}
	if p.cache != nil {
		if err := takeError(C.imga_go_set_layer_cache(l.context, C.uintptr_t(l.handle), &failure), failure); err != nil {
			return err
		}
	}
	if len(p.classifiers) == 0 {
		return nil
	}
	return takeError(C.imga_context_set_classifiers(l.context, (*C.char)(unsafe.Pointer(&p.classifiers[0])),
		C.size_t(len(p.classifiers)), &failure), failure)
}

func (l *lane) free() {
	C.imga_context_unref(l.context)
	C.imga_cancel_unref(l.cancel)
	l.handle.Delete()
}

func (p *pool) take() (*lane, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, invalid("the session is closed")
	}
	if n := len(p.idle); n > 0 {
		l := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return l, nil
	}
	return p.newLane()
}

func (p *pool) give(l *lane) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		l.free()
		return
	}
	p.idle = append(p.idle, l)
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, l := range p.idle {
		l.free()
	}
	p.idle = nil
}

// run makes a call with a C context of its own and cancels it when ctx is done.
func (s *Session) run(ctx context.Context, call func(c *C.imga_context) *Error, faults ...*fault) error {
	l, err := s.pool.take()
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(s)
	defer s.pool.give(l)
	return l.run(ctx, call, faults...)
}

func (l *lane) run(ctx context.Context, call func(c *C.imga_context) *Error, faults ...*fault) error {
	if err := ctx.Err(); err != nil {
		return &Error{Code: CodeCancelled, Message: "cancelled before the call", Offset: -1, cause: err}
	}
	stop := watch(ctx, func() { C.imga_cancel_set(l.cancel, 1) })
	failure := call(l.context)
	stop()
	C.imga_cancel_set(l.cancel, 0)
	return outcome(failure, ctx.Err(), append(faults, &l.hooks.fault)...)
}
