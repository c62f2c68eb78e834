// SPDX-License-Identifier: Apache-2.0

//go:build !go1.24

package imgassure

import "runtime"

func addCleanup(o *object, h *handle) {
	runtime.SetFinalizer(o, func(o *object) { o.h.close() })
}
