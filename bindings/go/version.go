// SPDX-License-Identifier: Apache-2.0

// Package imgassure answers one question about a container image: may it be trusted here, now, and why?
//
//	Image --Collect--> Inventory --Match (Database)--> Findings --Evaluate (Policy, clock)--> Verdict --> WriteReport
//
// It is a thin layer over libimgassure, one file for each of its headers. Objects have a Close method, which may be
// called again and from any goroutine; the garbage collector closes what was forgotten. Errors are *Error. No call pins
// its goroutine to a thread: the library keeps nothing per thread.
package imgassure

/*
#cgo pkg-config: imgassure
#include <imgassure/imgassure.h>
#include <stdlib.h>
#if IMGA_VERSION_NUMBER < 1000 || IMGA_VERSION_NUMBER >= 1000000
#error "this binding needs libimgassure 0.1 or later, before 1.0"
#endif
*/
import "C"

import "unsafe"

// HeaderVersion is the version of the headers this package was built with: major*1000000 + minor*1000 + patch.
const HeaderVersion = C.IMGA_VERSION_NUMBER

// Version is that of the linked library, for example "0.1.0".
func Version() string {
	return C.GoString(C.imga_version())
}

// VersionNumber is that of the linked library: major*1000000 + minor*1000 + patch.
func VersionNumber() uint32 {
	return uint32(C.imga_version_number())
}

// Feature tells whether the linked library was built with a feature, for example "zstd".
func Feature(name string) bool {
	text := C.CString(name)
	defer C.free(unsafe.Pointer(text))
	return C.imga_feature(text) != 0
}
