// SPDX-License-Identifier: Apache-2.0

package imgassure

// #include <imgassure/image.h>
import "C"

import (
	"context"
	"math"
	"time"
	"unsafe"
)

// ImageOptions choose an image of an archive or layout.
type ImageOptions struct {
	Reference string // tag, repository:tag or digest; "" when there is only one image
	Platform  string // os/architecture[/variant]; "" for linux on the architecture of the library
	Form      string // as before the colon of a path, which then has none; "" for what the path or the content says
	Verify    Verify
	Look      Look // LookLockFiles | LookRemoved
}

// Verify is how much of what digests promise is computed when layers are read. Documents are always verified.
type Verify uint32

// The ways; the first is the default.
const (
	VerifyFull Verify = C.IMGA_VERIFY_FULL // digest of the blob, and diff_id of what comes out of it
	VerifyBlob Verify = C.IMGA_VERIFY_BLOB // digest of the blob; diff_id where there is no other
	VerifyNone Verify = C.IMGA_VERIFY_NONE // neither: for bytes that were verified before
)

// Look is what an inventory of the image looks for besides what is installed in it.
type Look uint32

// The things to look for.
const (
	LookLockFiles Look = C.IMGA_LOOK_LOCKFILES // what lock files of applications name: property "lock-file"
	LookRemoved   Look = C.IMGA_LOOK_REMOVED   // what databases listed that an upper layer removed: property "removed"
)

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
	Verified       string `json:"verified"` // what reading the layers proves: "full", "blob" or "none"
}

// Layer is one layer of an image. An inventory that was read from a document knows what stands up to Size.
type Layer struct {
	Digest           string `json:"digest"`
	DiffID           string `json:"diff_id"`
	MediaType        string `json:"media_type"`
	CreatedBy        string `json:"created_by"`
	Size             uint64 `json:"size"`
	ChainID          string `json:"chain_id"`
	Created          string `json:"created"`
	Comment          string `json:"comment"`
	UncompressedSize uint64 `json:"uncompressed_size"` // 0 before an inventory was taken
	History          int64  `json:"history"`           // index of its history entry, or -1
}

// ImageConfig is what an image says of how it is run; "" for what it does not say, 0 for what it leaves to the engine.
// Its lists are in Image.ConfigValues.
type ImageConfig struct {
	User                string        `json:"user"`
	WorkingDir          string        `json:"working_dir"`
	StopSignal          string        `json:"stop_signal"`
	Author              string        `json:"author"`
	OSVersion           string        `json:"os_version"`
	HealthInterval      time.Duration `json:"health_interval_ns"`
	HealthTimeout       time.Duration `json:"health_timeout_ns"`
	HealthStartPeriod   time.Duration `json:"health_start_period_ns"`
	HealthStartInterval time.Duration `json:"health_start_interval_ns"`
	HealthRetries       uint32        `json:"health_retries"`
	HasHealthcheck      bool          `json:"has_healthcheck"`
}

// ConfigList is one of the lists of a config.
type ConfigList int32

// The lists. Ports, volumes and labels are sorted by bytes, the others stand as they were written.
const (
	ConfigEnv         ConfigList = C.IMGA_CONFIG_ENV
	ConfigPorts       ConfigList = C.IMGA_CONFIG_PORTS
	ConfigVolumes     ConfigList = C.IMGA_CONFIG_VOLUMES
	ConfigLabels      ConfigList = C.IMGA_CONFIG_LABELS
	ConfigEntrypoint  ConfigList = C.IMGA_CONFIG_ENTRYPOINT
	ConfigCmd         ConfigList = C.IMGA_CONFIG_CMD
	ConfigHealthcheck ConfigList = C.IMGA_CONFIG_HEALTHCHECK
	ConfigOnBuild     ConfigList = C.IMGA_CONFIG_ONBUILD
	ConfigShell       ConfigList = C.IMGA_CONFIG_SHELL
	ConfigOSFeatures  ConfigList = C.IMGA_CONFIG_OS_FEATURES
)

// ConfigValue is one value of a list.
type ConfigValue struct {
	Key   string `json:"key"` // of a label; the name of a variable; "" in other lists
	Value string `json:"value"`
}

// HistoryEntry is one step of the build.
type HistoryEntry struct {
	Layer     int64  `json:"layer"` // index of the layer it made, or -1
	Created   string `json:"created"`
	CreatedBy string `json:"created_by"`
	Author    string `json:"author"`
	Comment   string `json:"comment"`
}

// index is one that may be missing: -1 stands for UINT32_MAX.
func index(number C.uint32_t) int64 {
	if number == math.MaxUint32 {
		return -1
	}
	return int64(number)
}

func makeImageInfo(row *C.imga_image_row) ImageInfo {
	return ImageInfo{C.GoString(row.form), C.GoString(row.reference), C.GoString(row.manifest_digest),
		C.GoString(row.config_digest), C.GoString(row.os), C.GoString(row.architecture), C.GoString(row.variant),
		C.GoString(row.created), C.GoString(row.verified)}
}

func makeLayer(row *C.imga_layer_row) Layer {
	return Layer{C.GoString(row.digest), C.GoString(row.diff_id), C.GoString(row.media_type),
		C.GoString(row.created_by), uint64(row.size), C.GoString(row.chain_id), C.GoString(row.created),
		C.GoString(row.comment), uint64(row.uncompressed_size), index(row.history)}
}

func makeConfig(row *C.imga_config_row) ImageConfig {
	return ImageConfig{C.GoString(row.user), C.GoString(row.working_dir), C.GoString(row.stop_signal),
		C.GoString(row.author), C.GoString(row.os_version), time.Duration(row.health_interval_ns),
		time.Duration(row.health_timeout_ns), time.Duration(row.health_start_period_ns),
		time.Duration(row.health_start_interval_ns), uint32(row.health_retries), row.has_healthcheck != 0}
}

func makeConfigValue(row *C.imga_config_value_row) ConfigValue {
	return ConfigValue{C.GoString(row.key), C.GoString(row.value)}
}

func makeHistory(row *C.imga_history_row) HistoryEntry {
	return HistoryEntry{index(row.layer), C.GoString(row.created), C.GoString(row.created_by), C.GoString(row.author),
		C.GoString(row.comment)}
}

// Image is an opened image. One call at a time; another one beside it fails with ErrInvalid.
type Image struct {
	*object
	said *fault // of the reader that the image reads from
}

type cImageOptions struct {
	c                         C.imga_image_options
	reference, platform, form cString
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
	if err := o.form.setOptional(from.Form); err != nil {
		return err
	}
	o.c.reference, o.c.platform, o.c.form = o.reference.ptr, o.platform.ptr, o.form.ptr
	o.c.verify, o.c.look = C.uint32_t(from.Verify), C.uint32_t(from.Look)
	return nil
}

func (o *cImageOptions) free() {
	o.reference.free()
	o.platform.free()
	o.form.free()
}

func newImage(ptr *C.imga_image, said *fault) *Image {
	return &Image{newObject(&handle{what: "image", turn: &turn{}, ptr: unsafe.Pointer(ptr),
		free: func(p unsafe.Pointer) { C.imga_image_unref((*C.imga_image)(p)) }}), said}
}

// OpenImage opens an image by path. The path may begin with a form and a colon ("oci:folder:tag",
// "containers-storage:[root]name"); without one, and without ImageOptions.Form, content tells. options may be nil.
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

// OpenImageSource opens an archive whose bytes come from a source; one of FromReader is read to its end here, and its
// layers are examined on the way. options may be nil.
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

// Config tells what the image says of how it is run.
func (i *Image) Config() (config ImageConfig, err error) {
	err = i.use(func(ptr unsafe.Pointer) {
		var row C.imga_config_row
		row.struct_size = C.uint32_t(unsafe.Sizeof(row))
		if C.imga_image_config((*C.imga_image)(ptr), &row) == C.IMGA_OK {
			config = makeConfig(&row)
		}
	})
	return config, err
}

// ConfigValues are the values of a list.
func (i *Image) ConfigValues(list ConfigList) Rows[ConfigValue] {
	return Rows[ConfigValue]{i.object,
		func(ptr unsafe.Pointer) int {
			return int(C.imga_image_config_count((*C.imga_image)(ptr), C.int32_t(list)))
		},
		func(ptr unsafe.Pointer, first, count int) ([]ConfigValue, Code) {
			rows := make([]C.imga_config_value_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_image_config_values((*C.imga_image)(ptr), C.int32_t(list), C.size_t(first),
				&rows[0], C.size_t(count)), makeConfigValue)
		}}
}

// History is ordered oldest first.
func (i *Image) History() Rows[HistoryEntry] {
	return Rows[HistoryEntry]{i.object,
		func(ptr unsafe.Pointer) int { return int(C.imga_image_history_count((*C.imga_image)(ptr))) },
		func(ptr unsafe.Pointer, first, count int) ([]HistoryEntry, Code) {
			rows := make([]C.imga_history_row, count)
			rows[0].struct_size = C.uint32_t(unsafe.Sizeof(rows[0]))
			return convert(rows, C.imga_image_history((*C.imga_image)(ptr), C.size_t(first), &rows[0], C.size_t(count)),
				makeHistory)
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
