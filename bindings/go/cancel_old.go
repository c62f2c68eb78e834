// SPDX-License-Identifier: Apache-2.0

//go:build !go1.21

package imgassure

import "context"

// watch runs f when ctx is done. The function it returns ends the watch; f does not run any more after that.
func watch(ctx context.Context, f func()) func() {
	if ctx.Done() == nil {
		return func() {}
	}
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-ctx.Done():
			f()
		case <-stop:
		}
	}()
	return func() {
		close(stop)
		<-ended
	}
}
