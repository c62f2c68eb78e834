// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include "callbacks.h"
// #include <stdlib.h>
import "C"

import (
	"context"
	"io"
	"runtime"
	"unsafe"
)

// FeedFormat is a format of advisory feeds.
type FeedFormat int32

// The formats.
const (
	FeedByContent     FeedFormat = 0
	FeedDebianTracker FeedFormat = C.IMGA_FEED_DEBIAN_TRACKER
	FeedAlpineSecDB   FeedFormat = C.IMGA_FEED_ALPINE_SECDB
)

// FeedOptions describe a feed to add.
type FeedOptions struct {
	Name   string     // how it is called in findings; not ""
	Format FeedFormat // or FeedByContent
	AsOf   int64      // when it was current, Unix seconds; 0 when unknown
}

// Feed is one feed of a database.
type Feed struct {
	Format  FeedFormat `json:"format"`
	Name    string     `json:"name"`
	SHA256  string     `json:"sha256"`
	AsOf    int64      `json:"as_of"` // Unix seconds; 0 when unknown
	Size    uint64     `json:"size"`
	Records uint64     `json:"records"`
	Skipped uint64     `json:"skipped"`
}

// Coverage is a distribution release that a feed covers.
type Coverage struct {
	Feed       uint32 `json:"feed"` // index of the feed
	Distro     string `json:"distro"`
	Release    string `json:"release"`
	Repository string `json:"repository"`
	Records    uint64 `json:"records"`
}

func makeFeed(row *C.imga_feed_row) Feed {
	return Feed{FeedFormat(row.format), C.GoString(row.name), C.GoString(row.sha256), int64(row.as_of),
		uint64(row.size), uint64(row.records), uint64(row.skipped)}
}

func makeCoverage(row *C.imga_coverage_row) Coverage {
	return Coverage{uint32(row.feed), C.GoString(row.distro), C.GoString(row.release), C.GoString(row.repository),
		uint64(row.records)}
}

// DatabaseWriter compiles feeds into a database: same feeds in the same order, same bytes. One goroutine.
type DatabaseWriter struct {
	*object
	lane *lane // the C context that the writer keeps for all its calls
}

// NewDatabaseWriter starts a database.
func (s *Session) NewDatabaseWriter() (*DatabaseWriter, error) {
	defer runtime.KeepAlive(s)
	l, err := s.pool.take()
	if err != nil {
		return nil, err
	}
	var ptr *C.imga_database_writer
	var failure *C.imga_error
	if err := takeError(C.imga_database_writer_new(l.context, &ptr, &failure), failure); err != nil {
		s.pool.give(l)
		return nil, err
	}
	home := s.pool
	return &DatabaseWriter{newObject(&handle{what: "database writer", turn: &turn{}, ptr: unsafe.Pointer(ptr),
		free: func(p unsafe.Pointer) {
			C.imga_database_writer_free((*C.imga_database_writer)(p))
			home.give(l)
		}}), l}, nil
}

// Add reads a feed. Malformed records are skipped and noted; a malformed document leaves the writer as it was.
func (w *DatabaseWriter) Add(ctx context.Context, from Source, options FeedOptions) error {
	var name cString
	if err := name.set(options.Name); err != nil {
		return err
	}
	defer name.free()
	ptr, err := w.acquire()
	if err != nil {
		return err
	}
	defer w.release()
	return w.lane.run(ctx, func(c *C.imga_context) *Error {
		var feed C.imga_feed_options
		feed.struct_size = C.uint32_t(unsafe.Sizeof(feed))
		feed.format, feed.name, feed.as_of = C.int32_t(options.Format), name.ptr, C.int64_t(options.AsOf)
		return from.with(c, func(source *C.imga_source) *Error {
			var failure *C.imga_error
			return takeError(C.imga_database_writer_add((*C.imga_database_writer)(ptr), &feed, source, &failure), failure)
		})
	})
}

// Finish writes the database. The writer can only be closed afterwards. For a file: write beside it and rename, since
// the file of an open database must never change in place.
func (w *DatabaseWriter) Finish(ctx context.Context, to io.Writer) error {
	ptr, err := w.acquire()
	if err != nil {
		return err
	}
	defer w.release()
	out, done := newSink(to)
	defer done()
	return w.lane.run(ctx, func(*C.imga_context) *Error {
		var failure *C.imga_error
		return takeError(C.imga_go_writer_finish((*C.imga_database_writer)(ptr), out.handle(), &failure), failure)
	}, &out.fault)
}

// Notes are remarks on the feeds read so far.
func (w *DatabaseWriter) Notes() Rows[Note] {
	return Rows[Note]{w.object,
		func(ptr unsafe.Pointer) int {
			return int(C.imga_database_writer_note_count((*C.imga_database_writer)(ptr)))
		},
		func(ptr unsafe.Pointer, first, count int) ([]Note, Code) {
			rows := make([]C.imga_note_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_database_writer_notes((*C.imga_database_writer)(ptr), C.size_t(first), &rows[0],
				C.size_t(count)), makeNote)
		}}
}

// Database is a compiled set of feeds. Immutable; share it between goroutines.
type Database struct {
	*object
}

func newDatabase(ptr *C.imga_database, keep any) *Database {
	return &Database{newObject(&handle{what: "database", ptr: unsafe.Pointer(ptr), keep: keep,
		free: func(p unsafe.Pointer) { C.imga_database_unref((*C.imga_database)(p)) }})}
}

// OpenDatabase opens a database file and verifies it whole. The file must not change in place while it is open.
func (s *Session) OpenDatabase(ctx context.Context, path string) (*Database, error) {
	var ptr *C.imga_database
	var name cString
	if err := name.set(path); err != nil {
		return nil, err
	}
	defer name.free()
	err := s.run(ctx, func(c *C.imga_context) *Error {
		var failure *C.imga_error
		return takeError(C.imga_database_open(c, name.ptr, &ptr, &failure), failure)
	})
	if err != nil {
		C.imga_database_unref(ptr)
		return nil, err
	}
	return newDatabase(ptr, nil), nil
}

// OpenDatabaseBytes opens a copy of a database in memory.
func (s *Session) OpenDatabaseBytes(ctx context.Context, data []byte) (*Database, error) {
	var ptr *C.imga_database
	m := &memory{C.CBytes(data)} // aligned as malloc does
	runtime.SetFinalizer(m, func(m *memory) { C.free(m.ptr) })
	err := s.run(ctx, func(c *C.imga_context) *Error {
		var failure *C.imga_error
		return takeError(C.imga_database_open_memory(c, m.ptr, C.size_t(len(data)), &ptr, &failure), failure)
	})
	if err != nil {
		C.imga_database_unref(ptr)
		runtime.KeepAlive(m)
		return nil, err
	}
	return newDatabase(ptr, m), nil
}

// ID is "sha256:" and the hex SHA-256 of the content; "" after Close.
func (d *Database) ID() (id string) {
	_ = d.use(func(ptr unsafe.Pointer) { id = C.GoString(C.imga_database_id((*C.imga_database)(ptr))) })
	return id
}

// RecordCount is the number of advisory records; 0 after Close.
func (d *Database) RecordCount() (n uint64) {
	_ = d.use(func(ptr unsafe.Pointer) { n = uint64(C.imga_database_record_count((*C.imga_database)(ptr))) })
	return n
}

// Feeds are in the order they were added.
func (d *Database) Feeds() Rows[Feed] {
	return Rows[Feed]{d.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_database_feed_count((*C.imga_database)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]Feed, Code) {
			rows := make([]C.imga_feed_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_database_feeds((*C.imga_database)(ptr), C.size_t(first), &rows[0],
				C.size_t(count)), makeFeed)
		}}
}

// Coverage is ordered by distribution, release, repository, feed.
func (d *Database) Coverage() Rows[Coverage] {
	return Rows[Coverage]{d.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_database_coverage_count((*C.imga_database)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]Coverage, Code) {
			rows := make([]C.imga_coverage_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_database_coverage((*C.imga_database)(ptr), C.size_t(first), &rows[0],
				C.size_t(count)), makeCoverage)
		}}
}
