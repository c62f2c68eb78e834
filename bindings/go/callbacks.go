// SPDX-License-Identifier: Apache-2.0

package imgassure

/*
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
*/
import "C"

import (
	"io"
	"runtime/cgo"
	"sync"
	"unsafe"
)

// fault keeps what went wrong in Go code that C called: an error, or a panic, which must not cross C frames.
type fault struct {
	mu       sync.Mutex
	err      error
	panicked any
}

func (f *fault) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
}

// catch is deferred in every callback.
func (f *fault) catch() {
	if p := recover(); p != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.panicked == nil {
			f.panicked = p
		}
	}
}

// take gives the error and forgets it; a panic goes on here, in the goroutine that made the call.
func (f *fault) take() error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	err, panicked := f.err, f.panicked
	f.err, f.panicked = nil, nil
	f.mu.Unlock()
	if panicked != nil {
		panic(panicked)
	}
	return err
}

func (f *fault) happened() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err != nil || f.panicked != nil
}

// hooks are the callbacks of one C context.
type hooks struct {
	log      func(level LogLevel, line string)
	progress func(stage Stage, done, total uint64) error
	cache    LayerCache
	fault    fault
}

// sink is where a call writes to.
type sink struct {
	to    io.Writer
	fault fault
	id    cgo.Handle
}

// newSink gives a sink, and the function that ends its use.
func newSink(to io.Writer) (*sink, func()) {
	s := &sink{to: to}
	s.id = cgo.NewHandle(s)
	return s, s.id.Delete
}

func (s *sink) handle() C.uintptr_t {
	return C.uintptr_t(s.id)
}

// reader is what a source reads from. It lives until the C library closes the source.
type reader struct {
	from  io.ReaderAt
	next  io.Reader // instead of from: what can be read once
	late  error     // what next said beside its last bytes
	fault fault
}

// read waits for bytes; 0 is the end.
func (r *reader) read(p []byte) (int, error) {
	for tries := 0; tries < 100 && r.late == nil; tries++ {
		n, err := r.next.Read(p)
		r.late = err
		if n > 0 {
			return n, nil
		}
	}
	if r.late == nil {
		r.late = io.ErrNoProgress
	}
	if r.late == io.EOF {
		return 0, nil
	}
	return 0, r.late
}

//export imgaGoLog
func imgaGoLog(handle C.uintptr_t, level C.int32_t, line *C.char) {
	h := cgo.Handle(handle).Value().(*hooks)
	defer h.fault.catch()
	h.log(LogLevel(level), C.GoString(line))
}

//export imgaGoProgress
func imgaGoProgress(handle C.uintptr_t, stage C.int32_t, done, total C.uint64_t) (result C.int) {
	h := cgo.Handle(handle).Value().(*hooks)
	result = 1
	defer h.fault.catch()
	if h.fault.happened() { // in the log function, which cannot stop a call
		return 1
	}
	if h.progress != nil {
		if err := h.progress(Stage(stage), uint64(done), uint64(total)); err != nil {
			h.fault.set(err)
			return 1
		}
	}
	return 0
}

//export imgaGoReadAt
func imgaGoReadAt(handle C.uintptr_t, offset C.uint64_t, buffer unsafe.Pointer, size C.size_t) (result C.int64_t) {
	r := cgo.Handle(handle).Value().(*reader)
	result = -1
	defer r.fault.catch()
	n, err := r.from.ReadAt(unsafe.Slice((*byte)(buffer), int(size)), int64(offset))
	if n == 0 && err != nil && err != io.EOF {
		r.fault.set(err)
		return -1
	}
	return C.int64_t(n)
}

//export imgaGoRead
func imgaGoRead(handle C.uintptr_t, buffer unsafe.Pointer, size C.size_t) (result C.int64_t) {
	r := cgo.Handle(handle).Value().(*reader)
	result = -1
	defer r.fault.catch()
	n, err := r.read(unsafe.Slice((*byte)(buffer), int(size)))
	if err != nil {
		r.fault.set(err)
		return -1
	}
	return C.int64_t(n)
}

//export imgaGoCacheGet
func imgaGoCacheGet(handle C.uintptr_t, key *C.char, data *unsafe.Pointer, size *C.size_t) (result C.int) {
	h := cgo.Handle(handle).Value().(*hooks)
	result = -1
	defer h.fault.catch()
	if h.fault.happened() {
		return -1
	}
	record := h.cache.Get(C.GoString(key))
	if record == nil {
		return -1
	}
	*data, *size = C.CBytes(record), C.size_t(len(record))
	return 0
}

//export imgaGoCachePut
func imgaGoCachePut(handle C.uintptr_t, key *C.char, data unsafe.Pointer, size C.size_t) (result C.int) {
	h := cgo.Handle(handle).Value().(*hooks)
	result = -1
	defer h.fault.catch()
	if h.fault.happened() {
		return -1
	}
	copied := append([]byte{}, unsafe.Slice((*byte)(data), int(size))...)
	if h.cache.Put(C.GoString(key), copied) != nil {
		return -1
	}
	return 0
}

//export imgaGoClose
func imgaGoClose(handle C.uintptr_t) {
	cgo.Handle(handle).Delete()
}

//export imgaGoWrite
func imgaGoWrite(handle C.uintptr_t, data unsafe.Pointer, size C.size_t) (result C.int) {
	s := cgo.Handle(handle).Value().(*sink)
	result = 1
	defer s.fault.catch()
	n, err := s.to.Write(unsafe.Slice((*byte)(data), int(size)))
	if err == nil && n < int(size) {
		err = io.ErrShortWrite
	}
	if err != nil {
		s.fault.set(err)
		return 1
	}
	return 0
}

// outcome puts together what C says of a call, and what the Go code that it called, or the context, said.
func outcome(err *Error, ctxErr error, faults ...*fault) error {
	for _, f := range faults {
		cause := f.take()
		if cause == nil {
			continue
		}
		if err == nil {
			err = &Error{Code: CodeCancelled, Offset: -1}
		}
		err.cause = cause
	}
	if err == nil {
		return nil
	}
	if err.cause == nil && err.Code == CodeCancelled {
		err.cause = ctxErr
	}
	return err
}
