// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include "callbacks.h"
import "C"

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"unsafe"
)

// FileType is the type of a file; hard links are files of the type they link to.
type FileType int32

// The types.
const (
	FileRegular   FileType = C.IMGA_FILE_REGULAR
	FileDirectory FileType = C.IMGA_FILE_DIRECTORY
	FileSymlink   FileType = C.IMGA_FILE_SYMLINK
	FileCharacter FileType = C.IMGA_FILE_CHARACTER
	FileBlock     FileType = C.IMGA_FILE_BLOCK
	FileFIFO      FileType = C.IMGA_FILE_FIFO
)

// File is one file of the merged root. Path, without a leading slash, and Link hold raw bytes.
type File struct {
	Type         FileType `json:"type"`
	Path         string   `json:"path"`
	Link         string   `json:"link"`   // target of a symbolic link
	Digest       string   `json:"digest"` // "sha256:..." of a regular file that is not sparse, when asked for
	Size         uint64   `json:"size"`   // of a sparse file what is stored
	Mode         uint32   `json:"mode"`   // permission bits and setuid, setgid, sticky
	UID          uint32   `json:"uid"`
	GID          uint32   `json:"gid"`
	DeviceMajor  uint32   `json:"device_major"`
	DeviceMinor  uint32   `json:"device_minor"`
	FirstLayer   int32    `json:"first_layer"`   // since which layer, from 0, there has been something at the path; whiteouts start anew
	LastLayer    int32    `json:"last_layer"`    // the last layer that has an entry for it
	RemovedLayer int32    `json:"removed_layer"` // that removed or replaced it; -1: it is in the root
	HardLinked   bool     `json:"hard_linked"`
}

func rawString(p *C.char, size C.uint64_t) string {
	return string(unsafe.Slice((*byte)(unsafe.Pointer(p)), int(size)))
}

func makeFile(row *C.imga_file_row) File {
	return File{FileType(row._type), rawString(row.path, row.path_size), rawString(row.link, row.link_size),
		C.GoString(row.digest), uint64(row.size), uint32(row.mode), uint32(row.uid), uint32(row.gid),
		uint32(row.device_major), uint32(row.device_minor), int32(row.first_layer), int32(row.last_layer),
		int32(row.removed_layer), row.hard_linked != 0}
}

// FilesOptions say what a listing holds beyond the files of the root.
type FilesOptions struct {
	Digests bool // SHA-256 of every regular file; cannot be had of an image from FromReader
	Removed bool // also what a layer removed or replaced by something newer
}

func (o FilesOptions) flags() C.uint32_t {
	var flags C.uint32_t
	if o.Digests {
		flags |= C.IMGA_FILES_DIGESTS
	}
	if o.Removed {
		flags |= C.IMGA_FILES_REMOVED
	}
	return flags
}

// Files are the files of an image. Immutable; share it between goroutines, but reading content uses the image, which
// serves one call at a time.
type Files struct {
	*object
	lane *lane  // the C context that the listing keeps for reading
	turn *turn  // of the image
	said *fault // of the reader that the image reads from
}

// CollectFiles reads every layer of an image and lists the merged root.
func (s *Session) CollectFiles(ctx context.Context, image *Image, options FilesOptions) (*Files, error) {
	defer runtime.KeepAlive(s)
	from, err := image.acquire()
	if err != nil {
		return nil, err
	}
	defer image.release()
	l, err := s.pool.take()
	if err != nil {
		return nil, err
	}
	home, kept := s.pool, false
	defer func() {
		if !kept {
			home.give(l)
		}
	}()
	var ptr *C.imga_files
	err = l.run(ctx, func(c *C.imga_context) *Error {
		var failure *C.imga_error
		return takeError(C.imga_files_collect(c, (*C.imga_image)(from), options.flags(), &ptr, &failure), failure)
	}, image.said)
	if err != nil {
		C.imga_files_unref(ptr)
		return nil, err
	}
	kept = true
	return &Files{newObject(&handle{what: "listing of files", ptr: unsafe.Pointer(ptr),
		free: func(p unsafe.Pointer) {
			C.imga_files_unref((*C.imga_files)(p))
			home.give(l)
		}}), l, image.h.turn, image.said}, nil
}

// Files are sorted by the bytes of the paths.
func (f *Files) Files() Rows[File] {
	return Rows[File]{f.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_files_count((*C.imga_files)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]File, Code) {
			rows := make([]C.imga_file_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_files_rows((*C.imga_files)(ptr), C.size_t(first), &rows[0], C.size_t(count)),
				makeFile)
		}}
}

// WriteContent writes the content of the regular file with this index: its layer is read again, to the end. The bytes come
// before the layer has been verified: after an error they must not be trusted.
func (f *Files) WriteContent(ctx context.Context, to io.Writer, index int) error {
	if index < 0 {
		return invalid("the index of a file is below 0")
	}
	ptr, err := f.acquire()
	if err != nil {
		return err
	}
	defer f.release()
	if err := f.turn.take("image"); err != nil {
		return err
	}
	defer f.turn.end()
	out, done := newSink(to)
	defer done()
	return f.lane.run(ctx, func(*C.imga_context) *Error {
		var failure *C.imga_error
		return takeError(C.imga_go_files_read((*C.imga_files)(ptr), C.size_t(index), out.handle(), &failure), failure)
	}, &out.fault, f.said)
}

// Content gives the content of a regular file, verified.
func (f *Files) Content(ctx context.Context, index int) ([]byte, error) {
	var buffer bytes.Buffer
	if err := f.WriteContent(ctx, &buffer, index); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}

// Complete tells whether everything was looked at; false after Close.
func (f *Files) Complete() (complete bool) {
	_ = f.use(func(ptr unsafe.Pointer) { complete = C.imga_files_is_complete((*C.imga_files)(ptr)) != 0 })
	return complete
}

// Notes are remarks on the listing.
func (f *Files) Notes() Rows[Note] {
	return Rows[Note]{f.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_files_note_count((*C.imga_files)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]Note, Code) {
			rows := make([]C.imga_note_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_files_notes((*C.imga_files)(ptr), C.size_t(first), &rows[0], C.size_t(count)),
				makeNote)
		}}
}
