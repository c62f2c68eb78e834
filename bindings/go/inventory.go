// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include "callbacks.h"
import "C"

import (
	"bytes"
	"context"
	"io"
	"unsafe"
)

// Package is one installed package.
type Package struct {
	Layer         int32  `json:"layer"` // index of the layer that introduced it, or -1
	Type          string `json:"type"`
	Name          string `json:"name"`
	Version       string `json:"version"`
	Architecture  string `json:"architecture"`
	Source        string `json:"source"`
	SourceVersion string `json:"source_version"`
	License       string `json:"license"`
	PURL          string `json:"purl"`
	Path          string `json:"path"` // the file that lists it: a database, a manifest, an archive, a program
	Maintainer    string `json:"maintainer"`
	FileCount     uint64 `json:"file_count"`
	Expression    string `json:"expression"` // License as an SPDX expression; "" when it cannot be told
	How           string `json:"how"`        // the rule that found it: "dpkg", "dist-info", "classifier"
	Inside        string `json:"inside"`     // where in the file, for example an archive in an archive
	Owner         int32  `json:"owner"`      // index of the system's package that owns the file, or -1
	PropertyCount uint32 `json:"property_count"`
}

// Distro is the operating system distribution; "" for what is not known.
type Distro struct {
	ID         string `json:"id"`
	VersionID  string `json:"version_id"`
	Codename   string `json:"codename"`
	Release    string `json:"release"`
	PrettyName string `json:"pretty_name"`
	Services   string `json:"services"` // of longer support that the system is attached to, with commas between

	SupportEnd  string `json:"support_end"`  // last day of security fixes for everybody, YYYY-MM-DD
	ExtendedEnd string `json:"extended_end"` // the same of a longer offer
	Rolling     bool   `json:"rolling"`      // a distribution without releases
}

func makePackage(row *C.imga_package_row) Package {
	return Package{int32(row.layer), C.GoString(row._type), C.GoString(row.name), C.GoString(row.version),
		C.GoString(row.architecture), C.GoString(row.source), C.GoString(row.source_version), C.GoString(row.license),
		C.GoString(row.purl), C.GoString(row.path), C.GoString(row.maintainer), uint64(row.file_count),
		C.GoString(row.expression), C.GoString(row.how), C.GoString(row.inside), int32(row.owner),
		uint32(row.property_count)}
}

// Inventory is what is installed in an image. Immutable; share it between goroutines.
type Inventory struct {
	*object
}

func newInventory(ptr *C.imga_inventory) *Inventory {
	return &Inventory{newObject(&handle{what: "inventory", ptr: unsafe.Pointer(ptr),
		free: func(p unsafe.Pointer) { C.imga_inventory_unref((*C.imga_inventory)(p)) }})}
}

func finishInventory(ptr *C.imga_inventory, err error) (*Inventory, error) {
	if err != nil {
		C.imga_inventory_unref(ptr)
		return nil, err
	}
	return newInventory(ptr), nil
}

// Collect reads every layer of an image once and takes the inventory. Damage in a package database is a note, damage of
// the image an error.
func (s *Session) Collect(ctx context.Context, image *Image) (*Inventory, error) {
	var ptr *C.imga_inventory
	from, err := image.acquire()
	if err != nil {
		return nil, err
	}
	defer image.release()
	err = s.run(ctx, func(c *C.imga_context) *Error {
		var failure *C.imga_error
		return takeError(C.imga_inventory_collect(c, (*C.imga_image)(from), &ptr, &failure), failure)
	}, image.said)
	return finishInventory(ptr, err)
}

// ReadInventory reads what Inventory.WriteJSON wrote.
func (s *Session) ReadInventory(ctx context.Context, from Source) (*Inventory, error) {
	var ptr *C.imga_inventory
	err := s.run(ctx, func(c *C.imga_context) *Error {
		return from.with(c, func(source *C.imga_source) *Error {
			var failure *C.imga_error
			return takeError(C.imga_inventory_read(c, source, &ptr, &failure), failure)
		})
	})
	return finishInventory(ptr, err)
}

// WriteJSON writes the canonical document: same inventory, same bytes.
func (i *Inventory) WriteJSON(to io.Writer) error {
	ptr, err := i.acquire()
	if err != nil {
		return err
	}
	defer i.release()
	out, done := newSink(to)
	defer done()
	var failure *C.imga_error
	return outcome(takeError(C.imga_go_inventory_write((*C.imga_inventory)(ptr), out.handle(), &failure), failure), nil, &out.fault)
}

// JSON is the canonical document.
func (i *Inventory) JSON() ([]byte, error) {
	var buffer bytes.Buffer
	err := i.WriteJSON(&buffer)
	return buffer.Bytes(), err
}

// ID is "sha256:" and the hex SHA-256 of the canonical document; "" after Close.
func (i *Inventory) ID() (id string) {
	_ = i.use(func(ptr unsafe.Pointer) { id = C.GoString(C.imga_inventory_id((*C.imga_inventory)(ptr))) })
	return id
}

// Complete tells whether everything could be looked at; false after Close.
func (i *Inventory) Complete() (complete bool) {
	_ = i.use(func(ptr unsafe.Pointer) { complete = C.imga_inventory_is_complete((*C.imga_inventory)(ptr)) != 0 })
	return complete
}

// Image tells what the image said of itself.
func (i *Inventory) Image() (info ImageInfo, err error) {
	err = i.use(func(ptr unsafe.Pointer) {
		var row C.imga_image_row
		row.struct_size = C.uint32_t(unsafe.Sizeof(row))
		if C.imga_inventory_image((*C.imga_inventory)(ptr), &row) == C.IMGA_OK {
			info = makeImageInfo(&row)
		}
	})
	return info, err
}

// Distro tells which distribution is installed.
func (i *Inventory) Distro() (distro Distro, err error) {
	err = i.use(func(ptr unsafe.Pointer) {
		var row C.imga_distro_row
		row.struct_size = C.uint32_t(unsafe.Sizeof(row))
		if C.imga_inventory_distro((*C.imga_inventory)(ptr), &row) == C.IMGA_OK {
			distro = Distro{C.GoString(row.id), C.GoString(row.version_id), C.GoString(row.codename),
				C.GoString(row.release), C.GoString(row.pretty_name), C.GoString(row.services),
				C.GoString(row.support_end), C.GoString(row.extended_end), row.rolling != 0}
		}
	})
	return distro, err
}

// Packages are ordered by type, name, architecture, version, path.
func (i *Inventory) Packages() Rows[Package] {
	return Rows[Package]{i.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_inventory_package_count((*C.imga_inventory)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]Package, Code) {
			rows := make([]C.imga_package_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_inventory_packages((*C.imga_inventory)(ptr), C.size_t(first), &rows[0],
				C.size_t(count)), makePackage)
		}}
}

// Files are the paths that a package owns, sorted by bytes. Len is 0 for a package that does not exist.
func (i *Inventory) Files(index int) Rows[string] {
	return Rows[string]{i.object,
		func(unsafe.Pointer) int {
			row, err := i.Packages().At(index)
			if err != nil {
				return 0
			}
			return int(row.FileCount)
		},
		func(ptr unsafe.Pointer, first, count int) ([]string, Code) {
			if index < 0 {
				return nil, CodeInvalid
			}
			paths := make([]*C.char, count)
			return convert(paths, C.imga_inventory_files((*C.imga_inventory)(ptr), C.size_t(index), C.size_t(first),
				&paths[0], C.size_t(count)), func(path **C.char) string { return C.GoString(*path) })
		}}
}

// Layers are ordered bottom first.
func (i *Inventory) Layers() Rows[Layer] {
	return Rows[Layer]{i.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_inventory_layer_count((*C.imga_inventory)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]Layer, Code) {
			rows := make([]C.imga_layer_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_inventory_layers((*C.imga_inventory)(ptr), C.size_t(first), &rows[0],
				C.size_t(count)), makeLayer)
		}}
}

// Notes are remarks on the inventory.
func (i *Inventory) Notes() Rows[Note] {
	return Rows[Note]{i.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_inventory_note_count((*C.imga_inventory)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]Note, Code) {
			rows := make([]C.imga_note_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_inventory_notes((*C.imga_inventory)(ptr), C.size_t(first), &rows[0],
				C.size_t(count)), makeNote)
		}}
}
