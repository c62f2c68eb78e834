// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include <imgassure/scan.h>
import "C"

import (
	"context"
	"time"
	"unsafe"
)

// Gate opens an image by path, takes its inventory, matches it and judges it. options may be nil.
func (s *Session) Gate(ctx context.Context, path string, options *ImageOptions, database *Database, policy *Policy,
	now time.Time) (*Verdict, error) {
	var name cString
	defer name.free()
	if err := name.set(path); err != nil {
		return nil, err
	}
	gate := C.imga_gate_options{path: name.ptr, now: C.int64_t(now.Unix())}
	return s.judge(ctx, &gate, nil, options, database, policy)
}

// GateSource is Gate for an archive whose bytes come from a source.
func (s *Session) GateSource(ctx context.Context, from Source, options *ImageOptions, database *Database, policy *Policy,
	now time.Time) (*Verdict, error) {
	gate := C.imga_gate_options{now: C.int64_t(now.Unix())}
	return s.judge(ctx, &gate, &from, options, database, policy)
}

func (s *Session) judge(ctx context.Context, gate *C.imga_gate_options, from *Source, options *ImageOptions,
	database *Database, policy *Policy) (*Verdict, error) {
	var chosen cImageOptions
	defer chosen.free()
	if err := chosen.set(options); err != nil {
		return nil, err
	}
	left, err := database.acquire()
	if err != nil {
		return nil, err
	}
	defer database.release()
	right, err := policy.acquire()
	if err != nil {
		return nil, err
	}
	defer policy.release()
	gate.struct_size = C.uint32_t(unsafe.Sizeof(*gate))
	gate.reference, gate.platform = chosen.c.reference, chosen.c.platform
	gate.form, gate.verify, gate.look = chosen.c.form, chosen.c.verify, chosen.c.look
	gate.database, gate.policy = (*C.imga_database)(left), (*C.imga_policy)(right)
	var ptr *C.imga_verdict
	err = s.run(ctx, func(c *C.imga_context) *Error {
		call := func(source *C.imga_source) *Error {
			var failure *C.imga_error
			gate.source = source
			return takeError(C.imga_gate(c, gate, &ptr, &failure), failure)
		}
		if from == nil {
			return call(nil)
		}
		return from.with(c, call)
	})
	if err != nil {
		C.imga_verdict_unref(ptr)
		return nil, err
	}
	return newVerdict(ptr, database.h.keep), nil
}

// Findings are those that the verdict judged. The caller closes them.
func (v *Verdict) Findings() (findings *Findings, err error) {
	err = v.use(func(ptr unsafe.Pointer) {
		findings = newFindings(C.imga_findings_ref(C.imga_verdict_findings((*C.imga_verdict)(ptr))), v.h.keep)
	})
	return findings, err
}

// Inventory is the one that the findings were matched from. The caller closes it.
func (f *Findings) Inventory() (inventory *Inventory, err error) {
	err = f.use(func(ptr unsafe.Pointer) {
		inventory = newInventory(C.imga_inventory_ref(C.imga_findings_inventory((*C.imga_findings)(ptr))))
	})
	return inventory, err
}

// Database is the one that the findings were matched with. The caller closes it.
func (f *Findings) Database() (database *Database, err error) {
	err = f.use(func(ptr unsafe.Pointer) {
		database = newDatabase(C.imga_database_ref(C.imga_findings_database((*C.imga_findings)(ptr))), f.h.keep)
	})
	return database, err
}
