// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include <imgassure/image_list.h>
import "C"

import (
	"context"
	"unsafe"
)

// EntryKind is what an entry of a list is.
type EntryKind uint32

// The kinds.
const (
	EntryImage       EntryKind = C.IMGA_ENTRY_IMAGE
	EntryAttestation EntryKind = C.IMGA_ENTRY_ATTESTATION
	EntryUnknown     EntryKind = C.IMGA_ENTRY_UNKNOWN
)

// ImageEntry is what an archive, layout, folder or store holds; "" for what is not said.
type ImageEntry struct {
	Kind         EntryKind `json:"kind"`
	Reference    string    `json:"reference"`
	Digest       string    `json:"digest"` // opens the entry as its reference
	OS           string    `json:"os"`
	Architecture string    `json:"architecture"`
	Variant      string    `json:"variant"`
	MediaType    string    `json:"media_type"`
	Subject      string    `json:"subject"` // digest of the image that an attestation is about
}

func makeEntry(row *C.imga_image_entry_row) ImageEntry {
	return ImageEntry{EntryKind(row.kind), C.GoString(row.reference), C.GoString(row.digest), C.GoString(row.os),
		C.GoString(row.architecture), C.GoString(row.variant), C.GoString(row.media_type), C.GoString(row.subject)}
}

// ImageList is a listing. Read-only; share it between goroutines.
type ImageList struct {
	*object
}

// ListImages lists what is at a path, with nested indexes expanded; no layer is opened. A reference lists only what it
// names, a form is obeyed, the rest of the options is not looked at; options may be nil.
func (s *Session) ListImages(ctx context.Context, path string, options *ImageOptions) (*ImageList, error) {
	var ptr *C.imga_image_list
	var chosen cImageOptions
	var name cString
	defer func() { chosen.free(); name.free() }()
	if err := chosen.set(options); err != nil {
		return nil, err
	}
	if err := name.set(path); err != nil {
		return nil, err
	}
	err := s.run(ctx, func(c *C.imga_context) *Error {
		var failure *C.imga_error
		return takeError(C.imga_image_list_open(c, name.ptr, &chosen.c, &ptr, &failure), failure)
	})
	if err != nil {
		C.imga_image_list_unref(ptr)
		return nil, err
	}
	return &ImageList{newObject(&handle{what: "list of images", ptr: unsafe.Pointer(ptr),
		free: func(p unsafe.Pointer) { C.imga_image_list_unref((*C.imga_image_list)(p)) }})}, nil
}

// Entries are in the order in which they are stored.
func (l *ImageList) Entries() Rows[ImageEntry] {
	return Rows[ImageEntry]{l.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_image_list_count((*C.imga_image_list)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]ImageEntry, Code) {
			rows := make([]C.imga_image_entry_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_image_list_rows((*C.imga_image_list)(ptr), C.size_t(first), &rows[0],
				C.size_t(count)), makeEntry)
		}}
}
