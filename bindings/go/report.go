// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include "callbacks.h"
import "C"

import (
	"context"
	"io"
	"unsafe"
)

// ReportOptions say what to report, and how. One of the objects must be given; the others are taken from it.
type ReportOptions struct {
	Format    string // "json" or "table"; "" for "json"
	Inventory *Inventory
	Findings  *Findings
	Verdict   *Verdict
	All       bool // table: findings of every status
	Width     int  // table: columns of the terminal; 0 for 120
	Colour    bool // table: ANSI colours
}

func reportFormat(name string) (C.int32_t, *Error) {
	var text cString
	if name == "" {
		name = "json"
	}
	if err := text.set(name); err != nil {
		return 0, err
	}
	defer text.free()
	number := C.imga_report_format(text.ptr)
	if number == 0 {
		return 0, invalid("there is no report format %s", name)
	}
	return number, nil
}

func flag(value bool) C.int32_t {
	if value {
		return 1
	}
	return 0
}

// acquired fills in the objects; the function it returns releases them.
func (o *ReportOptions) acquired(options *C.imga_report_options) (func(), error) {
	var used []*object
	release := func() {
		for _, o := range used {
			o.release()
		}
	}
	var failed error
	take := func(o *object) unsafe.Pointer {
		ptr, err := o.acquire()
		if err != nil {
			failed = err
			return nil
		}
		used = append(used, o)
		return ptr
	}
	if o.Inventory != nil {
		options.inventory = (*C.imga_inventory)(take(o.Inventory.object))
	}
	if o.Findings != nil {
		options.findings = (*C.imga_findings)(take(o.Findings.object))
	}
	if o.Verdict != nil {
		options.verdict = (*C.imga_verdict)(take(o.Verdict.object))
	}
	if failed != nil {
		release()
		return nil, failed
	}
	return release, nil
}

// WriteReport writes a report.
func (s *Session) WriteReport(ctx context.Context, to io.Writer, what ReportOptions) error {
	format, wrong := reportFormat(what.Format)
	if wrong != nil {
		return wrong
	}
	var options C.imga_report_options
	options.struct_size = C.uint32_t(unsafe.Sizeof(options))
	options.format, options.width = format, C.int32_t(what.Width)
	options.all, options.colour = flag(what.All), flag(what.Colour)
	release, err := what.acquired(&options)
	if err != nil {
		return err
	}
	defer release()
	out, done := newSink(to)
	defer done()
	return s.run(ctx, func(c *C.imga_context) *Error {
		var failure *C.imga_error
		return takeError(C.imga_go_report(c, &options, out.handle(), &failure), failure)
	}, &out.fault)
}
