// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include <imgassure/image.h>
import "C"

import (
	"context"
	"unsafe"
)

// ImageOptions choose an image of an archive or layout.
type ImageOptions struct {
	Reference string // tag, repository:tag or digest; "" when there is only one image
	Platform  string // os/architecture[/variant]; "" for linux/amd64
}

// ImageInfo is what an image says of itself; "" for what it does not say.
type ImageInfo struct {
	Form           string `json:"form"`
	Reference      string `json:"reference"`
	ManifestDigest string `json:"manifest_digest"`
	ConfigDigest   string `json:"config_digest"`
	OS             string `json:"os"`
	Architecture   string `json:"architecture"`
	Variant        string `json:"variant"`
	Created        string `json:"created"`
}

// Layer is one layer of an image.
type Layer struct {
	Digest    string `json:"digest"`
	DiffID    string `json:"diff_id"`
	MediaType string `json:"media_type"`
	CreatedBy string `json:"created_by"`
	Size      uint64 `json:"size"`
}

func makeImageInfo(row *C.imga_image_row) ImageInfo {
	return ImageInfo{C.GoString(row.form), C.GoString(row.reference), C.GoString(row.manifest_digest),
		C.GoString(row.config_digest), C.GoString(row.os), C.GoString(row.architecture), C.GoString(row.variant),
		C.GoString(row.created)}
}

func makeLayer(row *C.imga_layer_row) Layer {
	return Layer{C.GoString(row.digest), C.GoString(row.diff_id), C.GoString(row.media_type),
		C.GoString(row.created_by), uint64(row.size)}
}

// Image is an opened image. One call at a time; another one beside it fails with ErrInvalid.
type Image struct {
	*object
	said *fault // of the reader that the image reads from
}

type cImageOptions struct {
	c                   C.imga_image_options
	reference, platform cString
}

func (o *cImageOptions) set(from *ImageOptions) *Error {
	o.c.struct_size = C.uint32_t(unsafe.Sizeof(o.c))
	if from == nil {
		return nil
	}
	if err := o.reference.setOptional(from.Reference); err != nil {
		return err
	}
	if err := o.platform.setOptional(from.Platform); err != nil {
		return err
	}
	o.c.reference, o.c.platform = o.reference.ptr, o.platform.ptr
	return nil
}

func (o *cImageOptions) free() {
	o.reference.free()
	o.platform.free()
}

func newImage(ptr *C.imga_image, said *fault) *Image {
	return &Image{newObject(&handle{what: "image", exclusive: true, ptr: unsafe.Pointer(ptr),
		free: func(p unsafe.Pointer) { C.imga_image_unref((*C.imga_image)(p)) }}), said}
}

// OpenImage opens an OCI layout folder, an OCI archive or a docker save archive; content tells which. options may be nil.
func (s *Session) OpenImage(ctx context.Context, path string, options *ImageOptions) (*Image, error) {
	var ptr *C.imga_image
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
		return takeError(C.imga_image_open(c, name.ptr, &chosen.c, &ptr, &failure), failure)
	})
	return finishImage(ptr, nil, err)
}

// OpenImageSource opens an archive whose bytes come from a source. options may be nil.
func (s *Session) OpenImageSource(ctx context.Context, from Source, options *ImageOptions) (*Image, error) {
	var ptr *C.imga_image
	var said *fault
	var chosen cImageOptions
	defer chosen.free()
	if err := chosen.set(options); err != nil {
		return nil, err
	}
	err := s.run(ctx, func(c *C.imga_context) *Error {
		source, f, err := from.open(c)
		if err != nil {
			return err
		}
		var failure *C.imga_error
		said = f
		err = takeError(C.imga_image_open_source(c, source, &chosen.c, &ptr, &failure), failure)
		C.imga_source_unref(source)
		return err.because(said)
	})
	return finishImage(ptr, said, err)
}

func finishImage(ptr *C.imga_image, said *fault, err error) (*Image, error) {
	if err != nil {
		C.imga_image_unref(ptr)
		return nil, err
	}
	return newImage(ptr, said), nil
}

// Info tells what the image says of itself.
func (i *Image) Info() (info ImageInfo, err error) {
	err = i.use(func(ptr unsafe.Pointer) {
		var row C.imga_image_row
		row.struct_size = C.uint32_t(unsafe.Sizeof(row))
		if C.imga_image_describe((*C.imga_image)(ptr), &row) == C.IMGA_OK {
			info = makeImageInfo(&row)
		}
	})
	return info, err
}

// Layers are ordered bottom first.
func (i *Image) Layers() Rows[Layer] {
	return Rows[Layer]{i.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_image_layer_count((*C.imga_image)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]Layer, Code) {
			rows := make([]C.imga_layer_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_image_layers((*C.imga_image)(ptr), C.size_t(first), &rows[0], C.size_t(count)),
				makeLayer)
		}}
}

// convert copies the rows that C has filled.
func convert[R, T any](rows []R, got C.int64_t, one func(*R) T) ([]T, Code) {
	if got < 0 {
		return nil, Code(got)
	}
	values := make([]T, got)
	for i := range values {
		values[i] = one(&rows[i])
	}
	return values, CodeOK
}
