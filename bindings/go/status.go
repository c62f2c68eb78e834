// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include <imgassure/status.h>
import "C"

import (
	"fmt"
	"strings"
)

// Code is a status code of the library.
type Code int32

// The status codes; imgassure/status.h says what each means.
const (
	CodeOK          Code = C.IMGA_OK
	CodeInvalid     Code = C.IMGA_E_INVALID
	CodeNoMemory    Code = C.IMGA_E_NOMEM
	CodeIO          Code = C.IMGA_E_IO
	CodeCancelled   Code = C.IMGA_E_CANCELLED
	CodeLimit       Code = C.IMGA_E_LIMIT
	CodeFormat      Code = C.IMGA_E_FORMAT
	CodeTruncated   Code = C.IMGA_E_TRUNCATED
	CodeChecksum    Code = C.IMGA_E_CHECKSUM
	CodeDigest      Code = C.IMGA_E_DIGEST
	CodeUnsupported Code = C.IMGA_E_UNSUPPORTED
	CodeAmbiguous   Code = C.IMGA_E_AMBIGUOUS
	CodePath        Code = C.IMGA_E_PATH
	CodeNotFound    Code = C.IMGA_E_NOT_FOUND
	CodeVersion     Code = C.IMGA_E_VERSION
	CodeInternal    Code = C.IMGA_E_INTERNAL
)

func (c Code) String() string {
	return C.GoString(C.imga_status_name(C.int32_t(c)))
}

// Error is a call that failed.
type Error struct {
	Code    Code
	Message string // one line for a person
	Where   string // the place in the input; "" when there is none
	Offset  int64  // byte offset there, or -1

	cause error // what a callback or a context said
}

func (e *Error) Error() string {
	var text strings.Builder
	if e.Where != "" {
		text.WriteString(e.Where + ": ")
	}
	if e.Message != "" {
		text.WriteString(e.Message)
	} else {
		text.WriteString(e.Code.String())
	}
	if e.Offset >= 0 {
		fmt.Fprintf(&text, " (at byte %d)", e.Offset)
	}
	if e.cause != nil {
		text.WriteString(": " + e.cause.Error())
	}
	return text.String()
}

// Unwrap gives the error of a reader, a writer or a context.Context that made the call fail.
func (e *Error) Unwrap() error {
	return e.cause
}

// Is makes errors.Is(err, ErrLimit) and the like true for every error with that code.
func (e *Error) Is(target error) bool {
	sentinel, ok := target.(*Error)
	return ok && sentinel.Message == "" && sentinel.Where == "" && sentinel.Code == e.Code
}

// One sentinel for each code, for errors.Is.
var (
	ErrInvalid     = sentinel(CodeInvalid)
	ErrNoMemory    = sentinel(CodeNoMemory)
	ErrIO          = sentinel(CodeIO)
	ErrCancelled   = sentinel(CodeCancelled)
	ErrLimit       = sentinel(CodeLimit)
	ErrFormat      = sentinel(CodeFormat)
	ErrTruncated   = sentinel(CodeTruncated)
	ErrChecksum    = sentinel(CodeChecksum)
	ErrDigest      = sentinel(CodeDigest)
	ErrUnsupported = sentinel(CodeUnsupported)
	ErrAmbiguous   = sentinel(CodeAmbiguous)
	ErrPath        = sentinel(CodePath)
	ErrNotFound    = sentinel(CodeNotFound)
	ErrVersion     = sentinel(CodeVersion)
	ErrInternal    = sentinel(CodeInternal)
)

func sentinel(code Code) error {
	return &Error{Code: code, Offset: -1}
}

func invalid(format string, args ...any) *Error {
	return &Error{Code: CodeInvalid, Message: fmt.Sprintf(format, args...), Offset: -1}
}

// takeError makes an error of a status and of the C error object, which it frees.
func takeError(status C.int, from *C.imga_error) *Error {
	if status >= 0 {
		return nil
	}
	if from == nil {
		return &Error{Code: Code(status), Offset: -1}
	}
	defer C.imga_error_free(from)
	return &Error{
		Code:    Code(C.imga_error_code(from)),
		Message: C.GoString(C.imga_error_message(from)),
		Where:   C.GoString(C.imga_error_where(from)),
		Offset:  int64(C.imga_error_offset(from)),
	}
}

// NoteCode tells what a note is about.
type NoteCode int32

// The note codes; imgassure/status.h says what each means.
const (
	NoteDuplicate  NoteCode = C.IMGA_NOTE_DUPLICATE
	NotePath       NoteCode = C.IMGA_NOTE_PATH
	NoteLink       NoteCode = C.IMGA_NOTE_LINK
	NoteLinkLoop   NoteCode = C.IMGA_NOTE_LINK_LOOP
	NoteWhiteout   NoteCode = C.IMGA_NOTE_WHITEOUT
	NoteOverlay    NoteCode = C.IMGA_NOTE_OVERLAY
	NoteTrailing   NoteCode = C.IMGA_NOTE_TRAILING
	NotePax        NoteCode = C.IMGA_NOTE_PAX
	NoteType       NoteCode = C.IMGA_NOTE_TYPE
	NoteName       NoteCode = C.IMGA_NOTE_NAME
	NoteDBPartial  NoteCode = C.IMGA_NOTE_DB_PARTIAL
	NoteDBJournal  NoteCode = C.IMGA_NOTE_DB_JOURNAL
	NoteDBMultiple NoteCode = C.IMGA_NOTE_DB_MULTIPLE
	NoteOS         NoteCode = C.IMGA_NOTE_OS
	NoteSkipped    NoteCode = C.IMGA_NOTE_SKIPPED
	NoteMediaType  NoteCode = C.IMGA_NOTE_MEDIATYPE
	NoteTOC        NoteCode = C.IMGA_NOTE_TOC
	NoteArchive    NoteCode = C.IMGA_NOTE_ARCHIVE
	NoteBinary     NoteCode = C.IMGA_NOTE_BINARY
	NoteFeed       NoteCode = C.IMGA_NOTE_FEED
	NoteNoFeed     NoteCode = C.IMGA_NOTE_NO_FEED
	NoteVersion    NoteCode = C.IMGA_NOTE_VERSION
	NoteNoPackages NoteCode = C.IMGA_NOTE_NO_PACKAGES
	NoteDropped    NoteCode = C.IMGA_NOTE_DROPPED
)

func (c NoteCode) String() string {
	return C.GoString(C.imga_note_name(C.int32_t(c)))
}

// Incomplete tells whether such a note makes a result incomplete.
func (c NoteCode) Incomplete() bool {
	return C.imga_note_is_incomplete(C.int32_t(c)) != 0
}

// Note is a remark on a result that did not stop the work.
type Note struct {
	Code   NoteCode `json:"code"`
	Offset int64    `json:"offset"`
	Where  string   `json:"where"`
	Text   string   `json:"text"`
}

func makeNote(row *C.imga_note_row) Note {
	return Note{NoteCode(row.code), int64(row.offset), C.GoString(row.where), C.GoString(row.text)}
}
