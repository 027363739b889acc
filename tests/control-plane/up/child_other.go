//go:build !linux

package main

import "syscall"

// A group of its own, so that Ctrl-C in a terminal reaches only this process,
// which stops its children in order.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
