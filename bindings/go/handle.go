// SPDX-License-Identifier: Apache-2.0

package imgassure

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// handle is one reference to a C object. Closing while a call runs frees the object when that call has ended.
type handle struct {
	what string // for the message of an error
	turn *turn  // one call at a time, as the header says; nil for what may be shared
	free func(unsafe.Pointer)
	keep any // what must live at least as long as the C object

	mu     sync.Mutex
	ptr    unsafe.Pointer
	uses   int
	closed bool
}

// turn is had by one call at a time.
type turn struct {
	taken atomic.Bool
}

func (t *turn) take(what string) error {
	if t != nil && !t.taken.CompareAndSwap(false, true) {
		return invalid("the %s is in use by another call", what)
	}
	return nil
}

func (t *turn) end() {
	if t != nil {
		t.taken.Store(false)
	}
}

func (h *handle) acquire() (unsafe.Pointer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, invalid("the %s is closed", h.what)
	}
	if err := h.turn.take(h.what); err != nil {
		return nil, err
	}
	h.uses++
	return h.ptr, nil
}

func (h *handle) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.uses--
	h.turn.end()
	h.freeIdle()
}

func (h *handle) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	h.freeIdle()
}

func (h *handle) freeIdle() {
	if h.closed && h.uses == 0 && h.ptr != nil {
		h.free(h.ptr)
		h.ptr = nil
		h.keep = nil
	}
}

// object is the part that every public type has. The cleanup that frees a forgotten object holds only the handle.
type object struct {
	h *handle
}

func newObject(h *handle) *object {
	o := &object{h}
	addCleanup(o, h)
	return o
}

// Close drops the reference to the C object. It may be called again, and returns nil.
func (o *object) Close() error {
	o.h.close()
	runtime.KeepAlive(o)
	return nil
}

func (o *object) acquire() (unsafe.Pointer, error) {
	return o.h.acquire()
}

// release ends what acquire began; until here the garbage collector must not close the object.
func (o *object) release() {
	o.h.release()
	runtime.KeepAlive(o)
}

// use runs f with the C object.
func (o *object) use(f func(unsafe.Pointer)) error {
	ptr, err := o.acquire()
	if err != nil {
		return err
	}
	defer o.release()
	f(ptr)
	return nil
}

// memory is C memory that C objects read from; it is freed when no Go object refers to it any more.
type memory struct {
	ptr unsafe.Pointer
}
