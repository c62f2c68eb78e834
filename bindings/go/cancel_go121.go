// SPDX-License-Identifier: Apache-2.0

//go:build go1.21

package imgassure

import "context"

// watch runs f when ctx is done. The function it returns ends the watch; f does not run any more after that.
func watch(ctx context.Context, f func()) func() {
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		f()
	})
	return func() {
		if !stop() {
			<-ended
		}
	}
}
