// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include "callbacks.h"
// #include <stdlib.h>
import "C"

import (
	"bytes"
	"io"
	"runtime/cgo"
	"strings"
	"sync/atomic"
	"unsafe"
)

// Source says where a call takes bytes from. It holds nothing open: use it for any number of calls, one at a time; one
// of FromReader serves one call.
type Source struct {
	path string
	from io.ReaderAt
	size int64
	once *once
}

// once is what can be read once.
type once struct {
	from io.Reader
	used atomic.Bool
}

// FromFile is a regular file.
func FromFile(path string) Source {
	return Source{path: path}
}

// FromBytes is memory, which must not change while it is used.
func FromBytes(data []byte) Source {
	return FromReaderAt(bytes.NewReader(data), int64(len(data)))
}

// FromReaderAt is anything that can be read at any offset, for example an *os.File or an object store.
func FromReaderAt(from io.ReaderAt, size int64) Source {
	return Source{from: from, size: size}
}

// FromReader is anything that can be read once, from front to back: a pipe, a download. The library reads it to its end
// in the first call that is given the source; a later call fails with ErrUnsupported. A context.Context stops the call
// when Read comes back, not before.
func FromReader(from io.Reader) Source {
	return Source{once: &once{from: from}}
}

// open makes the C source; the caller drops the reference. The fault tells what the reader said.
func (s Source) open(c *C.imga_context) (source *C.imga_source, f *fault, err *Error) {
	var failure *C.imga_error
	if s.once != nil {
		return s.once.open(c)
	}
	if s.from == nil {
		var path cString
		if err = path.set(s.path); err != nil {
			return nil, nil, err
		}
		defer path.free()
		err = takeError(C.imga_source_from_path(c, path.ptr, &source, &failure), failure)
		return source, nil, err
	}
	if s.size < 0 {
		return nil, nil, invalid("the size of a source is below 0")
	}
	r := &reader{from: s.from}
	handle := cgo.NewHandle(r)
	err = takeError(C.imga_go_source(c, C.uint64_t(s.size), C.uintptr_t(handle), &source, &failure), failure)
	if err != nil {
		handle.Delete()
		return nil, nil, err
	}
	return source, &r.fault, nil
}

func (o *once) open(c *C.imga_context) (source *C.imga_source, f *fault, err *Error) {
	if !o.used.CompareAndSwap(false, true) {
		return nil, nil, &Error{Code: CodeUnsupported, Message: "these bytes can only be read once", Offset: -1}
	}
	var failure *C.imga_error
	r := &reader{next: o.from}
	handle := cgo.NewHandle(r)
	err = takeError(C.imga_go_stream(c, C.uintptr_t(handle), &source, &failure), failure)
	if err != nil {
		handle.Delete()
		return nil, nil, err
	}
	return source, &r.fault, nil
}

// with runs f with the C source.
func (s Source) with(c *C.imga_context, f func(*C.imga_source) *Error) *Error {
	source, said, err := s.open(c)
	if err != nil {
		return err
	}
	err = f(source)
	C.imga_source_unref(source)
	return err.because(said)
}

// because adds what a reader said; a panic goes on.
func (e *Error) because(f *fault) *Error {
	if cause := f.take(); cause != nil && e != nil {
		e.cause = cause
	}
	return e
}

// cString is a string for C. One with a NUL inside would be cut there, and is refused.
type cString struct {
	ptr *C.char
}

func (s *cString) set(text string) *Error {
	if strings.IndexByte(text, 0) >= 0 {
		return invalid("a string holds a NUL byte")
	}
	s.ptr = C.CString(text)
	return nil
}

// setOptional leaves "" as NULL.
func (s *cString) setOptional(text string) *Error {
	if text == "" {
		return nil
	}
	return s.set(text)
}

func (s *cString) free() {
	C.free(unsafe.Pointer(s.ptr))
}
