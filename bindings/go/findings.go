// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include "callbacks.h"
import "C"

import (
	"context"
	"io"
	"strings"
	"unsafe"
)

// FindingStatus is what an advisory says about the installed version.
type FindingStatus int32

// The statuses.
const (
	Affected     FindingStatus = C.IMGA_FINDING_AFFECTED
	Fixed        FindingStatus = C.IMGA_FINDING_FIXED
	NotAffected  FindingStatus = C.IMGA_FINDING_NOT_AFFECTED
	WillNotFix   FindingStatus = C.IMGA_FINDING_WILL_NOT_FIX
	Undetermined FindingStatus = C.IMGA_FINDING_UNDETERMINED
	CannotTell   FindingStatus = C.IMGA_FINDING_CANNOT_TELL
)

func (s FindingStatus) String() string {
	return C.GoString(C.imga_finding_status_name(C.int32_t(s)))
}

// Severity is as the distribution rates it.
type Severity int32

// Severities, mildest first.
const (
	SeverityUnknown    Severity = C.IMGA_SEVERITY_UNKNOWN
	SeverityNegligible Severity = C.IMGA_SEVERITY_NEGLIGIBLE
	SeverityLow        Severity = C.IMGA_SEVERITY_LOW
	SeverityMedium     Severity = C.IMGA_SEVERITY_MEDIUM
	SeverityHigh       Severity = C.IMGA_SEVERITY_HIGH
	SeverityCritical   Severity = C.IMGA_SEVERITY_CRITICAL
)

func (s Severity) String() string {
	return C.GoString(C.imga_severity_name(C.int32_t(s)))
}

// Finding is what one advisory says about one package.
type Finding struct {
	Status       FindingStatus `json:"status"`
	Severity     Severity      `json:"severity"`
	Feed         uint32        `json:"feed"`    // index in the database
	Package      uint64        `json:"package"` // index in the inventory
	ID           string        `json:"id"`
	Source       string        `json:"source"`
	Version      string        `json:"version"`
	FixedVersion string        `json:"fixed_version"`
	Urgency      string        `json:"urgency"`
	Reason       string        `json:"reason"`
	Release      string        `json:"release"`
}

func makeFinding(row *C.imga_finding_row) Finding {
	return Finding{FindingStatus(row.status), Severity(row.severity), uint32(row.feed), uint64(row._package),
		C.GoString(row.id), C.GoString(row.source), C.GoString(row.version), C.GoString(row.fixed_version),
		C.GoString(row.urgency), C.GoString(row.reason), C.GoString(row.release)}
}

// Findings is an inventory matched with a database. Immutable; share it between goroutines.
type Findings struct {
	*object
}

func newFindings(ptr *C.imga_findings, keep any) *Findings {
	return &Findings{newObject(&handle{what: "findings", ptr: unsafe.Pointer(ptr), keep: keep,
		free: func(p unsafe.Pointer) { C.imga_findings_unref((*C.imga_findings)(p)) }})}
}

// Match matches an inventory with a database.
func (s *Session) Match(ctx context.Context, inventory *Inventory, database *Database) (*Findings, error) {
	var ptr *C.imga_findings
	left, err := inventory.acquire()
	if err != nil {
		return nil, err
	}
	defer inventory.release()
	right, err := database.acquire()
	if err != nil {
		return nil, err
	}
	defer database.release()
	err = s.run(ctx, func(c *C.imga_context) *Error {
		var failure *C.imga_error
		return takeError(C.imga_match(c, (*C.imga_inventory)(left), (*C.imga_database)(right), &ptr, &failure), failure)
	})
	if err != nil {
		C.imga_findings_unref(ptr)
		return nil, err
	}
	return newFindings(ptr, database.h.keep), nil
}

// Complete tells whether inventory and match are both complete; false after Close.
func (f *Findings) Complete() (complete bool) {
	_ = f.use(func(ptr unsafe.Pointer) { complete = C.imga_findings_is_complete((*C.imga_findings)(ptr)) != 0 })
	return complete
}

// Findings are of every status, ordered by package, then id.
func (f *Findings) Findings() Rows[Finding] {
	return Rows[Finding]{f.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_findings_count((*C.imga_findings)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]Finding, Code) {
			rows := make([]C.imga_finding_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_findings_rows((*C.imga_findings)(ptr), C.size_t(first), &rows[0],
				C.size_t(count)), makeFinding)
		}}
}

// Notes are remarks on the match; those on the inventory are not repeated.
func (f *Findings) Notes() Rows[Note] {
	return Rows[Note]{f.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_findings_note_count((*C.imga_findings)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]Note, Code) {
			rows := make([]C.imga_note_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_findings_notes((*C.imga_findings)(ptr), C.size_t(first), &rows[0],
				C.size_t(count)), makeNote)
		}}
}

// WriteExplanation writes in lines of text why the finding with this index is what it is.
func (f *Findings) WriteExplanation(to io.Writer, index int) error {
	if index < 0 {
		return invalid("the index of a finding is below 0")
	}
	ptr, err := f.acquire()
	if err != nil {
		return err
	}
	defer f.release()
	out, done := newSink(to)
	defer done()
	var failure *C.imga_error
	return outcome(takeError(C.imga_go_explain((*C.imga_findings)(ptr), C.size_t(index), out.handle(), &failure), failure), nil, &out.fault)
}

// Explain gives the explanation as text.
func (f *Findings) Explain(index int) (string, error) {
	var text strings.Builder
	err := f.WriteExplanation(&text, index)
	return text.String(), err
}
