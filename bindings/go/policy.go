// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include <imgassure/policy.h>
import "C"

import (
	"context"
	"time"
	"unsafe"
)

// VerdictResult is the result of a verdict or of one of its items.
type VerdictResult int32

// The results, mildest first.
const (
	Pass       VerdictResult = C.IMGA_VERDICT_PASS
	Warn       VerdictResult = C.IMGA_VERDICT_WARN
	Incomplete VerdictResult = C.IMGA_VERDICT_INCOMPLETE
	Fail       VerdictResult = C.IMGA_VERDICT_FAIL
)

func (r VerdictResult) String() string {
	return C.GoString(C.imga_verdict_name(C.int32_t(r)))
}

// Item is one line of a verdict.
type Item struct {
	Result    VerdictResult `json:"result"`
	Rule      string        `json:"rule"`
	Line      uint32        `json:"line"`
	Finding   int64         `json:"finding"` // index, or -1
	Package   int64         `json:"package"` // index, or -1
	Item      string        `json:"item"`
	Evidence  string        `json:"evidence"`
	Remedy    string        `json:"remedy"`
	Exception string        `json:"exception"`
}

// Exception is one of the policy, and what became of it.
type Exception struct {
	Line    uint32 `json:"line"`
	ID      string `json:"id"`
	Rule    string `json:"rule"`
	Owner   string `json:"owner"`
	Reason  string `json:"reason"`
	Until   int64  `json:"until"` // Unix seconds
	Expired bool   `json:"expired"`
	Used    uint64 `json:"used"`
}

func makeItem(row *C.imga_verdict_row) Item {
	return Item{VerdictResult(row.result), C.GoString(row.rule), uint32(row.line), int64(row.finding),
		int64(row._package), C.GoString(row.item), C.GoString(row.evidence), C.GoString(row.remedy),
		C.GoString(row.exception)}
}

func makeException(row *C.imga_exception_row) Exception {
	return Exception{uint32(row.line), C.GoString(row.id), C.GoString(row.rule), C.GoString(row.owner),
		C.GoString(row.reason), int64(row.until), row.expired != 0, uint64(row.used)}
}

// ParseTime reads an instant as policies write it: "YYYY-MM-DD" (midnight UTC) or RFC 3339.
func ParseTime(text string) (time.Time, error) {
	var name cString
	var seconds C.int64_t
	if err := name.set(text); err != nil {
		return time.Time{}, err
	}
	defer name.free()
	if status := C.imga_time_parse(name.ptr, &seconds); status < 0 {
		return time.Time{}, &Error{Code: Code(status), Message: "not an instant: " + text, Offset: -1}
	}
	return time.Unix(int64(seconds), 0).UTC(), nil
}

// Policy says what is allowed. Immutable; share it between goroutines.
type Policy struct {
	*object
}

// ReadPolicy reads a policy document.
func (s *Session) ReadPolicy(ctx context.Context, from Source) (*Policy, error) {
	var ptr *C.imga_policy
	err := s.run(ctx, func(c *C.imga_context) *Error {
		return from.with(c, func(source *C.imga_source) *Error {
			var failure *C.imga_error
			return takeError(C.imga_policy_read(c, source, &ptr, &failure), failure)
		})
	})
	if err != nil {
		C.imga_policy_unref(ptr)
		return nil, err
	}
	return &Policy{newObject(&handle{what: "policy", ptr: unsafe.Pointer(ptr),
		free: func(p unsafe.Pointer) { C.imga_policy_unref((*C.imga_policy)(p)) }})}, nil
}

// ID is "sha256:" and the hex SHA-256 of the document; "" after Close.
func (p *Policy) ID() (id string) {
	_ = p.use(func(ptr unsafe.Pointer) { id = C.GoString(C.imga_policy_id((*C.imga_policy)(ptr))) })
	return id
}

// Name is the policy's own name; "" after Close.
func (p *Policy) Name() (name string) {
	_ = p.use(func(ptr unsafe.Pointer) { name = C.GoString(C.imga_policy_name((*C.imga_policy)(ptr))) })
	return name
}

// Evaluate judges findings. The clock is a parameter: same policy, findings and clock, same verdict.
func (p *Policy) Evaluate(findings *Findings, now time.Time) (*Verdict, error) {
	rules, err := p.acquire()
	if err != nil {
		return nil, err
	}
	defer p.release()
	judged, err := findings.acquire()
	if err != nil {
		return nil, err
	}
	defer findings.release()
	var ptr *C.imga_verdict
	var failure *C.imga_error
	if err := takeError(C.imga_policy_evaluate((*C.imga_policy)(rules), (*C.imga_findings)(judged),
		C.int64_t(now.Unix()), &ptr, &failure), failure); err != nil {
		return nil, err
	}
	return newVerdict(ptr, findings.h.keep), nil
}

// Verdict is the judgement on findings. Immutable; share it between goroutines.
type Verdict struct {
	*object
}

func newVerdict(ptr *C.imga_verdict, keep any) *Verdict {
	return &Verdict{newObject(&handle{what: "verdict", ptr: unsafe.Pointer(ptr), keep: keep,
		free: func(p unsafe.Pointer) { C.imga_verdict_unref((*C.imga_verdict)(p)) }})}
}

// Result is the worst of all items; Incomplete after Close.
func (v *Verdict) Result() VerdictResult {
	result := Incomplete
	_ = v.use(func(ptr unsafe.Pointer) { result = VerdictResult(C.imga_verdict_result((*C.imga_verdict)(ptr))) })
	return result
}

// Items are in the order of the policy's rules, then of the findings.
func (v *Verdict) Items() Rows[Item] {
	return Rows[Item]{v.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_verdict_count((*C.imga_verdict)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]Item, Code) {
			rows := make([]C.imga_verdict_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_verdict_rows((*C.imga_verdict)(ptr), C.size_t(first), &rows[0],
				C.size_t(count)), makeItem)
		}}
}

// Exceptions are in the order of the policy.
func (v *Verdict) Exceptions() Rows[Exception] {
	return Rows[Exception]{v.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_verdict_exception_count((*C.imga_verdict)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]Exception, Code) {
			rows := make([]C.imga_exception_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_verdict_exceptions((*C.imga_verdict)(ptr), C.size_t(first), &rows[0],
				C.size_t(count)), makeException)
		}}
}
